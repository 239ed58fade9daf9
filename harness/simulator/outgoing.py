"""An answer as bytes, and how it leaves: whole, in events, by bytes, without end, broken off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

Break = Literal["connect", "in-headers", "headers", "body", "truncate"]
"""The point where an answer breaks off; ``truncate`` alone ends it cleanly, in the middle."""


@dataclass(frozen=True, slots=True)
class DataPlaneAnswer:
    """One part for a plain answer, one an event for a stream.

    Attributes:
        missing: bytes that its length tells of and that never come.
        endless: bytes that are sent again and again after the parts; none end the answer there.
    """

    status: int
    parts: tuple[bytes, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    streamed: bool = False
    missing: int = 0
    endless: bytes = b""


async def send(
    request: web.Request,
    outgoing: DataPlaneAnswer,
    broken: Break | None = None,
    *,
    drip_s: float = 0.0,
) -> web.StreamResponse:
    """Send it; with ``drip_s`` a byte at a time, and so many seconds between two.

    Raises:
        ConnectionResetError: it was broken off, as ordered; there is nobody left to answer.
    """
    if broken == "connect":
        _drop(request)
    if broken == "in-headers":
        await break_in_headers(request, outgoing.status)
    plain = broken is None and not outgoing.streamed
    if plain and not (outgoing.missing or outgoing.endless or drip_s):
        return web.Response(
            status=outgoing.status, body=outgoing.parts[0] or None, headers=outgoing.headers
        )
    return await _write(request, outgoing, broken, drip_s)


async def _write(
    request: web.Request, outgoing: DataPlaneAnswer, broken: Break | None, drip_s: float
) -> web.StreamResponse:
    parts = outgoing.parts
    size = sum(map(len, parts))
    if broken is not None:
        parts = _cut_in_half(parts)
    response = web.StreamResponse(status=outgoing.status, headers=outgoing.headers)
    if outgoing.streamed or outgoing.endless:
        response.enable_chunked_encoding()
    else:
        told = sum(map(len, parts)) if broken == "truncate" else size
        response.content_length = told + outgoing.missing
    await response.prepare(request)
    if broken != "headers":
        async for part in _pace(parts, outgoing.endless, drip_s):
            await response.write(part)
    if broken in ("headers", "body"):
        await asyncio.sleep(0.01)  # what was written gets out before the connection goes
        _drop(request)
    if outgoing.missing:
        _close(request)
    await response.write_eof()
    return response


async def _pace(parts: tuple[bytes, ...], endless: bytes, drip_s: float) -> AsyncIterator[bytes]:
    """Yield what is to be written, a byte at a time where it drips; waits between two pieces."""
    for part in parts:
        for piece in _cut(part, drip_s):
            yield piece
            await asyncio.sleep(drip_s)  # other conversations go on between two events
    while endless:
        for piece in _cut(endless, drip_s):
            yield piece
            await asyncio.sleep(drip_s)


def _cut(part: bytes, drip_s: float) -> list[bytes]:
    return [part[at : at + 1] for at in range(len(part))] if drip_s else [part]


def _cut_in_half(parts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if len(parts) == 1:
        return (parts[0][: len(parts[0]) // 2],)
    kept = parts[: len(parts) // 2]
    return (*kept[:-1], kept[-1][: len(kept[-1]) // 2])


async def break_in_headers(request: web.Request, status: int) -> None:
    """Write half of an answer's headers, and reset the connection.

    Raises:
        ConnectionResetError: always, as ordered.
    """
    if request.transport is not None:
        request.transport.write(f"HTTP/1.1 {status} \r\nContent-Type: applic".encode())
        await asyncio.sleep(0.01)  # it gets out before the connection goes
    _drop(request)


def _drop(request: web.Request) -> None:
    """Reset the connection."""
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("broken off, as the fault says")


def _close(request: web.Request) -> None:
    """Close the connection as if everything had been said."""
    if request.transport is not None:
        request.transport.close()
    raise ConnectionResetError("ended early, as the fault says")
