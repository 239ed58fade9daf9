"""Bounds of O'Brien and Fleming: the published constants, and what follows from them."""

from __future__ import annotations

import math
import random

import pytest

from harness.compare.looks.bounds import Look, compute_crossing, find_constant

# Jennison and Turnbull 2000, table 2.3: C_B(K, alpha), two-sided alpha.
PUBLISHED = {
    (2, 0.01): 2.580, (3, 0.01): 2.595, (4, 0.01): 2.609, (5, 0.01): 2.621, (10, 0.01): 2.660,
    (2, 0.05): 1.977, (3, 0.05): 2.004, (4, 0.05): 2.024, (5, 0.05): 2.040, (6, 0.05): 2.053,
    (7, 0.05): 2.063, (8, 0.05): 2.072, (9, 0.05): 2.080, (10, 0.05): 2.087,
    (2, 0.10): 1.678, (3, 0.10): 1.710, (4, 0.10): 1.733, (5, 0.10): 1.751, (10, 0.10): 1.801,
}  # fmt: skip


@pytest.mark.parametrize(("looks", "alpha"), PUBLISHED)
def test_the_published_constants_err_by_what_they_were_published_for(
    looks: int, alpha: float
) -> None:
    constant = PUBLISHED[looks, alpha]
    most = compute_crossing(constant - 0.0006, looks, both_sides=True)
    least = compute_crossing(constant + 0.0006, looks, both_sides=True)
    assert least < alpha < most


@pytest.mark.parametrize(
    ("looks", "alpha"),
    [(2, 0.005), (3, 0.005), (4, 0.005), (2, 0.025), (4, 0.025), (6, 0.025), (4, 0.05), (5, 0.05)],
)
def test_the_constants_of_one_side_are_those_of_both_at_twice_the_level(
    looks: int, alpha: float
) -> None:
    """Whoever crosses one bound hardly ever crosses the other: the tables agree to 0.001."""
    assert find_constant(alpha, looks) == pytest.approx(PUBLISHED[looks, 2 * alpha], abs=6e-4)


def test_the_constant_of_four_looks_at_five_percent() -> None:
    assert find_constant(0.05, 4) == pytest.approx(1.73310, abs=1e-5)


def test_one_look_is_the_gate_as_it_always_was() -> None:
    assert Look(1, 1).level(0.05) == 0.05
    assert Look(1, 1).repeat_p_value(0.0312) == 0.0312
    assert compute_crossing(1.6448536, 1) == pytest.approx(0.05, abs=1e-7)


def test_the_first_look_asks_for_much_and_the_last_for_little_more_than_usual() -> None:
    levels = [Look(at, 4).level(0.05) for at in (1, 2, 3, 4)]
    assert levels == pytest.approx([0.000264, 0.007122, 0.022684, 0.041540], abs=2e-6)


def test_a_p_value_is_below_alpha_exactly_where_the_look_crosses_its_bound() -> None:
    for at in (1, 2, 3, 4):
        look = Look(at, 4)
        level = look.level(0.05)
        assert look.repeat_p_value(level) == pytest.approx(0.05, abs=1e-6)
        assert look.repeat_p_value(level * 0.9) < 0.05 < look.repeat_p_value(level * 1.1)


@pytest.mark.parametrize("p_value", [0.0, 1e-300, 1e-12, 0.3, 0.5, 0.9, 1 - 1e-15, 1.0])
def test_every_p_value_stays_one(p_value: float) -> None:
    for planned in (1, 2, 4, 10):
        for at in range(1, planned + 1):
            repeated = Look(at, planned).repeat_p_value(p_value)
            assert 0.0 <= repeated <= 1.0
            assert repeated >= p_value * (1 - 1e-9)


def test_runs_in_which_nothing_has_changed_cross_as_seldom_as_alpha_says() -> None:
    chance, runs, looks = random.Random(11), 20_000, 4
    line = find_constant(0.05, looks) * math.sqrt(looks)
    crossed = 0
    for _ in range(runs):
        place = 0.0
        for _ in range(looks):
            place += chance.gauss(0, 1)
            if place > line:
                crossed += 1
                break
    assert crossed / runs == pytest.approx(0.05, abs=0.005)
