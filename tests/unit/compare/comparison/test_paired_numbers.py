"""Reference values of facts that scipy, statsmodels and R computed, to the digits written down."""

from __future__ import annotations

import math
import random

import pytest

from harness.compare.comparison.exact import (
    compute_fisher,
    count_tail,
    flip_every_sign,
    flip_signs_by_chance,
)
from harness.compare.comparison.multiplicity import (
    adjust_by_benjamini_hochberg,
    adjust_by_holm,
)
from harness.compare.comparison.needed import count_conversations
from harness.compare.comparison.paired import (
    SharePair,
    bound_unseen_changes,
    compare_amounts,
    compare_shares,
)
from harness.compare.statistics import Share, normal_quantile

A = [3, 3, 3, 3, 2, 3, 3, 1, 3, 3, 3, 2]
B = [3, 2, 3, 1, 2, 3, 0, 1, 3, 2, 3, 0]
OF_THREE: list[SharePair] = [(Share(a, 3), Share(b, 3)) for a, b in zip(A, B, strict=True)]
SLEEP = [-12, -24, -13, -13, 0, -10, -18, -8, -46, -14]
"""Student's sleep data, tenths of an hour: the first drug's gain less the second's."""

BENJAMINI_HOCHBERG_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
    0.6528, 0.7590, 1.0,
]  # fmt: skip


def of_one(worse: int, better: int, same: int = 0) -> list[SharePair]:
    lost, won = (Share(1, 1), Share(0, 1)), (Share(0, 1), Share(1, 1))
    return [lost] * worse + [won] * better + [(Share(1, 1), Share(1, 1))] * same


def test_twelve_conversations_of_three_repeats_come_to_the_reference_difference() -> None:
    found = compare_shares(OF_THREE, alpha=0.025)
    assert found.value == pytest.approx(-0.25)
    assert found.low == pytest.approx(-0.4734997, abs=1e-7)
    assert found.high == pytest.approx(-0.0265003, abs=1e-7)
    assert found.p_value == 0.03125
    assert found.test == "every sign flip of 5 that differ"


@pytest.mark.parametrize(
    ("worse", "better", "two_sided"),
    [
        (6, 1, 0.125), (10, 2, 0.03857421875), (5, 0, 0.0625), (6, 0, 0.03125),
        (12, 3, 0.03515625), (30, 10, 0.0022214338), (150, 86, 3.7159361e-05),
    ],
)  # fmt: skip
def test_one_repeat_is_the_exact_mcnemar_test(worse: int, better: int, two_sided: float) -> None:
    found = compare_shares(of_one(worse, better, same=9), alpha=0.05)
    assert 2 * found.p_value == pytest.approx(two_sided, rel=1e-7)
    assert found.test == f"exact McNemar test of {worse + better} that differ"
    assert count_tail(better, worse + better) == found.p_value


def test_flipping_every_sign_agrees_with_r_on_students_sleep_data() -> None:
    assert 2 * flip_every_sign(SLEEP) == pytest.approx(0.00390625)


def test_a_rise_is_never_taken_for_a_fall() -> None:
    assert compare_shares([(b, a) for a, b in OF_THREE], alpha=0.05).p_value == 1.0
    assert compare_shares(of_one(0, 9), alpha=0.05).p_value == 1.0


@pytest.mark.parametrize("count", [17, 60, 400])
def test_drawn_flips_come_near_to_all_flips_and_are_the_same_each_time(count: int) -> None:
    chance = random.Random(count)
    sizes = [chance.choice([-3, -2, -1, 1, 2, 3]) for _ in range(count)]
    drawn = flip_signs_by_chance(sizes)
    exact = flip_every_sign(sizes)
    assert drawn == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 9_999) + 1e-4)
    assert drawn == flip_signs_by_chance(list(reversed(sizes)))
    assert drawn != flip_signs_by_chance(sizes, seed=2)
    assert flip_signs_by_chance([3 * one for one in sizes]) == drawn


def test_drawn_flips_know_the_ends() -> None:
    assert flip_signs_by_chance([-1] * 100) == 1 / 10_000
    assert flip_signs_by_chance([1] * 100) == 1.0


