"""Intervals and quantiles, in plain Python: a numerical library costs a second at every start.

Every function is tested against reference values computed with scipy, R and statsmodels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from harness.compare.figures import Quantiles, Rate

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """One conversation's repeats: how many passed of those that were judged."""

    passed: int
    judged: int


def estimate_pass_rate(shares: Iterable[Share]) -> Rate | None:
    """Estimate the share of judged trials that passed; its interval respects conversations.

    Repeats of one conversation resemble each other, so they count for less than independent
    trials: the interval is Wilson's on the effective number of trials,
    ``n = trials / deff * (z / t)**2`` with ``t`` on conversations - 1 degrees of freedom. Where all
    or none passed, or there is one conversation only, nothing can be said about resemblance and the
    interval is the plain one. None when nothing was judged.
    """
    judged = [share for share in shares if share.judged > 0]
    trials = sum(share.judged for share in judged)
    passed = sum(share.passed for share in judged)
    if trials == 0:
        return None
    if len(judged) == 1 or passed in (0, trials):
        return wilson(passed / trials, trials)
    z = normal_quantile(0.5 + CONFIDENCE / 2)
    t = t_quantile(0.5 + CONFIDENCE / 2, len(judged) - 1)
    return wilson(passed / trials, trials / design_effect(judged) * (z / t) ** 2)


def estimate_mean_share(shares: Sequence[Share]) -> Rate:
    """Estimate the mean over conversations of the share that passed, each counted once.

    With equal repeats it is the pass rate with its interval. Where they differ (one errored), a
    conversation with more of them counts for no more: differences of two such means are then what
    the two numbers say. Needs one conversation at least, each judged.
    """
    trials = sum(share.judged for share in shares)
    rate = math.fsum(share.passed / share.judged for share in shares) / len(shares)
    if len({share.judged for share in shares}) == 1 or rate in (0.0, 1.0) or len(shares) == 1:
        known = estimate_pass_rate(shares)
        assert known is not None, "each of them was judged"  # noqa: S101
        return known
    count = len(shares)
    squares = math.fsum((share.passed / share.judged - rate) ** 2 for share in shares)
    variance = squares / (count - 1) / count
    effect = max(1.0, variance / (rate * (1 - rate) / trials))
    z = normal_quantile(0.5 + CONFIDENCE / 2)
    t = t_quantile(0.5 + CONFIDENCE / 2, count - 1)
    return wilson(rate, trials / effect * (z / t) ** 2)


def wilson(rate: float, n: float) -> Rate:
    """Compute Wilson's interval at 95 % for a rate seen in ``n`` trials, maybe fractional."""
    if n <= 0:
        return Rate(rate, 0.0, 1.0)
    z = normal_quantile(0.5 + CONFIDENCE / 2)
    shrink = 1 + z * z / n
    centre = (rate + z * z / (2 * n)) / shrink
    reach = z / shrink * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    # At the ends the formula is exactly 0 or 1; rounding must not leave a crumb, nor exclude rate.
    low = 0.0 if rate == 0 else max(0.0, min(rate, centre - reach))
    high = 1.0 if rate == 1 else min(1.0, max(rate, centre + reach))
    return Rate(rate, low, high)


def cluster_error(shares: Sequence[Share]) -> float:
    """Compute the standard error of the pass rate when a conversation's trials go together.

    Source: Miller 2024 (arXiv 2411.00640), with the factor C / (C - 1) that statsmodels and
    inspect_ai use. Needs two conversations at least.
    """
    trials = sum(share.judged for share in shares)
    rate = sum(share.passed for share in shares) / trials
    squares = sum((share.passed - rate * share.judged) ** 2 for share in shares)
    clusters = len(shares)
    return math.sqrt(clusters / (clusters - 1) * squares) / trials


def design_effect(shares: Sequence[Share]) -> float:
    """Compute how many trials count as one because they share a conversation; never below 1.

    Below 1 repeats would tell more than independent trials do, which is always chance.
    """
    trials = sum(share.judged for share in shares)
    rate = sum(share.passed for share in shares) / trials
    independent = rate * (1 - rate) / trials
    return max(1.0, cluster_error(shares) ** 2 / independent)


def find_quantiles(values: Sequence[float]) -> Quantiles | None:
    """Compute the median and the 95th percentile; None of nothing."""
    if not values:
        return None
    return Quantiles(p50=quantile(values, 0.5), p95=quantile(values, 0.95), n=len(values))


def quantile(values: Sequence[float], share: float) -> float:
    """Find the value below which a share of the values lies, linear in between (type 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def normal_quantile(p: float) -> float:
    """Compute a quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(p)


@lru_cache(maxsize=1_000)
def t_quantile(p: float, df: float) -> float:
    """Compute a quantile of Student's t; relative error below 1e-9 for df from 1 to 1e6."""
    if not (0 < p < 1 and df > 0):
        raise ValueError(f"no quantile of t for p={p}, df={df}")
    if p == 0.5:
        return 0.0
    if p < 0.5:
        return -t_quantile(1 - p, df)
    low, high = 0.0, 1.0
    while t_cdf(high, df) < p:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


def t_cdf(t: float, df: float) -> float:
    """Compute the distribution function of Student's t."""
    tail = incomplete_beta(df / 2, 0.5, df / (df + t * t)) / 2
    return 1 - tail if t > 0 else tail


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Compute the regularised incomplete beta function by its continued fraction.

    Source: Abramowitz and Stegun 26.5.8, evaluated by Lentz's method.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 10_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + step * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + step / c
            c = c if abs(c) > tiny else tiny
            value *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return value
