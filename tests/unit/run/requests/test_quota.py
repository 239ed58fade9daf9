"""The quota of a deployment: what may be sent when, and when it is worth asking again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.azure.offers_data import RateLimit
from harness.conversation.limits import LimitHeaders, WindowHeaders
from harness.run.requests.quota import FILL, Quota, QuotaSign, QuotaWindow

MINI = (RateLimit("request", 80, 10), RateLimit("token", 80_000, 60))


def test_no_more_than_95_percent_of_a_window_is_taken_in_any_of_its_periods() -> None:
    quota, now = Quota.of(MINI), 1000.0
    sent = 0
    while not quota.take(1, 100, now):
        sent += 1
    assert sent == 76
    wait = quota.take(1, 100, now)
    assert 10.0 <= wait <= 10.1
    assert quota.take(1, 100, now + wait) == 0.0


def test_of_a_window_of_few_requests_all_are_used_in_a_period_that_is_a_little_longer() -> None:
    quota = Quota.of((RateLimit("request", 2, 10),))
    assert [quota.take(1, 0, 5.0), quota.take(1, 0, 5.0)] == [0.0, 0.0]
    assert quota.take(1, 0, 5.0) == pytest.approx(10.53, abs=0.06)


def test_tokens_are_counted_beside_requests() -> None:
    quota = Quota.of(MINI)
    assert [quota.take(1, 38_000, 5.0), quota.take(1, 38_000, 5.0)] == [0.0, 0.0]
    assert quota.take(1, 1, 5.0) == pytest.approx(60.0, abs=0.4)


def test_what_is_larger_than_the_window_passes_when_the_window_is_empty() -> None:
    quota = Quota.of((RateLimit("token", 1_000, 60),))
    assert quota.take(1, 128_000, 7.0) == 0.0
    wait = quota.take(1, 128_000, 7.0)
    assert quota.take(1, 128_000, 7.0 + wait - 0.5) > 0.0
    assert quota.take(1, 128_000, 7.0 + wait) == 0.0


def test_without_windows_nothing_is_paced() -> None:
    quota = Quota.of(())
    assert {quota.take(1, 10**9, 3.0) for _ in range(100)} == {0.0}


def test_a_pause_holds_off_everybody_and_then_one_tries_alone() -> None:
    quota = Quota.of(MINI)
    assert quota.take(1, 10, 50.0) == 0.0
    quota.observe(QuotaSign(10, 50.0, refused="tokens", wait_s=20.0), 51.0)
    assert quota.take(1, 10, 60.0) == 11.0
    assert quota.take(1, 10, 71.0) == 0.0, "the probe"
    assert quota.take(1, 10, 71.5) > 0.0, "nobody else until it is answered"
    quota.observe(QuotaSign(10, 71.0), 72.0)
    assert quota.take(1, 10, 72.0) == 0.0


def test_the_rate_is_cut_once_an_episode_and_rises_by_a_fiftieth_a_clean_period() -> None:
    quota = Quota.of(MINI)
    for late in (0.0, 0.1, 0.2):
        quota.observe(QuotaSign(10, 50.0, refused="tokens", wait_s=5.0), 51.0 + late)
    assert quota.factor == 0.7
    quota.observe(QuotaSign(10, 57.0, refused="tokens", wait_s=5.0), 58.0)
    assert quota.factor == 0.7, "nobody was answered meanwhile: the same episode"
    quota.observe(QuotaSign(10, 64.0), 65.0)
    quota.observe(QuotaSign(10, 66.0, refused="requests", wait_s=1.0), 67.0)
    assert quota.factor == pytest.approx(0.49)
    quota.observe(QuotaSign(10, 69.0), 70.0)
    quota.observe(QuotaSign(10, 128.0), 128.0)
    assert quota.factor == pytest.approx(0.51)


@pytest.mark.parametrize("told", [50, 200])
def test_a_limit_that_headers_tell_anew_is_the_limit_from_then_on(told: int) -> None:
    quota = Quota.of((RateLimit("request", 100, 60),))
    headers = LimitHeaders(requests=WindowHeaders(limit=told, remaining=told - 1, period_s=60.0))
    quota.take(1, 0, 5.0)
    quota.observe(QuotaSign(0, 5.0, headers), 5.5)
    sent = 1
    while not quota.take(1, 0, 6.0):
        sent += 1
    assert sent == told * FILL // 1


def test_a_quota_that_was_left_alone_for_an_hour_is_what_it_was() -> None:
    quota = Quota.of(MINI)
    quota.observe(QuotaSign(10, 50.0, refused="tokens", wait_s=5.0), 51.0)
    quota.observe(QuotaSign(10, 56.0), 51.0 + 3 * 60)
    assert quota.factor == pytest.approx(0.76)
    quota.observe(QuotaSign(10, 3_700.0), 3_700.0)
    assert quota.factor == 1.0


def test_the_rate_is_never_below_a_twentieth() -> None:
    quota, now = Quota.of(MINI), 0.0
    for _ in range(20):
        quota.observe(QuotaSign(10, now, refused="tokens"), now)
        quota.observe(QuotaSign(10, now + 1), now + 1)
        now += 2
    assert quota.factor == 0.05


def test_a_region_at_its_capacity_is_no_reason_to_send_less_of_ones_quota() -> None:
    quota = Quota.of(MINI)
    quota.observe(QuotaSign(10, 50.0, refused="capacity", wait_s=20.0), 51.0)
    assert (quota.factor, quota.take(1, 10, 60.0)) == (1.0, 11.0)


AMOUNTS = st.lists(st.tuples(st.floats(0.0, 30.0), st.integers(1, 400)), min_size=1, max_size=60)


@given(AMOUNTS, st.integers(100, 1_000), st.sampled_from([1, 10, 60]), st.floats(0.05, 1.0))
def test_whatever_is_drawn_no_period_holds_more_than_its_share(
    wanted: list[tuple[float, int]], count: int, period: int, factor: float
) -> None:
    window, now = QuotaWindow(count, period), 1234.5
    taken: list[tuple[float, int]] = []
    for pause, amount in wanted:
        now += pause
        for _ in range(3):
            if not window.wait(amount, now, factor):
                window.take(amount, now)
                taken.append((now, amount))
    for begin, first in taken:
        within = [amount for at, amount in taken if begin <= at < begin + period]
        assert sum(within) <= count * FILL * factor + 1e-6 or within == [first]


@given(AMOUNTS, st.integers(10, 1_000))
def test_who_asks_again_when_told_is_served_in_the_end(
    wanted: list[tuple[float, int]], count: int
) -> None:
    quota, now = Quota.of((RateLimit("token", count, 60), RateLimit("request", 3, 1))), 99.0
    for _, amount in wanted:
        for _ in range(20):
            wait = quota.take(1, amount, now)
            if not wait:
                break
            now += wait
        else:
            raise AssertionError(f"{amount} never passed")
