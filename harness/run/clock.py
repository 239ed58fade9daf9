"""The real clock, and the one of a replay."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Time as the machine has it: durations from the monotonic clock, days from the other."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def measure_elapsed(self) -> float:
        """Return seconds as they really pass."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class ReplayClock:
    """A clock on which waiting takes no time: what was waited for when it was recorded is over.

    Its seconds pass only by sleeping, so that a replay is the same however fast the machine is.
    """

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        """Return seconds slept so far."""
        return self._now

    def measure_elapsed(self) -> float:
        """Return seconds as they really pass."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time of day, in UTC: of the replay, not of the recording."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Let the others go first; then it is later. Who sleeps at the same time, wakes so."""
        until = self._now + seconds
        await asyncio.sleep(0)
        self._now = max(self._now, until)
