"""The report in a browser: readable without scripts, calm, and nothing that a model said runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from harness.compare.summary import GateVerdict
from harness.conversation.transcript import Failure, ToolCall
from harness.report.html import render_html
from harness.results.model import Result, Run, TargetInfo
from harness.text import safe
from tests.browser.payloads import PAYLOADS
from tests.unit.report.factory import (
    SPEC,
    result,
    run_of,
    small_run,
    summary_of,
    turn,
    verdict,
)

if TYPE_CHECKING:
    from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser

ROUTES = ("#/", "#/results", "#/case/0", "#/about")


def small_page() -> str:
    run = small_run()
    return render_html(run, summary_of(run), spec=SPEC)


def drawn(run: Run) -> str:
    return render_html(run, summary_of(run), spec=None)


def test_light_and_dark_follow_the_reader_and_the_button(browser: Browser) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"

    def prefer(scheme: str) -> None:
        features: list[dict[str, Any]] = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.command("Emulation.setEmulatedMedia", features=features)

    prefer("light")
    browser.open(small_page())
    browser.settle()
    light = browser.run(background)
    prefer("dark")
    dark = browser.run(background)
    assert brightness(light) > 200
    assert brightness(dark) < 60
    browser.run("document.querySelector('.theme').click()")
    assert browser.run(background) == light
    browser.run("document.querySelector('.theme').click()")
    prefer("light")
    assert browser.run(background) == dark
    browser.run("document.querySelector('.theme').click()")


def brightness(colour: str) -> float:
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


CONTRAST = """
const luminance = (colour) => {
  const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => {
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)") return colour;
  }
  return "rgb(255, 255, 255)";
};
const poor = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || !element.checkVisibility() || element.closest("svg, :disabled")) continue;
  const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) poor.push([element.outerHTML.slice(0, 80), ratio.toFixed(2)]);
}
return poor;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(browser: Browser, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.command("Emulation.setEmulatedMedia", features=features)
    browser.open(small_page(), "#/results")
    browser.settle()
    for route in ("#/results", "#/case/0?diff=left", "#/case/3", "#/case/5"):
        browser.go(route)
        assert (route, browser.run(CONTRAST)) == (route, [])
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(small_page())
    assert browser.run(CONTRAST) == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_page_scrolls_sideways(browser: Browser, width: int) -> None:
    wide = "https://example.org/" + "a" * 300
    targets = [TargetInfo(f"account-with-a-long-name/deployment-{n}") for n in range(8)]
    many = [result("a", t, "failed", turn(1, wide, wide, verdict("failed", "equals", wide, wide)))
            for t in targets]  # fmt: skip
    browser.width(width)
    for html in (small_page(), drawn(run_of(many, targets))):
        browser.command("Emulation.setScriptExecutionDisabled", value=True)
        browser.open(html)
        assert browser.run("return document.documentElement.scrollWidth") <= width
        browser.command("Emulation.setScriptExecutionDisabled", value=False)
        browser.open(html)
        browser.settle()
        for route in ROUTES:
            browser.go(route)
            assert browser.run("return document.documentElement.scrollWidth") <= width, route


def test_answers_stand_beside_each_other_and_below_each_other_when_narrow(browser: Browser) -> None:
    places = """
        const [a, b] = document.querySelectorAll(".turn .answer");
        return [a.getBoundingClientRect().toJSON(), b.getBoundingClientRect().toJSON()];
    """
    browser.open(small_page(), "#/case/0")
    browser.settle()
    left, right = browser.run(places)
    assert left["top"] == right["top"]
    assert left["right"] < right["left"]
    browser.width(375)
    above, below = browser.run(places)
    assert above["bottom"] <= below["top"]
    assert above["left"] == below["left"]


def test_without_scripts_the_verdict_the_tables_and_what_failed_can_be_read(
    browser: Browser,
) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(small_page())
    text = browser.run("return document.querySelector('#static').textContent")
    for words in ("Simulated", "Not everything held", "90.0 %", "What did not pass",
                  "Paul Allen, together with William H. Gates", '"Bill Gates" is not in the reply',
                  "About this run"):  # fmt: skip
        assert words in text
    assert browser.run("return document.querySelector('#app').checkVisibility()") is False


def test_without_styles_lines_stay_lines_and_wrap(browser: Browser) -> None:
    html = re.sub(r"<style>.*?</style>", "", small_page(), flags=re.DOTALL)
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(html)
    assert "Microsoft?\n" in browser.run("return document.body.innerText")
    assert browser.run("return getComputedStyle(document.querySelector('pre')).whiteSpace") in (
        "pre-wrap",
        "break-spaces",
    )


def hostile(conversation: str, text: str, target: TargetInfo) -> Result:
    """A result with the same text in every field that somebody else fills."""
    filters = {text: {"filtered": True, "severity": text}}
    failure = Failure("server", text, 500, text, request_id=text, content_filter=filters)
    bad = verdict("failed", text, [text], text, metric=text,
                  parts=(verdict("errored", text, text, text),))  # fmt: skip
    asked = turn(1, text, text, bad, failure=failure, finish_reason=text, notes=(text,),
                 content_filter=filters, tool_calls=(ToolCall(text, text, text),))  # fmt: skip
    return result(conversation, target, "failed", asked, case=text, variant=text, system=text,
                  tags=(text,), verdicts=(bad,), failure=failure)  # fmt: skip


def hostile_page() -> str:
    targets = [TargetInfo(p, p, p, p, p, adapted=(p,)) for p in PAYLOADS]
    run = run_of(
        [hostile(f"{n}: {t.name}", t.name, t) for n, t in enumerate(targets)],
        targets, spec_name=PAYLOADS[0], id=PAYLOADS[1], started_at=PAYLOADS[2],
        harness_version=PAYLOADS[3], spec_sha256=PAYLOADS[4],
    )  # fmt: skip
    gate = GateVerdict("regressed", tuple(PAYLOADS), 1)
    spec = {"description": PAYLOADS[5], "evaluation": {"system": PAYLOADS[6], PAYLOADS[7]: 1}}
    return render_html(run, summary_of(run, verdict=gate, sentence=PAYLOADS[8]), spec=spec)


TOUCH = """
for (const element of document.querySelectorAll("main *")) {
  for (const name of ["mouseover", "focus", "toggle", "pointerenter", "begin", "error", "load"])
    element.dispatchEvent(new Event(name, {bubbles: false}));
}
return window.owned ?? null;
"""

ODD = (
    "img, iframe, object, embed, video, audio, math, base, style style, svg script, main form form"
)


def test_nothing_that_anybody_said_runs_or_calls_home(browser: Browser) -> None:
    assert len(PAYLOADS) >= 120
    browser.open(hostile_page(), "#/results")
    browser.settle()
    for route in ("#/", "#/matrix", "#/changes", "#/trade-off", "#/latency", "#/results",
                  "#/history", "#/about"):  # fmt: skip
        browser.go(route)
        assert browser.run(TOUCH) is None, route
        assert browser.run(f"return document.querySelectorAll('main :is({ODD})').length") == 0
    for number, payload in enumerate(PAYLOADS):
        browser.go(f"#/case/{number}")
        assert browser.texts(".reply") == [safe.visible(payload).strip()], payload
        assert browser.texts(".checks > li > div > .reason")[0] == safe.visible(payload).strip()
        browser.go(f"#/case/{number}?md=1")
        assert browser.run(TOUCH) is None, payload
        assert browser.run(f"return document.querySelectorAll('main :is({ODD})').length") == 0
        assert browser.run("return [...document.querySelectorAll('main a[href]')]"
                           ".every(a => /^(#|https?:)/.test(a.getAttribute('href')))")  # fmt: skip
    browser.go(f"#/results?q={quote(PAYLOADS[5])}")
    browser.driver.execute_async_script("setTimeout(arguments[0], 600)")
    assert browser.run(TOUCH) is None
    assert "Regressed" in browser.run("return document.title")
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []
    assert browser.run("return document.querySelectorAll('script:not([type])').length") == 2


def test_nothing_runs_in_the_static_part_either(browser: Browser) -> None:
    html = hostile_page()
    at = html.index('id="d-summary">') + len('id="d-summary">')
    browser.open(html[:at] + "AAAA" + html[at:])  # the application does not start
    browser.driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert browser.run(TOUCH) is None
    said = browser.run(
        "return [...document.querySelectorAll('.amiss .reply .text')].map(e => e.textContent)"
    )
    assert said == [safe.visible(payload) for payload in PAYLOADS]
    assert browser.run(f"return document.querySelectorAll(':is({ODD})').length") == 0
    assert browser.run("return window.violations") == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []


def test_of_1209_cells_only_those_in_sight_are_elements(browser: Browser) -> None:
    said = "Some famous actors started their careers on Broadway. " * 25
    targets = [TargetInfo(f"east/{n}") for n in range(3)]
    checks = tuple(verdict(value=f"word {n}") for n in range(5))
    results = [
        result(f"question-{n:03}", t, "passed", turn(1, f"Question {n}?", f"{n} {said}", *checks))
        for n in range(403)
        for t in targets
    ]
    browser.open(drawn(run_of(results, targets)), "#/results")
    browser.settle()
    assert browser.texts("#count") == ["1,209 of 1,209"]
    assert 10 < len(browser.texts(".vrow")) < 60
