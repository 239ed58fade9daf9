"""Percentiles with the doubt that their number leaves, and the waiting of turns."""

from __future__ import annotations

import random

import pytest

from harness.compare.percentiles import Percentile, bound_percentile, find_percentiles
from harness.compare.times import TimesTally, TurnTime
from harness.conversation.transcript import Effort, Exchange, Reply


def test_the_reference_values_of_order_statistics() -> None:
    whole = find_percentiles([float(value) for value in range(1, 101)])
    assert whole is not None
    assert (whole.p50.low, whole.p50.high) == (40, 61)
    assert (whole.p95.low, whole.p95.high) == (90, 100)
    half = find_percentiles([float(value) for value in range(1, 51)])
    assert half is not None
    assert (half.p95.low, half.p95.high) == (44, None)


@pytest.mark.parametrize(("share", "least"), [(0.95, 72), (0.99, 368)])
def test_an_upper_end_is_estimable_from_so_many_values_on(share: float, least: int) -> None:
    assert bound_percentile(least, share)[1] is not None
    assert bound_percentile(least - 1, share)[1] is None


# From scipy.stats.quantile_test(range(n), q=0, p=share).confidence_interval(0.95).
SCIPY: dict[float, list[tuple[int, int | None, int | None]]] = {
    0.5: [(1, None, None), (7, 0, 6), (30, 9, 20), (72, 27, 44), (20_000, 9_860, 10_139)],
    0.95: [(1, None, None), (7, 4, None), (72, 63, 71), (20_000, 18_938, 19_060)],
    0.99: [(1, 0, None), (30, 27, None), (1_000, 982, 996), (20_000, 19_771, 19_827)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [(share, *known) for share, rows in SCIPY.items() for known in rows],
)
def test_the_bounds_are_those_of_scipy(
    share: float, count: int, low: int | None, high: int | None
) -> None:
    assert bound_percentile(count, share) == (low, high)


def test_the_interval_holds_the_true_percentile_as_often_as_it_says() -> None:
    chance = random.Random(7)
    true = 2.9957322735539909  # of the exponential distribution, at 95 %
    held = 0
    for _ in range(400):
        found = find_percentiles([chance.expovariate(1) for _ in range(200)])
        assert found is not None
        assert found.p95.low is not None
        assert found.p95.high is not None
        held += found.p95.low <= true <= found.p95.high
    assert held / 400 >= 0.93


def test_nothing_has_no_percentiles_and_one_value_has_no_interval() -> None:
    assert find_percentiles([]) is None
    one = find_percentiles([2.0])
    assert one is not None
    assert one.p95 == Percentile(2.0, None, None)


def ask(number: int, latency_s: float | None, effort: Effort | None = None) -> Exchange:
    reply = None if latency_s is None else Reply("Yes.", "stop", latency_s=latency_s, ttft_s=0.2)
    return Exchange(number, "Well?", reply, effort=effort or Effort())


def test_turns_are_told_apart_by_their_place_and_by_their_waiting() -> None:
    tally = TimesTally()
    tally.add(ask(1, 1.0, Effort(1, 2, 0.75)))
    tally.add(ask(1, 3.0, Effort(queued_s=0.01)))
    tally.add(ask(2, 5.0, Effort(requests=3, attempts=3)))
    tally.add(ask(2, None, Effort(1, 4, 9.0)))
    tally.add(ask(3, 0.0))
    times = tally.times()
    assert (times.asked, times.queued, times.repeated) == (5, 2, 2)
    assert times.queued_s == pytest.approx(9.76)
    first = find_percentiles([1.0, 3.0])
    second = find_percentiles([5.0])
    assert first is not None
    assert second is not None
    # The third turn was answered, and nobody measured it: that is no zero.
    assert times.turns == (TurnTime(1, first), TurnTime(2, second))
    assert times.latency == find_percentiles([1.0, 3.0, 5.0])
    assert times.ttft == find_percentiles([0.2] * 4)
