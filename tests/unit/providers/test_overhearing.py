"""What goes over a transport is told: the request, and its answer as far as it was read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from harness.exchange import PlainRequest, PlainResponse
from harness.providers.auth import Auth
from harness.providers.overhearing import OverheardTransport
from harness.providers.transport import OpenResponse

REQUEST = PlainRequest("POST", "https://h/v1/chat/completions", {}, b"{}")


class Parts:
    """A transport that answers in parts."""

    def __init__(self) -> None:
        self.closed = 0

    async def send(
        self, request: PlainRequest, *, auth: Auth | None = None, stream: bool = False
    ) -> OpenResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"one "
            yield b"two"

        async def close() -> None:
            self.closed += 1

        return OpenResponse(200, {"x": "y"}, 0.0, chunks(), close)

    async def close(self) -> None:
        self.closed += 10


def test_a_request_and_its_answer_are_told_once_the_answer_is_closed() -> None:
    told: list[tuple[PlainRequest, PlainResponse | None]] = []
    live = Parts()

    async def talk() -> bytes:
        transport = OverheardTransport(live, lambda *both: told.append(both))
        answer = await transport.send(REQUEST)
        assert told[0] == (REQUEST, None), "it is sent, and nothing came yet"
        body = await answer.read()
        await transport.close()
        return body

    assert asyncio.run(talk()) == b"one two"
    assert told[-1] == (REQUEST, PlainResponse(200, {"x": "y"}, b"one two"))
    assert live.closed == 11


def test_of_an_answer_that_is_stopped_the_part_that_was_read_is_told() -> None:
    told: list[tuple[PlainRequest, PlainResponse | None]] = []

    async def talk() -> None:
        answer = await OverheardTransport(Parts(), lambda *both: told.append(both)).send(REQUEST)
        async for _ in answer.chunks:
            break
        await answer.close()

    asyncio.run(talk())
    assert told[-1][1] == PlainResponse(200, {"x": "y"}, b"one ")
