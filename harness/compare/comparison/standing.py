"""Rows and cells out of scores, as far as floors and the gate look at them.

A run's summary has more of them; reading that much takes three times as long.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from harness.compare.comparison.scores import CellScore, Scores, SideName, SideScore
from harness.compare.figures import WORST_FIRST
from harness.compare.statistics import Share, estimate_pass_rate
from harness.compare.summary import Cell, Row
from harness.results.model import Outcome
from harness.spec.model.spec import KnownFailing

STALE = "stale_recording"
"""The error that no mark hides: a replay vouches for nothing then."""


def make_rows(scores: Scores, known_failing: Collection[str]) -> tuple[Row, ...]:
    """Make a row a target and variant: outcomes, errors and the pass rate; the rest is not known.

    Conversations that are known to fail are in no count but their own.
    """
    return tuple(
        _make_row(scores, side, cells, known_failing) for side, cells in scores.sides.items()
    )


def _make_row(
    scores: Scores, side: SideName, score: SideScore, known_failing: Collection[str]
) -> Row:
    outcomes: dict[Outcome, int] = dict.fromkeys(WORST_FIRST, 0)
    errors: dict[str, int] = {}
    shares, known, unchecked = [], 0, 0
    for name, cell in score.cells.items():
        if name[0] in known_failing:
            stale = (cell.errors or {}).get(STALE, 0)
            known += cell.repeats - stale
            outcomes["errored"] += stale
            if stale:
                errors[STALE] = errors.get(STALE, 0) + stale
            continue
        shares.append(Share(cell.passed, cell.passed + cell.count("failed")))
        unchecked += cell.count("passed") - cell.passed
        for outcome in WORST_FIRST:
            outcomes[outcome] += cell.count(outcome)
        for kind, count in (cell.errors or {}).items():
            errors[kind] = errors.get(kind, 0) + count
    return Row(
        target=scores.find_target(side[0]),
        variant=side[1],
        outcomes=outcomes,
        conversations=len(shares),
        pass_rate=estimate_pass_rate(shares),
        score=None,
        metrics={},
        cost_usd=None,
        cost_per_conversation_usd=None,
        latency=None,
        ttft=None,
        input_tokens=None,
        output_tokens=None,
        requests=0,
        errors=errors,
        unchecked=unchecked,
        known_failing=known,
    )


def make_cells(scores: Scores, known_failing: Mapping[str, KnownFailing]) -> tuple[Cell, ...]:
    """Make a cell a conversation, target and variant; without its single trials."""
    return tuple(
        _make_cell(name, side, cell, known_failing.get(name[0]))
        for side, score in scores.sides.items()
        for name, cell in score.cells.items()
    )


def _make_cell(
    name: tuple[str, str | None], side: SideName, cell: CellScore, mark: KnownFailing | None
) -> Cell:
    return Cell(
        *name,
        *side,
        outcome=cell.outcome,
        passed=cell.count("passed"),
        repeats=cell.repeats,
        trials=(),
        played=cell.repeats - cell.errored - cell.count("skipped"),
        known_failing=mark,
    )
