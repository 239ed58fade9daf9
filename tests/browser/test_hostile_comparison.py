"""A comparison and a history of hostile names and sentences stay text on every page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.compare.comparison.model import (
    CaseChange,
    CaseShare,
    Changed,
    ComparedSide,
    Comparison,
    RunRef,
    Unpaired,
)
from harness.report.html import render_html
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import RunInfo, TargetInfo
from harness.text import safe
from tests.browser.demo import SPEC, make_demo
from tests.browser.payloads import PAYLOADS
from tests.browser.test_report import ODD, TOUCH

if TYPE_CHECKING:
    from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser


def spoil_side(side: ComparedSide, text: str) -> ComparedSide:
    return replace(side, target=TargetInfo(text, text, text), variant=text)


def spoil(known: Comparison) -> Comparison:
    """The same comparison with every payload in every field of text."""
    share = CaseShare(1, 3, "failed")
    cases = [CaseChange(p, p, "regressed", share, share, 0.5, 0.5) for p in PAYLOADS]
    causes = [Changed("us", p, p, p) for p in PAYLOADS]
    pairs = [
        replace(
            known.pairs[0],
            a=spoil_side(known.pairs[0].a, text),
            b=spoil_side(known.pairs[0].b, text),
            difference=replace(known.pairs[0].difference, test=text),
            cases=tuple(cases),
            changed=tuple(causes),
        )
        for text in PAYLOADS[:3]
    ]
    unpaired = tuple(Unpaired("head", p, p, p, p, p) for p in PAYLOADS)
    base = RunRef(PAYLOADS[3], PAYLOADS[4], PAYLOADS[5], baseline=PAYLOADS[6])
    return replace(known, base=base, pairs=tuple(pairs), unpaired=unpaired, notes=tuple(PAYLOADS))


def spoil_history(info: RunInfo) -> tuple[RunInfo, ...]:
    return tuple(
        replace(
            info, id=p, started_at=p, verdict=p, spec_sha256=p,
            columns=(MeasuredColumn(p, p, 3, Rate(0.5, 0.2, 0.8), 0.1, 1.0, 2.0, (p,)),),
        )
        for p in PAYLOADS[:49]
    )  # fmt: skip


def test_nothing_of_a_comparison_or_a_history_runs(browser: Browser) -> None:
    run, summary = make_demo()
    assert summary.comparison is not None
    summary = replace(summary, comparison=spoil(summary.comparison))
    browser.open(render_html(run, summary, spec=SPEC, history=spoil_history(run.info)), "#/")
    browser.settle()
    shown = [safe.clip_line(payload, 600) for payload in PAYLOADS]
    assert browser.texts(".causes li > b") == list(dict.fromkeys(shown))  # each cause once
    assert [one for one in browser.texts("main .note") if one in shown] == shown
    for route in ("#/", "#/matrix", "#/changes", "#/changes?kind=unpaired", "#/trade-off",
                  "#/latency", "#/results", "#/history", "#/about"):  # fmt: skip
        browser.go(route)
        browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert browser.run(TOUCH) is None, route
        assert browser.run(f"return document.querySelectorAll('main :is({ODD})').length") == 0
    browser.go("#/changes?kind=unpaired")
    assert len(browser.texts(".unpaired li")) == len(PAYLOADS)
    browser.go("#/changes")
    names = browser.texts(".changes tbody th")
    assert names[0] == f"{shown[0]} › {shown[0]}"
    assert browser.run("return window.violations") == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []
