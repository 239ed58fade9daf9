"""Percentiles as sure as their number allows: intervals by order statistics.

The interval of a percentile runs from one value to another of those that were seen; how many of
them lie below the true percentile is binomial. Where too few were seen, there is no such value:
that end is not estimable, and nothing is put in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.compare.statistics import CONFIDENCE, incomplete_beta, quantile


@dataclass(frozen=True, slots=True)
class Percentile:
    """The value below which a share of the values lies, with its 95 % interval.

    ``low`` or ``high`` is None where that end is not estimable from so few values.
    """

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of ``n`` values in seconds: the median, what one in twenty and what one in 100 exceeds."""

    n: int
    p50: Percentile
    p95: Percentile
    p99: Percentile


def find_percentiles(values: Sequence[float]) -> Percentiles | None:
    """Find the percentiles of values in any order; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    p50, p95, p99 = (find_percentile(ordered, share) for share in (0.5, 0.95, 0.99))
    return Percentiles(len(ordered), p50, p95, p99)


def find_percentile(ordered: Sequence[float], share: float) -> Percentile:
    """Find a percentile of ascending values, at least one; ``share`` lies in (0, 1)."""
    low, high = bound_percentile(len(ordered), share)
    return Percentile(
        value=quantile(ordered, share),
        low=None if low is None else ordered[low],
        high=None if high is None else ordered[high],
    )


@lru_cache(maxsize=1_000)
def bound_percentile(count: int, share: float) -> tuple[int | None, int | None]:
    """Find the places, from 0, of the values that bound a percentile at 95 %.

    None for an end that lies beyond all ``count`` values. Source: Conover, Practical
    Nonparametric Statistics, 3.2; the same as ``scipy.stats.quantile_test``.
    """
    tail = (1 - CONFIDENCE) / 2
    low = _find_binomial_quantile(tail, count, share) - 1
    high = _find_binomial_quantile(1 - tail, count, share)
    return (low if low >= 0 else None, high if high < count else None)


def _find_binomial_quantile(p: float, count: int, share: float) -> int:
    """Find the least number of successes that is not exceeded with a chance of at least ``p``."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        # The chance of at most `middle` successes, by the incomplete beta function.
        chance = incomplete_beta(count - middle, middle + 1, 1 - share)
        low, high = (low, middle) if chance >= p else (middle + 1, high)
    return low
