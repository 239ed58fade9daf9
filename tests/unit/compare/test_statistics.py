"""Reference values computed with scipy, statsmodels and R, to the digits that were written down."""

from __future__ import annotations

import math

import pytest

from harness.compare.statistics import (
    Share,
    cluster_error,
    design_effect,
    estimate_pass_rate,
    find_quantiles,
    incomplete_beta,
    normal_quantile,
    quantile,
    t_cdf,
    t_quantile,
    wilson,
)

PASSED_OF_THREE = [3, 2, 3, 1, 2, 3, 0, 1, 3, 2, 3, 0]


@pytest.mark.parametrize(
    ("passed", "n", "low", "high"),
    [
        (81, 263, 0.255289, 0.366210),
        (15, 148, 0.062386, 0.160487),
        (0, 20, 0.0, 0.161125),
        (1, 29, 0.006113, 0.171755),
        (8, 10, 0.490162, 0.943318),
        (0, 10, 0.0, 0.277533),
        (29, 29, 0.883030, 1.0),
        (95, 100, 0.888250, 0.978456),
        (27, 30, 0.743789, 0.965400),
        (23, 36, 0.475751, 0.775244),
    ],
)
def test_wilsons_interval_agrees_with_newcombes_cases(
    passed: int, n: int, low: float, high: float
) -> None:
    found = wilson(passed / n, n)
    assert found.low == pytest.approx(low, abs=1e-6)
    assert found.high == pytest.approx(high, abs=1e-6)


def test_twelve_conversations_of_three_repeats_count_for_fifteen_trials() -> None:
    shares = [Share(passed, 3) for passed in PASSED_OF_THREE]
    deff = design_effect(shares)
    z, t = normal_quantile(0.975), t_quantile(0.975, 11)
    assert cluster_error(shares) == pytest.approx(0.1120541, abs=1e-7)
    assert deff == pytest.approx(1.9592581, abs=1e-7)
    assert 36 / deff == pytest.approx(18.3743, abs=1e-4)
    assert 36 / deff * (z / t) ** 2 == pytest.approx(14.5704, abs=1e-4)
    rate = estimate_pass_rate(shares)
    assert rate is not None
    assert rate.value == pytest.approx(0.6388889, abs=1e-7)
    assert rate.low == pytest.approx(0.388608, abs=1e-6)
    assert rate.high == pytest.approx(0.831214, abs=1e-6)


def test_the_cluster_error_is_statsmodels_one() -> None:
    groups = [(1, 1, 1), (0, 1, 1), (0, 0, 0), (1, 1, 1)]
    shares = [Share(sum(group), len(group)) for group in groups]
    assert cluster_error(shares) == pytest.approx(0.2357023, abs=1e-7)


@pytest.mark.parametrize(
    ("shares", "n"),
    [
        ([Share(3, 3), Share(3, 3)], 6),
        ([Share(0, 2), Share(0, 1)], 3),
        ([Share(2, 3)], 3),
        ([Share(2, 3), Share(0, 0)], 3),
    ],
)
def test_all_none_or_one_conversation_get_the_plain_interval(shares: list[Share], n: int) -> None:
    passed = sum(share.passed for share in shares)
    assert estimate_pass_rate(shares) == wilson(passed / n, n)


def test_a_rate_of_nothing_is_unknown() -> None:
    assert estimate_pass_rate([]) is None
    assert estimate_pass_rate([Share(0, 0)]) is None


def test_repeats_that_differ_more_than_chance_never_count_for_more_than_they_are() -> None:
    assert design_effect([Share(1, 2), Share(1, 2), Share(1, 2)]) == 1.0


@pytest.mark.parametrize(
    ("p", "df", "expected"),
    [
        (0.975, 1, 12.706204736174694),
        (0.975, 2, 4.302652729749462),
        (0.995, 2, 9.924843200918233),
        (0.975, 9, 2.2621571627409915),
        (0.95, 9, 1.8331129326536335),
        (0.975, 11, 2.200985160082949),
        (0.975, 30, 2.0422724563012373),
        (0.9, 5, 1.4758840488244815),
        (0.025, 11, -2.200985160082949),
        (0.5, 7, 0.0),
    ],
)
def test_students_quantiles_are_right_to_eight_digits(p: float, df: int, expected: float) -> None:
    assert t_quantile(p, df) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("df", [1, 2])
def test_students_quantiles_agree_with_their_closed_forms(df: int) -> None:
    for p in (0.55, 0.9, 0.975, 0.9995):
        cauchy = math.tan(math.pi * (p - 0.5))
        two = 2 * (p - 0.5) * math.sqrt(2 / (4 * p * (1 - p)))
        assert t_quantile(p, df) == pytest.approx(cauchy if df == 1 else two, rel=1e-9)


def test_students_quantile_becomes_the_normal_one() -> None:
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-12)
    assert t_quantile(0.975, 1e6) == pytest.approx(1.95996635682, abs=1e-8)


@pytest.mark.parametrize(("p", "df"), [(0, 5), (1, 5), (0.5, 0), (-1, 3)])
def test_a_quantile_that_does_not_exist_is_refused(p: float, df: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        t_quantile(p, df)


def test_students_distribution_gives_the_p_value_of_the_sleep_data() -> None:
    two_sided = 2 * (1 - t_cdf(4.062127683, 9))
    assert two_sided == pytest.approx(0.0028328902, abs=1e-9)


def test_the_incomplete_beta_function_agrees_with_its_closed_forms() -> None:
    assert incomplete_beta(2, 3, 0.4) == pytest.approx(0.5248, abs=1e-12)
    assert incomplete_beta(0.5, 0.5, 0.25) == pytest.approx(1 / 3, abs=1e-12)
    assert (incomplete_beta(2, 2, 0.0), incomplete_beta(2, 2, 1.0)) == (0.0, 1.0)


def test_percentiles_are_linear_between_neighbours() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert quantile(hundred, 0.5) == 50.5
    assert quantile(hundred, 0.95) == pytest.approx(95.05)
    found = find_quantiles([3.0, 1.0, 2.0])
    assert found is not None
    assert (found.p50, found.n) == (2.0, 3)
    assert found.p95 == pytest.approx(2.9)
    assert find_quantiles([]) is None
