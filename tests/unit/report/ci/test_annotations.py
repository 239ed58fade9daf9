"""Annotations beside the lines of a spec, as GitHub's and Azure's runners read them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from harness.compare.summary import GateVerdict
from harness.report.ci.annotations import MOST, Annotation, format_annotation, list_annotations
from harness.results.model import Run
from harness.source import Span
from tests.unit.report.factory import MINI, result, run_of, small_run, summary_of, turn, verdict

GATE = Span("specs/a.yaml", 5, 1)
PLACE = Span("specs/a.yaml", 12, 3)
REGRESSED = GateVerdict("regressed", ("sweden/mini passed 40%.", "At least 50% is wanted."), 1)


def listed(run: Run, gate: GateVerdict | None = None) -> list[Annotation]:
    summary = summary_of(run, verdict=gate)

    def find(name: str) -> Span:
        return replace(PLACE, file=name)

    return list(list_annotations(run.results, summary, find, GATE))


def test_the_verdict_and_each_conversation_that_did_not_pass_are_told_the_worst_first() -> None:
    found = listed(small_run(), REGRESSED)
    assert [one.title for one in found] == [
        "harness: regressed", "weather", "secrets", "capitals (china)", "founders", "greeting",
    ]  # fmt: skip
    assert found[0] == Annotation(
        "error", "harness: regressed", "sweden/mini passed 40%.\nAt least 50% is wanted.", GATE
    )
    assert found[4] == Annotation(
        "error",
        "founders",
        'failed on sweden/five, 2 of 3 passed: turn 1: "Bill Gates" is not in the reply',
        Span("founders", 12, 3),
    )


def test_what_the_gate_lets_pass_is_a_warning() -> None:
    found = listed(small_run(), GateVerdict("passed", ("Every floor holds.",), 0))
    assert {one.level for one in found} == {"warning"}
    assert found[0].title == "weather"


def test_no_more_are_told_than_a_service_shows() -> None:
    bad = [result(f"c{n}", MINI, "failed", turn(1, "?", "!")) for n in range(30)]
    run = run_of(bad, [MINI])
    assert len(listed(run, REGRESSED)) == MOST
    assert len(listed(run)) == MOST


def written(annotation: Annotation) -> tuple[str, str]:
    github = format_annotation(annotation, "github", lambda path: path)
    azure = format_annotation(annotation, "azure", lambda path: path)
    return github, azure


def test_they_are_written_as_each_service_wants_it() -> None:
    told = Annotation("error", "faq (refund)", "failed on a: 50% of it\nand more", PLACE)
    github, azure = written(told)
    assert github == (
        "::error file=specs/a.yaml,line=12,col=3,title=faq (refund)::"
        "failed on a: 50%25 of it%0Aand more"
    )
    assert azure == (
        "##vso[task.logissue type=error;sourcepath=specs/a.yaml;linenumber=12;columnnumber=3]"
        "faq (refund): failed on a: 50%AZP25 of it%0Aand more"
    )
    assert written(Annotation("warning", "t", "")) == (
        "::warning title=t::",
        "##vso[task.logissue type=warning]t",
    )


HOSTILE = [
    "::error::x", "a::b", "x\n::set-env name=A::b", "x\r\n##vso[task.complete result=Failed]",
    "a,file=/etc/passwd", "a;sourcepath=b", "]##vso[x]", "%0A::x", "%3A%3A", "\x1b[2J", "\u2028::x",
    "\x85::x",
]  # fmt: skip


@pytest.mark.parametrize("evil", HOSTILE)
def test_no_text_ends_a_property_or_begins_another_command(evil: str) -> None:
    told = Annotation("error", evil, evil, Span(evil, 1, 1))
    github, azure = written(told)
    for line in (github, azure):
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line
    properties = github.removeprefix("::error ").partition("::")[0]
    assert [one.partition("=")[0] for one in properties.split(",")] == [
        "file", "line", "col", "title",
    ]  # fmt: skip
    inside = azure.removeprefix("##vso[task.logissue ").partition("]")[0]
    assert [one.partition("=")[0] for one in inside.split(";")] == [
        "type", "sourcepath", "linenumber", "columnnumber",
    ]  # fmt: skip


def test_the_reason_of_an_annotation_is_one_of_a_trial_that_ended_so() -> None:
    fine = result("a", MINI, "passed", turn(1, "?", "!"))
    why = verdict("failed", reason="second")
    bad = result("a", MINI, "failed", turn(1, "?", "!", why), repeat=2)
    (told,) = listed(run_of([fine, bad], [MINI]))
    assert re.fullmatch(r"failed on sweden/mini, 1 of 2 passed: second", told.message)
