"""Decide what is tried again, how often, and after how long: patience with a service.

Values in, values out. The rate limiter keeps the pauses of a target that are decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan

from harness.conversation.transcript import NOT_SENT, ErrorKind, Failure
from harness.run.requests.rate_limiter import RateLimiter

MAX_TRIES = 5
LONGEST_WAIT_S = 120.0
"""A service that asks for more than this says *never*: Azure answers 86400 to a request that can
not fit its rate limit. Source: facts on the data plane, 1.2; openai-python gives up there too."""
TOTAL_WAIT_S = 300.0
"""Seconds of waiting between tries of one request, all together; under rate limits, seconds in
which nobody got an answer from the target."""
FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 8.0
LAST_KINDS = frozenset({"auth", "not_found"})
OUT_OF_CREDIT = "insufficient_quota"
"""OpenAI's code for a bill that is not paid: a 429 that no waiting ends."""
_TOO_LARGE = re.compile(r"request too large|can never be", re.IGNORECASE)


def may_succeed_later(
    status: int, kind: ErrorKind, code: str, message: str, wait_s: float | None
) -> bool:
    """Return whether the same request may be answered when it is sent again.

    Args:
        status: the HTTP status.
        kind: what the answer was classified as.
        code: the service's own code, "" for none.
        message: the service's words.
        wait_s: seconds that the service asks to wait, None where it says nothing.
    """
    if wait_s is not None and wait_s > LONGEST_WAIT_S:
        return False
    if kind == "rate_limit":
        return code.lower() != OUT_OF_CREDIT and not _TOO_LARGE.search(message)
    return kind in ("timeout", "server") and status != 501


def wait_before(
    failure: Failure, tries: int, waited_s: float, chance: float, *, forgiven: int = 0
) -> float | None:
    """Return the seconds until the next try, or None when there will be none.

    What the service asks for is honoured and lengthened by up to a tenth, so that waiters do not
    return in step; where it says nothing, the wait doubles from half a second to eight, of which a
    random half is kept. From the second refusal on that is the least, whatever the service asks:
    one that asks for nothing, or for 20 ms, and refuses again does not know how long it will be.

    Args:
        failure: what the last try met.
        tries: how many were made.
        waited_s: what was waited between them so far.
        chance: uniform in [0, 1).
        forgiven: how many of the tries do not count: others got their answers meanwhile.
    """
    if not failure.retryable or tries - forgiven >= MAX_TRIES:
        return None
    wait = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(tries - 1, 8)) * (0.5 + chance / 2)
    asked = failure.retry_after_s
    if asked is not None and not isnan(asked):
        if asked > LONGEST_WAIT_S:
            return None
        wanted = max(0.0, asked) * (1 + chance / 10)
        wait = wanted if tries < 2 else max(wait, wanted)
    return wait if waited_s + wait <= TOTAL_WAIT_S else None


def is_last(failure: Failure, replies: int) -> bool:
    """Return whether the next request would fail alike: the target is then not asked again.

    Args:
        failure: what the last try of a request met.
        replies: how many answers the target has given. One that gave some may be out of reach for
            a moment; one that never gave any is not there.
    """
    if failure.code == NOT_SENT:
        return replies == 0
    return failure.kind in LAST_KINDS or failure.code == OUT_OF_CREDIT


@dataclass(slots=True)
class RetryState:
    """The state of retrying one request.

    Attributes:
        queued_s: seconds that it stood in a queue, or waited.
        waited_s: seconds between its tries that were not its target's pauses.
        forgiven: tries that do not count against it: others were answered meanwhile.
        seen: how many answers its target had given when it was last held off.
        next_s: seconds until the next try, None when there will be none.
    """

    number: int = 1
    queued_s: float = 0.0
    waited_s: float = 0.0
    forgiven: int = 0
    seen: int = 0
    next_s: float | None = None

    def after(self, failure: Failure, limiter: RateLimiter, chance: float) -> None:
        """Decide when to try again, if at all.

        Under a rate limit the wait grows with the target's pauses, and only the tries count since
        anybody was answered, and the time.
        """
        if failure.kind != "rate_limit":
            self.next_s = wait_before(failure, self.number, self.waited_s, chance)
            return
        if limiter.replies > self.seen:
            self.forgiven, self.seen = self.number - 1, limiter.replies
        own = self.number - self.forgiven
        tries = max(own, limiter.held_off + 1)
        self.next_s = wait_before(failure, tries, limiter.barren_s, chance, forgiven=tries - own)
