from __future__ import annotations

from dataclasses import replace

import pytest

from harness.conversation.transcript import Failure
from harness.run.requests.patience import (
    MAX_TRIES,
    RetryState,
    choose_pause,
    is_last,
    may_succeed_later,
    wait_before,
)
from harness.run.requests.rate_limiter import RateLimiter
from tests.unit.run.stepped_clock import SteppedClock


def busy(retry_after_s: float | None) -> Failure:
    return Failure("server", "busy", 503, "503", True, retry_after_s)


def throttled(retry_after_s: float | None) -> Failure:
    return Failure("rate_limit", "slow down", 429, "429", True, retry_after_s)


def test_what_is_not_retryable_is_not_tried_again() -> None:
    assert wait_before(Failure("bad_request", "no", 400), 1, 0.0, 0.5) is None


def test_a_request_is_tried_five_times() -> None:
    failure = Failure("server", "down", 500, retryable=True)
    assert wait_before(failure, MAX_TRIES - 1, 0.0, 0.5) is not None
    assert wait_before(failure, MAX_TRIES, 0.0, 0.5) is None


def test_what_the_service_asks_for_is_waited_and_a_little_more() -> None:
    assert wait_before(busy(10.0), 1, 0.0, 0.0) == 10.0
    assert wait_before(busy(10.0), 1, 0.0, 0.99) == pytest.approx(10.99)


@pytest.mark.parametrize("asked", [86_400.0, 121.0, float("inf")])
def test_a_wait_that_means_never_is_not_waited(asked: float) -> None:
    assert wait_before(busy(asked), 1, 0.0, 0.0) is None


@pytest.mark.parametrize("asked", [0.0, -5.0])
def test_a_date_in_the_past_means_now(asked: float) -> None:
    assert wait_before(busy(asked), 1, 0.0, 0.5) == 0.0


@pytest.mark.parametrize("asked", [0.0, 0.02, -5.0])
def test_from_the_second_refusal_on_a_tiny_hint_is_no_shorter_than_ones_own_backoff(
    asked: float,
) -> None:
    refused = busy(asked)
    silent = replace(refused, retry_after_s=None)
    for tries in (2, 3, 4):
        assert wait_before(refused, tries, 0.0, 0.5) == wait_before(silent, tries, 0.0, 0.5)
    assert wait_before(refused, 1, 0.0, 0.5) == pytest.approx(max(0.0, asked) * 1.05)
    assert wait_before(replace(refused, retry_after_s=30.0), 3, 0.0, 0.0) == 30.0


def test_without_a_word_from_the_service_the_wait_doubles_and_is_jittered() -> None:
    failure = Failure("server", "down", 503, retryable=True)
    longest = [wait_before(failure, tries, 0.0, 1.0) for tries in (1, 2, 3, 4)]
    shortest = [wait_before(failure, tries, 0.0, 0.0) for tries in (1, 2, 3, 4)]
    assert longest == [0.5, 1.0, 2.0, 4.0]
    assert shortest == [0.25, 0.5, 1.0, 2.0]


def test_a_header_that_is_no_number_says_nothing() -> None:
    assert wait_before(busy(float("nan")), 1, 0.0, 1.0) == 0.5


def test_all_waits_of_a_request_together_have_an_end() -> None:
    assert wait_before(busy(100.0), 2, 250.0, 0.0) is None
    assert wait_before(busy(100.0), 2, 200.0, 0.0) == 100.0


@pytest.mark.parametrize("asked", [None, 0.0, -5.0, float("nan"), 0.02])
def test_a_pause_has_a_floor_whatever_the_service_asks_for(asked: float | None) -> None:
    pauses = [choose_pause(throttled(asked), held_off, 0.0, 1.0) for held_off in range(9)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert choose_pause(throttled(asked), 0, 0.0, 0.0) == 0.25, "jittered"


def test_a_pause_is_what_the_service_asks_for_and_a_little_more() -> None:
    assert choose_pause(throttled(22.0), 0, 0.0, 0.0) == 22.0
    assert choose_pause(throttled(22.0), 0, 0.0, 0.99) == pytest.approx(24.178)


@pytest.mark.parametrize("asked", [86_400.0, 121.0, float("inf")])
def test_a_pause_that_means_never_is_none(asked: float) -> None:
    assert choose_pause(throttled(asked), 0, 0.0, 0.0) is None


def test_a_deployment_that_refuses_for_an_hour_is_given_up() -> None:
    assert choose_pause(throttled(60.0), 50, 3_500.0, 0.0) == 60.0
    assert choose_pause(throttled(60.0), 50, 3_580.0, 0.0) is None


def test_rate_limits_take_nothing_of_the_patience_with_other_failures() -> None:
    limiter, state = RateLimiter(SteppedClock(), 1), RetryState()
    for _ in range(50):
        state.after(throttled(1.0), limiter, 0.0)
    assert state.next_s == 1.0
    for _ in range(MAX_TRIES - 1):
        state.after(busy(1.0), limiter, 0.0)
        assert state.next_s is not None
    state.after(busy(1.0), limiter, 0.0)
    assert state.next_s is None


def test_an_unpaid_bill_is_no_storm_that_passes() -> None:
    assert is_last(Failure("rate_limit", "no credit", 429, "insufficient_quota"), reached=True)
    assert not is_last(throttled(1.0), reached=True)


def test_an_unpaid_bill_and_a_request_that_never_fits_are_not_retried() -> None:
    assert may_succeed_later(429, "rate_limit", "", "slow down", None)
    assert not may_succeed_later(429, "rate_limit", "Insufficient_Quota", "slow down", None)
    assert not may_succeed_later(429, "rate_limit", "", "Request too large for the model", None)


def test_a_server_that_lacks_what_was_asked_for_is_not_asked_again() -> None:
    assert may_succeed_later(500, "server", "", "", None)
    assert not may_succeed_later(501, "server", "", "", None)
