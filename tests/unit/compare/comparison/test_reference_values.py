"""More of the reference values, each held by the function that a report gets its number from."""

from __future__ import annotations

import math

import pytest

from harness.compare.comparison.needed import count_conversations
from harness.compare.comparison.scores import CellScore
from harness.compare.comparison.sides import measure_side
from harness.compare.statistics import normal_quantile, t_cdf
from harness.results.model import TargetInfo
from harness.results.scored import ScoredTrial

REACH = normal_quantile(0.975) + normal_quantile(0.8)


def cell(passed: int, repeats: int) -> CellScore:
    made = CellScore("q")
    for repeat in range(repeats):
        made.add(ScoredTrial("c", "t", "passed" if repeat < passed else "failed", score=1.0))
    return made


def test_twelve_conversations_of_three_repeats_pass_every_time_or_any_time() -> None:
    passed_of_three = [3, 2, 3, 1, 2, 3, 0, 1, 3, 2, 3, 0]
    side = measure_side(TargetInfo("t"), "default", [cell(each, 3) for each in passed_of_three])
    assert side.passes_every == pytest.approx(0.416667, abs=1e-6)
    assert side.passes_any == pytest.approx(0.833333, abs=1e-6)
    assert side.flaky == 5
    assert side.pass_rate.value == pytest.approx(0.6388889, abs=1e-7)
    assert side.pass_rate.low == pytest.approx(0.388608, abs=1e-6)
    assert side.pass_rate.high == pytest.approx(0.831214, abs=1e-6)


def test_the_paired_t_of_that_example_has_its_p_values() -> None:
    assert t_cdf(-2.4619554, 11) == pytest.approx(0.0157845, abs=1e-7)
    assert 2 * t_cdf(-2.4619554, 11) == pytest.approx(0.0315690, abs=1e-7)


def test_the_reach_of_a_test_at_five_percent_and_eighty_percent_power() -> None:
    reach = normal_quantile(0.975) + normal_quantile(0.8)
    assert reach**2 == pytest.approx(7.8488797, abs=1e-7)


@pytest.mark.parametrize(
    ("conversations", "repeats", "detectable"),
    [
        (198, 1, 0.1327), (198, 10, 0.0757), (100, 1, 0.1868), (100, 10, 0.1065),
        (1000, 1, 0.0591), (1000, 10, 0.0337),
    ],
)  # fmt: skip
def test_millers_table_of_what_can_be_told_apart(
    conversations: int, repeats: int, detectable: float
) -> None:
    """Variance 1/9 between conversations, and 1/6 on each side from one repeat to the next."""
    variance = 1 / 9 + 2 * (1 / 6) / repeats
    assert REACH * math.sqrt(variance / conversations) == pytest.approx(detectable, abs=5e-5)
    # What the page says the other way round; its detectable difference has four digits.
    for given, found in ((detectable - 6e-5, 1), (detectable + 6e-5, -1)):
        assert found * count_conversations(given, variance, reach=REACH) >= found * conversations
