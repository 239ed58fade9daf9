"""A run that asks in batches, behind the port: waves, patience, the budget, going on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.transcript import Failure
from harness.errors import RequestError
from harness.run.evaluate import Evaluated
from harness.run.events import BatchesLeft, BatchSeen
from harness.run.requests.patience import MAX_TRIES
from harness.run.waves.ports import Batch, BatchLimits, BatchProblem, OutputLine
from tests.unit.run.laboratory import Laboratory, lines
from tests.unit.run.stepped_clock import BEGINS
from tests.unit.run.waves.batch_service import DOWN, BatchDesk, answer_all

SPEC = """
version: 1
name: waves
cloud: simulator
subscription: "00000000-0000-0000-0000-000000000001"
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  acc:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 10}
      bulk: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalBatch, capacity: 100}
evaluation: EVALUATION
conversations:
  - {id: first, turns: [{user: one, assert: [{contains: one}]}, {user: two}]}
  - {id: second, turns: [{user: three, assert: [{contains: THREE}, {latency: 1}]}]}
"""
AUTH = Failure("auth", "no role", 401)


class Bulk(Laboratory):
    """A run over one batch deployment, whose service is the test's."""

    def __init__(self, folder: Path, evaluation: str = "{}", spec: str = SPEC) -> None:
        super().__init__(folder)
        self.write(evaluation, spec)
        self.coordinator = BatchDesk(self.clock)
        self.batches = lambda _: self.coordinator

    def ask(self, **options: Any) -> Evaluated:
        return self.run(**{"engine": "batch", **options})


@pytest.fixture
def bulk(tmp_path: Path) -> Bulk:
    return Bulk(tmp_path)


def told(evaluated: Evaluated) -> dict[str, str]:
    return {one["conversation"]: one["outcome"] for one in lines(evaluated.directory)}


def failures(evaluated: Evaluated) -> list[tuple[str, str]]:
    found = [one["error"] for one in lines(evaluated.directory)]
    return [(one["kind"], one["code"]) for one in found if one]


def test_a_conversation_of_two_turns_is_two_waves(bulk: Bulk) -> None:
    done = bulk.ask()
    assert bulk.coordinator.submitted == [["one", "three"], ["two"]]
    assert told(done) == {"first": "passed", "second": "failed"}
    assert done.info.engine == "batch"
    assert bulk.coordinator.files == {}, "what is answered is deleted"
    assert [one.labels for one in bulk.coordinator.batches.values()] == [
        {"harness_run": done.info.id, "harness_wave": f"{number}.1"} for number in (1, 2)
    ]


def test_a_batch_is_looked_at_once_a_minute(bulk: Bulk) -> None:
    bulk.ask()
    assert bulk.coordinator.looked == [BEGINS + 60 * number for number in range(1, 7)]


def test_no_reply_has_a_latency_and_waiting_is_told_apart(bulk: Bulk) -> None:
    done = bulk.ask()
    turns = [turn for one in lines(done.directory) for turn in one["turns"]]
    assert {turn.get("latency_s") for turn in turns} == {None}
    assert {turn["queued_s"] for turn in turns} == {180.0}
    (second,) = (one for one in lines(done.directory) if one["conversation"] == "second")
    assert [check["outcome"] for check in second["turns"][0]["checks"]] == ["failed", "skipped"]
    assert "Asked in batches" in done.summary.sentence
    assert done.info.columns[0].p50_s is None


def test_a_batch_costs_half(bulk: Bulk) -> None:
    done = bulk.ask()
    costs = [turn["cost_usd"] for one in lines(done.directory) for turn in one["turns"]]
    assert costs == [pytest.approx((7 * 0.4 + 3 * 1.6) / 2e6)] * 3


def test_ten_repeats_are_one_file_and_one_that_is_full_begins_another(bulk: Bulk) -> None:
    bulk.coordinator.limits = BatchLimits(lines=8)
    bulk.ask(repeats=10)
    assert [len(one) for one in bulk.coordinator.submitted] == [8, 8, 4, 8, 2]


