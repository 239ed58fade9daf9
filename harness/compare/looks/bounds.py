"""Looks at a run that is going on: how sure one must be at each, so that looking costs no error.

Who looks four times at 5 % errs in more than one of ten. The bounds of O'Brien and Fleming ask for
much at the first look and for little more than usual at the last: a run is crossing them at look
``k`` of ``L`` where its normal score exceeds ``C · √(L / k)``, and ``C`` is such that a run in
which nothing has changed crosses any of them as seldom as the gate's ``alpha`` says. Bounds are
one-sided. Source: O'Brien and Fleming 1979 (Biometrics 35:549); Jennison and Turnbull 2000, *Group
Sequential Methods with Applications to Clinical Trials*, chapters 2.4, 4 and 19; the tests hold
the constants to their table 2.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from harness.compare.statistics import normal_quantile
from harness.results.model import RunInfo

STEP = 0.2
"""Of the integration, in standard deviations of one look: the constants are right to 1e-5."""
REACH = 7.0
"""Standard deviations beneath zero at which the integration begins: less than 1e-11 is lost."""

SURE = 8.0
"""A constant above which the chance is below 1e-14, and an upper bound of it does as well."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a run: number ``at`` of ``planned``, from 1. The only look is no special one."""

    at: int
    planned: int

    @classmethod
    def of(cls, info: RunInfo) -> Look:
        """Return the look that a run's numbers are of: the only one, where it had no looks."""
        looks = info.looks
        return cls(1, 1) if looks is None else cls(max(1, looks.at), max(1, looks.planned))

    def level(self, alpha: float) -> float:
        """Compute the one-sided level at which this look judges, so that all err by ``alpha``."""
        if self.planned == 1:
            return alpha
        return _tail(find_constant(alpha, self.planned) * math.sqrt(self.planned / self.at))

    def repeat_p_value(self, p_value: float) -> float:
        """Turn a p-value of this look into one that may be held against ``alpha`` at every look.

        It is the smallest ``alpha`` whose bounds the look would have crossed (Jennison and
        Turnbull's repeated p-value): below ``alpha`` exactly where ``p_value`` is below
        ``level(alpha)``. Corrections for several pairs apply to it as to any other.
        """
        if self.planned == 1 or p_value <= 0.0:
            return p_value
        if p_value >= 1.0:
            return 1.0
        score = -normal_quantile(p_value)
        return min(1.0, compute_crossing(score * math.sqrt(self.at / self.planned), self.planned))


def has_ended_early(info: RunInfo) -> bool:
    """Tell whether a look settled a run before everything was asked."""
    looks = info.looks
    return looks is not None and info.status == "complete" and looks.at < looks.planned


def name_look(info: RunInfo) -> str:
    """Name the last look at a run: ``look 2 of 4``; "" of a run without looks."""
    return f"look {info.looks.at} of {info.looks.planned}" if info.looks else ""


@lru_cache(maxsize=256)
def find_constant(alpha: float, looks: int) -> float:
    """Find ``C``, with which ``looks`` bounds ``C · √(looks / k)`` err by ``alpha`` in all.

    ``alpha`` is one-sided, in (0, 0.5).
    """
    low = normal_quantile(1 - alpha)
    high = normal_quantile(1 - alpha / looks)  # Bonferroni: never too little
    while high - low > 1e-9:
        middle = (low + high) / 2
        if compute_crossing(middle, looks) > alpha:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def compute_crossing(constant: float, looks: int, *, both_sides: bool = False) -> float:
    """Compute the chance that a run in which nothing has changed crosses one of its bounds.

    The sum of ``looks`` equal steps, each standard normal, crosses ``constant · √looks`` at some
    step: in units of the steps the bounds are one line. The density of the runs that have not
    crossed is carried from look to look by Simpson's rule. With ``both_sides`` the bounds beneath
    zero count too, as in published tables.
    """
    line = constant * math.sqrt(looks)
    if constant > SURE:
        return _tail(constant) * looks * (2 if both_sides else 1)
    floor = -line if both_sides else min(-REACH * math.sqrt(looks), line - REACH)
    cells = 2 * math.ceil((line - floor) / STEP / 2)
    width = (line - floor) / cells
    places = [floor + cell * width for cell in range(cells + 1)]
    weights = [width / 3 * (4 if cell % 2 else 2) for cell in range(cells + 1)]
    weights[0] = weights[-1] = width / 3
    steps = [_density(cell * width) for cell in range(-cells, cells + 1)]
    leaving = [_tail(line - place) for place in places]
    if both_sides:
        leaving = [up + down for up, down in zip(leaving, reversed(leaving), strict=True)]
    crossed = _tail(line) * (2 if both_sides else 1)
    density = [_density(place) for place in places]
    for _ in range(looks - 1):
        mass = list(map(mul, density, weights))
        crossed += sum(map(mul, mass, leaving))
        density = [
            sum(map(mul, mass, steps[cells - cell : 2 * cells - cell + 1]))
            for cell in range(cells + 1)
        ]
    return crossed


def _density(score: float) -> float:
    return math.exp(-score * score / 2) / math.sqrt(2 * math.pi)


def _tail(score: float) -> float:
    """Compute the chance of a standard normal above ``score``."""
    return math.erfc(score / math.sqrt(2)) / 2
