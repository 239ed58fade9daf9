"""A simulator whose traffic can be read: what every request asked, and what it was told."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from harness.simulator.hosting import host
from harness.simulator.server import build_app
from harness.simulator.world import SimulatedWorld
from harness.spec.model.spec import Simulator
from tests.recordings.traffic import Exchange

TOKEN = "tapped"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Tap:
    """Where the simulator is, and all that it has answered so far."""

    url: str = ""
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What makes every command use it."""
        return {"HARNESS_SIMULATOR_URL": self.url, "HARNESS_SIMULATOR_TOKEN": TOKEN}


@contextmanager
def tapped(behaviour: Simulator, providers: Any = None) -> Iterator[Tap]:
    """A fresh simulator for as long as the block runs."""
    tap = Tap()

    @web.middleware
    async def listen(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = await request.read()
        response = await handler(request)
        whole = isinstance(response, web.Response) and isinstance(response.body, bytes)
        answer = response.body if whole else b""  # type: ignore[attr-defined]
        tap.exchanges.append(
            Exchange(
                request.method,
                str(request.url),
                asked.decode(),
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                answer.decode(),
            )
        )
        return response

    app = build_app(SimulatedWorld(), TOKEN, behaviour, providers)
    app.middlewares.append(listen)
    with host(app) as url:
        tap.url = url
        yield tap


def document(text: str) -> Any:
    """A body as a value; an empty one is None."""
    return json.loads(text) if text else None
