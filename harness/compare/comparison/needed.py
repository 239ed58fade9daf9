"""An estimate of how much more would settle a result that is not settled: for planning, no promise.

The difference that was seen is taken for the true one, and the amount is that which settles it
four times of five. Source: Miller 2024 (arXiv 2411.00640), section 5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.compare.comparison.model import Needed, RateDifference
from harness.compare.comparison.paired import SharePair
from harness.compare.statistics import Share, normal_quantile
from harness.spec.model.spec import Gate

POWER = 0.8


def estimate_needed(
    pairs: Sequence[SharePair], difference: RateDifference, gate: Gate
) -> Needed | None:
    """Estimate the conversations, or the repeats, that would settle a difference.

    None where no amount would: the difference lies beyond the margin, and is too small to count as
    a fall.
    """
    distance = _measure_distance(difference.value, gate)
    if distance is None:
        return None
    count = len(pairs)
    shares = [b.passed / b.judged - a.passed / a.judged for a, b in pairs]
    spread = _find_variance(shares)
    if spread == 0:
        return Needed(max(count + 1, _count_unseen(difference.value, gate)), None)
    reach = normal_quantile(1 - gate.alpha) + normal_quantile(POWER)
    conversations = count_conversations(distance, spread, reach=reach)
    repeats = _count_repeats(pairs, spread, allowed=count * (distance / reach) ** 2)
    return Needed(max(count + 1, conversations), repeats)


def count_conversations(distance: float, variance: float, *, reach: float) -> int:
    """Count the conversations that tell this distance from nothing.

    ``variance`` is that of a conversation's difference; ``reach`` is the sum of the normal
    quantiles for the false alarm and for the power.
    """
    return math.ceil(variance * (reach / distance) ** 2)


def _measure_distance(value: float, gate: Gate) -> float | None:
    """Return how far it is to the nearest word: within the margin, or a fall."""
    distances = [value + gate.margin] if value > -gate.margin else []
    if value <= -gate.min_effect:
        distances.append(-value)
    return max(distances, default=0.0) or None


def _count_unseen(value: float, gate: Gate) -> int:
    """Count the conversations of which none may differ from the rest for the bound to hold."""
    room = value + gate.margin
    if room >= 1:
        return 1
    if room > 0:
        return math.ceil(math.log(gate.alpha) / math.log(1 - room))
    return math.ceil(-math.log2(gate.alpha))  # so many falls in a row are none by chance


def _count_repeats(pairs: Sequence[SharePair], spread: float, *, allowed: float) -> int | None:
    """Count the repeats that bring the variance of a difference down to what is allowed.

    None where one repeat shows nothing of how repeats differ, or where conversations differ so much
    among each other that no number of repeats would do.
    """
    now = max(share.judged for pair in pairs for share in pair)
    if any(share.judged < 2 for pair in pairs for share in pair):
        return None
    within = math.fsum(_find_noise(share) for pair in pairs for share in pair) / len(pairs)
    between = max(0.0, spread - within)
    if allowed <= between or within == 0:
        return None
    return max(now + 1, math.ceil(now * within / (allowed - between)))


def _find_noise(share: Share) -> float:
    """Estimate the variance of a share over its own repeats."""
    rate = share.passed / share.judged
    return rate * (1 - rate) / (share.judged - 1)


def _find_variance(values: Sequence[float]) -> float:
    if min(values) == max(values):
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
