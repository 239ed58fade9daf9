"""Many verdicts become one decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.checks.verdict import CheckOutcome, Verdict

ROUNDING = 1e-9
"""Three thirds are one: a mean may miss its threshold by this much."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of all checks of a turn, of a conversation or of an ``assert-set``.

    ``score`` is the weighted mean, None when nothing was scored.
    """

    outcome: CheckOutcome
    score: float | None


def average_score(verdicts: Iterable[Verdict]) -> float | None:
    """Compute the weighted mean score; None when no verdict has both a score and a weight."""
    scored = [(v.score, v.weight) for v in verdicts if v.score is not None and v.weight > 0]
    weight = sum(weight for _, weight in scored)
    return sum(score * weight for score, weight in scored) / weight if weight > 0 else None


def decide(verdicts: Sequence[Verdict], threshold: float | None = None) -> Decision:
    """Decide by the mean where there is a threshold, else by all of them; errored when one is.

    Weight 0 measures without deciding, yet an error under it is still an error. Nothing to check
    is passed without a score; nothing but skipped checks is skipped.
    """
    score = average_score(verdicts)
    if any(verdict.outcome == "errored" for verdict in verdicts):
        return Decision("errored", None)
    if verdicts and all(verdict.outcome == "skipped" for verdict in verdicts):
        return Decision("skipped", None)
    if threshold is not None and score is not None:
        return Decision("passed" if score >= threshold - ROUNDING else "failed", score)
    failed = any(verdict.outcome == "failed" and verdict.weight > 0 for verdict in verdicts)
    return Decision("failed" if failed else "passed", score)
