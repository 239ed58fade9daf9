"""Runs made by chance, to see how often the gate errs: the product's own arithmetic decides.

Each conversation has a chance of passing, drawn from Beta(0.85, 0.15): 85 % pass on average, most
of them nearly always or nearly never, as conversations do. A head that is worse has all chances
lowered alike, so that the mean falls by what is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from harness.compare.comparison.paired import SharePair, compare_every_pair
from harness.compare.comparison.verdict import judge_difference
from harness.compare.looks.bounds import Look
from harness.compare.statistics import Share, estimate_pass_rate
from harness.spec.model.spec import Gate

PASSING = (0.85, 0.15)
MEAN = 0.85
GATE = Gate()


@dataclass(frozen=True, slots=True)
class Setting:
    """A run to simulate: ``drop`` is how much worse the head is, in [0, 0.85]."""

    conversations: int
    repeats: int
    drop: float = 0.0
    looks: int = 1
    pairs: int = 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Shares of the simulated runs by the gate's word; ``asked`` is the mean share of requests."""

    regressed: float
    inconclusive: float
    passed: float
    asked: float


def judge_by_chance(setting: Setting, runs: int, seed: int) -> Verdicts:
    """Simulate so many runs and count their verdicts."""
    chance = Random(seed)
    words: Counter[str] = Counter()
    asked = 0
    for _ in range(runs):
        pairs = [_draw(setting, chance) for _ in range(setting.pairs)]
        word = "inconclusive"
        for at in range(1, setting.looks + 1):
            count = setting.conversations * at // setting.looks
            word = decide(pairs, count, Look(at, setting.looks))
            if word != "inconclusive":
                break
        words[word] += 1
        asked += count
    return Verdicts(
        regressed=words["regressed"] / runs,
        inconclusive=words["inconclusive"] / runs,
        passed=words["passed"] / runs,
        asked=asked / runs / setting.conversations,
    )


def decide(pairs: Sequence[Sequence[SharePair]], count: int, look: Look) -> str:
    """Judge the first conversations of each pair, as the gate does."""
    differences = compare_every_pair([pair[:count] for pair in pairs], GATE.alpha, look)
    words = {judge_difference(difference, GATE) for difference in differences}
    return next(word for word in ("regressed", "inconclusive", "passed") if word in words)


def cover(setting: Setting, runs: int, seed: int) -> tuple[float, float]:
    """Return how often 95 % intervals hold the truth: of a pass rate, of a difference."""
    chance = Random(seed)
    rates = differences = 0
    for _ in range(runs):
        pair = _draw(setting, chance)
        rate = estimate_pass_rate([before for before, _ in pair])
        assert rate is not None
        rates += rate.low <= MEAN <= rate.high
        (difference,) = compare_every_pair([pair], 0.025, Look(1, 1))
        differences += difference.low <= -setting.drop <= difference.high
    return rates / runs, differences / runs


def _draw(setting: Setting, chance: Random) -> list[SharePair]:
    pairs = []
    for _ in range(setting.conversations):
        passing = chance.betavariate(*PASSING)
        worse = passing * (1 - setting.drop / MEAN)
        pairs.append((_play(passing, setting, chance), _play(worse, setting, chance)))
    return pairs


def _play(passing: float, setting: Setting, chance: Random) -> Share:
    repeats = setting.repeats
    return Share(sum(chance.random() < passing for _ in range(repeats)), repeats)
