"""The application in a browser: results, cases, the keyboard, and the state in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from harness.report.html import render_html
from harness.report.payload import blocks
from harness.results.model import Run
from tests.unit.report.compared import compare_with_base
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

NAMES = ".vrow .c-conversation"


def page_of(run: Run) -> str:
    return render_html(run, summary_of(run), spec=SPEC)


def test_the_application_takes_the_place_of_the_static_page(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/results")
    browser.settle()
    assert browser.run("return document.getElementById('static')") is None
    assert browser.texts("h2") == ["Results 12 cells: one conversation on one target"]
    assert browser.texts(".strip strong") == ["Simulated"]
    title = "Results · ✗ Not everything held: sweden (simulated)"
    assert browser.run("return document.title") == title
    assert (
        browser.run("return document.documentElement.clientWidth - document.body.clientWidth") == 0
    )


QUERIES = {
    "": 12,
    "status:fail": 2,
    "s:err": 1,
    "-status:passed -status:skipped": 5,
    "dep:mini": 6,
    "dep:mini status:pass": 4,
    "tag:smoke": 2,
    "-tag:smoke": 10,
    "flaky:": 1,
    "differs:": 10,
    "assert:icontains": 1,
    "case:chile": 2,
    "id:capitals -case:chile": 2,
    "error:rate": 1,
    "lat>1s": 2,
    "lat>1500ms": 2,
    "cost>0.0002": 2,
    "cost<=0.000124 id:greeting": 2,
    "pass<1 repeats>1": 1,
    "score<0.9": 2,
    '"founders of microsoft"': 2,
    "albuquerque": 1,
    "-albuquerque": 11,
    "/albu.{4}que/i": 1,
    "ALBUQUERQUE": 1,
    "nowhere": 0,
    "status:": 12,
}


def test_the_query_language_finds_what_it_says(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/results")
    browser.settle()
    found = {}
    for query, wanted in QUERIES.items():
        browser.go(f"#/results?q={quote(query)}")
        found[query] = wait_for_count(browser, wanted)
    assert found == QUERIES


def wait_for_count(browser: Browser, wanted: int) -> int:
    """Transcripts are searched a moment after the last key."""
    for _ in range(60):
        count = int(browser.texts("#count")[0].split(" ")[0])
        if count == wanted and not browser.texts(".searching"):
            return count
        browser.settle()
    return count


def test_a_query_that_cannot_be_read_is_told(browser: Browser) -> None:
    browser.open(page_of(small_run()), f"#/results?q={quote('nope:1 cost>cheap /(/')}")
    browser.settle()
    assert browser.texts(".problem") == [
        "nope: is not a field here", "cheap is not a number", "/(/ is not a regular expression",
    ]  # fmt: skip


def test_columns_are_chosen_and_sorted_and_the_address_keeps_it(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/results")
    browser.settle()
    browser.run("document.querySelector('.vhead .c-lat button').click()")
    browser.settle()
    browser.run("document.querySelector('.vhead .c-lat button').click()")
    browser.settle()
    assert browser.texts(NAMES)[:2] == ["founders", "founders"]
    browser.run("document.querySelector('.menu input[value=tags]').click()")
    browser.settle()
    assert "Tags" in browser.texts("[role=columnheader]")
    address = browser.run("return location.hash")
    assert "sort=-lat" in address
    assert "tags" in address
    browser.open(page_of(small_run()), address)
    browser.settle()
    assert browser.texts(".vrow .c-tags")[0] == "smoke"


def test_the_keyboard_goes_from_the_search_to_a_case_and_on(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/results")
    browser.settle()
    browser.press("/")
    assert browser.run("return document.activeElement.id") == "query"
    browser.press("Escape", "j", "j")
    assert browser.run("return document.activeElement.textContent") == "founders"
    browser.run("document.activeElement.click()")
    browser.settle()
    assert browser.texts("h2")[0].startswith("founders")
    browser.press("n")
    assert browser.texts("h2")[0].startswith("capitals › china")
    browser.press("p")
    assert browser.texts("h2")[0].startswith("founders")
    browser.press("g", "r")
    assert browser.texts("h2")[0].startswith("Results")


def test_cases_follow_each_other_as_the_list_did_that_one_came_from(browser: Browser) -> None:
    browser.open(page_of(small_run()), f"#/results?q={quote('status:fail')}")
    browser.settle()
    browser.go("#/case/0")
    browser.press("n")
    assert browser.texts("h2")[0].startswith("greeting")


def test_a_case_shows_each_target_turn_by_turn_with_its_reasons(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/case/0")
    browser.settle()
    assert browser.texts(".side h3") == ["sweden/mini", "sweden/five"]
    assert browser.texts(".user pre") == ["Who were the founders of Microsoft?", "In which year?"]
    assert browser.texts(".reply")[:2] == [
        "Microsoft was founded by Bill Gates and Paul Allen.",
        "Paul Allen, together with William H. Gates III.",
    ]
    assert '"Bill Gates" is not in the reply' in browser.texts(".checks .failed .reason")
    assert "stop · 830 ms · 120 (20 cached) → 34 tokens · $0.000124" in browser.texts(".facts-line")
    commands = browser.texts(".command code")
    assert commands == [
        # Different repeats of two targets are four transcripts to `show`: it is given one.
        "harness show 20260901-120000-a1b2c3 founders -t sweden/mini --repeat 1",
        "harness eval SPEC -k founders -t sweden/mini -t sweden/five",
    ]


def test_the_commands_of_a_case_name_its_case_and_what_is_shown(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/case/1")
    browser.settle()
    assert browser.texts(".command code") == [
        "harness show 20260901-120000-a1b2c3 capitals --case china -t sweden/mini -t sweden/five",
        "harness eval SPEC -k 'capitals and china' -t sweden/mini -t sweden/five",
    ]


def test_what_is_known_of_a_target_is_not_repeated_at_each_answer(browser: Browser) -> None:
    notes = (*FIVE.adapted, "seed dropped")
    run = run_of([result("a", FIVE, "passed", turn(1, "?", "!", notes=notes))], [FIVE])
    browser.open(page_of(run), "#/case/0")
    browser.settle()
    assert browser.texts(".facts-line.hint") == ["seed dropped"]


def test_repeats_are_one_column_with_a_pager(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/case/0")
    browser.settle()
    labels = [
        text.split("passed")[-1].split("failed")[-1] for text in browser.texts(".pager output")
    ]
    assert [" ".join(label.split()) for label in labels] == [
        "repeats 1, 2, 3: 3 identical answers", "answer 2 of 2: repeat 2",
    ]  # fmt: skip
    browser.press("]")
    assert browser.texts(".reply")[1] == "Bill Gates and Paul Allen founded Microsoft."
    assert "rep=1%3A0" in browser.run("return location.hash")


DIFFERENCES = """
return [...document.querySelectorAll(".answer:last-child .reply .text")]
  .map(pre => [...pre.childNodes].map(n => [n.nodeName.toLowerCase(), n.textContent]));
