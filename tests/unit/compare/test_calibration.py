"""Agreement with people, held against statsmodels and hand-worked values of facts/statistics."""

from __future__ import annotations

import pytest

from harness.compare.calibration import Agreement, Estimate, calibrate, compute_kappa, correct_rate


def numbers(estimate: Estimate | None) -> tuple[float, float, float, float]:
    assert estimate is not None
    return estimate.value, estimate.error, estimate.low, estimate.high


def test_kappa_and_its_interval_are_those_of_statsmodels() -> None:
    expected = (0.4, 0.1269961, 0.151092, 0.648908)
    assert numbers(compute_kappa(Agreement(20, 5, 10, 15))) == pytest.approx(expected, abs=1e-6)


def test_kappa_is_lower_where_chance_explains_more() -> None:
    found = compute_kappa(Agreement(45, 15, 25, 15))
    assert found is not None
    assert found.value == pytest.approx(0.1304348, abs=1e-7)


@pytest.mark.parametrize(
    ("agreement", "value"),
    [
        (Agreement(10, 0, 0, 10), 1.0),
        (Agreement(0, 10, 10, 0), -1.0),
        (Agreement(5, 5, 5, 5), 0.0),
        (Agreement(10, 0, 0, 0), None),
        (Agreement(), None),
    ],
)
def test_kappa_at_its_ends(agreement: Agreement, value: float | None) -> None:
    found = compute_kappa(agreement)
    assert (found and found.value) == value


def test_a_rate_is_corrected_by_what_the_judge_gets_wrong() -> None:
    judge = Agreement(good_passed=90, good_failed=10, bad_passed=20, bad_failed=80)
    expected = (0.8571429, 0.0552153, 0.748923, 0.965363)
    assert numbers(correct_rate(0.80, 200, judge)) == pytest.approx(expected, abs=1e-6)


def test_a_perfect_judge_needs_no_correction() -> None:
    judge = Agreement(good_passed=100, bad_failed=100)
    value, _, low, high = numbers(correct_rate(0.80, 200, judge))
    assert (value, low, high) == pytest.approx((0.8, 0.744564, 0.855436), abs=1e-6)


@pytest.mark.parametrize(
    "judge", [Agreement(5, 5, 5, 5), Agreement(1, 9, 9, 1), Agreement(10, 0, 0, 0)]
)
def test_a_judge_that_tells_nothing_corrects_nothing(judge: Agreement) -> None:
    assert correct_rate(0.5, 100, judge) is None


def test_a_correction_stays_a_rate() -> None:
    judge = Agreement(good_passed=80, good_failed=20, bad_passed=10, bad_failed=90)
    found = correct_rate(0.95, 50, judge)
    assert found is not None
    assert found.value == found.high == 1.0


def test_the_whole_table_is_told_from_pairs() -> None:
    pairs = [(True, True)] * 8 + [(True, False)] * 2 + [(False, True)] + [(False, False)] * 9
    found = calibrate(Agreement.of(pairs))
    assert found.sensitivity is not None
    assert (found.sensitivity.value, found.sensitivity.low) == pytest.approx((0.8, 0.490162), 1e-5)
    assert found.specificity is not None
    assert found.specificity.value == 0.9
    assert found.accuracy is not None
    assert found.accuracy.value == 0.85
    assert found.corrected is not None
    assert found.corrected.value == pytest.approx(0.5), "on the labels themselves: what people say"


def test_without_bad_answers_specificity_is_unknown() -> None:
    found = calibrate(Agreement.of([(True, True), (True, False)]))
    assert found.specificity is None
    assert found.corrected is None
