"""Whatever a gate tolerates, a stale recording is no answer."""

from __future__ import annotations

import pytest

from harness.compare.summarize import summarize
from harness.conversation.transcript import Exchange, Failure, Reply
from harness.results.model import JudgedExchange, Result, Run, RunInfo, TargetInfo, TrialId
from harness.spec.model.spec import Gate

TOLERANT = Gate(max_error_rate=1.0, max_unusable_rate=1.0)


def passed(number: int) -> Result:
    turn = JudgedExchange(Exchange(1, "Hi", Reply("Hello.", "stop")))
    return Result(
        TrialId(f"c{number}", None, "a/b", "default", 1), "0" * 64, "passed", 1.0, (turn,)
    )


def replayed(*results: Result, stale: tuple[str, ...] = ()) -> Run:
    info = RunInfo(
        id="20261122-120000-abcdef",
        spec_name="sweden",
        spec_sha256="0" * 64,
        harness_version="0.1.0",
        started_at="2026-11-22T12:00:00Z",
        targets=(TargetInfo("a/b"),),
        status="complete",
        replayed=True,
        stale=stale,
    )
    return Run(info, results)


@pytest.mark.parametrize("gate", [None, TOLERANT])
def test_something_stale_is_exit_3_and_said_first(gate: Gate | None) -> None:
    run = replayed(*map(passed, range(99)), stale=("turn 1 changed\n  how", "turn 2 changed"))
    verdict = summarize(run, gate).verdict
    assert verdict.exit_code == 3
    assert verdict.reasons[0] == "The recording is stale: turn 1 changed, and 1 more."


@pytest.mark.parametrize("gate", [None, TOLERANT])
def test_one_stale_trial_of_a_hundred_is_too_many(gate: Gate | None) -> None:
    failure = Failure("stale_recording", "turn 1 changed")
    trial = TrialId("stale", None, "a/b", "default", 1)
    one = Result(trial, "0" * 64, "errored", None, (), failure=failure)
    verdict = summarize(replayed(*map(passed, range(99)), one), gate).verdict
    assert verdict.exit_code == 3
    assert verdict.reasons[0] == "The recording is stale in 1 trial."


def test_a_faithful_replay_is_judged_like_any_run() -> None:
    assert summarize(replayed(passed(1)), TOLERANT).verdict.exit_code != 3
