"""Knowing when a run stands still: nothing goes on in it but what a wave would answer.

It is counted, not timed. An activity is what one worker does, or one of several checks that it has
carried out beside each other. It waits for a wave, or for room in the budget, or goes on by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def _nobody() -> int:
    return 0


def _ignore() -> None:
    pass


class IdleDetector:
    """Counts activities, and those that wait. Not for use from several threads.

    Attributes:
        activities: how many there are.
        waiting: how many of them wait for a wave.
        blocked: counts those that wait for room in the budget.
        on_still: called, from the loop, when all of them wait.
    """

    def __init__(self) -> None:
        self.activities = 0
        self.waiting = 0
        self.blocked: Callable[[], int] = _nobody
        self.on_still: Callable[[], None] = _ignore
        self._due = False

    @property
    def is_still(self) -> bool:
        """True while every activity waits."""
        return self.activities > 0 and self.waiting + self.blocked() >= self.activities

    def enter(self, activities: int = 1) -> None:
        """Begin activities."""
        self.activities += activities

    def leave(self) -> None:
        """End an activity."""
        self.activities -= 1
        self.look()

    @contextmanager
    def activity(self) -> Iterator[None]:
        """Count what goes on within as an activity."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def begin_waiting(self) -> None:
        """Let an activity wait for a wave; whoever has its answer ends that: ``end_waiting``."""
        self.waiting += 1
        self.look()

    def end_waiting(self) -> None:
        """Let an activity go on, before it does."""
        self.waiting -= 1

    def look(self) -> None:
        """Look whether all stand still, as soon as the loop has come round."""
        if self.is_still and not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._due = False
        if self.is_still:
            self.on_still()

    async def gather(self, tasks: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
        """Carry out tasks of one activity beside each other; return what they come to, in order.

        Raises:
            Exception: what the first of them raised, once all have ended.
        """
        if not tasks:
            return []
        left = len(tasks)
        self.enter(left - 1)

        async def carry_out(task: Callable[[], Awaitable[T]]) -> T:
            nonlocal left
            try:
                return await task()
            finally:
                left -= 1
                if left:  # the last one's place is the activity's own
                    self.leave()

        ended = await asyncio.gather(*map(carry_out, tasks), return_exceptions=True)
        found: list[T] = []
        for one in ended:
            if isinstance(one, BaseException):
                raise one
            found.append(one)
        return found
