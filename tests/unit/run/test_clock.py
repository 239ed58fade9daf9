"""The clock of a replay."""

from __future__ import annotations

import asyncio
import time

from harness.run.clock import ReplayClock


def test_sleeping_takes_no_time_and_is_over_all_the_same() -> None:
    clock, began = ReplayClock(), time.monotonic()
    asyncio.run(clock.sleep(3600))
    assert clock.monotonic() == 3600
    assert time.monotonic() - began < 5


def test_those_who_sleep_at_the_same_time_wake_at_the_same_time() -> None:
    clock = ReplayClock()

    async def both() -> None:
        await asyncio.gather(clock.sleep(2), clock.sleep(3), clock.sleep(1))

    asyncio.run(both())
    assert clock.monotonic() == 3
