"""Measure how far a judge agrees with people, and what its pass rate is worth.

The table counts answers by what people said (*good* or *bad*) and what the judge said (*passed* or
*failed*). Reference values: facts of statsmodels (``inter_rater.cohens_kappa``) and, for the
corrected rate, Rogan and Gladen 1978 with the variance by the delta method (Lang and Reiczigel
2014; for judges, arXiv 2511.21140).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.compare.statistics import CONFIDENCE, normal_quantile, wilson
from harness.compare.summary import Rate

CHANCE = 1e-9
"""Below this above 1, sensitivity and specificity tell nothing, and nothing corrects them."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Answers by what people and what the judge said of them."""

    good_passed: int = 0
    good_failed: int = 0
    bad_passed: int = 0
    bad_failed: int = 0

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Agreement:
        """Count pairs of (people say good, the judge passed it)."""
        counts = {(good, passed): 0 for good in (True, False) for passed in (True, False)}
        for pair in pairs:
            counts[pair] += 1
        return cls(
            counts[True, True], counts[True, False], counts[False, True], counts[False, False]
        )

    @property
    def good(self) -> int:
        """Answers that people call good."""
        return self.good_passed + self.good_failed

    @property
    def bad(self) -> int:
        """Answers that people call bad."""
        return self.bad_passed + self.bad_failed

    @property
    def judged(self) -> int:
        """All of them."""
        return self.good + self.bad


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error and interval at 95 %."""

    value: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge's agreement with labelled answers; None where they cannot.

    Attributes:
        sensitivity: the share of good answers that the judge passes.
        specificity: the share of bad answers that it fails.
        accuracy: the share of answers about which it agrees with people.
        kappa: agreement beyond chance: 1 is perfect, 0 is what guessing gives.
        judge_rate: what it passes of these answers.
        corrected: what share is good in truth if it passes as many of so many others.
    """

    agreement: Agreement
    sensitivity: Rate | None
    specificity: Rate | None
    accuracy: Rate | None
    human_rate: Rate | None
    judge_rate: Rate | None
    kappa: Estimate | None
    corrected: Estimate | None


def calibrate(agreement: Agreement) -> Calibration:
    """Compute every number that the table supports."""
    passed = agreement.good_passed + agreement.bad_passed
    judge_rate = _compute_rate(passed, agreement.judged)
    sensitivity = _compute_rate(agreement.good_passed, agreement.good)
    specificity = _compute_rate(agreement.bad_failed, agreement.bad)
    corrected = None
    if judge_rate is not None and sensitivity is not None and specificity is not None:
        corrected = correct_rate(judge_rate.value, agreement.judged, agreement)
    return Calibration(
        agreement=agreement,
        sensitivity=sensitivity,
        specificity=specificity,
        accuracy=_compute_rate(agreement.good_passed + agreement.bad_failed, agreement.judged),
        human_rate=_compute_rate(agreement.good, agreement.judged),
        judge_rate=judge_rate,
        kappa=compute_kappa(agreement),
        corrected=corrected,
    )


def compute_kappa(agreement: Agreement) -> Estimate | None:
    """Compute Cohen's kappa; None where both always say the same, which chance explains.

    Source of the variance: Fleiss, Cohen and Everitt 1969.
    """
    n = agreement.judged
    if n == 0:
        return None
    cells = (
        (agreement.good_passed / n, agreement.good_failed / n),
        (agreement.bad_passed / n, agreement.bad_failed / n),
    )
    rows = [sum(row) for row in cells]
    columns = [cells[0][k] + cells[1][k] for k in (0, 1)]
    seen = cells[0][0] + cells[1][1]
    chance = rows[0] * columns[0] + rows[1] * columns[1]
    if 1 - chance < CHANCE:
        return None
    value = (seen - chance) / (1 - chance)
    diagonal = sum(cells[k][k] * (1 - (rows[k] + columns[k]) * (1 - value)) ** 2 for k in (0, 1))
    others = (1 - value) ** 2 * sum(
        cells[i][j] * (columns[i] + rows[j]) ** 2 for i, j in ((0, 1), (1, 0))
    )
    rest = (value - chance * (1 - value)) ** 2
    variance = max(0.0, diagonal + others - rest) / ((1 - chance) ** 2 * n)
    return _estimate(value, math.sqrt(variance), -1.0)


def correct_rate(rate: float, n: int, agreement: Agreement) -> Estimate | None:
    """Estimate the share that is good in truth when the judge passes ``rate`` of ``n`` answers.

    None where the judge tells good from bad no better than a coin: then no rate says anything.
    """
    if not agreement.good or not agreement.bad or n <= 0:
        return None
    sensitivity = agreement.good_passed / agreement.good
    specificity = agreement.bad_failed / agreement.bad
    tells = sensitivity + specificity - 1
    if tells < CHANCE:
        return None
    value = min(1.0, max(0.0, (rate + specificity - 1) / tells))
    variance = (
        rate * (1 - rate) / n
        + value**2 * sensitivity * (1 - sensitivity) / agreement.good
        + (1 - value) ** 2 * specificity * (1 - specificity) / agreement.bad
    ) / tells**2
    return _estimate(value, math.sqrt(variance), 0.0)


def _estimate(value: float, error: float, least: float) -> Estimate:
    reach = normal_quantile(0.5 + CONFIDENCE / 2) * error
    return Estimate(value, error, max(least, value - reach), min(1.0, value + reach))


def _compute_rate(part: int, whole: int) -> Rate | None:
    return wilson(part / whole, whole) if whole else None
