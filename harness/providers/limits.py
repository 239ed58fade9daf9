"""Read what an answer's headers tell of its deployment's rate limits, whatever form they have.

Source: headers recorded 2023 to 2026 and the facts on the data plane: on Azure a bare number in
``x-ratelimit-reset-*`` counts milliseconds; OpenAI writes ``120ms`` and ``6m0s``; the refusals of
2023 had seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from harness.conversation.limits import LimitHeaders, LimitKind, WindowHeaders

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNIT_S: Final = {"ms": 0.001, "h": 3600.0, "m": 60.0, "s": 1.0}
_MOST_PLAUSIBLE_S: Final = 120.0
"""A bare number of a refusal up to this counts seconds: no deployment refuses for 55 ms."""


def read_limit_headers(headers: Mapping[str, str], *, refused: bool) -> LimitHeaders | None:
    """Return what these headers, in lower case, tell of rate limits; None where they tell nothing.

    Args:
        headers: an answer's.
        refused: whether the answer is a 429.
    """
    requests = _read_window(headers, "requests", refused=refused)
    tokens = _read_window(headers, "tokens", refused=refused)
    policy = _find_policy(headers.get("policy-id", "")) if refused else None
    if requests is None and tokens is None and policy is None:
        return None
    return LimitHeaders(requests or WindowHeaders(), tokens or WindowHeaders(), policy)


def read_span(text: str | None, *, refused: bool) -> float | None:
    """Return the seconds that a reset header tells of; None where it is none that is known."""
    if not text:
        return None
    text = text.strip()
    found = _SPAN.findall(text)
    if found and "".join(number + unit for number, unit in found) == text:
        return sum(float(number) * _UNIT_S[unit] for number, unit in found)
    try:
        number = float(text)
    except ValueError:
        return None
    if not 0.0 <= number < float("inf"):
        return None
    return number if refused and number <= _MOST_PLAUSIBLE_S else number / 1000


def _read_window(
    headers: Mapping[str, str], name: LimitKind, *, refused: bool
) -> WindowHeaders | None:
    limit = _read_count(headers.get(f"x-ratelimit-limit-{name}"))
    remaining = _read_count(headers.get(f"x-ratelimit-remaining-{name}"))
    # Recorded in 2023: `x-rate-limit-reset-tokens`, with one hyphen more.
    reset = headers.get(f"x-ratelimit-reset-{name}") or headers.get(f"x-rate-limit-reset-{name}")
    if limit is None and remaining is None and reset is None:
        return None
    period = _read_count(headers.get(f"x-ratelimit-renewalperiod-{name}"))
    return WindowHeaders(limit, remaining, read_span(reset, refused=refused), period or None)


def _find_policy(policy: str) -> LimitKind | None:
    if "token" in policy.lower():
        return "tokens"
    return "requests" if "call" in policy.lower() else None


def _read_count(text: str | None) -> int | None:
    """Return a whole number of at least 0; a service's -1 for *no limit* is none."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if 0.0 <= number < 1e15 else None
