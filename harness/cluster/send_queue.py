"""A queue of what is to be sent: what comes while a message is under way goes with the next.

So a connection that is hardly used is quick, and one that is used much is cheap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class SendQueue(Generic[T]):
    """Sends things in the order in which they were put in. Not for use from several threads.

    Args:
        send: sends some of them, all at once.
        fail: gets the error, once, when that fails; nothing is sent any more.
    """

    def __init__(
        self, send: Callable[[Sequence[T]], Awaitable[None]], fail: Callable[[Exception], None]
    ) -> None:
        self._send, self._fail = send, fail
        self._waiting: list[T] = []
        self._under_way: asyncio.Task[None] | None = None
        self._broken = False

    def put(self, thing: T) -> None:
        """Send this as soon as what goes before is gone."""
        self._waiting.append(thing)
        if self._under_way is None and not self._broken:
            self._under_way = asyncio.create_task(self._empty())

    async def close(self) -> None:
        """Wait until everything is sent, or cannot be."""
        while self._under_way is not None:
            await asyncio.wait([self._under_way])

    async def _empty(self) -> None:
        try:
            while self._waiting:
                message, self._waiting = self._waiting, []
                await self._send(message)
        except Exception as error:  # noqa: BLE001 - whatever a foreign transport raises
            self._broken = True
            self._fail(error)
        finally:
            self._under_way = None
