"""Decide what is tried again, how often, and after how long: patience with a service.

Values in, values out. The rate limiter keeps the pauses of a target that are decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from harness.conversation.limits import LimitKind
from harness.conversation.transcript import NOT_SENT, ErrorKind, Failure
from harness.run.requests.rate_limiter import RateLimiter
from harness.run.requests.throttle import (
    HELD_OFF,
    LONGEST_WAIT_S,
    find_throttle,
    read_throttle,
)

MAX_TRIES = 5
TOTAL_WAIT_S = 300.0
"""Seconds of waiting between tries of one request, all together; rate limits not counted."""
LONGEST_STORM_S = 3600.0
"""Seconds of nothing but refusals for a rate limit, after which a target is given up."""
FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 8.0
LONGEST_PAUSE_S = 30.0
"""The longest pause of a deployment that does not say how long it will refuse."""
LAST_KINDS = frozenset({"auth", "not_found"})


def may_succeed_later(
    status: int,
    kind: ErrorKind,
    code: str,
    message: str,
    wait_s: float | None,
    policy: LimitKind | None = None,
) -> bool:
    """Return whether the same request may be answered when it is sent again.

    Args:
        status: the HTTP status.
        kind: what the answer was classified as.
        code: the service's own code, "" for none.
        message: the service's words.
        wait_s: seconds that the service asks to wait, None where it says nothing.
        policy: the limit that a header names as the one that refused.
    """
    if kind == "rate_limit":
        return find_throttle(code, message, wait_s, policy) in HELD_OFF
    if wait_s is not None and wait_s > LONGEST_WAIT_S:
        return False
    return kind in ("timeout", "server") and status != 501


def wait_before(failure: Failure, tries: int, waited_s: float, chance: float) -> float | None:
    """Return the seconds until the next try, or None when there will be none.

    What the service asks for is honoured and lengthened by up to a tenth, so that waiters do not
    return in step; where it says nothing, the wait doubles from half a second to eight, of which a
    random half is kept. From the second failure on that is the least, whatever the service asks:
    one that asks for nothing, or for 20 ms, and fails again does not know how long it will be.

    Args:
        failure: what the last try met; no rate limit, see ``choose_pause``.
        tries: how many were made.
        waited_s: what was waited between them so far.
        chance: uniform in [0, 1).
    """
    if not failure.retryable or tries >= MAX_TRIES:
        return None
    wait = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** (tries - 1)) * (0.5 + chance / 2)
    asked = failure.retry_after_s
    if asked is not None and not isnan(asked):
        if asked > LONGEST_WAIT_S:
            return None
        wanted = max(0.0, asked) * (1 + chance / 10)
        wait = wanted if tries < 2 else max(wait, wanted)
    return wait if waited_s + wait <= TOTAL_WAIT_S else None


def choose_pause(failure: Failure, held_off: int, barren_s: float, chance: float) -> float | None:
    """Return the seconds for which a whole deployment pauses after a 429; None: it is given up.

    What the service asks for, lengthened by up to a tenth. A service that asks for nothing, or for
    no time at all, gets a floor that doubles with each pause in a row.

    Args:
        failure: the refusal.
        held_off: pauses since the deployment last answered.
        barren_s: seconds since it did.
        chance: uniform in [0, 1).
    """
    if not failure.retryable or read_throttle(failure) not in HELD_OFF:
        return None
    floor = min(LONGEST_PAUSE_S, FIRST_BACKOFF_S * 2 ** min(held_off, 8)) * (0.5 + chance / 2)
    asked = failure.retry_after_s
    wanted = 0.0 if asked is None or isnan(asked) else max(0.0, asked) * (1 + chance / 10)
    wait = max(floor, wanted)
    return wait if barren_s + wait <= LONGEST_STORM_S else None


def is_last(failure: Failure, *, reached: bool) -> bool:
    """Return whether the next request would fail alike: the target is then not asked again.

    Args:
        failure: what the last try of a request met.
        reached: whether anything ever came back from the target. One that spoke may be out of
            reach for a moment; one that never did is not there.
    """
    if failure.code == NOT_SENT:
        return not reached
    return failure.kind in LAST_KINDS or read_throttle(failure) == "billing"


@dataclass(slots=True)
class RetryState:
    """The state of retrying one request.

    Attributes:
        number: which try this is, from 1.
        failed: tries that failed for another reason than a rate limit.
        queued_s: seconds that it stood in a queue, or waited.
        waited_s: seconds between its tries that were not its target's pauses.
        next_s: seconds until the next try, None when there will be none.
    """

    number: int = 1
    failed: int = 0
    queued_s: float = 0.0
    waited_s: float = 0.0
    next_s: float | None = None

    def after(self, failure: Failure, limiter: RateLimiter, chance: float) -> None:
        """Decide when to try again, if at all: rate limits are the target's, not the request's."""
        if failure.kind == "rate_limit":
            self.next_s = choose_pause(failure, limiter.held_off, limiter.barren_s, chance)
            return
        self.failed += 1
        self.next_s = wait_before(failure, self.failed, self.waited_s, chance)
