"""Classify 429s: which limit refused, whether waiting helps, and what else would."""

from __future__ import annotations

import re
from typing import Final, Literal

from harness.conversation.limits import LimitKind
from harness.conversation.transcript import Failure
from harness.run.targets import Target

ThrottleKind = Literal["tokens", "requests", "quota", "capacity", "too_large", "billing"]
"""The kinds of a 429.

``tokens`` and ``requests`` are quotas, ``quota`` is one of them, nobody says which; ``capacity`` is
a region's, and more quota does not help; ``too_large`` will never fit; ``billing`` is not paid.
"""

LONGEST_WAIT_S: Final = 120.0
"""A service that asks for more than this says *never*: Azure answers 86400 to a request that can
not fit its rate limit. Source: facts on the data plane, 1.2; openai-python gives up there too."""

_ROWS: Final[tuple[tuple[str, ThrottleKind], ...]] = (
    (r"insufficient_quota|exceeded your current quota, please check your plan", "billing"),
    (r"request too large|can never be", "too_large"),
    (r"high demand|peak load|\bno ?capacity|overloaded|at capacity", "capacity"),
    (r"token rate limit|tokens per (?:min|day)|\bTP[MD]\b", "tokens"),
    (r"(?:call|request) rate limit|requests per (?:min|day)|\bRP[MD]\b", "requests"),
)
"""Words of services, codes among them, first match.

Source: facts on the data plane, 1.2 and 7 (2023 to 2026); ``insufficient_quota`` is OpenAI's code
for a bill that is not paid.
"""

_LIMITS: Final[dict[ThrottleKind, str]] = {
    "tokens": "token limit",
    "requests": "request limit",
    "quota": "rate limit",
}
HELD_OFF: Final[frozenset[ThrottleKind]] = frozenset({"tokens", "requests", "quota", "capacity"})
"""Kinds that waiting ends."""


def find_throttle(
    code: str, message: str, wait_s: float | None, policy: LimitKind | None = None
) -> ThrottleKind:
    """Return which limit a 429 tells of.

    Args:
        code: the service's own code, "" for none.
        message: the service's words.
        wait_s: seconds that it asks to wait, None where it does not say.
        policy: the limit that a header names, None where none does.
    """
    said = f"{code} {message}"
    rows = (kind for words, kind in _ROWS if re.search(words, said, re.IGNORECASE))
    kind = next(rows, policy or "quota")
    if kind != "billing" and wait_s is not None and wait_s > LONGEST_WAIT_S:
        return "too_large"
    return kind


def read_throttle(failure: Failure) -> ThrottleKind | None:
    """Return which limit refused a request; None for a failure of another kind."""
    if failure.kind != "rate_limit":
        return None
    policy = None if failure.limits is None else failure.limits.refused
    return find_throttle(failure.code, failure.message, failure.retry_after_s, policy)


def describe_limit(kind: ThrottleKind) -> str:
    """Return what is waited for, in two words: ``token limit``."""
    return "region's capacity" if kind == "capacity" else _LIMITS.get(kind, "rate limit")


def name_throttle(kind: ThrottleKind, target: str) -> str:
    """Return in words which limit this is: ``token limit of sweden/mini``."""
    if kind == "capacity":
        return f"the region of {target} is at its capacity, which is not your quota"
    return f"{_LIMITS.get(kind, 'rate limit')} of {target}"


def explain_throttle(failure: Failure, target: Target, tokens: int) -> str:
    """Return what to say where a 429 is the end of a request, with what helps.

    Args:
        failure: the last refusal.
        target: who refused.
        tokens: what the request takes of a token limit, as far as that is known.
    """
    said = failure.message
    match read_throttle(failure):
        case "too_large":
            return (
                f"the request can never fit the token limit of {target.name}: it takes about "
                f"{tokens:,} tokens, prompt and max_output_tokens together; lower "
                f"max_output_tokens or raise the capacity. The service said: {said}"
            )
        case "capacity":
            return (
                f"the region of {target.name} was at its capacity all the time, which more quota "
                f"does not help: try later, or another region or SKU. The service said: {said}"
            )
        case "billing":
            return f"billing: the account of {target.name} has no credit left; pay it. {said}"
        case None:
            return said
        case kind:
            return f"{name_throttle(kind, target.name)}: {said}"