@pytest.mark.parametrize(
    ("first", "code", "waves"),
    [
        (OutputLine("", 429, b""), "", 2),
        (None, "", 2),
        (OutputLine("", 400, b"", code="no", message="refused"), "no", 1),
    ],
    ids=["429", "no line", "400"],
)
def test_a_line_that_may_succeed_is_in_the_next_wave(
    bulk: Bulk, first: OutputLine | None, code: str, waves: int
) -> None:
    asked: list[str] = []

    def answer(custom_id: str, said: str) -> OutputLine | None:
        if said != "three":
            return answer_all(custom_id, said)
        asked.append(custom_id)
        if len(asked) > 1:
            return answer_all(custom_id, said)
        if first is None:
            return None
        return OutputLine(custom_id, first.status, b"", code=first.code, message=first.message)

    bulk.coordinator.answer = answer
    done = bulk.ask()
    assert len(asked) == waves
    assert failures(done) == ([("bad_request", code)] if code else [])
    assert not code or told(done)["second"] == "errored"
    assert len(asked) == 1 or asked[1].endswith("-try2")


def test_three_waves_are_enough(bulk: Bulk) -> None:
    def answer(custom_id: str, said: str) -> OutputLine | None:
        return None if said == "three" else answer_all(custom_id, said)

    bulk.coordinator.answer = answer
    done = bulk.ask()
    assert sum("three" in one for one in bulk.coordinator.submitted) == 3
    assert failures(done) == [("server", "no_line")]


def test_what_expired_is_asked_again(bulk: Bulk) -> None:
    bulk.coordinator.end = ["expired"]

    def answer(custom_id: str, said: str) -> OutputLine | None:
        again = len(bulk.coordinator.batches) > 1
        return answer_all(custom_id, said) if again or said == "one" else None

    bulk.coordinator.answer = answer
    done = bulk.ask()
    assert bulk.coordinator.submitted == [["one", "three"], ["two", "three"]]
    assert told(done) == {"first": "passed", "second": "failed"}
    assert done.info.unknown is None, "what was not executed is not billed"


def test_a_refused_file_says_which_line_and_the_others_are_asked_again(bulk: Bulk) -> None:
    bulk.coordinator.end = ["failed"]
    bulk.coordinator.problems = [(BatchProblem("invalid_request", "no such field", 2),)]
    done = bulk.ask()
    assert bulk.coordinator.submitted == [["one", "three"], ["one"], ["two"]]
    (second,) = (one for one in lines(done.directory) if one["conversation"] == "second")
    assert second["error"]["message"] == (
        "the batch was refused: line 2 of the file: invalid_request: no such field"
    )


def test_the_last_try_may_have_worked_too(bulk: Bulk) -> None:
    bulk.coordinator.troubles = {"create": [DOWN] * (MAX_TRIES - 1)}
    bulk.coordinator.after = {"create": [DOWN]}
    assert told(bulk.ask()) == {"first": "passed", "second": "failed"}
    assert bulk.coordinator.submitted == [["one", "three"], ["two"]]


def test_a_line_that_was_refused_is_the_same_one_for_a_run_that_goes_on(bulk: Bulk) -> None:
    bulk.write("{}", SPEC + "  - {id: third, turns: [{user: four}]}\n")
    bulk.coordinator.troubles = {"look": [AUTH]}
    left = bulk.ask(output=bulk.folder / "run")
    events = left.directory / "events.jsonl"
    rows = [json.loads(row) for row in events.read_text(encoding="utf-8").splitlines()]
    (first,) = (row for row in rows if row.get("conversation") == "first")
    answer = {"kind": "bad_request", "message": "no", "retryable": False}
    place = {
        key: one for key, one in first.items() if key not in ("most_usd", "most_tokens", "wave")
    }
    with events.open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({**place, "event": "answered", "final": True, "failure": answer}) + "\n"
        )
    bulk.coordinator.end = ["failed"]
    bulk.coordinator.problems = [(BatchProblem("invalid_request", "no such field", 2),)]
    done = bulk.ask(resume=str(left.directory))
    refused = {one["conversation"] for one in lines(done.directory)
               if "line 2" in ((one["error"] or {}).get("message") or "")}  # fmt: skip
    assert refused == {"second"}
    assert bulk.coordinator.submitted[1] == ["four"]


def test_a_missing_deployment_ends_everything_with_its_reason(bulk: Bulk) -> None:
    bulk.coordinator.end = ["failed"]
    bulk.coordinator.problems = [(BatchProblem("model_not_found", "no deployment bulk"),)]
    done = bulk.ask()
    assert failures(done) == [("not_found", "model_not_found")] * 2
    assert len(bulk.coordinator.batches) == 1


