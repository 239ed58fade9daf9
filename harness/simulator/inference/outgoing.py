"""An answer as bytes, and how it leaves: whole, in events, or broken off as a fault wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

Break = Literal["connect", "headers", "body", "truncate"]
"""The point where an answer breaks off; ``truncate`` alone ends it cleanly, in the middle."""


@dataclass(frozen=True, slots=True)
class DataPlaneAnswer:
    """One part for a plain answer, one an event for a stream."""

    status: int
    parts: tuple[bytes, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    streamed: bool = False


async def send(
    request: web.Request, outgoing: DataPlaneAnswer, broken: Break | None = None
) -> web.StreamResponse:
    """Send it.

    Raises:
        ConnectionResetError: it was broken off, as ordered; there is nobody left to answer.
    """
    if broken == "connect":
        _drop(request)
    if broken is None and not outgoing.streamed:
        return web.Response(
            status=outgoing.status, body=outgoing.parts[0], headers=outgoing.headers
        )
    return await _write(request, outgoing, broken)


async def _write(
    request: web.Request, outgoing: DataPlaneAnswer, broken: Break | None
) -> web.StreamResponse:
    parts = outgoing.parts
    size = sum(map(len, parts))
    if broken is not None:
        parts = _cut_in_half(parts)
    response = web.StreamResponse(status=outgoing.status, headers=outgoing.headers)
    if outgoing.streamed:
        response.enable_chunked_encoding()
    else:
        response.content_length = sum(map(len, parts)) if broken == "truncate" else size
    await response.prepare(request)
    if broken != "headers":
        for part in parts:
            await response.write(part)
            if outgoing.streamed:
                await asyncio.sleep(0)  # other conversations go on between two events
    if broken in ("headers", "body"):
        await asyncio.sleep(0.01)  # what was written gets out before the connection goes
        _drop(request)
    await response.write_eof()
    return response


def _cut_in_half(parts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if len(parts) == 1:
        return (parts[0][: len(parts[0]) // 2],)
    kept = parts[: len(parts) // 2]
    return (*kept[:-1], kept[-1][: len(kept[-1]) // 2])


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("broken off, as the fault says")
