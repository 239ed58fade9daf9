"""How often the gate errs, in a few hundred simulated runs; tests/bench/bench_gate.py makes more.

The bounds are those of the whole simulation with room for chance: 400 runs of something that
happens in 4 % of them show 1.4 to 7 % in 99 of 100 cases.
"""

from __future__ import annotations

import pytest

from tests.unit.compare.simulated_gate import Setting, cover, judge_by_chance

RUNS = 400


@pytest.mark.parametrize("looks", [1, 4])
@pytest.mark.parametrize("pairs", [1, 3])
def test_where_nothing_has_changed_the_gate_seldom_says_so(looks: int, pairs: int) -> None:
    setting = Setting(conversations=100, repeats=3, looks=looks, pairs=pairs)
    assert judge_by_chance(setting, RUNS, seed=1).regressed <= 0.06


@pytest.mark.parametrize("looks", [1, 4])
def test_a_head_that_is_worse_by_the_margin_seldom_passes(looks: int) -> None:
    setting = Setting(conversations=100, repeats=3, drop=0.05, looks=looks)
    assert judge_by_chance(setting, RUNS, seed=2).passed <= 0.085


@pytest.mark.parametrize("looks", [1, 4])
def test_a_fall_by_ten_points_is_found(looks: int) -> None:
    setting = Setting(conversations=100, repeats=3, drop=0.10, looks=looks)
    assert judge_by_chance(setting, RUNS, seed=3).regressed >= 0.95


@pytest.mark.parametrize(
    ("drop", "least", "most"), [(0.0, 0.7, 0.85), (0.1, 0.5, 0.7), (0.2, 0.35, 0.5)]
)
def test_a_gate_that_stops_asks_less_the_worse_the_head_is(
    drop: float, least: float, most: float
) -> None:
    setting = Setting(conversations=100, repeats=3, drop=drop, looks=4)
    assert least <= judge_by_chance(setting, RUNS, seed=4).asked <= most


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rates, differences = cover(Setting(conversations=50, repeats=5), RUNS, seed=5)
    assert rates >= 0.92
    assert differences >= 0.92
