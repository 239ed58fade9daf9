"""The page of all runs, in a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.report.index import ListedRun, ListedSpec, generate_index
from harness.results.model import RunInfo, TargetInfo
from tests.browser.conftest import Browser
from tests.browser.payloads import PAYLOADS
from tests.golden.report.test_index_golden import COLUMN, FIRST, SECOND

pytestmark = pytest.mark.browser


def page(*infos: RunInfo, name: str = "sweden") -> str:
    runs = tuple(ListedRun(info, f"sweden/{info.id}/report.html") for info in infos)
    return "".join(generate_index([ListedSpec(name, runs, len(runs))]))


def test_it_loads_nothing_breaks_no_policy_and_complains_of_nothing(browser: Browser) -> None:
    browser.open(page(SECOND, FIRST))
    assert browser.run("return window.violations") == []
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []
    colour = "return getComputedStyle(document.querySelector('.word.bad')).color"
    assert browser.run(colour) != browser.run("return getComputedStyle(document.body).color")


def test_it_reads_the_same_without_javascript_in_any_width_and_light(browser: Browser) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.width(360)
    browser.open(page(SECOND, FIRST))
    browser.command("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.texts("tbody th a") == [SECOND.id, FIRST.id]
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    links = browser.run("return [...document.links].map(a => a.href)")
    assert all(link.endswith("/report.html") for link in links)

    def background(scheme: str) -> Any:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.command("Emulation.setEmulatedMedia", features=features)
        return browser.run("return getComputedStyle(document.body).backgroundColor")

    assert background("light") != background("dark")


def test_nothing_hostile_runs_or_is_fetched(browser: Browser) -> None:
    bad = [
        replace(
            FIRST, id=f"{number} {payload}", spec_name=payload, started_at=payload, verdict=payload,
            targets=(TargetInfo(payload, payload, payload),),
            columns=(replace(COLUMN, target=payload, variant=payload, answered_by=(payload,)),),
        )
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    browser.open("".join(page(*bad[begin : begin + 50]) for begin in range(0, len(bad), 50)))
    assert not browser.run("return window.owned")
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []
