"""The engine with a model of the test's own behind the port and the real store on disk."""

from __future__ import annotations

import json
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Reply, Usage
from harness.errors import RequestError
from harness.run.events import Paused, Started, Stopped
from harness.run.requests.spent import EndedBudget
from harness.simulator.inference.limits import RateWindow
from tests.unit.run.laboratory import DOWN, THROTTLED, Laboratory, lines
from tests.unit.run.stepped_clock import BEGINS


def outcomes(directory: Path) -> Counter[str]:
    return Counter(line["outcome"] for line in lines(directory))


@pytest.fixture
def lab(tmp_path: Path) -> Laboratory:
    return Laboratory(tmp_path)


def test_a_run_leaves_its_files_and_its_numbers(lab: Laboratory) -> None:
    done = lab.run()
    assert done.directory.parent == lab.folder / "reports" / "engine"
    assert sorted(path.name for path in done.directory.iterdir()) == [
        "events.jsonl",
        "results.jsonl",
        "run.json",
        "spec.json",
    ]
    run = json.loads((done.directory / "run.json").read_text(encoding="utf-8"))
    assert run["id"] == done.directory.name == "20261122-130000-800000"
    assert run["status"] == "complete"
    assert run["exit_code"] == done.exit_code == 1, "`THREE` is not in `three!`"
    assert run["totals"] == {
        "trials": 4, "passed": 2, "failed": 2, "blocked": 0, "truncated": 0, "errored": 0,
        "skipped": 0, "requests": 6, "input_tokens": 42, "output_tokens": 18, "cost_usd": None,
        "wall_s": 0.0,
    }  # fmt: skip
    assert all(model.closed for model in lab.models.values())


def test_results_stand_in_the_order_of_the_trials(lab: Laboratory) -> None:
    def late(request: Request, _: int) -> Answer | None:
        return (
            DOWN if request.place.conversation == "first" and len(request.messages) == 1 else None
        )

    lab.answer = late
    done = lab.run(repeats=3)
    order = [(r["conversation"], r["target"], r["repeat"]) for r in lines(done.directory)]
    assert order == [
        (conversation, target, repeat)
        for conversation in ("first", "second")
        for target in ("p/a", "p/b")
        for repeat in (1, 2, 3)
    ]


def test_every_request_is_in_the_journal_before_it_is_sent(lab: Laboratory) -> None:
    unseen = []

    def look(request: Request, _: int) -> None:
        (journal,) = lab.folder.glob("reports/engine/*/events.jsonl")
        last = [line for line in lines(journal.parent, journal.name) if line["event"] == "sent"]
        place = (request.place.conversation, request.place.target, request.place.turn)
        if place not in {(s["conversation"], s["target"], s["turn"]) for s in last}:
            unseen.append(place)

    lab.answer = look
    lab.run()
    assert unseen == []


def test_a_failing_service_is_tried_again_and_then_told_from_a_wrong_answer(
    lab: Laboratory,
) -> None:
    lab.answer = lambda request, _: DOWN if request.place.conversation == "second" else None
    done = lab.run(targets=("p/a",))
    first, second = lines(done.directory)
    assert first["outcome"] == "passed"
    assert second["outcome"] == "errored"
    assert second["error"] == {"kind": "server", "status": 503, "code": "", "message": "down"}
    assert second["turns"][0]["attempts"] == 5
    assert second["turns"][0]["assistant"] is None
    assert second["turns"][0]["queued_s"] > 1.0
    assert done.exit_code == 3
    assert lab.clock.time > 1.0


def test_a_service_that_recovers_costs_nothing_but_attempts(lab: Laboratory) -> None:
    lab.answer = lambda _, number: DOWN if number <= 2 else None
    done = lab.run(targets=("p/a",), keyword="second")
    (only,) = lines(done.directory)
    assert only["outcome"] == "failed"
    assert only["turns"][0]["attempts"] == 3
    assert only["turns"][0]["requests"] == 1
    assert only["turns"][0]["latency_s"] == 0.25, "waiting is not latency"


@pytest.mark.parametrize(("a_minute", "retry_after"), [(6, True), (12, True), (6, False)])
def test_a_small_deployment_ends_its_trials_however_long_it_takes(
    lab: Laboratory, a_minute: int, retry_after: bool
) -> None:
    windows = {"p/a": RateWindow(a_minute, 60), "p/b": RateWindow(10_000, 60)}

    def answer(request: Request, _number: int) -> Answer | None:
        window = windows[request.place.target]
        if window.count(1, lab.clock.time):
            return None
        wait = float(window.compute_wait_s(lab.clock.time)) if retry_after else None
        return Failure("rate_limit", "slow down", 429, "429", True, wait)

    lab.answer = answer
    done = lab.run(repeats=40)
    totals = done.info.totals
    assert (totals.trials, totals.errored) == (160, 0)
    assert lab.clock.time > 60 * (120 / a_minute - 1)


def test_a_target_that_answers_nobody_is_given_up_after_an_hour(lab: Laboratory) -> None:
    full = Failure("rate_limit", "slow down", 429, "429", True, 60.0)
    lab.answer = lambda request, _: full if request.place.target == "p/a" else None
    done = lab.run(repeats=40)
    assert done.info.totals.errored == 80
    assert 3600 < lab.clock.time < 3800
    assert len(lab.models["p/a"].requests) < 80 * 3


def test_a_storm_of_half_an_hour_loses_nothing_and_is_asked_once_a_pause(lab: Laboratory) -> None:
    begins, lasts, asked = lab.clock.time, 1800.0, []

    def storm(_request: Request, _number: int) -> Answer | None:
        asked.append(lab.clock.time - begins)
        over = lab.clock.time >= begins + lasts
        return None if over else Failure("rate_limit", "slow down", 429, "429", True, 20.0)

    lab.answer = storm
    done = lab.run(targets=("p/a",), repeats=40)
    assert (done.info.totals.trials, done.info.totals.errored) == (80, 0)
    during = [at for at in asked if 20.0 <= at < lasts]
    assert max(sum(at <= each < at + 20.0 for each in during) for at in during) <= 2


def test_a_throttled_target_pauses_and_the_other_goes_on(lab: Laboratory) -> None:
    def storm(request: Request, number: int) -> Answer | None:
        return THROTTLED if request.place.target == "p/a" and number <= 3 else None

    lab.answer = storm
    done = lab.run(repeats=4)
    assert outcomes(done.directory) == {"passed": 8, "failed": 8}
    paused = [event for event in lab.events if isinstance(event, Paused)]
    assert {event.target for event in paused} == {"p/a"}
    assert lab.clock.time >= 2.0


def test_a_wait_of_a_day_is_an_answer_and_not_waited_for(lab: Laboratory) -> None:
    never = Failure("rate_limit", "retry after 86400", 429, "429", True, 86_400.0)
    lab.answer = lambda _request, _number: never
    done = lab.run(targets=("p/a",), keyword="second")
    assert lines(done.directory)[0]["turns"][0]["attempts"] == 1
    assert lab.clock.time == BEGINS


@pytest.mark.parametrize("kind", ["auth", "not_found"])
def test_a_target_that_cannot_answer_is_stopped_and_not_hammered(
    lab: Laboratory, kind: Any
) -> None:
    gone = Failure(kind, "no such deployment", 404, "DeploymentNotFound")
    lab.answer = lambda request, _: gone if request.place.target == "p/a" else None
    lab.write("{concurrency: 1}")
    done = lab.run(repeats=20)
    assert len(lab.models["p/a"].requests) == 1
    errored = [line for line in lines(done.directory) if line["outcome"] == "errored"]
    assert len(errored) == 40
    assert {line["error"]["code"] for line in errored} == {"DeploymentNotFound"}
    assert len([event for event in lab.events if isinstance(event, Stopped)]) == 1
    assert done.exit_code == 3


