"""The report in a browser: it works, it is calm, and nothing that a model said runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from harness.compare.summary import GateVerdict
from harness.conversation.transcript import Failure, ToolCall
from harness.report.html import render_html
from harness.results.model import Result, Run, TargetInfo
from tests.browser.payloads import PAYLOADS
from tests.unit.report.factory import (
    FIVE,
    MINI,
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

SHOWN = """
return [...document.querySelectorAll("tr[data-row]:not([hidden]) bdi")].map(b => b.textContent);
"""
CHOOSE = """
const input = document.querySelector(arguments[0]);
input.type === "checkbox" ? (input.checked = !input.checked) : (input.checked = true);
input.dispatchEvent(new Event("change", {bubbles: true}));
"""


def small_page() -> str:
    run = small_run()
    return render_html(run, summary_of(run), spec=SPEC)


def drawn(run: Run) -> str:
    return render_html(run, summary_of(run), spec=None)


def open_all(browser: Browser) -> None:
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def test_an_ordinary_page_is_calm(browser: Browser) -> None:
    browser.open(small_page())
    open_all(browser)
    browser.run(CHOOSE, "input[value=differs]")
    browser.run("document.querySelector('.theme').click()")
    assert browser.run("return window.violations") == []
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []


def test_the_filters_show_what_they_say(browser: Browser) -> None:
    browser.open(small_page())
    everything = ["founders", "capitals", "china", "capitals", "chile", "weather", "greeting",
                  "secrets"]  # fmt: skip
    assert browser.run(SHOWN) == everything
    browser.run(CHOOSE, "input[value=failing]")
    passed_on_both = everything.index("chile")
    assert browser.run(SHOWN) == everything[: passed_on_both - 1] + everything[passed_on_both + 1 :]
    assert browser.run("return document.querySelector('#count').value") == "5 of 6 shown"
    browser.run(CHOOSE, "input[name=column][value='1']")
    assert browser.run(SHOWN) == ["greeting", "secrets"]
    hidden = "return document.querySelectorAll('[data-column=\"1\"]:not([hidden])').length"
    assert browser.run(hidden) == 0
    browser.run(CHOOSE, "input[value=differs]")
    assert browser.run(SHOWN) == []
    assert browser.run("return document.querySelector('#nothing').hidden") is False


def test_search_looks_into_transcripts(browser: Browser) -> None:
    browser.open(small_page())
    browser.run("""
        const query = document.querySelector("#query");
        query.value = "ALBUQUERQUE";
        query.dispatchEvent(new Event("input"));
    """)
    browser.driver.set_script_timeout(5)
    browser.driver.execute_async_script("setTimeout(arguments[0], 400)")
    assert browser.run(SHOWN) == ["founders"]


def test_a_link_of_the_table_opens_the_transcript(browser: Browser) -> None:
    browser.open(small_page(), "#c1-1")
    assert browser.run("return document.querySelector('details[data-row=\"1\"]').open") is True
    top = browser.run("return document.querySelector('#c1-1').getBoundingClientRect().top")
    assert 0 <= top < 900


DIFFERENCES = """
return [...document.querySelectorAll('.answer[data-column="1"] .reply .text')].slice(0, 2)
  .map(pre => [...pre.childNodes].map(n => [n.nodeName.toLowerCase(), n.textContent]));
