"""One target's queue: who may send now, who waits, and when to stop for good.

A 429 stops the whole target, not one request: everybody waits as long as the service asked, then
one request tries, and each success lets twice as many through. Requests that were in flight when
the pause began belong to the same episode and do not lengthen the ramp. So patience with rate
limits is the target's as well: as long as anybody gets an answer, nobody gives up.
"""

from __future__ import annotations

import asyncio
from collections import deque

from harness.conversation.transcript import Failure
from harness.run.ports import Clock

DEFAULT_WIDTH = 32
"""Requests in flight to one target under ``concurrency: auto``.

A client process saturates at some 650 requests a second; at 50 ms a request that is 32 in flight.
"""
DEFAULT_TOTAL = 128
"""Requests in flight to all targets together under ``concurrency: auto``."""


class RateLimiter:
    """The queue of one target. Not for use from several threads."""

    def __init__(self, clock: Clock, width: int) -> None:
        self.width = width
        self.stopped: Failure | None = None
        self._clock = clock
        self._allowed = width
        self._in_flight = 0
        self._paused_until = 0.0
        self._replies = 0
        self._held_off = 0
        self._barren_since: float | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def in_flight(self) -> int:
        """Requests that were let through and have not come back."""
        return self._in_flight

    @property
    def replies(self) -> int:
        """Answers that were had here so far."""
        return self._replies

    @property
    def held_off(self) -> int:
        """The number of pauses since the service last answered."""
        return self._held_off

    @property
    def barren_s(self) -> float:
        """Seconds since the service began to hold everybody off, 0 while it answers."""
        began = self._barren_since
        return 0.0 if began is None else self._clock.monotonic() - began

    def note_reply(self) -> None:
        """Note that somebody got an answer."""
        self._replies += 1
        self._held_off = 0
        self._barren_since = None

    async def enter(self, *, again: bool = False) -> float:
        """Wait for a turn to send; how many seconds that took. ``leave`` must follow.

        Who was held off and comes ``again`` stands behind those who wait.
        """
        if self._in_flight < self._allowed and not self._paused_until:
            self._in_flight += 1
            return 0.0
        began = self._clock.monotonic()
        if again and self._waiting:  # whoever left, or is in flight, lets the first of them go
            await self._next()
        while True:
            pause = self._paused_until - self._clock.monotonic() if self._paused_until else 0.0
            if pause > 0:
                await self._clock.sleep(pause)
            elif self._in_flight >= self._allowed:
                await self._next()
            else:
                break
        self._paused_until = 0.0
        self._in_flight += 1
        return self._clock.monotonic() - began

    def leave(self, *, answered: bool = False) -> None:
        """Note that a request came back; ``answered``: the service took it, so more may follow."""
        self._in_flight -= 1
        if answered and self._allowed < self.width and not self._paused_until:
            self._allowed = min(self.width, self._allowed * 2)
        self._wake()

    def pause(self, seconds: float) -> bool:
        """Hold everybody off for so long; return whether this began a new episode."""
        now = self._clock.monotonic()
        began = not self._paused_until
        self._held_off += began
        if self._barren_since is None:
            self._barren_since = now
        self._paused_until = max(self._paused_until, now + seconds)
        self._allowed = 1
        return began

    def stop(self, failure: Failure) -> None:
        """Answer nothing here any more: the same failure for whoever comes."""
        if self.stopped is None:
            self.stopped = failure

    async def _next(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            # The turn may have been given to us already: hand it on.
            if future.done() and not future.cancelled():
                self._wake()
            raise

    def _wake(self) -> None:
        room = self._allowed - self._in_flight
        while room > 0 and self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                room -= 1