@pytest.mark.parametrize(("concurrency", "most"), [("1", 1), ("3", 3)])
def test_no_more_requests_are_in_flight_than_allowed(
    lab: Laboratory, concurrency: str, most: int
) -> None:
    lab.write(f"{{concurrency: {concurrency}}}")
    seen = []
    lab.answer = lambda _request, _number: seen.append(
        sum(model.in_flight for model in lab.models.values())
    )
    lab.run(repeats=10)
    assert max(seen) + 1 == most


def test_a_budget_of_requests_is_never_passed_and_ends_the_run_partial(lab: Laboratory) -> None:
    lab.write("{budget: {requests: 5}}")
    done = lab.run(repeats=10)
    assert lab.asked == 5
    assert done.info.status == "partial"
    assert done.exit_code == 4
    assert "requests: 5" in done.halted


def test_a_run_whose_budget_ended_goes_on_with_a_larger_one(lab: Laboratory) -> None:
    lab.write("{budget: {requests: 5}}")
    stopped = lab.run()
    first = lab.asked
    lab.write("{budget: {requests: 6}}")
    done = lab.run(resume=stopped.directory.name)
    assert first + lab.asked == 6, "what was answered is not asked again"
    assert done.info.status == "complete"
    assert outcomes(done.directory) == {"passed": 2, "failed": 2}
    assert done.info.id == stopped.info.id
    assert (done.spent.requests, done.spent.processes) == (6, 1)


def test_a_resumed_run_goes_on_with_what_is_left_of_its_budget(lab: Laboratory) -> None:
    lab.write("{budget: {requests: 3}}")
    stopped = lab.run(targets=("p/a",), repeats=2)
    again = lab.run(resume=stopped.directory.name)
    assert lab.asked == 0, "nothing is left of it"
    assert (again.info.status, again.exit_code) == ("partial", 4)
    assert again.ended == EndedBudget("requests", "requests: 3")
    assert again.info.halted == "the budget ended (requests: 3)"
    assert again.spent == replace(stopped.spent, processes=1)


@pytest.mark.parametrize(("limit", "asked"), [(398, 0), (399, 1)])
def test_a_request_in_doubt_counts_at_the_most_it_could_take(
    lab: Laboratory, limit: int, asked: int
) -> None:
    """One request took 10 tokens; another was sent by a process that died then."""
    small = "parameters: {max_output_tokens: 100}"
    lab.write(f"{{{small}, budget: {{requests: 1}}}}")
    stopped = lab.run(targets=("p/a",), keyword="first")
    journal = stopped.directory / "events.jsonl"
    sent = next(line for line in lines(stopped.directory, journal.name) if line["event"] == "sent")
    assert (sent["most_usd"], sent["most_tokens"]) == (None, 105)
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(sent | {"turn": 2, "most_tokens": 274}) + "\n")
    lab.write(f"{{{small}, budget: {{tokens: {limit}}}}}")
    lab.run(resume="latest")
    assert lab.asked == asked, "10 tokens, and at most 274, and 115 for the next request"


def test_what_a_resumed_run_answers_from_its_journal_costs_nothing(lab: Laboratory) -> None:
    lab.write("{budget: {requests: 6}}")
    whole = lab.run()
    (whole.directory / "results.jsonl").write_text("", encoding="utf-8")
    again = lab.run(resume="latest")
    assert (lab.asked, again.info.status, again.spent.requests) == (0, "complete", 6)


def test_turns_that_were_answered_before_a_stop_are_not_asked_again(lab: Laboratory) -> None:
    lab.write("{budget: {requests: 1}}")
    stopped = lab.run(targets=("p/a",), keyword="first")
    assert lines(stopped.directory) == []
    lab.write("{}")
    lab.run(resume=str(stopped.directory))
    (request,) = lab.models["p/a"].requests
    assert [message.content for message in request.messages] == ["one", "one!", "two"]


