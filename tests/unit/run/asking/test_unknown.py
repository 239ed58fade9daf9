"""Requests that were sent before a run died, and whose answers nobody has."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.conversation.ports import Request
from harness.conversation.transcript import NOT_SENT, Answer, Failure
from harness.results.unknown import UnknownRequests
from harness.run.events import Doubted
from harness.store.runs import DiskRuns
from tests.unit.run.laboratory import Laboratory, lines

PRICED = """
version: 1
name: doubts
providers:
  p:
    type: openai-compatible
    base_url: "http://127.0.0.1:1/v1"
    models: {a: {price: {input: 0, output: 100}}, free: {}}
evaluation: {concurrency: 1, parameters: {max_output_tokens: 1000}, judge: {target: p/free}}
conversations:
  - id: talk
    turns: [{user: one}, {user: two, assert: [{llm-rubric: is it two}]}]
"""


class DeathError(Exception):
    """Ends a run as a killed process ends: with its files as they are."""


@pytest.fixture
def lab(tmp_path: Path) -> Laboratory:
    laboratory = Laboratory(tmp_path)
    laboratory.write("", PRICED)
    return laboratory


def die(lab: Laboratory, number: int, **options: object) -> None:
    """Run until the request of this number was sent, counted over all models, and die."""
    sent = 0

    def answer(request: Request, _: int) -> Answer | None:
        nonlocal sent
        sent += 1
        if sent == number:
            raise DeathError
        return None

    lab.answer = answer
    with pytest.raises(DeathError):
        lab.run(targets=("p/a",), **options) if "resume" not in options else lab.run(**options)
    lab.answer = lambda _request, _number: None
    lab.events.clear()


def find_doubts(lab: Laboratory) -> list[Doubted]:
    return [event for event in lab.events if isinstance(event, Doubted)]


def test_a_request_in_doubt_is_listed_with_the_most_that_it_may_cost_twice(
    lab: Laboratory,
) -> None:
    die(lab, 2)
    left = DiskRuns(lab.folder).read(DiskRuns(lab.folder).find("latest")).info.unknown
    assert left is not None
    assert left.describe()[0].endswith("(up to $0.10): not asked again.")
    done = lab.run(resume="latest")
    (doubted,) = find_doubts(lab)
    assert doubted.asked_again
    (one,) = doubted.requests.listed
    assert one.describe() == "talk · p/a · turn 2: up to $0.10"
    unknown = done.info.unknown
    assert unknown is not None
    assert (unknown.requests, unknown.asked_again, unknown.most_usd) == (1, 1, 0.1)
    (said,) = unknown.describe()
    assert said.startswith("1 request was sent, and no answer was recorded (up to $0.10): ")
    assert said.endswith("it was asked again, and may be paid twice.")
    written = json.loads((done.directory / "run.json").read_text(encoding="utf-8"))["unknown"]
    assert written["listed"][0]["turn"] == 2


def test_an_unknown_price_is_said_to_be_unknown_and_never_nothing(lab: Laboratory) -> None:
    die(lab, 3)
    done = lab.run(resume="latest")
    (doubted,) = find_doubts(lab)
    assert doubted.requests.listed[0].describe() == (
        "talk · p/a · turn 2 · check 1: of unknown price"
    ), "a judge's request is as much in doubt as any other"
    assert done.info.unknown is not None
    assert done.info.unknown.describe_cost() == "of unknown price"
    assert (done.info.unknown.unpriced, done.info.unknown.most_usd) == (1, 0.0)


def test_what_is_in_doubt_is_summed_up_over_several_crashes(lab: Laboratory) -> None:
    die(lab, 1)
    die(lab, 1, resume="latest")
    die(lab, 3, resume="latest")
    done = lab.run(resume="latest")
    unknown = done.info.unknown
    assert unknown is not None
    assert (unknown.requests, unknown.asked_again) == (3, 3)
    assert unknown.describe_cost() == "up to $0.20, and 1 of unknown price"
    (doubted,) = find_doubts(lab)
    assert doubted.requests.requests == 1, "the others were asked again before"


def test_skipping_pays_nothing_twice_and_lists_it_all_the_same(lab: Laboratory) -> None:
    die(lab, 2)
    done = lab.run(resume="latest", unknown="skip")
    assert lab.asked == 0
    (doubted,) = find_doubts(lab)
    assert not doubted.asked_again
    unknown = done.info.unknown
    assert unknown is not None
    assert (unknown.requests, unknown.asked_again) == (1, 0)
    assert [line["outcome"] for line in lines(done.directory)] == ["errored"]
    lab.events.clear()
    again = lab.run(resume="latest")
    assert find_doubts(lab) == [], "its trial has its result"
    assert again.info.unknown == unknown


def test_a_journal_that_names_no_price_leaves_it_unknown(lab: Laboratory) -> None:
    die(lab, 2)
    (journal,) = lab.folder.glob("reports/doubts/*/events.jsonl")
    lines_of_before = journal.read_text(encoding="utf-8").replace('"most_usd":0.1', '"x":1')
    journal.write_text(lines_of_before.replace('"most_usd"', '"y"'), encoding="utf-8")
    lab.run(resume="latest")
    (doubted,) = find_doubts(lab)
    assert doubted.requests.describe_cost() == "of unknown price"


FAILURES = pytest.mark.parametrize(
    ("failure", "billed"),
    [
        (Failure("timeout", "no answer within 120 s", retryable=True), 1),
        (Failure("connection", "the connection broke off", retryable=True), 1),
        (Failure("connection", "no connection", code=NOT_SENT, retryable=True), 0),
        (Failure("server", "down", 503, retryable=True), 0),
    ],
)


@FAILURES
def test_asking_again_after_a_failure_that_may_be_billed_is_counted(
    lab: Laboratory, failure: Failure, billed: int
) -> None:
    lab.answer = lambda request, number: (
        failure if (request.place.check, number) == ("", 1) else None
    )
    found = lab.run(targets=("p/a",)).info.unknown or UnknownRequests()
    assert (found.failed, found.retried) == (billed, billed)
    if billed:
        assert "1 of them was sent again" in found.describe()[1]


@FAILURES
def test_the_most_that_a_failed_request_may_cost_is_told_as_no_total_holds_it(
    lab: Laboratory, failure: Failure, billed: int
) -> None:
    lab.answer = lambda request, _: (
        replace(failure, retryable=False) if request.place.check == "" else None
    )
    done = lab.run(targets=("p/a",))
    found = done.info.unknown or UnknownRequests()
    assert (found.failed > 0, found.retried) == (bool(billed), 0)
    assert done.info.totals.cost_usd == 0
    assert (found.failed_usd > 0) == bool(billed)
    said = " ".join(found.describe())
    assert bool(billed) == ("up to $" in said and "which no total holds" in said)
