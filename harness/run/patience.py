"""Decide how often and how long a request is tried. Values in, values out."""

from __future__ import annotations

from math import isnan

from harness.conversation.transcript import Failure

MAX_TRIES = 5
LONGEST_WAIT_S = 120.0
"""A service that asks for more than this is not waited for: Azure's 86400 means *never*."""
TOTAL_WAIT_S = 300.0
"""Seconds of waiting between tries of one request, all together; under rate limits, seconds in
which nobody got an answer from the target."""
FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 8.0
LAST_KINDS = frozenset({"auth", "not_found"})
OUT_OF_CREDIT = "insufficient_quota"
"""OpenAI's code for a bill that is not paid: a 429 that no waiting ends."""


def wait_before(
    failure: Failure, tries: int, waited_s: float, chance: float, *, forgiven: int = 0
) -> float | None:
    """Seconds until the next try, or None when there will be none.

    What the service asks for is honoured and lengthened by up to a tenth, so that waiters do not
    return in step; where it says nothing, the wait doubles from half a second to eight, of which a
    random half is kept.

    Args:
        failure: what the last try met.
        tries: how many were made.
        waited_s: what was waited between them so far.
        chance: uniform in [0, 1).
        forgiven: how many of the tries do not count: others got their answers meanwhile.
    """
    if not failure.retryable or tries - forgiven >= MAX_TRIES:
        return None
    asked = failure.retry_after_s
    if asked is not None and not isnan(asked):
        if asked > LONGEST_WAIT_S:
            return None
        wait = max(0.0, asked) * (1 + chance / 10)
    else:
        wait = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(tries - 1, 8)) * (0.5 + chance / 2)
    return wait if waited_s + wait <= TOTAL_WAIT_S else None


def is_last(failure: Failure) -> bool:
    """Return whether the next request would fail alike: the target is then not asked again."""
    return failure.kind in LAST_KINDS or failure.code == OUT_OF_CREDIT
