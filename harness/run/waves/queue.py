"""The queue of a deployment: how many tokens of ours wait in it, and how many may."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class EnqueuedTokens:
    """Tokens of input that wait in one deployment's queue.

    Attributes:
        most: how many may wait there, None where nobody has said.
        own: how many of this process's do.
    """

    most: int | None = None
    own: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, tokens: int) -> None:
        """Take room for so many; waits while files of ours are in the way."""
        while self.own and self.most is not None and self.own + tokens > self.most:
            await self.wait_for_change()
        self.own += tokens

    def give_back(self, tokens: int) -> None:
        """Give the room back: that batch is over."""
        self.own -= tokens
        self._changed.set()

    async def wait_for_change(self) -> None:
        """Wait until a batch of ours is over."""
        self._changed.clear()
        await self._changed.wait()
