"""Harness' own results, and the description of a run, of what another tool found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from harness.compare.summarize import Tally, measure_columns
from harness.conversation.play import make_scripted_exchange
from harness.conversation.transcript import Effort, Exchange, Reply
from harness.importers.results.foreign_trial import ForeignRun, ForeignTrial
from harness.importers.results.pairing import PairedTrial, Pairing
from harness.results.model import JudgedExchange, Outcome, Result, RunInfo, TargetInfo, TrialId
from harness.results.totals import Counter
from harness.run.matrix import Matrix
from harness.spec.load import SpecFile

_WORST: tuple[Outcome, ...] = ("errored", "failed", "passed")


def make_results(pairing: Pairing) -> list[Result]:
    """Return a result for each trial that was paired, in the order of the spec."""
    return [_make_result(one) for one in pairing.pairs]


def _make_result(paired: PairedTrial) -> Result:
    trial = paired.trial
    place = trial.id
    turns: list[JudgedExchange] = []
    waiting = list(paired.turns)
    for number, line in enumerate(trial.script.lines, start=1):
        if line.assistant is not None:
            turns.append(JudgedExchange(make_scripted_exchange(number, line)))
            continue
        turns.append(_make_turn(number, line.user, waiting.pop(0)))
        if turns[-1].exchange.failure is not None:
            break
    outcomes = [one.outcome for one in paired.turns]
    outcome = next(word for word in _WORST if word in outcomes)
    scores = [one.score for one in paired.turns if one.score is not None]
    failures = [one.failure for one in paired.turns if one.failure is not None]
    return Result(
        trial=TrialId(place.conversation, place.case, place.target, place.variant, paired.repeat),
        question_sha256=trial.question.sha256,
        outcome=outcome,
        score=sum(scores) / len(scores) if scores else None,
        turns=tuple(turns),
        failure=failures[0] if failures else None,
        system=trial.script.system,
        tags=trial.question.conversation.tags,
    )


def _make_turn(number: int, user: str, found: ForeignTrial) -> JudgedExchange:
    reply = None
    if found.reply is not None and found.failure is None:
        reply = Reply(
            text=found.reply,
            finish_reason=found.finish_reason or "stop",
            model=found.model,
            usage=found.usage,
            latency_s=found.latency_s or 0.0,
        )
    exchange = Exchange(number, user, reply, Effort(), found.failure)
    return JudgedExchange(exchange, found.verdicts, found.cost_usd)


def describe_run(
    found: ForeignRun,
    results: Sequence[Result],
    matrix: Matrix,
    spec_file: SpecFile,
    *,
    spec_path: str | None,
    source: str,
    now: datetime,
    version: str,
) -> RunInfo:
    """Return the description of the run, with its totals.

    Args:
        found: what was read.
        results: those that are in the run.
        matrix: the trials of the spec.
        spec_file: the spec that they belong to.
        spec_path: where the spec stands beneath the project root, None where nobody can say.
        source: the file that was converted.
        now: taken where the file does not say when it was.
        version: of harness.
    """
    made_at = read_moment(found.made_at) or now
    written = made_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answered = {result.trial.target for result in results}
    counter = Counter()
    for result in results:
        counter.add(result)
    digest = sha256("\n".join(repr(result.to_dict()) for result in results).encode()).hexdigest()
    info = RunInfo(
        id=f"{made_at.astimezone(UTC):%Y%m%d-%H%M%S}-{digest[:6]}",
        spec_name=spec_file.spec.name,
        spec_sha256=spec_file.sha256,
        spec_path=spec_path,
        harness_version=f"{version} (converted from {found.tool})",
        started_at=written,
        finished_at=written,
        status="complete",
        targets=tuple(
            TargetInfo(one.name, one.model, one.version)
            for one in matrix.targets
            if one.name in answered
        ),
        totals=counter.totals(0.0),
        planned_trials=len(results),
        selection={
            "targets": [one.name for one in matrix.targets if one.name in answered],
            "repeats": max((result.trial.repeat for result in results), default=1),
            "converted": {"from": found.tool, "file": source},
        },
    )
    tally = Tally(info)
    for result in results:
        tally.add(result)
    return replace(info, columns=measure_columns(tally.summary(None).rows))


def read_moment(text: str) -> datetime | None:
    """Return a moment written as ISO 8601 or as seconds since 1970; None for what is neither."""
    if re.fullmatch(r"\d{9,11}", text):
        return datetime.fromtimestamp(int(text), UTC)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
