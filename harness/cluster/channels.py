"""Letters by way of Dask's scheduler: home and workers need to reach nobody but it.

A queue of Dask holds text, which it carries by MessagePack: nothing is unpickled.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client

WAIT = "10s"
"""The time for which the scheduler holds a question for a message, until it is put anew."""


class WorkerChannel:
    """A worker's channel: messages to home's queue, and its own."""

    def __init__(self, home: Any, own: Any) -> None:
        self._home, self._own = home, own

    @classmethod
    async def open(cls, client: Client, queue: str, name: str) -> WorkerChannel:
        """Open the channel of a connection."""
        from distributed import Queue

        own = await Queue(name, client=client)
        return cls(await Queue(queue, client=client), own)

    async def send(self, text: str) -> None:
        """Send a message home."""
        await self._home.put(text)

    async def receive(self) -> str:
        """Return the next message from home."""
        return await _receive(self._own)

    def close(self) -> None:
        """Let go of both queues; what is in them stays for who else has them."""
        for queue in (self._home, self._own):
            with suppress(Exception):
                queue.close()


class CoordinatorChannel:
    """Home's channel: its own queue, and those of all connections."""

    def __init__(self, client: Client, queue: Any) -> None:
        self._client, self._queue = client, queue
        self._connections: dict[str, Any] = {}

    @classmethod
    async def open(cls, client: Client, queue: str) -> CoordinatorChannel:
        """Open home's queue."""
        from distributed import Queue

        return cls(client, await Queue(queue, client=client))

    async def send(self, connection: str, text: str) -> None:
        """Send a message over a connection."""
        from distributed import Queue

        if connection not in self._connections:
            self._connections[connection] = await Queue(connection, client=self._client)
        await self._connections[connection].put(text)

    async def receive(self) -> str:
        """Return the next message of any worker."""
        return await _receive(self._queue)

    async def wake(self) -> None:
        """Let who waits for a message have an empty one: it is the last."""
        await self._queue.put("")

    def forget(self, connection: str) -> None:
        """Let go of a connection's queue."""
        queue = self._connections.pop(connection, None)
        if queue is not None:
            with suppress(Exception):
                queue.close()

    def close(self) -> None:
        """Let go of all queues."""
        for connection in tuple(self._connections):
            self.forget(connection)
        with suppress(Exception):
            self._queue.close()


async def _receive(queue: Any) -> str:
    while True:
        try:
            return str(await queue.get(timeout=WAIT))
        except TimeoutError:
            continue
