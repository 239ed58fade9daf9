"""Rate limits in headers, in every form that they were seen in."""

from __future__ import annotations

import pytest

from harness.conversation.limits import WindowHeaders
from harness.providers.failures import ServiceError, classify
from harness.providers.limits import read_limit_headers, read_span

BEFORE, NOW, LATER = (
    f"Sat, 28 Nov 2026 {time} GMT" for time in ("19:00:00", "20:00:00", "20:00:30")
)


def test_the_headers_of_2026_are_read_with_their_periods() -> None:
    limits = read_limit_headers(
        {
            "x-ratelimit-limit-tokens": "120000",
            "x-ratelimit-remaining-tokens": "119986",
            "x-ratelimit-reset-tokens": "7",
            "x-ratelimit-renewalperiod-tokens": "60",
        },
        refused=False,
    )
    assert limits is not None
    assert limits.tokens == WindowHeaders(120_000, 119_986, 0.007, 60)
    assert limits.requests == WindowHeaders()


def test_an_answer_without_such_headers_tells_nothing() -> None:
    assert read_limit_headers({"content-type": "application/json"}, refused=False) is None


@pytest.mark.parametrize(
    ("text", "refused", "seconds"),
    [
        ("500", False, 0.5),
        ("120ms", False, 0.12),
        ("6m0s", False, 360.0),
        ("1h2m3.5s", False, 3723.5),
        ("8.64s", True, 8.64),
        ("4", True, 4.0),
        ("22000", True, 22.0),
        ("0", False, 0.0),
        ("-5", True, None),
        ("nan", True, None),
        ("inf", True, None),
        ("soon", True, None),
        ("", True, None),
        (None, True, None),
    ],
)
def test_a_reset_is_read_in_whatever_unit_it_has(
    text: str | None, refused: bool, seconds: float | None
) -> None:
    assert read_span(text, refused=refused) == (None if seconds is None else pytest.approx(seconds))


def test_nonsense_in_a_count_is_no_count() -> None:
    limits = read_limit_headers(
        {"x-ratelimit-limit-tokens": "-1", "x-ratelimit-limit-requests": "many",
         "x-ratelimit-remaining-requests": "3"},
        refused=False,
    )  # fmt: skip
    assert limits is not None
    assert (limits.tokens.limit, limits.requests) == (None, WindowHeaders(None, 3))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "22"}, 22.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after-ms": "0", "retry-after": "1"}, 1.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "86400"}, 86_400.0),
        ({"retry-after": LATER, "date": NOW}, 30.0),
        ({"retry-after": BEFORE, "date": NOW}, 0.0),
        ({"retry-after": BEFORE}, None),
        ({"retry-after": "Yesterday, all my troubles"}, None),
        ({"x-rate-limit-reset-tokens": "55", "policy-id": "DeploymentRatelimit-Token"}, 55.0),
        ({"x-ratelimit-reset-requests": "4", "policy-id": "DeploymentRatelimit-Call"}, 4.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "17000",
          "x-ratelimit-remaining-requests": "9", "x-ratelimit-reset-requests": "400"}, 17.0),
        ({}, None),
    ],
)  # fmt: skip
def test_every_form_of_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    failure = classify(429, headers, ServiceError("429", "slow down"))
    assert failure.retry_after_s == seconds
    assert failure.retryable is (seconds is None or seconds <= 120)


def test_a_refusal_tells_the_limit_that_a_policy_names() -> None:
    headers = {"policy-id": "DeploymentRatelimit-Call"}
    failure = classify(429, headers, ServiceError("429", ""))
    assert failure.limits is not None
    assert failure.limits.refused == "requests"
