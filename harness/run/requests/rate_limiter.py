"""One deployment's queue: who may send now, who waits, and when to stop for good.

A request passes three: the width, how many may be in flight; the quota, how much may be sent in a
period; the total, how many may be in flight to all targets. A 429 stops the whole deployment, not
one request: everybody waits as long as the service asked, then one request tries, and each success
lets twice as many through. Requests that were in flight when the pause began belong to the same
episode and do not lengthen the ramp. So patience with rate limits is the deployment's as well: as
long as anybody gets an answer, nobody gives up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from harness.conversation.limits import LimitHeaders
from harness.conversation.transcript import Failure
from harness.run.ports import Clock, SharedQuota
from harness.run.requests.concurrency import ConcurrencyShare
from harness.run.requests.quota import QuotaSign
from harness.run.requests.throttle import ThrottleKind
from harness.run.requests.width import AdaptiveWidth

SLICE_S = 1.0
"""The longest sleep at a time: who waits notices within it that the run was stopped."""


def _is_never_halted() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that was let through.

    Attributes:
        tokens: what it took of the token limit.
        at: when, by the run's clock.
        waited_s: seconds that it waited for that.
    """

    tokens: int
    at: float
    waited_s: float


class RateLimiter:
    """The queue of one deployment. Not for use from several threads.

    Args:
        clock: the run's.
        width: how many may be in flight; one that adapts finds it.
        quota: what they draw on; None where nothing limits them.
        share: this target's share of what may be in flight to all; None where nothing limits that.
        is_halted: tells whether the run was stopped: then nobody waits any longer.
        line: the line before the quota, with whoever else draws on it; None: a line of its own.
    """

    def __init__(
        self,
        clock: Clock,
        width: int | AdaptiveWidth,
        quota: SharedQuota | None = None,
        share: ConcurrencyShare | None = None,
        is_halted: Callable[[], bool] = _is_never_halted,
        line: asyncio.Lock | None = None,
    ) -> None:
        self.stopped: Failure | None = None
        self._too_large: tuple[int, Failure] | None = None
        self.is_reached = False
        self.refused_by: ThrottleKind | None = None
        self.quota = quota
        self.held_s = 0.0
        self._held_until = 0.0
        self._clock = clock
        self._adaptive = width if isinstance(width, AdaptiveWidth) else None
        self._fixed = width if isinstance(width, int) else 0
        self._share = share
        self._is_halted = is_halted
        self._ramp: int | None = None
        self._in_flight = 0
        self._called = 0
        self._paused_until = 0.0
        self._held_off = 0
        self._barren_since: float | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._ahead: deque[asyncio.Future[None]] = deque()
        self._line = line or asyncio.Lock()
        if self._adaptive is not None and quota is not None:
            self._adaptive.fit(quota.seen)

    @property
    def width(self) -> int:
        """Requests that may be in flight while nothing is amiss."""
        return self._adaptive.now if self._adaptive is not None else self._fixed

    @property
    def in_flight(self) -> int:
        """Requests that were let through, or wait for their quota, and have not come back."""
        return self._in_flight

    @property
    def queued(self) -> int:
        """Requests that wait because as many are in flight as may be."""
        return len(self._waiting) + len(self._ahead)

    @property
    def held_off(self) -> int:
        """The number of pauses since the service last answered."""
        return self._held_off

    @property
    def barren_s(self) -> float:
        """Seconds since the service began to hold everybody off, 0 while it answers."""
        began = self._barren_since
        return 0.0 if began is None else self._clock.monotonic() - began

    async def enter(
        self, count: Callable[[], int] = int, *, again: bool = False, ahead: bool = False
    ) -> Admission:
        """Wait for a turn to send; ``leave`` must follow.

        Args:
            count: counts what the request takes of the token limit, when its turn has come.
            again: it was held off, and stands behind those who wait.
            ahead: it goes on with what has begun, and stands before what has not: so trials end
                one after the other, not all at the end.
        """
        began = self._clock.monotonic()
        if self._is_full or self._paused_until:
            try:
                await self._queue(again=again, ahead=ahead)
            except BaseException:
                self._wake()  # the turn may have been given to us already: hand it on
                raise
        self._in_flight += 1
        tokens = 0
        try:
            if self.quota is not None:
                tokens = await self._draw(self.quota, count)
            elif self._share is not None:
                await self._share.enter()
        except BaseException:
            self._in_flight -= 1
            self._wake()
            raise
        now = self._clock.monotonic()
        return Admission(tokens, now, now - began)

    def leave(self, *, answered: bool = False) -> None:
        """Note that a request came back; ``answered``: the service took it, so more may follow."""
        self._in_flight -= 1
        if self._share is not None:
            self._share.leave()
        if answered and self._ramp is not None and not self._paused_until:
            self._ramp *= 2
            if self._ramp >= self.width:
                self._ramp = None
        self._wake()

    async def note_reply(self, admission: Admission, limits: LimitHeaders | None) -> None:
        """Note that somebody got an answer, and learn from what its headers tell."""
        self._held_off = 0
        self._barren_since = None
        now = self._clock.monotonic()
        if self._adaptive is not None:
            full = self.queued > 0
            self._adaptive.note_answer(now - admission.at, admission.tokens, now, full=full)
        if self.quota is not None:
            await self.quota.observe(QuotaSign(admission.tokens, admission.at, limits), now)
            if self._adaptive is not None:
                self._adaptive.fit(self.quota.seen)

    async def note_other(self, admission: Admission) -> None:
        """Note that a request came to another end: it tells nothing of limits, but is over."""
        if self.quota is not None:
            now = self._clock.monotonic()
            await self.quota.observe(QuotaSign(admission.tokens, admission.at), now)

    async def note_refusal(
        self,
        admission: Admission,
        refused: ThrottleKind,
        wait_s: float,
        limits: LimitHeaders | None,
    ) -> bool:
        """Hold everybody off, and cut the rate or the width; whether this began a new episode."""
        self.refused_by = refused
        began = self.pause(wait_s)
        now = self._clock.monotonic()
        known = False
        if self.quota is not None:
            sign = QuotaSign(admission.tokens, admission.at, limits, refused, wait_s)
            await self.quota.observe(sign, now)
            known = self._adaptive is not None and self._adaptive.fit(self.quota.seen)
        if began and not known and self._adaptive is not None:
            self._adaptive.cut()
        return began

    def pause(self, seconds: float) -> bool:
        """Hold everybody off for so long; return whether this began a new episode."""
        now = self._clock.monotonic()
        began = not self._paused_until
        self._held_off += began
        if self._barren_since is None:
            self._barren_since = now
        self._paused_until = max(self._paused_until, now + seconds)
        self._note_held(self._paused_until)
        self._ramp = 1
        return began

    def stop(self, failure: Failure) -> None:
        """Answer nothing here any more: the same failure for whoever comes."""
        if self.stopped is None:
            self.stopped = failure

    def note_too_large(self, tokens: int, failure: Failure) -> None:
        """Remember what can never fit: nobody waits for an empty window to hear it again."""
        if tokens and (self._too_large is None or tokens < self._too_large[0]):
            self._too_large = (tokens, failure)

    def find_end(self, tokens: int) -> Failure | None:
        """Return why a request of so many tokens is not sent at all; None where it may be."""
        if self._too_large is not None and tokens >= self._too_large[0]:
            return self._too_large[1]
        return self.stopped

    @property
    def _is_full(self) -> bool:
        """Say whether nobody may come in: the places of those who were called are theirs."""
        return self._in_flight + self._called >= self._room()

    def _room(self) -> int:
        width = self.width
        return width if self._ramp is None else min(width, self._ramp)

    async def _queue(self, *, again: bool, ahead: bool) -> None:
        if again and self.queued:  # whoever left, or is in flight, lets the first of them go
            await self._next(ahead=False)
        while not self._is_halted():
            pause = self._paused_until - self._clock.monotonic() if self._paused_until else 0.0
            if pause > 0:
                await self._clock.sleep(min(pause, SLICE_S))
            elif self._is_full:
                await self._next(ahead=ahead)
            else:
                break
        if self._paused_until and self._clock.monotonic() >= self._paused_until:
            self._paused_until = 0.0

    async def _draw(self, quota: SharedQuota, count: Callable[[], int]) -> int:
        """Take from the quota, the first who came first, and a place of the total with it.

        Returns how many tokens were taken: others may have taught meanwhile how they are counted.

        What was taken is sent at once, so that the quota's windows are those of the service: who
        waits for the quota holds no place, and who waits for a place has taken nothing.
        """
        async with self._line:
            while True:
                if self._share is not None:
                    await self._share.enter()
                wait, tokens = 0.0, count()
                try:
                    wait = await quota.take(tokens, self._clock.monotonic())
                except BaseException:
                    self._leave_share()
                    raise
                if not wait or self._is_halted() or self.find_end(tokens) is not None:
                    return tokens
                self._leave_share()
                wait = min(wait, SLICE_S)
                self._note_held(self._clock.monotonic() + wait)
                await self._clock.sleep(wait)

    def _note_held(self, until: float) -> None:
        """Count the time until then as held up; what was counted already counts once."""
        self.held_s += max(0.0, until - max(self._held_until, self._clock.monotonic()))
        self._held_until = max(self._held_until, until)

    def _leave_share(self) -> None:
        if self._share is not None:
            self._share.leave()

    async def _next(self, *, ahead: bool) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._ahead if ahead else self._waiting).append(future)
        try:
            await future
        finally:
            if not future.cancelled():
                self._called -= 1

    def _wake(self) -> None:
        room = self._room() - self._in_flight - self._called
        for queue in (self._ahead, self._waiting):
            while room > 0 and queue:
                future = queue.popleft()
                if not future.done():
                    future.set_result(None)
                    self._called += 1
                    room -= 1
