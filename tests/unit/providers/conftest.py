"""A foreign server: whatever a test wants to be told, on a loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack

import pytest
from aiohttp import web

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Message
from harness.providers import Endpoint
from harness.simulator.hosting import host

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], str]
Ask = Callable[..., Answer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve one handler for every path; the base URL."""
    with ExitStack() as stack:

        def start(handler: Handler) -> str:
            app = web.Application(client_max_size=64 * 1024 * 1024)
            app.router.add_route("*", "/{path:.*}", handler)
            return stack.enter_context(host(app))

        yield start


@pytest.fixture
def ask() -> Ask:
    """Ask an endpoint once, from a loop of its own."""

    def once(
        endpoint: Endpoint, *, stream: bool = False, deadline_s: float = 5.0, **parameters: object
    ) -> Answer:
        async def run() -> Answer:
            model = endpoint.open()
            try:
                return await model.complete(
                    request(stream=stream, deadline_s=deadline_s, **parameters)
                )
            finally:
                await model.close()

        return asyncio.run(run())

    return once


def request(*, stream: bool = False, deadline_s: float = 5.0, **parameters: object) -> Request:
    """A request for one short conversation."""
    place = Place("sweden/mini", "founders", None, "default", 1, 1)
    messages = (Message("system", "Be brief."), Message("user", "Hello"))
    return Request(place, messages, parameters, stream=stream, deadline_s=deadline_s, user="Hello")
