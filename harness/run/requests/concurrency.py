"""The limit of requests in flight to all targets together, shared out fairly.

A free place goes to whoever waits and has the fewest in flight. So a slow target keeps its share
and no more: the others are as fast as theirs lets them be. A target that pauses waits for its own
quota before it comes here, and holds no place meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque


class ConcurrencyLimit:
    """A number of places, shared out among targets. Not for use from several threads."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.taken = 0
        self.shares: list[ConcurrencyShare] = []
        self._due = False

    def add_share(self) -> ConcurrencyShare:
        """Add a share, for one target."""
        share = ConcurrencyShare(self)
        self.shares.append(share)
        return share

    def fill_soon(self) -> None:
        """Give free places away as soon as everybody who is about to ask has asked."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._fill)

    def _fill(self) -> None:
        """Give free places to those who wait: first to the share that has the fewest."""
        self._due = False
        while self.taken < self.places:
            waiting = [share for share in self.shares if share.waiting]
            if not waiting:
                return
            share = min(waiting, key=lambda one: one.held)
            # The share that was served goes to the end: among equals they take turns.
            self.shares.remove(share)
            self.shares.append(share)
            share.admit_next()


class ConcurrencyShare:
    """The share of one target in a ``ConcurrencyLimit``."""

    def __init__(self, total: ConcurrencyLimit) -> None:
        self.held = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self._total = total

    async def enter(self) -> None:
        """Wait for a place; ``leave`` must follow."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        if self._total.taken < self._total.places:
            self._total.fill_soon()
        try:
            await future
        except asyncio.CancelledError:
            if not future.cancelled():
                self.leave()  # it had been given to us already
            raise

    def leave(self) -> None:
        """Give the place back."""
        self.held -= 1
        self._total.taken -= 1
        self._total.fill_soon()

    def admit_next(self) -> None:
        """Give the first who still waits a place."""
        future = self.waiting.popleft()
        if not future.done():
            future.set_result(None)
            self.held += 1
            self._total.taken += 1
