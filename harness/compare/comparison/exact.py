"""Tests that count every way in which chance could have dealt the same: no distribution assumed.

Chance itself is made of SHAKE-256 from a seed: the same bits on every machine and in every version
of Python, and nothing to import.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from hashlib import shake_256

MOST_EXACT = 16
"""Pairs that differ up to which all ways to flip their signs are counted. Source: the contract."""

FLIPS = 9_999
"""The flips that are drawn where there are too many to count. Source: the contract, section 5."""

SEED = 1


def count_tail(successes: int, trials: int) -> float:
    """Compute the chance of at most so many heads in that many throws of a fair coin."""
    ways = term = 1
    for number in range(1, successes + 1):
        term = term * (trials - number + 1) // number
        ways += term
    return ways / (1 << trials)


@lru_cache(maxsize=10_000)
def compute_fisher(passed: int, played: int, passed_then: int, played_then: int) -> float:
    """Compute Fisher's exact test, two-sided, of one share against another."""
    whole, wins = played + played_then, passed + passed_then
    least, most = max(0, wins - played_then), min(played, wins)
    ways = [math.comb(played, n) * math.comb(played_then, wins - n) for n in range(least, most + 1)]
    seen = ways[passed - least]
    return sum(count for count in ways if count <= seen) / math.comb(whole, wins)


def flip_every_sign(differences: Sequence[int]) -> float:
    """Compute the share of all ways to flip signs whose sum is this small or smaller.

    That is the one-sided chance of such a fall where each difference could as well have been its
    opposite. Its work doubles with each distinct size that differs: for 16 at most.
    """
    observed = sum(differences)
    ways = {0: 1}
    for size in map(abs, differences):
        more: dict[int, int] = {}
        for reached, count in ways.items():
            more[reached + size] = more.get(reached + size, 0) + count
            more[reached - size] = more.get(reached - size, 0) + count
        ways = more
    return sum(n for reached, n in ways.items() if reached <= observed) / (1 << len(differences))


def flip_signs_by_chance(
    differences: Sequence[int], *, flips: int = FLIPS, seed: int = SEED
) -> float:
    """Estimate the same from so many flips drawn by chance; the flip that was seen is one more.

    All flips are done at once: bit *n* of every number belongs to flip *n*, and sums are kept as
    planes of bits, which whole numbers of Python add quickly. The order of pairs says nothing.
    """
    divisor = math.gcd(*differences)
    sizes = sorted(abs(one) // divisor for one in differences)
    # The sum of sizes whose sign fell positive; the sum with signs is twice that, less their total.
    most = (sum(differences) // divisor + sum(sizes)) // 2
    width = (flips + 7) // 8
    drawn = shake_256(f"harness sign flips {seed}".encode()).digest(width * len(sizes))
    every = (1 << flips) - 1
    planes = [0] * sum(sizes).bit_length()
    for number, size in enumerate(sizes):
        chosen = int.from_bytes(drawn[number * width : (number + 1) * width], "big") & every
        for place in range(size.bit_length()):
            if size >> place & 1:
                _add(planes, place, chosen)
    return (1 + _count_at_most(planes, most, every)) / (flips + 1)


def _add(planes: list[int], place: int, carry: int) -> None:
    """Add 2**place to the sums of the flips whose bit is set."""
    while carry:
        planes[place], carry = planes[place] ^ carry, planes[place] & carry
        place += 1


def _count_at_most(planes: Sequence[int], most: int, every: int) -> int:
    """Count the flips whose sum is at most this."""
    below, level = 0, every
    for place in reversed(range(len(planes))):
        if most >> place & 1:
            below |= level & ~planes[place]
            level &= planes[place]
        else:
            level &= ~planes[place]
    return (below | level).bit_count()