@pytest.mark.parametrize("operation", ["upload", "create", "look", "read"])
def test_trouble_that_passes_is_sat_out(bulk: Bulk, operation: str) -> None:
    bulk.coordinator.troubles = {operation: [DOWN, DOWN]}
    done = bulk.ask()
    assert told(done) == {"first": "passed", "second": "failed"}
    assert len(bulk.coordinator.batches) == 2


@pytest.mark.parametrize("operation", ["upload", "create"])
def test_what_worked_though_its_answer_was_lost_is_not_done_twice(
    bulk: Bulk, operation: str
) -> None:
    bulk.coordinator.after = {operation: [DOWN]}
    bulk.ask()
    assert len(bulk.coordinator.files_ever) == 2
    assert bulk.coordinator.submitted == [["one", "three"], ["two"]]


@pytest.mark.parametrize("operation", ["upload", "create"])
def test_what_may_not_be_done_is_the_failure_of_every_request(bulk: Bulk, operation: str) -> None:
    bulk.coordinator.troubles = {operation: [AUTH]}
    done = bulk.ask()
    assert failures(done) == [("auth", ""), ("auth", "")]
    assert bulk.coordinator.files == {}


def test_it_waits_for_room_in_the_queue_and_halves_what_never_fits(bulk: Bulk) -> None:
    bulk.coordinator.room = 1
    done = bulk.ask()
    assert told(done) == {"first": "passed", "second": "failed"}
    assert sorted(map(sorted, bulk.coordinator.submitted)) == [["one"], ["three"], ["two"]]
    assert any(
        isinstance(one, BatchSeen) and one.state == "waiting for room" for one in bulk.events
    )


def test_a_wave_is_cut_to_what_the_budget_allows(bulk: Bulk) -> None:
    bulk.write("{budget: {requests: 7}}", SPEC)
    done = bulk.ask(repeats=5)
    assert [len(one) for one in bulk.coordinator.submitted] == [7]
    assert done.exit_code == 4
    assert done.spent.requests == 7


def test_money_that_was_set_aside_and_not_spent_makes_room_for_the_next_wave(bulk: Bulk) -> None:
    bulk.write("{budget: {usd: 0.02}}", SPEC)  # a request may cost 0.0033, and costs 0.0000038
    done = bulk.ask(repeats=4)
    assert len(bulk.coordinator.submitted[0]) == 6
    assert done.exit_code != 4
    assert sum(map(len, bulk.coordinator.submitted)) == 12
    assert all(
        line["most_usd"] > 0.02 / 7
        for line in lines(done.directory, "events.jsonl")
        if line["event"] == "sent"
    )


def test_an_unknown_end_of_a_batch_is_asked_again(bulk: Bulk) -> None:
    coordinator = bulk.coordinator
    look = coordinator.look

    async def lose(batch: str) -> Batch:
        return await look("lost" if batch == "batch-0" else batch)

    coordinator.look = lose  # type: ignore[method-assign]
    done = bulk.ask()
    assert told(done) == {"first": "passed", "second": "failed"}


def test_a_batch_that_somebody_cancelled_stops_the_run_and_tells_it(bulk: Bulk) -> None:
    bulk.coordinator.end = ["cancelled"]
    bulk.coordinator.answer = lambda custom_id, said: (
        answer_all(custom_id, said) if said == "one" else None
    )
    done = bulk.ask(output=bulk.folder / "run")
    assert "was cancelled" in done.halted
    assert done.exit_code == 4
    bulk.coordinator.answer = answer_all
    again = bulk.ask(resume=str(bulk.folder / "run"))
    assert told(again) == {"first": "passed", "second": "failed"}
    assert bulk.coordinator.submitted == [["one", "three"], ["two", "three"]]


def test_a_batch_that_cannot_be_looked_at_is_left_and_found_again(bulk: Bulk) -> None:
    bulk.coordinator.troubles = {"look": [AUTH]}
    done = bulk.ask(output=bulk.folder / "run")
    assert "cannot be looked at" in done.halted
    (left,) = (one for one in bulk.events if isinstance(one, BatchesLeft))
    assert [one.batch for one in left.batches] == ["batch-0"]
    assert done.info.unknown is None, "it is known where they are"
    again = bulk.ask(resume=str(bulk.folder / "run"))
    assert told(again) == {"first": "passed", "second": "failed"}
    assert bulk.coordinator.submitted == [["one", "three"], ["two"]]
    assert again.spent.requests == 3


