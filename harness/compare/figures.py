"""Figures and words that a run's summary and a comparison of two share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.results.measured import Rate
from harness.results.model import Outcome

__all__ = ["WORST_FIRST", "GateVerdict", "Quantiles", "Rate", "VerdictWord"]

VerdictWord = Literal["passed", "regressed", "below_floor", "inconclusive", "incomplete"]

WORST_FIRST: tuple[Outcome, ...] = (
    "errored", "blocked", "truncated", "failed", "passed", "skipped",
)  # fmt: skip
"""The contract's order: the first that applies is what a cell comes to."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Of latencies in seconds; from ``n`` values."""

    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """The gate's verdict; ``reasons`` are sentences, the decisive one first.

    ``word`` is None when the spec declares no gate; then ``exit_code`` follows the outcomes.
    """

    word: VerdictWord | None
    reasons: tuple[str, ...]
    exit_code: int
