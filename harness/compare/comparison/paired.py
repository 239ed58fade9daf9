"""Two sides of the same conversations, as numbers: how far apart, and whether chance does that.

Nothing here knows of runs or targets: values in, values out, quickly enough to be simulated.
Source: the contract, section 5, *The verdict*; Miller 2024 (arXiv 2411.00640).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from harness.compare.comparison.exact import (
    FLIPS,
    MOST_EXACT,
    SEED,
    count_tail,
    flip_every_sign,
    flip_signs_by_chance,
)
from harness.compare.comparison.model import RateDifference, Ratio
from harness.compare.comparison.multiplicity import adjust_by_holm
from harness.compare.looks.bounds import Look
from harness.compare.statistics import CONFIDENCE, Share, t_cdf, t_quantile

SharePair = tuple[Share, Share]
"""The repeats of one conversation: the base's, then the head's; both sides were judged."""


def compare_shares(pairs: Sequence[SharePair], *, alpha: float, seed: int = SEED) -> RateDifference:
    """Compare the shares of repeats that passed, conversation by conversation.

    Args:
        pairs: one a conversation, at least one.
        alpha: the one-sided chance of a false alarm; the interval is the two-sided 1 - 2·alpha.
        seed: of the flips, where they are too many to count.
    """
    unit = math.lcm(*{share.judged for pair in pairs for share in pair})
    whole = [b.passed * (unit // b.judged) - a.passed * (unit // a.judged) for a, b in pairs]
    low, high = _find_interval(whole, unit, alpha)
    p_value, test = _test_fall(pairs, [one for one in whole if one], seed)
    value = sum(whole) / (unit * len(whole))
    return RateDifference(value, low, high, p_value, None, test, confidence=1 - 2 * alpha)


def compare_every_pair(
    family: Sequence[Sequence[SharePair]], alpha: float, look: Look, *, seed: int = SEED
) -> list[RateDifference]:
    """Compare the two sides of each pair; ``alpha`` is the chance of a false alarm in any of them.

    Holm's correction is laid over p-values that already count the looks: at each look a pair must
    cross the bound of its share of ``alpha``, so that the family errs by ``alpha`` over all looks.
    An interval is that of its pair alone: the gate passes where each of them says so, and the
    chance that all do is not above that of the worst.
    """
    level = look.level(alpha)
    differences = [compare_shares(shares, alpha=level, seed=seed) for shares in family]
    adjusted = adjust_by_holm([look.repeat_p_value(one.p_value) for one in differences])
    return [
        replace(one, p_adjusted=p_value) for one, p_value in zip(differences, adjusted, strict=True)
    ]


def _find_interval(differences: Sequence[int], unit: int, alpha: float) -> tuple[float, float]:
    """Compute the paired-t interval; where all are equal, the bound for changes not yet seen."""
    count, total = len(differences), sum(differences)
    mean = total / (unit * count)
    # In whole numbers: that all are equal must not be hidden by a crumb of rounding.
    squares = count * sum(one * one for one in differences) - total * total
    if squares:
        error = math.sqrt(squares / (count - 1)) / (count * unit)
        reach = t_quantile(1 - alpha, count - 1) * error
    else:
        reach = bound_unseen_changes(count, alpha)
    return max(-1.0, mean - reach), min(1.0, mean + reach)


def _test_fall(pairs: Sequence[SharePair], differing: list[int], seed: int) -> tuple[float, str]:
    count = len(differing)
    if not count:
        return 1.0, "no conversation differs"
    if all(share.judged == 1 for pair in pairs for share in pair):
        better = sum(one > 0 for one in differing)
        return count_tail(better, count), f"exact McNemar test of {count} that differ"
    if count <= MOST_EXACT:
        return flip_every_sign(differing), f"every sign flip of {count} that differ"
    p_value = flip_signs_by_chance(differing, seed=seed)
    return p_value, f"{FLIPS:,} sign flips of {count} that differ, seed {seed}"


def bound_unseen_changes(conversations: int, alpha: float) -> float:
    """Compute the largest share of conversations that may change where none did, at 1 - alpha."""
    return 1 - math.exp(math.log(alpha) / conversations)


def compare_amounts(pairs: Sequence[tuple[float, float]]) -> Ratio | None:
    """Compare seconds or dollars as head / base, by the paired t of their logarithms at 95 %.

    None where fewer than two conversations have both sides above 0.
    """
    logs = [math.log(b / a) for a, b in pairs if a > 0 and b > 0]
    count = len(logs)
    if count < 2:
        return None
    mean = math.fsum(logs) / count
    spread = math.fsum((one - mean) ** 2 for one in logs) / (count - 1)
    error = math.sqrt(spread / count)
    reach = t_quantile(0.5 + CONFIDENCE / 2, count - 1) * error
    # Where all changed alike there is no spread to hold the change against.
    p_value = 2 * t_cdf(-abs(mean) / error, count - 1) if error else float(mean == 0)
    low, high = math.exp(mean - reach), math.exp(mean + reach)
    return Ratio(math.exp(mean), low, high, p_value, count)