@pytest.mark.parametrize(
    ("unknown", "outcome", "asked"), [("retry", "passed", 1), ("skip", "errored", 0)]
)
def test_a_request_whose_answer_was_lost_is_asked_again_only_when_wanted(
    lab: Laboratory, unknown: str, outcome: str, asked: int
) -> None:
    lab.write("{budget: {requests: 1}}")
    stopped = lab.run(targets=("p/a",), keyword="first")
    with (stopped.directory / "events.jsonl").open("a", encoding="utf-8") as journal:
        sent = {
            "event": "sent", "conversation": "first", "case": None, "target": "p/a",
            "variant": "default", "repeat": 1, "turn": 2, "round": 1, "attempt": 1,
        }  # fmt: skip
        journal.write(json.dumps(sent) + "\n" + '{"event": "answered", "conver')
    lab.write("{budget: {requests: 9}}")
    done = lab.run(resume="latest", unknown=unknown)
    (only,) = lines(done.directory)
    assert only["outcome"] == outcome
    assert lab.asked == asked
    if unknown == "skip":
        assert only["error"]["code"] == "unknown_request"
        assert only["turns"][0]["assistant"] == "one!"


def test_a_finished_run_has_nothing_left_to_resume(lab: Laboratory) -> None:
    before = lab.run()
    text = (before.directory / "results.jsonl").read_bytes()
    lab.events.clear()
    lab.run(resume="latest")
    assert lab.asked == 0
    assert (before.directory / "results.jsonl").read_bytes() == text
    assert [event.done for event in lab.events if isinstance(event, Started)] == [4]


def test_a_spec_that_changed_is_not_the_same_run(lab: Laboratory) -> None:
    lab.run()
    lab.write("{repeats: 2}")
    with pytest.raises(RequestError, match="the spec has changed since this run"):
        lab.run(resume="latest")


def test_a_resumed_run_keeps_its_own_selection(lab: Laboratory) -> None:
    lab.write("{budget: {requests: 1}}")
    lab.run(targets=("p/b",), keyword="second or first", repeats=2)
    with pytest.raises(RequestError, match="keeps its own selection"):
        lab.run(resume="latest", keyword="first")
    lab.write("{}")
    lab.run(resume="latest")
    assert set(lab.models) >= {"p/b"}
    assert lab.models["p/b"].requests[0].place.target == "p/b"


def test_on_turn_failure_stop_says_no_more_after_a_failed_turn(lab: Laboratory) -> None:
    lab.write("{on_turn_failure: stop}")
    lab.answer = lambda _request, _number: Reply("nothing", "stop", usage=Usage(1, 1))
    done = lab.run(targets=("p/a",), keyword="first")
    (only,) = lines(done.directory)
    assert only["outcome"] == "failed"
    assert len(only["turns"]) == 1


@pytest.mark.parametrize(
    ("number", "code", "why"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_keeps_what_is_there_and_the_rest_can_be_resumed(
    lab: Laboratory, number: signal.Signals, code: int, why: str
) -> None:
    calm = lines(lab.run(repeats=5, output=lab.folder / "calm").directory)
    lab.write("{concurrency: 2}")

    def press(_: Request, count: int) -> None:
        if count == 4:
            signal.raise_signal(number)

    lab.answer = press
    stopped = lab.run(repeats=5)
    assert (stopped.exit_code, stopped.halted) == (code, why)
    assert stopped.info.status == "interrupted"
    assert 0 < len(lines(stopped.directory)) < 20
    lab.answer = lambda _request, _number: None
    done = lab.run(resume=str(stopped.directory))
    assert done.info.status == "complete"
    assert [line["turns"] for line in lines(done.directory)] == [line["turns"] for line in calm]


def test_an_output_directory_that_is_not_empty_is_not_written(lab: Laboratory) -> None:
    (lab.folder / "out").mkdir()
    (lab.folder / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="not empty"):
        lab.run(output=lab.folder / "out")
    assert lab.asked == 0


def test_the_same_run_gives_the_same_bytes(lab: Laboratory) -> None:
    one = lab.run(repeats=3, output=lab.folder / "one")
    two = lab.run(repeats=3, output=lab.folder / "two")
    assert (one.directory / "results.jsonl").read_bytes() == (
        two.directory / "results.jsonl"
    ).read_bytes()