"""


def test_a_word_diff_marks_what_another_target_said_differently(browser: Browser) -> None:
    run = run_of(
        [
            result("a", MINI, "passed", turn(1, "Year?", "Founded in 1975 in Albuquerque."),
                   turn(2, "首都?", "首都是北京。")),
            result("a", FIVE, "passed", turn(1, "Year?", "Founded in 1976 in Albuquerque, I say."),
                   turn(2, "首都?", "首都是东京。")),
        ],
        [MINI, FIVE],
    )  # fmt: skip
    browser.open(page_of(run), "#/case/0")
    browser.settle()
    browser.press("d")
    assert browser.run(DIFFERENCES) == [
        [["#text", "Founded in "], ["del", "1975"], ["ins", "1976"], ["#text", " in Albuquerque"],
         ["ins", ", I say"], ["#text", "."]],
        [["#text", "首都是"], ["del", "北"], ["ins", "东"], ["#text", "京。"]],
    ]  # fmt: skip
    browser.press("d")
    assert browser.run(DIFFERENCES) == [
        [["#text", "Founded in 1976 in Albuquerque, I say."]],
        [["#text", "首都是东京。"]],
    ]


def test_a_word_diff_against_the_base_marks_what_a_target_said_before(browser: Browser) -> None:
    before = run_of([result("a", MINI, "passed", turn(1, "Year?", "It was 1975."))], [MINI])
    after = run_of([result("a", MINI, "failed", turn(1, "Year?", "It was 1976."))], [MINI])
    summary = replace(summary_of(after), comparison=compare_with_base("a", "regressed"))
    browser.open(render_html(after, summary, spec=None, base=before), "#/case/0")
    browser.settle()
    browser.press("d")
    assert browser.run(DIFFERENCES) == [
        [["#text", "It was "], ["del", "1975"], ["ins", "1976"], ["#text", "."]]
    ]
    browser.go("#/results?q=change:regressed")
    assert browser.texts(".vrow .change") == ["▼ regressed"]


def test_markdown_is_rendered_when_it_is_asked_for(browser: Browser) -> None:
    said = "**Bold** and a [link](https://example.org/x)\n\n- one\n\n<b onclick=x>raw</b> ![i](http://x/y)"
    browser.open(
        page_of(run_of([result("a", MINI, "passed", turn(1, "?", said))], [MINI])), "#/case/0"
    )
    browser.settle()
    assert browser.texts(".reply pre") == [said]
    browser.press("m")
    assert browser.texts(".rendered strong") == ["Bold"]
    assert browser.texts(".rendered a") == ["link (example.org)"]
    assert browser.run("return document.querySelector('.rendered a').rel") == (
        "noopener noreferrer nofollow"
    )
    assert browser.texts(".rendered li") == ["one"]
    assert (
        browser.run("return document.querySelectorAll('.rendered [onclick], .rendered img').length")
        == 0
    )


def test_up_to_four_of_many_targets_stand_beside_each_other(browser: Browser) -> None:
    targets = [MINI, FIVE, *(type(MINI)(f"east/{n}") for n in range(4))]
    results = [result("a", t, "failed" if t.name == "east/3" else "passed",
                      turn(1, "?", t.name, verdict("failed" if t.name == "east/3" else "passed")))
               for t in targets]  # fmt: skip
    browser.open(page_of(run_of(results, targets)), "#/case/0")
    browser.settle()
    assert browser.texts(".side h3") == ["sweden/mini", "sweden/five", "east/0", "east/3"]
    browser.run("document.querySelector('.menu input[value=\"0\"]').click()")
    browser.settle()
    assert browser.texts(".side h3") == ["sweden/five", "east/0", "east/3"]
    assert "cols=1%2C2%2C5" in browser.run("return location.hash")


def test_a_page_without_room_says_what_is_left_out_and_how_to_read_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MOST_TRANSCRIPTS", 1)
    monkeypatch.setattr(blocks, "TRIALS_OF_CHUNK", 1)
    browser.open(page_of(small_run()), "#/results")
    browser.settle()
    assert browser.texts("#omitted")[0].startswith("The transcripts of 5 conversations are not in")
    browser.go("#/case/2")
    assert browser.texts(".reply") == []
    assert browser.texts(".command code") == [
        "harness show 20260901-120000-a1b2c3 capitals --case chile -t sweden/mini"
    ]


def test_a_case_can_be_called_by_its_name_and_an_unknown_one_is_told(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/case/weather")
    browser.settle()
    assert browser.texts("h2")[0].startswith("weather")
    browser.go("#/case/nobody")
    assert browser.texts("main .note")[0].startswith("This run has no such conversation.")
    browser.go("#/nowhere")
    assert browser.texts("main .note")[0].startswith("There is no such page.")


def test_an_ordinary_page_is_calm(browser: Browser) -> None:
    browser.open(page_of(small_run()), "#/results")
    browser.settle()
    for route in ("#/", "#/matrix", "#/changes", "#/trade-off", "#/latency", "#/history", "#/about",
                  "#/case/0?diff=left", "#/case/0?md=1", "#/results?q=albuquerque"):  # fmt: skip
        browser.go(route)
    browser.press("T", "?")
    assert browser.run("return window.violations") == []
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []


def test_a_page_whose_data_cannot_be_read_stays_the_static_page(browser: Browser) -> None:
    html = page_of(small_run())
    at = html.index('id="d-summary">') + len('id="d-summary">')
    browser.open(html[:at] + "AAAA" + html[at:])
    browser.driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert browser.texts("#broken")[0].startswith(
        "The interactive part of this page could not start"
    )
    assert "About this run" in browser.run("return document.body.innerText")
