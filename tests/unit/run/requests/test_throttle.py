"""The kinds of 429s: which limit refused, and what is said of it."""

from __future__ import annotations

import pytest

from harness.conversation.limits import LimitHeaders
from harness.conversation.transcript import Failure
from harness.run.requests.throttle import (
    explain_throttle,
    find_throttle,
    name_throttle,
    read_throttle,
)
from harness.run.targets import Target

MINI = Target("sweden/mini", "deployment", "sweden", "mini")
OLD = "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-08-01-preview have exceeded {} rate limit of your current OpenAI S0 pricing tier. Please retry after 22 seconds."  # noqa: E501
NEW = "Your requests to gpt-5.1 for gpt-5.1 in East US 2 have exceeded the {} rate limit for your current AIServices S0 pricing tier. This request was for ChatCompletions_Create"  # noqa: E501
DEMAND = "The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after 20 seconds"  # noqa: E501


@pytest.mark.parametrize(
    ("code", "message", "wait_s", "kind"),
    [
        ("429", OLD.format("token"), 22.0, "tokens"),
        ("429", OLD.format("call"), 22.0, "requests"),
        ("429", NEW.format("token"), None, "tokens"),
        ("RateLimitReached", "Your requests to M for D have exceeded rate limit.", 1.0, "quota"),
        ("429", DEMAND, 20.0, "capacity"),
        ("NoCapacity", "No capacity is available", None, "capacity"),
        ("429", NEW.format("token"), 86_400.0, "too_large"),
        ("rate_limit_exceeded", "Request too large for gpt-4o: Limit 30000", None, "too_large"),
        ("rate_limit_exceeded", "Rate limit reached on requests per min (RPM)", 0.1, "requests"),
        ("rate_limit_exceeded", "Rate limit reached on tokens per min (TPM)", 0.1, "tokens"),
        ("insufficient_quota", "You exceeded your current quota", None, "billing"),
        ("insufficient_quota", "You exceeded your current quota", 86_400.0, "billing"),
        ("", "", None, "quota"),
    ],
)
def test_the_services_words_tell_which_limit_it_was(
    code: str, message: str, wait_s: float | None, kind: str
) -> None:
    assert find_throttle(code, message, wait_s) == kind


def test_a_header_tells_it_where_words_do_not() -> None:
    limits = LimitHeaders(refused="tokens")
    assert read_throttle(Failure("rate_limit", "slow down", 429, limits=limits)) == "tokens"
    assert read_throttle(Failure("server", "slow down", 503, limits=limits)) is None


def test_the_end_of_a_request_says_which_limit_and_what_helps() -> None:
    never = Failure("rate_limit", NEW.format("token"), 429, "429", retry_after_s=86_400.0)
    said = explain_throttle(never, MINI, 30_601)
    assert "can never fit the token limit of sweden/mini: it takes about 30,601 tokens" in said
    assert "lower max_output_tokens or raise the capacity" in said
    said = explain_throttle(Failure("rate_limit", DEMAND, 429, "429"), MINI, 10)
    assert "more quota does not help" in said
    said = explain_throttle(Failure("rate_limit", OLD.format("call"), 429), MINI, 10)
    assert said.startswith("request limit of sweden/mini: ")
    said = explain_throttle(Failure("rate_limit", "no", 429, "insufficient_quota"), MINI, 10)
    assert said.startswith("billing: ")


def test_a_pause_names_the_limit_that_it_is_for() -> None:
    assert name_throttle("tokens", "sweden/mini") == "token limit of sweden/mini"
    assert "not your quota" in name_throttle("capacity", "sweden/mini")
