"""A run in numbers, gathered result by result: transcripts are read once and let go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.checks.verdict import Verdict
from harness.compare.comparison.model import Comparison
from harness.compare.comparison.notes import describe_part
from harness.compare.figures import WORST_FIRST
from harness.compare.floors import find_missed_floors
from harness.compare.gate import decide_gate, mark_pairs, select_marks
from harness.compare.looks.settling import describe_look
from harness.compare.parity import CaseName, JudgedCase, SideName, compare_within
from harness.compare.statistics import Share, estimate_pass_rate, find_quantiles
from harness.compare.steadiness import measure_steadiness
from harness.compare.summary import Cell, Repeat, Row, Summary
from harness.compare.times import TimesTally
from harness.compare.wording import describe_models, describe_unmeasured, write_sentence
from harness.results.measured import MeasuredColumn
from harness.results.model import Judging, Outcome, Result, Run, RunInfo, TargetInfo
from harness.spec.model.spec import Gate, KnownFailing

CellKey = tuple[str, str | None, str, str]


def summarize(
    run: Run,
    gate: Gate | None,
    must_pass: Mapping[str, float] | None = None,
    known_failing: Mapping[str, KnownFailing] | None = None,
    comparison: Comparison | None = None,
) -> Summary:
    """Summarize a run that is in memory.

    ``must_pass`` maps conversation ids to the share of repeats that has to pass (1.0 for all),
    ``known_failing`` maps them to their marks. ``comparison`` is with its baseline, if it was made.
    """
    tally = Tally(run.info, known_failing)
    for result in run.results:
        tally.add(result)
    expected = run.info.planned_trials or run.info.totals.trials or None
    return tally.summary(gate, must_pass, expected=expected, comparison=comparison)


class Tally:
    """The numbers of a run while its results come in; holds no transcript.

    Results are added in the order of ``results.jsonl``: cells point back by position.
    """

    def __init__(
        self, info: RunInfo, known_failing: Mapping[str, KnownFailing] | None = None
    ) -> None:
        self._info = info
        self._marks = known_failing or {}
        self._known = select_marks(info, self._marks)
        self._rows: dict[tuple[str, str], _RowTally] = {}
        self._cells: dict[CellKey, _CellTally] = {}
        self._count = 0
        self._judging = Judging()

    def add(self, result: Result) -> None:
        """Count one trial."""
        trial = result.trial
        row = self._rows.setdefault((trial.target, trial.variant), _RowTally())
        known = trial.conversation in self._known and not is_stale(result)
        row.add(result, known_failing=known)
        key = (trial.conversation, trial.case, trial.target, trial.variant)
        cell = self._cells.setdefault(key, _CellTally())
        cell.add(result, self._count)
        self._count += 1
        if result.judging.requests:
            self._judging += result.judging

    def summary(
        self,
        gate: Gate | None,
        must_pass: Mapping[str, float] | None = None,
        *,
        expected: int | None = None,
        comparison: Comparison | None = None,
        not_compared: str = "",
    ) -> Summary:
        """Summarize the results added so far.

        ``expected`` is how many trials there should be; fewer make the run incomplete. The run's
        status must be set beforehand, for anything but *complete* is incomplete too.
        ``comparison`` is with the run's baseline, and gets the gate's verdict; ``not_compared``
        says why there is none.
        """
        rows = self._sort_rows()
        cells = tuple(cell.cell(key, self._known.get(key[0])) for key, cell in self._cells.items())
        verdict = decide_gate(
            self._info,
            rows,
            cells,
            gate,
            must_pass or {},
            expected=expected,
            known_failing=self._marks,
            comparison=comparison,
            not_compared=not_compared,
        )
        if gate is not None and (said := describe_look(self._info, rows, self._judging)):
            verdict = replace(verdict, reasons=(*verdict.reasons, said))
        if said := describe_part(self._info):
            verdict = replace(verdict, reasons=(*verdict.reasons, said))
        verdict = replace(
            verdict, reasons=(*verdict.reasons, *describe_models(rows), *describe_unmeasured(rows))
        )
        if comparison is not None and gate is not None:
            missed = list(find_missed_floors(rows, cells, gate, must_pass or {}))
            comparison = mark_pairs(comparison, verdict, missed)
        return Summary(
            rows=rows,
            cells=cells,
            verdict=verdict,
            sentence=write_sentence(rows, cells, is_timed=self._info.is_timed),
            judging=self._judging,
            comparison=comparison,
            parities=compare_within(rows, self._list_played(), gate or Gate()),
        )

    def _list_played(self) -> dict[SideName, dict[CaseName, JudgedCase]]:
        """List what was judged of each side, without what is known to fail."""
        sides: dict[SideName, dict[CaseName, JudgedCase]] = {side: {} for side in self._rows}
        if len(sides) < 2:
            return sides
        for (conversation, case, target, variant), cell in self._cells.items():
            if conversation not in self._known and cell.played.judged:
                sides[target, variant][conversation, case] = JudgedCase(cell.played, cell.mean_s)
        return sides

    def _sort_rows(self) -> tuple[Row, ...]:
        """Sort rows by target as the run lists them, then by variant as they came."""
        infos = {info.name: info for info in self._info.targets}
        place = {name: number for number, name in enumerate(infos)}
        keys = sorted(self._rows, key=lambda key: place.get(key[0], len(place)))
        return tuple(
            self._rows[target, variant].row(
                infos.get(target) or TargetInfo(target),
                variant,
                [
                    cell.share
                    for key, cell in self._cells.items()
                    if key[2:] == (target, variant) and key[0] not in self._known
                ],
            )
            for target, variant in keys
        )


@dataclass(slots=True)
class _CellTally:
    trials: list[Repeat] = field(default_factory=list)
    passed: int = 0
    judged: int = 0

    def add(self, result: Result, index: int) -> None:
        replies = [turn.exchange.reply for turn in result.turns]
        latency_s = sum([reply.latency_s for reply in replies if reply is not None])
        self.trials.append(Repeat(index, result.trial.repeat, result.outcome, latency_s))
        if is_judged(result):
            self.judged += 1
            self.passed += result.outcome == "passed"

    @property
    def share(self) -> Share:
        return Share(self.passed, self.judged)

    @property
    def played(self) -> Share:
        """The share as pairs count it: blocked and truncated repeats did not pass."""
        unusable = sum(trial.outcome in ("blocked", "truncated") for trial in self.trials)
        return Share(self.passed, self.judged + unusable)

    @property
    def mean_s(self) -> float:
        """Seconds a trial, of those that were answered; 0 where none was measured."""
        times = [trial.latency_s for trial in self.trials if trial.latency_s]
        return sum(times) / len(times) if times else 0.0

    def cell(self, key: CellKey, known_failing: KnownFailing | None) -> Cell:
        outcomes = [trial.outcome for trial in self.trials]
        return Cell(
            *key,
            outcome=min(outcomes, key=WORST_FIRST.index) if len(outcomes) > 1 else outcomes[0],
            passed=outcomes.count("passed"),
            repeats=len(outcomes),
            trials=tuple(self.trials),
            played=len(outcomes) - outcomes.count("errored") - outcomes.count("skipped"),
            known_failing=known_failing,
        )


def is_stale(result: Result) -> bool:
    """Return whether the recording of a trial is stale, which no mark hides."""
    return result.failure is not None and result.failure.kind == "stale_recording"


def is_judged(result: Result) -> bool:
    """Return whether a trial counts in pass rates: it failed, or passed some check."""
    return result.outcome == "failed" or (result.outcome == "passed" and result.score is not None)


@dataclass(slots=True)
class _Sum:
    """A sum that is unknown as soon as one part of it is."""

    value: float = 0
    known: bool = True

    def add(self, part: float | None) -> None:
        if part is None:
            self.known = False
        else:
            self.value += part


@dataclass(slots=True)
class _Mean:
    """A weighted mean; when every weight is 0 the plain one, for those only measure."""

    weighted: float = 0.0
    weight: float = 0.0
    plain: float = 0.0
    count: int = 0

    def add(self, value: float, weight: float = 1.0) -> None:
        self.weighted += value * weight
        self.weight += weight
        self.plain += value
        self.count += 1

    @property
    def value(self) -> float | None:
        if self.weight > 0:
            return self.weighted / self.weight
        return self.plain / self.count if self.count else None


@dataclass(slots=True)
class _RowTally:
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(WORST_FIRST, 0))
    scores: _Mean = field(default_factory=_Mean)
    metrics: dict[str, _Mean] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    cost: _Sum = field(default_factory=_Sum)
    input_tokens: _Sum = field(default_factory=_Sum)
    output_tokens: _Sum = field(default_factory=_Sum)
    times: TimesTally = field(default_factory=TimesTally)
    answered: int = 0
    answered_by: set[str] = field(default_factory=set)
    spilled: int = 0
    unmeasured: int = 0
    paid: int = 0
    requests: int = 0
    unchecked: int = 0
    known_failing: int = 0

    def add(self, result: Result, *, known_failing: bool) -> None:
        self._spend(result)
        if known_failing:
            self.known_failing += 1
            return
        self.outcomes[result.outcome] += 1
        self.unchecked += result.outcome == "passed" and not is_judged(result)
        if result.score is not None:
            self.scores.add(result.score)
        if result.outcome == "errored":
            kind = result.failure.kind if result.failure else "check"
            self.errors[kind] = self.errors.get(kind, 0) + 1
        self._measure(result.verdicts)
        for turn in result.turns:
            self._measure(turn.verdicts)

    def _measure(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.metric is not None and verdict.score is not None:
                self.metrics.setdefault(verdict.metric, _Mean()).add(verdict.score, verdict.weight)
            self._measure(verdict.parts)

    def _spend(self, result: Result) -> None:
        replied = False
        for turn in result.turns:
            exchange = turn.exchange
            if exchange.scripted:
                continue
            self.requests += exchange.effort.requests
            self.times.add(exchange)
            reply, paid, failure = exchange.reply, exchange.paid, exchange.failure
            if failure is not None and failure.kind == "content_filter" and paid is None:
                self.unmeasured += 1
            if paid is not None:
                self.paid += 1
                self.cost.add(turn.cost_usd)
                self.input_tokens.add(paid.usage.input_tokens if paid.usage else None)
                self.output_tokens.add(paid.usage.output_tokens if paid.usage else None)
            if reply is None:
                continue
            replied = True
            name = (reply.served and reply.served.model) or reply.model
            if name:
                self.answered_by.add(name)
            self.spilled += reply.served is not None and reply.served.spilled_from is not None
        self.answered += replied

    def row(self, target: TargetInfo, variant: str, shares: list[Share]) -> Row:
        means = {name: mean.value for name, mean in self.metrics.items()}
        cost = self.cost.value if self.cost.known and self.paid else None
        return Row(
            target=target,
            variant=variant,
            outcomes=self.outcomes,
            conversations=len(shares),
            pass_rate=estimate_pass_rate(shares),
            score=self.scores.value,
            metrics={name: mean for name, mean in means.items() if mean is not None},
            cost_usd=cost,
            cost_per_conversation_usd=(
                None if cost is None or not self.answered else cost / self.answered
            ),
            latency=find_quantiles(self.times.latencies),
            ttft=find_quantiles(self.times.waits),
            input_tokens=_read_whole(self.input_tokens, self.paid),
            output_tokens=_read_whole(self.output_tokens, self.paid),
            requests=self.requests,
            errors=self.errors,
            unchecked=self.unchecked,
            known_failing=self.known_failing,
            steadiness=measure_steadiness(shares),
            times=self.times.times(),
            answered_by=tuple(sorted(self.answered_by)),
            spilled=self.spilled,
            unmeasured=self.unmeasured,
        )


def measure_columns(rows: Iterable[Row]) -> tuple[MeasuredColumn, ...]:
    """Return the figures of the rows that ``run.json`` keeps."""
    return tuple(
        MeasuredColumn(
            target=row.target.name,
            variant=row.variant,
            trials=row.trials,
            pass_rate=row.pass_rate,
            cost_usd=row.cost_usd,
            p50_s=row.latency.p50 if row.latency else None,
            p95_s=row.latency.p95 if row.latency else None,
            answered_by=row.answered_by,
        )
        for row in rows
    )


def _read_whole(tokens: _Sum, paid: int) -> int | None:
    return int(tokens.value) if tokens.known and paid else None
