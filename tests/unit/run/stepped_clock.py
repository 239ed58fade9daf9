"""The clock of the tests of runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

BEGINS = 100.0
"""Monotonic seconds at the time of day that it begins with: no zero, which nobody notices."""


class SteppedClock:
    """A clock on which sleeping takes no time, and only sleeping makes time pass."""

    def __init__(self) -> None:
        self.time = BEGINS

    def monotonic(self) -> float:
        return self.time

    def measure_elapsed(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 13, 0, tzinfo=UTC) + timedelta(seconds=self.time - BEGINS)

    async def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        await asyncio.sleep(0)
        self.time = max(self.time, until)
