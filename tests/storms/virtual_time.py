"""An event loop on whose clock waiting takes no time: half an hour passes in seconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

BEGINS_S = 1000.0
"""Monotonic seconds at the start: no zero, which nobody notices."""

_Told = TypeVar("_Told")


class VirtualSelector(selectors.DefaultSelector):
    """A selector that lets the loop's time pass instead of waiting."""

    moment = BEGINS_S

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; where nothing is, it is ``timeout`` later."""
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(
            None if timeout is None else 0
        )
        if not ready and timeout:
            self.moment += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds pass only when everybody waits."""

    def __init__(self) -> None:
        self.selector = VirtualSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        """Return the virtual seconds."""
        return self.selector.moment


class VirtualClock:
    """The clock of a run on a virtual loop."""

    def monotonic(self) -> float:
        """Return the loop's seconds."""
        return asyncio.get_running_loop().time()

    def measure_elapsed(self) -> float:
        """Return the machine's seconds."""
        return monotonic()

    def now(self) -> datetime:
        """Return a time of day that keeps step with them."""
        passed = self.monotonic() - BEGINS_S
        return datetime(2026, 11, 28, 12, 0, tzinfo=UTC) + timedelta(seconds=passed)

    async def sleep(self, seconds: float) -> None:
        """Wait, without taking time."""
        await asyncio.sleep(seconds)


def run_virtually(main: Coroutine[Any, Any, _Told]) -> _Told:
    """Run a coroutine on a virtual loop, in a thread of its own: signals are the test's."""

    def run() -> _Told:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(main)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
