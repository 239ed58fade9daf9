"""A worker's end of a line: what it notes goes home in order, and what it asks is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import msgspec

from harness.cluster.letters import AnyNote, HomeLetter, WorkerLetter, decode, encode
from harness.cluster.outbox import Outbox
from harness.run.requests.request_executor import RunHaltedError

SILENCE_S = 30.0
"""Seconds without a word from home after which it is taken for gone: it writes every two."""
GOODBYE_S = 2.0
T = TypeVar("T")


class Mail(Protocol):
    """A way for letters between a worker and home."""

    async def send(self, text: str) -> None:
        """Send a letter home."""
        ...

    async def receive(self) -> str:
        """Return the next letter from home."""
        ...


class HomeLine:
    """A line home. Not for use from several threads.

    Args:
        name: its own name, which no other line has.
        mail: carries its letters.
        on_halt: gets why the run sends nothing more, and the signal that stopped it or 0.
        on_cut: called when nobody at home listens any more.
    """

    def __init__(
        self,
        name: str,
        mail: Mail,
        *,
        on_halt: Callable[[str, int], None],
        on_cut: Callable[[], None],
    ) -> None:
        self.is_cut = False
        self._name, self._mail = name, mail
        self._on_halt, self._on_cut = on_halt, on_cut
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._outbox: Outbox[tuple[int, AnyNote]] = Outbox(self._send, self._fail)
        self._listening = asyncio.create_task(self._listen())

    def tell(self, note: AnyNote) -> None:
        """Note something that nobody waits for."""
        self._outbox.put((0, note))

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
        self._outbox.put((number, note))
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
            await self._outbox.close()
        # Home's last letter ends it: a question that is cut off would stay at the scheduler.
        await asyncio.wait([self._listening], timeout=GOODBYE_S)
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _send(self, notes: Sequence[tuple[int, AnyNote]]) -> None:
        await self._mail.send(encode(WorkerLetter(self._name, notes)))

    def _fail(self, error: Exception) -> None:
        del error
        self._cut()

    async def _listen(self) -> None:
        try:
            while not self.is_cut:
                text = await _within(self._mail.receive(), SILENCE_S)
                self._take(decode(text, HomeLetter))
        except Exception:  # noqa: BLE001 - whatever a foreign transport raises: home is out of reach
            self._cut()

    def _take(self, letter: HomeLetter) -> None:
        for number, answer in letter.told:
            waiting = self._asked.get(number)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
        if letter.halts:
            self._on_halt(letter.halts, letter.signal)
        if letter.over:
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
