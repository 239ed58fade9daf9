"""JUnit XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import pytest

from harness.compare.summarize import summarize
from harness.report.junit import render_junit
from harness.results.model import Run
from harness.spec.model.spec import KnownFailing
from tests.unit.report.factory import MINI, result, run_of, small_run, summary_of, turn, verdict


def parsed(run: Run) -> ET.Element:
    return ET.fromstring(render_junit(run, summary_of(run)))


def test_a_suite_per_target_and_a_case_per_trial() -> None:
    root = parsed(small_run())
    assert root.attrib["name"] == "sweden"
    assert [(s.attrib["name"], s.attrib["tests"]) for s in root] == [
        ("sweden/mini", "8"),
        ("sweden/five", "8"),
    ]
    assert [case.attrib["name"] for case in root[1].iter("testcase")] == [
        "founders",
        "founders #2",
        "founders #3",
        "capitals [china]",
        "capitals [chile]",
        "weather",
        "greeting",
        "secrets",
    ]


def test_a_failure_is_told_before_the_errors_beside_it() -> None:
    asked = turn(1, "Hi", "no", verdict("errored", reason="The code raised."), verdict("failed"))
    (case,) = parsed(run_of([result("greeting", MINI, "failed", asked)], [MINI])).iter("testcase")
    (failure,) = case
    assert failure.attrib["message"] == "found at character 4"


def test_wrong_answers_no_answers_and_skipped_ones_are_told_apart() -> None:
    root = parsed(small_run())
    counts = {key: root.attrib[key] for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "16", "failures": "4", "errors": "1", "skipped": "1"}
    kinds = [(e.tag, e.attrib.get("type")) for c in root.iter("testcase") for e in c]
    assert sorted(kinds, key=str) == [
        ("error", "rate_limit"),
        ("failure", "blocked"),
        ("failure", "failed"),
        ("failure", "failed"),
        ("failure", "truncated"),
        ("skipped", None),
    ]


def test_a_failure_says_why_and_holds_the_transcript() -> None:
    failure = parsed(small_run()).find(".//testcase[@name='founders #2']/failure")
    assert failure is not None
    assert failure.attrib["message"] == 'turn 1: "Bill Gates" is not in the reply'
    assert "assistant: Paul Allen, together with William H. Gates III." in (failure.text or "")


def test_a_simulated_suite_says_so() -> None:
    properties = {
        p.attrib["name"]: p.attrib["value"] for p in parsed(small_run())[0].iter("property")
    }
    assert properties["simulated"] == "true"
    assert properties["replayed"] == "false"
    assert properties["model"] == "gpt-4.1-mini"


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x08\x0b\x0c\x1f\x7f\x9f",
        "\ud800 lone \udfff",
        "\ufffe\uffff",
        "]]> <![CDATA[ & < > \" '",
        "\r\n\t\r",
        "<failure/></testcase>",
        "中文 👩\u200d👧 \u202e",
    ],
)
def test_any_text_makes_well_formed_xml(text: str) -> None:
    held = result(text, MINI, "failed", turn(1, text, text, verdict("failed", text, text, text)),
                  case=text)  # fmt: skip
    run = run_of([held], [MINI], spec_name=text)
    xml = render_junit(run, summary_of(run))
    root = ET.fromstring(xml.encode())
    assert len(list(root.iter("testcase"))) == 1
    assert len(list(root.iter("failure"))) == 1


def test_a_known_failure_is_skipped_and_says_until_when_and_why() -> None:
    run = run_of([result("bug", MINI, "failed", turn(1, "Hi", "no", verdict("failed")))], [MINI])
    mark = KnownFailing(until=date(2099, 1, 31), issue="https://example.org/1")
    root = ET.fromstring(render_junit(run, summarize(run, None, {}, {"bug": mark})))
    assert (root.attrib["failures"], root.attrib["skipped"]) == ("0", "1")
    (case,) = root.iter("testcase")
    (skipped,) = case
    assert skipped.attrib["message"] == (
        "known to fail until 2099-01-31: https://example.org/1: failed: found at character 4"
    )


def test_a_known_failure_that_passes_is_no_skip() -> None:
    run = run_of([result("bug", MINI, "passed", turn(1, "Hi", "yes", verdict()))], [MINI])
    mark = KnownFailing(until=date(2099, 1, 31), issue="https://example.org/1")
    root = ET.fromstring(render_junit(run, summarize(run, None, {}, {"bug": mark})))
    assert root.attrib["skipped"] == "0"
