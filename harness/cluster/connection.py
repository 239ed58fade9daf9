"""A worker's end of a connection: its notes go home in order, its questions are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import msgspec

from harness.cluster.messages import AnyNote, CoordinatorMessage, WorkerMessage, decode, encode
from harness.cluster.send_queue import SendQueue
from harness.run.requests.request_executor import RunHaltedError

SILENCE_S = 30.0
"""Seconds without a word from home after which it is taken for gone: it writes every two."""
GOODBYE_S = 2.0
T = TypeVar("T")


class Channel(Protocol):
    """A way for messages between a worker and home."""

    async def send(self, text: str) -> None:
        """Send a message home."""
        ...

    async def receive(self) -> str:
        """Return the next message from home."""
        ...


class CoordinatorConnection:
    """A connection home. Not for use from several threads.

    Args:
        name: its own name, which no other connection has.
        channel: carries its messages.
        on_halt: gets why the run sends nothing more, and the signal that stopped it or 0.
        on_cut: called when nobody at home listens any more.
    """

    def __init__(
        self,
        name: str,
        channel: Channel,
        *,
        on_halt: Callable[[str, int], None],
        on_cut: Callable[[], None],
    ) -> None:
        self.is_cut = False
        self._name, self._mail = name, channel
        self._on_halt, self._on_cut = on_halt, on_cut
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._send_queue: SendQueue[tuple[int, AnyNote]] = SendQueue(self._send, self._fail)
        self._listening = asyncio.create_task(self._listen())

    def tell(self, note: AnyNote) -> None:
        """Note something that nobody waits for."""
        self._send_queue.put((0, note))

    async def ask(self, note: AnyNote, form: type[T]) -> T:
        """Note something, and return home's answer.

        Raises:
            RunHaltedError: nobody at home listens any more.
        """
        if self.is_cut:
            raise RunHaltedError
        self._number += 1
        number = self._number
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._send_queue.put((number, note))
        try:
            return msgspec.convert(await answer, form)
        finally:
            self._asked.pop(number, None)

    async def confirm(self, note: AnyNote) -> None:
        """Note something, and return once home has entered it.

        Raises:
            RunHaltedError: nobody at home listens any more.
        """
        await self.ask(note, type(None))

    async def close(self) -> None:
        """Send what is noted, and hang up."""
        if not self.is_cut:
            await self._send_queue.close()
        # Home's last message ends it: a question that is cut off would stay at the scheduler.
        await asyncio.wait([self._listening], timeout=GOODBYE_S)
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _send(self, notes: Sequence[tuple[int, AnyNote]]) -> None:
        await self._mail.send(encode(WorkerMessage(self._name, notes)))

    def _fail(self, error: Exception) -> None:
        del error
        self._cut()

    async def _listen(self) -> None:
        try:
            while not self.is_cut:
                text = await _within(self._mail.receive(), SILENCE_S)
                self._take(decode(text, CoordinatorMessage))
        except Exception:  # noqa: BLE001 - whatever a foreign transport raises: home is out of reach
            self._cut()

    def _take(self, message: CoordinatorMessage) -> None:
        for number, answer in message.told:
            waiting = self._asked.get(number)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
        if message.halts:
            self._on_halt(message.halts, message.signal)
        if message.over:
            self._cut()

    def _cut(self) -> None:
        if self.is_cut:
            return
        self.is_cut = True
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(RunHaltedError())
        self._on_cut()


async def _within(awaited: Awaitable[T], seconds: float) -> T:
    async with asyncio.timeout(seconds):
        return await awaited
