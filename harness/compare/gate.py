"""Decide on a run's numbers: the gate's word and the exit code.

Source: the contract, sections 3 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from harness.compare.comparison.model import Comparison
from harness.compare.comparison.verdict import decide_differences
from harness.compare.figures import GateVerdict, VerdictWord
from harness.compare.floors import (
    RATE_ROUNDING,
    MissedFloor,
    describe_held,
    find_missed_floors,
    name_cell,
)
from harness.compare.summary import Cell, Row
from harness.compare.wording import format_percent, join_words
from harness.errors import Exit
from harness.results.model import RunInfo
from harness.spec.model.spec import Gate, KnownFailing
from harness.text.numbers import format_plural

ANSWERED = frozenset({"check", "judge"})
"""Errors of trials whose replies are there: what could not be decided is what they are worth."""


def decide_gate(
    info: RunInfo,
    rows: Sequence[Row],
    cells: Sequence[Cell],
    gate: Gate | None,
    must_pass: Mapping[str, float],
    *,
    expected: int | None = None,
    known_failing: Mapping[str, KnownFailing] | None = None,
    comparison: Comparison | None = None,
    not_compared: str = "",
) -> GateVerdict:
    """Decide on a run; the decisive reason comes first.

    Args:
        info: says whether the run was simulated and whether it came to its end.
        rows: outcomes and rates by target and variant.
        cells: outcomes by conversation, for ``must_pass``.
        gate: the floors; without one the outcomes alone decide the exit code.
        must_pass: the share of repeats that has to pass, by conversation id.
        expected: how many trials there should be, None when nobody knows.
        known_failing: the marks of conversations that are known to fail, by conversation id; of
            those that hold on the day of the run, rows and floors count nothing.
        comparison: the run held against its baseline; None where there is none.
        not_compared: why there is none though the gate names one; "" where it is not there.
    """
    ended = list(_find_ended_marks(info, cells, known_failing or {}))
    dead = [*_find_stale(info, rows), *_find_unanswered(info, rows)]
    missing = list(_find_missing(info, rows, expected))
    if info.shard is not None or gate is None:
        shard, alone = _decide_shard, _decide_without_gate
        return shard(info, dead, missing) if info.shard else alone(rows, dead, missing, ended)
    if dead:
        return GateVerdict("incomplete", tuple(dead), Exit.OUTSIDE_FAILED)
    if errors := _find_too_many_errors(rows, gate):
        return GateVerdict("incomplete", (errors,), Exit.OUTSIDE_FAILED)
    missing += _find_not_gateable(info, rows, cells, gate, must_pass)
    absent = "" if comparison else not_compared or _explain_no_baseline(gate)
    if absent and gate.on_no_baseline == "fail":
        missing.append(f"{absent} `on_no_baseline: warn` lets floors alone decide.")
    if absent and gate.stop == "settled":
        absent += " So nothing could be settled early: every conversation was asked."
    floors = [one.reason for one in find_missed_floors(rows, cells, gate, must_pass)]
    misses = (*floors, *ended)
    if missing:
        return GateVerdict("incomplete", (*missing, *misses), Exit.INCOMPLETE)
    held = () if misses else (describe_held(rows, cells, gate, must_pass),)
    if comparison is not None:
        return _judge(decide_differences(comparison.pairs, comparison.base, gate), misses, held)
    word: VerdictWord = "below_floor" if misses else "passed"
    notes = (absent,) if absent else ()
    return GateVerdict(word, (*misses, *held, *notes), Exit.NO if misses else Exit.OK)


def _decide_shard(info: RunInfo, dead: list[str], missing: list[str]) -> GateVerdict:
    """Decide on a shard, which is done with its trials whatever came of them.

    One that could ask nobody anything is broken all the same.
    """
    said = f"This is {info.shard}: `harness merge` judges all of them together."
    if info.planned_trials == 0:
        return GateVerdict(None, ("Nothing fell to this shard.", said), Exit.OK)
    if dead:
        return GateVerdict(None, (*dead, said), Exit.OUTSIDE_FAILED)
    if missing:
        return GateVerdict(None, (*missing, said), Exit.INCOMPLETE)
    return GateVerdict(None, (said,), Exit.OK)


def _judge(compared: GateVerdict, misses: tuple[str, ...], held: tuple[str, ...]) -> GateVerdict:
    """Judge a run that is whole: its differences from the baseline, then its floors."""
    if misses and compared.word not in ("incomplete", "regressed"):
        return GateVerdict("below_floor", (*misses, *compared.reasons), Exit.NO)
    return replace(compared, reasons=(*compared.reasons, *misses, *held))


def mark_pairs(
    comparison: Comparison, verdict: GateVerdict, missed: Sequence[MissedFloor]
) -> Comparison:
    """Return the comparison with the gate's verdict, and its pairs with theirs.

    A pair whose head misses a floor of its own is *below_floor*, unless it has regressed.
    """
    low = {(one.target, one.variant) for one in missed}
    pairs = tuple(
        replace(pair, verdict="below_floor")
        if (pair.b.target.name, pair.b.variant) in low and pair.verdict != "regressed"
        else pair
        for pair in comparison.pairs
    )
    return replace(comparison, pairs=pairs, gate=verdict)


def _decide_without_gate(
    rows: Sequence[Row], dead: list[str], missing: list[str], ended: list[str]
) -> GateVerdict:
    errored = _count_outcome(rows, "errored") - _count_budget_ended(rows)
    refused = {name: _count_outcome(rows, name) for name in ("failed", "blocked", "truncated")}
    if dead:
        return GateVerdict(None, tuple(dead), Exit.OUTSIDE_FAILED)
    if errored:
        said = f"{format_plural(errored, 'trial')} errored ({_explain_errors(rows)})"
        reason = f"{said}; no gate says how many may."
        return GateVerdict(None, (reason, *missing), Exit.OUTSIDE_FAILED)
    if missing:
        return GateVerdict(None, tuple(missing), Exit.INCOMPLETE)
    if any(refused.values()):
        said = join_words([f"{count} {name}" for name, count in refused.items() if count])
        return GateVerdict(None, (f"{said}; no gate says how many may.", *ended), Exit.NO)
    if ended:
        return GateVerdict(None, tuple(ended), Exit.NO)
    known = " but those that are known to" * any(row.known_failing for row in rows)
    return GateVerdict(None, (f"No trial failed{known}.",), Exit.OK)


def select_marks(info: RunInfo, marks: Mapping[str, KnownFailing]) -> dict[str, KnownFailing]:
    """Return the marks that hold on the day of a run: what is marked may fail then."""
    day = read_day(info)
    return {name: mark for name, mark in marks.items() if not mark.is_over(day)}


def read_day(info: RunInfo) -> date:
    """Return the day on which a run began; the earliest there is where it does not say."""
    try:
        return date.fromisoformat(info.started_at[:10])
    except ValueError:
        return date.min


def _find_ended_marks(
    info: RunInfo, cells: Sequence[Cell], known_failing: Mapping[str, KnownFailing]
) -> Iterator[str]:
    """Say which conversations are marked as known to fail and must not be any more.

    That one passes is told where the spec's own targets were asked: on another it may fail.
    """
    day, is_part = read_day(info), bool(info.selection.get("named_targets"))
    for name, mark in known_failing.items():
        outcomes = {cell.outcome for cell in cells if cell.conversation == name}
        if not outcomes:
            continue
        if mark.is_over(day):
            said = f"{name} was known to fail until {mark.until}, and that day is over"
            yield f"{said}: mend it, or set a later day. {mark.issue}"
        elif not is_part and "passed" in outcomes and outcomes <= {"passed", "skipped"}:
            said = f"{name} is known to fail until {mark.until}, and it passed every time"
            yield f"{said}: take `known_failing` out. {mark.issue}"


def _find_stale(info: RunInfo, rows: Sequence[Row]) -> Iterator[str]:
    """List what a replay cannot vouch for: whatever a gate tolerates, that is no answer."""
    trials = _count_kinds(rows).get("stale_recording", 0)
    if info.stale:
        said = info.stale[0].splitlines()[0]
        more = f", and {len(info.stale) - 1} more" if len(info.stale) > 1 else ""
        yield f"The recording is stale: {said}{more}."
    elif trials:
        yield f"The recording is stale in {format_plural(trials, 'trial')}."


def _find_unanswered(info: RunInfo, rows: Sequence[Row]) -> list[str]:
    """Say why no trial was answered; nothing where one was."""
    trials = sum(sum(row.outcomes.values()) for row in rows)
    if not trials and any(row.known_failing for row in rows):
        return []
    kinds = _count_kinds(rows)
    unanswered = sum(count for kind, count in kinds.items() if kind not in ANSWERED)
    if trials and (unanswered < trials or _count_budget_ended(rows) == trials):
        return []
    if not trials and info.status != "complete":
        return []
    return [
        f"No trial was answered ({_explain_errors(rows)})." if kinds else "No trial was answered."
    ]


def _count_kinds(rows: Sequence[Row]) -> dict[str, int]:
    """Count errored trials by what went wrong; those that the budget ended are missing."""
    kinds: dict[str, int] = {}
    for row in rows:
        for kind, count in row.errors.items():
            kinds[kind] = kinds.get(kind, 0) + count
    return kinds


def _explain_errors(rows: Sequence[Row]) -> str:
    kinds = {kind: count for kind, count in _count_kinds(rows).items() if kind != "budget"}
    return join_words([f"{count} {kind}" for kind, count in kinds.items()])


def _find_too_many_errors(rows: Sequence[Row], gate: Gate) -> str | None:
    trials = sum(sum(row.outcomes.values()) for row in rows)
    errored = _count_outcome(rows, "errored") - _count_budget_ended(rows)
    if not trials or errored / trials <= gate.max_error_rate + RATE_ROUNDING:
        return None
    of_all = f"{format_plural(trials, 'trial')} errored ({format_percent(errored / trials)})"
    most = format_percent(gate.max_error_rate)
    return f"{errored} of {of_all}: {_explain_errors(rows)}; at most {most} may."


def _find_missing(info: RunInfo, rows: Sequence[Row], expected: int | None) -> Iterator[str]:
    """List what the run lacks to be whole."""
    trials = sum(row.trials for row in rows)
    if ended := _count_budget_ended(rows):
        yield f"The budget ended the run: {format_plural(ended, 'trial')} not played to the end."
    if expected is not None and trials < expected:
        missing = format_plural(expected - trials, "trial")
        why = f": {info.halted}" if info.status == "partial" and info.halted else ""
        yield f"{missing} of {expected} {'is' if expected - trials == 1 else 'are'} missing{why}."
    elif info.status != "complete" and not ended:
        yield f"The run is {info.status}."


def _find_not_gateable(
    info: RunInfo,
    rows: Sequence[Row],
    cells: Sequence[Cell],
    gate: Gate,
    must_pass: Mapping[str, float],
) -> Iterator[str]:
    """Say why the gate may not decide, however good the numbers are."""
    if info.simulated and not gate.allow_simulated:
        yield (
            "The answers are simulated, and this gate judges real ones only: "
            "`allow_simulated: true` or --allow-simulated lets it pass."
        )
    if all(row.pass_rate is None for row in rows):
        known = any(row.known_failing for row in rows)
        but = "; what was played is known to fail" if known else ""
        yield f"Nothing was judged: no trial passed or failed a check{but}."
    for cell in cells:
        if cell.known_failing is not None:
            continue
        if cell.conversation in must_pass and cell.outcome == "errored" and cell.played == 0:
            yield f"{name_cell(cell)} must pass and was never answered."


def _explain_no_baseline(gate: Gate) -> str:
    """Explain that the gate names a baseline that is not there; "" where it names none."""
    if gate.baseline is None:
        return ""
    made = "`harness baseline set latest` makes one"
    return f"Not compared: there is no baseline '{gate.baseline}' yet; {made}."


def _count_outcome(rows: Sequence[Row], outcome: str) -> int:
    return sum(count for row in rows for name, count in row.outcomes.items() if name == outcome)


def _count_budget_ended(rows: Sequence[Row]) -> int:
    """Count trials that were not played because the money ended: missing, not broken."""
    return sum(row.errors.get("budget", 0) for row in rows)
