"""A transport that tells somebody what goes over it, once an answer is through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from harness.exchange import PlainRequest, PlainResponse
from harness.providers.auth import Auth
from harness.providers.transport import OpenResponse, Transport

Overhear = Callable[[PlainRequest, PlainResponse | None], None]
"""Gets a request, which holds no credential, and its answer as far as it was read; None for no
answer at all."""


class OverheardTransport:
    """A transport around a live one."""

    def __init__(self, live: Transport, overhear: Overhear) -> None:
        self._live = live
        self._overhear = overhear

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        """Return the live transport's answer; what was read of it is told when it is closed."""
        self._overhear(request, None)
        live = await self._live.send(request, auth=auth, stream=stream)
        read: list[bytes] = []

        def tell() -> None:
            self._overhear(request, PlainResponse(live.status, live.headers, b"".join(read)))

        tell()
        return replace(
            live,
            chunks=_keep_chunks(live.chunks, read),
            close=_tell_then_close(tell, live.close),
        )

    async def close(self) -> None:
        """Let go of the live transport's connections."""
        await self._live.close()


async def _keep_chunks(chunks: AsyncIterator[bytes], read: list[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        read.append(chunk)
        yield chunk


def _tell_then_close(
    tell: Callable[[], None], close: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    async def close_all() -> None:
        tell()
        await close()

    return close_all
