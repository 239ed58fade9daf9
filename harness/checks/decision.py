"""Many verdicts become one decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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
    """Decide by the mean where there is a threshold, else by all of the verdicts.

    A failure stands whatever is errored beside it: failed where no outcome of the errored checks
    could change that, else errored. Weight 0 measures without deciding, yet an error under it is
    still an error. Nothing to check is passed without a score; nothing but skipped checks is
    skipped.
    """
    if verdicts and all(verdict.outcome == "skipped" for verdict in verdicts):
        return Decision("skipped", None)
    score = average_score(verdicts)
    has_errored = any(verdict.outcome == "errored" for verdict in verdicts)
    best = average_score(map(_take_best, verdicts)) if has_errored else score
    if threshold is not None and best is not None:
        has_failed = best < threshold - ROUNDING
    else:
        has_failed = any(one.outcome == "failed" and one.weight > 0 for one in verdicts)
    if has_failed:
        return Decision("failed", score)
    return Decision("errored", None) if has_errored else Decision("passed", score)


def _take_best(verdict: Verdict) -> Verdict:
    """Return a verdict as it would be at its best: an errored check could have passed."""
    return replace(verdict, score=1.0) if verdict.outcome == "errored" else verdict
