"""An estimate of what would settle a result is as much as the arithmetic of its variance says."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.needed import estimate_needed
from harness.compare.comparison.paired import SharePair, compare_shares
from harness.compare.statistics import Share, normal_quantile
from harness.results.model import Totals
from harness.spec.model.spec import Gate
from tests.unit.compare.comparison.made import BASE, HEAD, results, scores

GATE = Gate()
PAIRS: list[SharePair] = [
    (Share(a, 3), Share(b, 3)) for a, b in [(3, 2), (2, 3), (1, 2), (2, 1), (3, 3), (2, 2)] * 5
]


def test_repeats_bring_the_variance_of_the_mean_down_to_what_the_margin_allows() -> None:
    needed = estimate_needed(PAIRS, compare_shares(PAIRS, alpha=0.05), GATE)
    assert needed is not None
    assert needed.repeats is not None
    shares = [(a.passed / 3, b.passed / 3) for a, b in PAIRS]
    spread = statistics.variance(b - a for a, b in shares)
    within = statistics.fmean(sum(p * (1 - p) / 2 for p in pair) for pair in shares)
    allowed = len(PAIRS) * (0.05 / (normal_quantile(0.95) + normal_quantile(0.8))) ** 2

    def vary(repeats: int) -> float:
        return max(0.0, spread - within) + within * 3 / repeats

    assert vary(needed.repeats) <= allowed < vary(needed.repeats - 1)


def test_no_number_of_repeats_helps_where_conversations_differ_or_one_repeat_tells_nothing() -> (
    None
):
    apart: list[SharePair] = [(Share(3, 3), Share(0, 3)), (Share(0, 3), Share(3, 3))] * 5
    once: list[SharePair] = [(Share(1, 1), Share(0, 1)), (Share(0, 1), Share(1, 1))] * 5
    for pairs in (apart, once):
        needed = estimate_needed(pairs, compare_shares(pairs, alpha=0.05), GATE)
        assert needed is not None
        assert needed.repeats is None
        assert needed.conversations is not None
        assert needed.conversations > 10


def test_where_a_fall_is_too_small_to_count_and_too_large_to_pass_nothing_settles_it() -> None:
    gate = Gate(margin=0.005, min_effect=0.5)
    pairs: list[SharePair] = [(Share(1, 1), Share(0, 1)), *[(Share(1, 1), Share(1, 1))] * 9]
    assert estimate_needed(pairs, compare_shares(pairs, alpha=0.05), gate) is None


def test_the_time_is_that_of_both_sides_at_the_pace_of_the_head() -> None:
    head = replace(HEAD, totals=Totals(trials=60, wall_s=120.0))
    found = compare_scores(scores(results([3] * 20), BASE), scores(results([3] * 20), head), GATE)
    needed = found.pairs[0].needed
    assert needed is not None
    assert needed.minutes == pytest.approx(2 * 39 * 3 * 2.0 / 60)
    replayed = replace(head, replayed=True)
    found = compare_scores(
        scores(results([3] * 20), BASE), scores(results([3] * 20), replayed), GATE
    )
    assert found.pairs[0].needed == replace(needed, minutes=None)
