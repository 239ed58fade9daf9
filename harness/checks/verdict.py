"""The verdict of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

CheckOutcome = Literal["passed", "failed", "errored", "skipped"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Passed, failed, errored or skipped, with a reason a person can act on.

    Attributes:
        type: the assertion's name as written, ``not-`` included.
        value: what was demanded, as written.
        outcome: *errored* means that the check could not be carried out; it is neither a pass nor
            a failure, and negation does not turn it into one.
        score: in [0, 1]; None when nothing could be scored (errored, skipped).
        weight: share in the weighted mean; 0 measures without deciding.
        metric: the name under which scores are averaged in the report.
        reason: one sentence: what was found, what was wanted.
        parts: the verdicts inside an ``assert-set``.
    """

    type: str
    value: Any
    outcome: CheckOutcome
    score: float | None
    reason: str
    weight: float = 1.0
    metric: str | None = None
    parts: tuple[Verdict, ...] = ()
