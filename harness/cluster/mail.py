"""Letters by way of Dask's scheduler: home and workers need to reach nobody but it.

A queue of Dask holds text, which it carries by MessagePack: nothing is unpickled.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client

WAIT = "10s"
"""The time for which the scheduler holds a question for mail, until it is put anew."""


class WorkerMail:
    """A worker's mail: letters to home's mailbox, and its own."""

    def __init__(self, home: Any, own: Any) -> None:
        self._home, self._own = home, own

    @classmethod
    async def open(cls, client: Client, mailbox: str, name: str) -> WorkerMail:
        """Open the mail of a line."""
        from distributed import Queue

        own = await Queue(name, client=client)
        return cls(await Queue(mailbox, client=client), own)

    async def send(self, text: str) -> None:
        """Send a letter home."""
        await self._home.put(text)

    async def receive(self) -> str:
        """Return the next letter from home."""
        return await _receive(self._own)

    def close(self) -> None:
        """Let go of both mailboxes; what is in them stays for who else has them."""
        for queue in (self._home, self._own):
            with suppress(Exception):
                queue.close()


class HomeMail:
    """Home's mail: its mailbox, and those of all lines."""

    def __init__(self, client: Client, mailbox: Any) -> None:
        self._client, self._mailbox = client, mailbox
        self._lines: dict[str, Any] = {}

    @classmethod
    async def open(cls, client: Client, mailbox: str) -> HomeMail:
        """Open home's mailbox."""
        from distributed import Queue

        return cls(client, await Queue(mailbox, client=client))

    async def send(self, line: str, text: str) -> None:
        """Send a letter over a line."""
        from distributed import Queue

        if line not in self._lines:
            self._lines[line] = await Queue(line, client=self._client)
        await self._lines[line].put(text)

    async def receive(self) -> str:
        """Return the next letter of any worker."""
        return await _receive(self._mailbox)

    async def wake(self) -> None:
        """Let who waits for a letter have an empty one: it is the last."""
        await self._mailbox.put("")

    def forget(self, line: str) -> None:
        """Let go of a line's mailbox."""
        queue = self._lines.pop(line, None)
        if queue is not None:
            with suppress(Exception):
                queue.close()

    def close(self) -> None:
        """Let go of all mailboxes."""
        for line in tuple(self._lines):
            self.forget(line)
        with suppress(Exception):
            self._mailbox.close()


async def _receive(queue: Any) -> str:
    while True:
        try:
            return str(await queue.get(timeout=WAIT))
        except TimeoutError:
            continue
