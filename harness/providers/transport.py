"""The seam between models and what carries their requests: a live client, or a recording.

Nothing here knows an HTTP library, so that a replay loads none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from harness.conversation.transcript import Failure
from harness.exchange import PlainRequest, PlainResponse
from harness.providers.auth import Auth
from harness.providers.openai.completion import ResponseHead

JSON: Final[Mapping[str, str]] = {"content-type": "application/json"}


@dataclass(slots=True)
class OpenResponse:
    """An answer, whatever its status; its body is read once and closed afterwards.

    Attributes:
        headers: their names in lower case.
        began: ``perf_counter()`` when the request was sent.
        chunks: the body, its content coding undone.
        close: lets go of the connection; may be called twice.
    """

    status: int
    headers: Mapping[str, str]
    began: float
    chunks: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]

    @property
    def received(self) -> ResponseHead:
        """Return what is known of the answer beside its body."""
        return ResponseHead(self.status, self.headers)

    async def read(self) -> bytes:
        """Return the whole body, and close the answer."""
        try:
            return b"".join([chunk async for chunk in self.chunks])
        finally:
            await self.close()

    async def read_whole(self) -> PlainResponse:
        """Return the answer with its whole body, and close it."""
        return PlainResponse(self.status, self.headers, await self.read())


class Transport(Protocol):
    """A carrier of requests."""

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the answer.

        Args:
            request: its headers hold no credential.
            auth: the credential that a live transport signs the request with.
            stream: whether the answer is asked for in parts.

        Raises:
            Exception: there is none; ``models.trouble.failure_of`` explains it.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


Wrap = Callable[[Transport], Transport]
"""Puts another transport around a live one."""


class UnansweredError(Exception):
    """A request that a transport has no answer to, and the failure that says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


IDLE_S: Final = 300.0
"""Seconds in which nothing more of an answer comes, after which it is given up.

Longer than a model may think after its first event; a request's own deadline is mostly shorter.
"""


class SilentError(Exception):
    """Nothing more came of an answer that had begun."""


async def limit_silence(
    chunks: AsyncIterator[bytes], idle_s: float = IDLE_S
) -> AsyncIterator[bytes]:
    """Yield the chunks of an answer.

    Raises:
        SilentError: the next one did not come within ``idle_s`` seconds.
    """
    while True:
        limit = asyncio.timeout(idle_s)
        try:
            async with limit:
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise SilentError(f"nothing more came for {idle_s:g} s") from error
        yield chunk


def open_whole(response: PlainResponse, began: float) -> OpenResponse:
    """Return an answer whose body has already come; ``began`` as ``OpenResponse`` has it."""
    return OpenResponse(
        response.status, response.headers, began, _yield_once(response.body), _close_nothing
    )


async def _yield_once(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _close_nothing() -> None:
    pass