def test_a_resumed_run_keeps_its_engine(bulk: Bulk) -> None:
    bulk.coordinator.troubles = {"look": [AUTH]}
    bulk.ask(output=bulk.folder / "run")
    again = bulk.run(resume=str(bulk.folder / "run"))
    assert again.info.engine == "batch"
    with pytest.raises(RequestError, match="goes on in batches"):
        bulk.run(resume=str(again.directory), engine="dask")
    local = bulk.run(output=bulk.folder / "local", targets=("acc/mini",))
    with pytest.raises(RequestError, match="goes on in batches"):
        bulk.ask(resume=str(local.directory))


JUDGED = SPEC.replace(
    "{user: two}", "{user: two, assert: [{llm-rubric: is it polite?}, {llm-rubric: is it short?}]}"
).replace("{contains: one}", "{llm-rubric: is it a number?}")


def answer_judge(custom_id: str, said: str) -> OutputLine | None:
    verdict = json.dumps({"reason": "so", "score": 1.0, "pass": True})
    return OutputLine(custom_id, 200, verdict.encode(), None)


def test_a_judge_in_batches_is_asked_in_a_wave_at_the_end(tmp_path: Path) -> None:
    spec = JUDGED.replace("EVALUATION", "{judge: {target: acc/judge}}").replace(
        "      mini:",
        '      judge: {model: gpt-4.1, version: "2025-04-14", sku: GlobalBatch, capacity: 9}\n'
        "      mini:",
    )
    bulk = Bulk(tmp_path, spec=spec)
    judge = BatchDesk(bulk.clock, answer=answer_judge)
    bulk.batches = lambda target: judge if target.name == "acc/judge" else bulk.coordinator
    done = bulk.ask()
    assert bulk.coordinator.submitted == [["one", "three"], ["two"]]
    assert [len(one) for one in judge.submitted] == [3], "all that is asked of it at once"
    (first,) = (one for one in lines(done.directory) if one["conversation"] == "first")
    assert [len(turn["checks"]) for turn in first["turns"]] == [1, 2]
    assert first["judging"]["requests"] == 3


def test_replies_that_are_compared_wait_for_each_other_and_nothing_stops(tmp_path: Path) -> None:
    spec = JUDGED.replace("EVALUATION", "{judge: {target: acc/judge}}").replace(
        "      mini:",
        '      judge: {model: gpt-4.1, version: "2025-04-14", sku: GlobalBatch, capacity: 9}\n'
        "      mini:",
    )
    spec = spec.replace("{llm-rubric: is it short?}", "{select-best: which is shorter?}").replace(
        "conversations:", "variants: {plain: {}, brief: {system: Be brief.}}\nconversations:"
    )
    bulk = Bulk(tmp_path, spec=spec)

    def choose(custom_id: str, said: str) -> OutputLine:
        verdict = {"reason": "so", "score": 1.0, "pass": True, "best": 1, "winner": 1, "choice": 1}
        return OutputLine(custom_id, 200, json.dumps(verdict).encode(), None)

    judge = BatchDesk(bulk.clock, answer=choose)
    bulk.batches = lambda target: judge if target.name == "acc/judge" else bulk.coordinator
    bulk.ask(repeats=100)
    assert [len(one) for one in bulk.coordinator.submitted] == [400, 200]
    assert len(judge.submitted) <= 3


@pytest.mark.parametrize("count", [0, 1, 7])
def test_trials_that_have_ended_are_not_waited_for(bulk: Bulk, count: int) -> None:
    asked = list[str]()

    def answer(custom_id: str, said: str) -> OutputLine | None:
        asked.append(said)
        if asked.count(said) <= count:
            return OutputLine(custom_id, 400, b"", code="no", message="refused")
        return answer_all(custom_id, said)

    bulk.coordinator.answer = answer
    done = bulk.ask(repeats=8)
    assert len(lines(done.directory)) == 16
    assert len(bulk.coordinator.submitted[0]) == 16
