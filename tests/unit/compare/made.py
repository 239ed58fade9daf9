"""Results of trials, made up for tests of what is counted and said of them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.checks.verdict import Verdict
from harness.conversation.transcript import ErrorKind, Exchange, Failure, Reply, Usage
from harness.results.model import (
    JudgedExchange,
    Outcome,
    Result,
    Run,
    RunInfo,
    RunStatus,
    TargetInfo,
    TrialId,
)

USED = Usage(100, 20)

MINI, FIVE = TargetInfo("sweden/mini", model="gpt-4.1-mini"), TargetInfo("sweden/five")


def turn(
    latency_s: float = 1.0,
    usage: Usage | None = USED,
    cost_usd: float | None = 0.001,
    verdicts: Sequence[Verdict] = (),
    *,
    scripted: bool = False,
) -> JudgedExchange:
    reply = Reply("Hello.", "stop", usage=usage, latency_s=latency_s)
    exchange = Exchange(1, "Hi", reply, scripted=scripted)
    return JudgedExchange(exchange, tuple(verdicts), cost_usd)


def trial(
    outcome: Outcome,
    conversation: str = "founders",
    target: str = "sweden/mini",
    *,
    case: str | None = None,
    variant: str = "default",
    repeat: int = 1,
    checked: bool = True,
    turns: Sequence[JudgedExchange] | None = None,
    error: ErrorKind | None = None,
) -> Result:
    scores = {"passed": 1.0, "failed": 0.0} if checked else {}
    played = [turn()] if turns is None and outcome != "errored" else list(turns or [])
    return Result(
        TrialId(conversation, case, target, variant, repeat),
        "0" * 64,
        outcome,
        scores.get(outcome),
        tuple(played),
        failure=Failure(error, "it broke") if error else None,
    )


def run(*results: Result, status: RunStatus = "complete", simulated: bool = False) -> Run:
    info = RunInfo(
        id="20261122-120000-abcdef",
        spec_name="sweden",
        spec_sha256="0" * 64,
        harness_version="0.1.0",
        started_at="2026-11-22T12:00:00Z",
        targets=(MINI, FIVE),
        status=status,
        simulated=simulated,
    )
    return Run(info, results)


TEN = [trial("passed", f"c{n}") for n in range(10)]