"""


def test_a_word_diff_marks_what_another_target_said_differently(browser: Browser) -> None:
    run = run_of(
        [
            result("a", MINI, "passed", turn(1, "Year?", "Founded in 1975 in Albuquerque.")),
            result("a", FIVE, "passed", turn(1, "Year?", "Founded in 1976 in Albuquerque, I say.")),
            result("b", MINI, "passed", turn(1, "首都?", "首都是北京。")),
            result("b", FIVE, "passed", turn(1, "首都?", "首都是东京。")),
        ],
        [MINI, FIVE],
    )
    browser.open(drawn(run))
    open_all(browser)
    choose = """
        const select = document.querySelector("#diff");
        select.value = arguments[0];
        select.dispatchEvent(new Event("change", {bubbles: true}));
    """
    browser.run(choose, "0")
    assert browser.run(DIFFERENCES) == [
        [["#text", "Founded in "], ["del", "1975"], ["ins", "1976"], ["#text", " in Albuquerque"],
         ["ins", ", I say"], ["#text", "."]],
        [["#text", "首都是"], ["del", "北"], ["ins", "东"], ["#text", "京。"]],
    ]  # fmt: skip
    browser.run(choose, "")
    assert browser.run(DIFFERENCES) == [
        [["#text", "Founded in 1976 in Albuquerque, I say."]],
        [["#text", "首都是东京。"]],
    ]


def test_the_keyboard_reaches_everything(browser: Browser) -> None:
    browser.open(small_page())
    press = """
        document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key: arguments[0], bubbles: true, cancelable: true}));
    """
    browser.run(press, "f")
    assert len(browser.run(SHOWN)) == 6
    browser.run(press, "j")
    browser.run(press, "j")
    assert "capitals" in browser.run("return document.activeElement.textContent")
    browser.run(press, "/")
    assert browser.run("return document.activeElement.id") == "query"


def test_light_and_dark_follow_the_reader_and_the_button(browser: Browser) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"

    def prefer(scheme: str) -> None:
        features: list[dict[str, Any]] = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.command("Emulation.setEmulatedMedia", features=features)

    prefer("light")
    browser.open(small_page())
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
  if (!own || !element.checkVisibility()) continue;
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
    browser.open(small_page())
    open_all(browser)
    assert browser.run(CONTRAST) == []


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_no_page_scrolls_sideways(browser: Browser, width: int) -> None:
    wide = "https://example.org/" + "a" * 300
    targets = [TargetInfo(f"account-with-a-long-name/deployment-{n}") for n in range(8)]
    many = [result("a", t, "failed", turn(1, wide, wide, verdict("failed", "equals", wide, wide)))
            for t in targets]  # fmt: skip
    for html in (small_page(), drawn(run_of(many, targets))):
        browser.width(width)
        browser.open(html)
        open_all(browser)
        assert browser.run("return document.documentElement.scrollWidth") <= width


def test_answers_stand_beside_each_other_and_below_each_other_when_narrow(browser: Browser) -> None:
    places = """
        const [a, b] = document.querySelectorAll("#c1 .turn .answer");
        return [a.getBoundingClientRect().toJSON(), b.getBoundingClientRect().toJSON()];
    """
    browser.open(small_page())
    open_all(browser)
    left, right = browser.run(places)
    assert left["top"] == right["top"]
    assert left["right"] < right["left"]
    browser.width(375)
    above, below = browser.run(places)
    assert above["bottom"] <= below["top"]
    assert above["left"] == below["left"]


def test_without_scripts_everything_can_be_read_and_opened(browser: Browser) -> None:
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(small_page(), "#c1")
    text = browser.run("return document.body.innerText")
    for words in ("Not everything held", "90.0 %", "Paul Allen, together with William H. Gates",
                  '"Bill Gates" is not in the reply', "About this run"):  # fmt: skip
        assert words in text
    assert browser.run("return document.querySelector('#tools').checkVisibility()") is False


def test_without_styles_lines_stay_lines_and_wrap(browser: Browser) -> None:
    html = re.sub(r"<style>.*?</style>", "", small_page(), flags=re.DOTALL)
    browser.open(html, "#c3")
    text = browser.run("return document.body.innerText")
    assert "Santiago\nde Chile" in text
    assert "Word diff against" not in text.split("Conversations", 1)[0]
    assert browser.run("return getComputedStyle(document.querySelector('pre')).whiteSpace") in (
        "pre-wrap",
        "break-spaces",
    )


def test_in_print_the_tools_are_gone_and_the_page_is_light(browser: Browser) -> None:
    browser.open(small_page())
    browser.run("document.documentElement.dataset.theme = 'dark'")
    browser.command("Emulation.setEmulatedMedia", media="print")
    assert browser.run("return document.querySelector('#tools').checkVisibility()") is False
    assert browser.run("return document.querySelector('.strip.simulated').checkVisibility()")
    colour = browser.run("return getComputedStyle(document.querySelector('.tiles dd')).color")
    assert brightness(colour) < 60


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


def test_nothing_that_anybody_said_runs_or_calls_home(browser: Browser) -> None:
    targets = [TargetInfo(p, p, p, p, p, adapted=(p,)) for p in PAYLOADS]
    run = run_of(
        [hostile(f"{n}: {t.name}", t.name, t) for n, t in enumerate(targets)],
        targets, spec_name=PAYLOADS[0], id=PAYLOADS[1], started_at=PAYLOADS[2],
        harness_version=PAYLOADS[3], spec_sha256=PAYLOADS[4],
    )  # fmt: skip
    gate = GateVerdict("regressed", tuple(PAYLOADS), 1)
    spec = {"description": PAYLOADS[5], "evaluation": {"system": PAYLOADS[6], PAYLOADS[7]: 1}}
    browser.open(render_html(run, summary_of(run, verdict=gate, sentence=PAYLOADS[8]), spec=spec))
    open_all(browser)
    browser.run("""
        for (const element of document.querySelectorAll("main *")) {
          for (const name of ["click", "mouseover", "focus", "toggle", "pointerenter", "begin"])
            element.dispatchEvent(new Event(name, {bubbles: false}));
        }
    """)
    browser.driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert browser.run("return window.owned ?? null") is None
    assert browser.run("return document.title").startswith("✗ Regressed")
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []
    said = browser.run(
        "return [...document.querySelectorAll('.reply .text')].map(e => e.textContent)"
    )
    assert said == PAYLOADS
    assert browser.run("return document.querySelectorAll('script:not([type])').length") == 2
    odd = "img, iframe, object, embed, video, audio, math, base, form:not(#tools), svg script"
    assert browser.run(f"return document.querySelectorAll('{odd}').length") == 0
    assert browser.run("return window.violations") == []
    assert browser.complaints() == []


def test_403_conversations_on_three_targets_are_there_at_once(browser: Browser) -> None:
    said = "Some famous actors started their careers on Broadway. " * 25
    targets = [TargetInfo(f"east/{n}") for n in range(3)]
    checks = tuple(verdict(value=f"word {n}") for n in range(5))
    results = [
        result(f"question-{n:03}", t, "passed", turn(1, f"Question {n}?", f"{n} {said}", *checks))
        for n in range(403)
        for t in targets
    ]
    browser.open(drawn(run_of(results, targets)))
    timing = browser.run("""
        const [page] = performance.getEntriesByType("navigation");
        return [page.loadEventEnd, document.querySelectorAll("tr[data-row]").length];
    """)
    # A second on a quiet machine; the tests of others run beside this one.
    assert timing[0] < 4_000
    assert timing[1] == 403