def test_seventeen_that_differ_are_flipped_by_chance_and_the_seed_is_told() -> None:
    pairs: list[SharePair] = [(Share(2, 2), Share(1, 2))] * 10 + [(Share(0, 2), Share(2, 2))] * 7
    assert compare_shares(pairs[:16], alpha=0.05).test == "every sign flip of 16 that differ"
    found = compare_shares(pairs, alpha=0.05, seed=7)
    assert found.test == "9,999 sign flips of 17 that differ, seed 7"


@pytest.mark.parametrize(
    ("conversations", "bound"), [(20, 0.1391), (30, 0.0950), (60, 0.0487), (100, 0.0295)]
)
def test_where_nothing_differs_the_interval_is_the_bound_for_the_unseen(
    conversations: int, bound: float
) -> None:
    assert bound_unseen_changes(conversations, 0.05) == pytest.approx(bound, abs=5e-5)
    found = compare_shares([(Share(2, 3), Share(2, 3))] * conversations, alpha=0.05)
    assert (found.value, found.p_value, found.test) == (0.0, 1.0, "no conversation differs")
    assert found.low == pytest.approx(-bound, abs=5e-5)
    assert found.high == pytest.approx(bound, abs=5e-5)


def test_repeats_of_different_number_are_shares_all_the_same() -> None:
    pairs: list[SharePair] = [(Share(3, 3), Share(1, 2)), (Share(1, 2), Share(3, 3))]
    assert compare_shares(pairs, alpha=0.05).value == 0.0
    assert compare_shares([(Share(1, 3), Share(2, 6))], alpha=0.05).value == 0.0


def test_millers_example_of_power_needs_969_conversations() -> None:
    reach = normal_quantile(0.975) + normal_quantile(0.8)
    assert count_conversations(0.03, 1 / 9, reach=reach) == 969


def test_latencies_compare_by_their_geometric_ratio() -> None:
    a = [820, 910, 1500, 1200, 700, 2300, 1100, 990, 1750, 640]
    b = [900, 1010, 1480, 1500, 790, 2600, 1150, 1200, 2100, 650]
    found = compare_amounts(list(zip(a, b, strict=True)))
    assert found is not None
    assert found.value == pytest.approx(1.114636, abs=1e-6)
    assert found.low == pytest.approx(1.054632, abs=1e-6)
    assert found.high == pytest.approx(1.178053, abs=1e-6)
    assert found.p_value == pytest.approx(0.0016313, abs=1e-7)
    assert found.conversations == 10


def test_one_conversation_or_nothing_above_zero_has_no_ratio() -> None:
    assert compare_amounts([(1.0, 2.0)]) is None
    assert compare_amounts([(0.0, 2.0), (1.0, 0.0), (1.0, 2.0)]) is None
    same = compare_amounts([(1.0, 1.0), (2.0, 2.0)])
    assert same is not None
    assert (same.value, same.low, same.high, same.p_value) == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("then", "now", "repeats", "p_value"),
    [
        (5, 0, 5, 0.0079365), (5, 1, 5, 0.0476190), (5, 2, 5, 0.1666667), (4, 0, 4, 0.0285714),
        (3, 0, 3, 0.10), (3, 3, 3, 1.0), (0, 5, 5, 0.0079365),
    ],
)  # fmt: skip
def test_fishers_test_tells_repeats_of_one_conversation_apart(
    then: int, now: int, repeats: int, p_value: float
) -> None:
    assert compute_fisher(now, repeats, then, repeats) == pytest.approx(p_value, abs=1e-7)


def test_holm_and_benjamini_hochberg_adjust_as_statsmodels_does() -> None:
    assert adjust_by_holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    adjusted = adjust_by_benjamini_hochberg([0.01, 0.04, 0.03, 0.005])
    assert adjusted == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert adjust_by_holm([]) == adjust_by_benjamini_hochberg([]) == []


def test_the_example_of_1995_rejects_three_by_holm_and_four_by_its_authors() -> None:
    holm = adjust_by_holm(BENJAMINI_HOCHBERG_1995)
    rates = adjust_by_benjamini_hochberg(BENJAMINI_HOCHBERG_1995)
    assert sum(one <= 0.05 for one in holm) == 3
    assert sum(one <= 0.05 for one in rates) == 4
    assert rates[3] == pytest.approx(0.035625)
