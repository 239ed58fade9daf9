"""``harness eval`` in this process, with the CPU seconds of its parts on stderr's last line.

    python tests/bench/eval_parts.py (sdk | lean | none) eval SPEC [OPTION]...

``sdk`` is the product. ``lean`` puts another model behind the same port, which speaks plain aiohttp
and reads answers by the same code: what the SDK takes is the difference. ``none`` answers at once
and sends nothing: what is left is playing, checking, journal, results and documents. The last two
are for measuring; they know no retries of parameters, no sign-in, no streams.
"""

# ruff: noqa: T201 - a benchmark prints its figures

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Reply, Usage


class Lean:
    """A ``ChatModel`` over plain aiohttp, for servers without a key."""

    adapted: tuple[str, ...] = ()

    def __init__(self, endpoint: Any) -> None:
        from harness.providers.openai.parameters import Adaptation

        self._model = endpoint.model
        self._url = f"{endpoint.base_url.rstrip('/')}/chat/completions"
        self._adaptation = Adaptation.of(endpoint.reasoning)
        self._session: Any = None

    async def complete(self, request: Request) -> Answer:
        """One attempt, by the same wording and the same reading as the product's."""
        import aiohttp

        from harness.providers.openai.apis import CHAT
        from harness.providers.openai.completion import ResponseHead
        from harness.providers.trouble import explain_exception

        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        body = CHAT.write(request, self._model, self._adaptation).body
        try:
            async with (
                asyncio.timeout(request.deadline_s),
                self._session.post(
                    self._url,
                    data=json.dumps(body).encode(),
                    headers={"Content-Type": "application/json"},
                ) as response,
            ):
                return CHAT.read(
                    await response.read(), ResponseHead(response.status, response.headers)
                )
        except Exception as error:  # noqa: BLE001 - the port's promise
            return explain_exception(error)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()


class Instant:
    """A ``ChatModel`` that answers at once."""

    adapted: tuple[str, ...] = ()

    async def complete(self, request: Request) -> Answer:
        """The same answer as the server's."""
        del request
        await asyncio.sleep(0)
        return Reply("It is 42.", "stop", model="gpt-4.1-mini", usage=Usage(12, 6), latency_s=0.05)

    async def close(self) -> None:
        """There is nothing to let go of."""


def main() -> None:
    """Run, and say what the parts took."""
    kind = sys.argv.pop(1)
    marks = [("", 0.0)]

    def timed(function: Callable[..., Any], before: str, during: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            marks.append((before, time.process_time()))
            try:
                return function(*args, **kwargs)
            finally:
                marks.append((during, time.process_time()))

        return call

    import harness.run.evaluate as evaluation
    from harness.cli.main import main as harness
    from harness.providers import OpenAIEndpoint

    opened: Any = OpenAIEndpoint
    if kind != "sdk":
        opened.open = lambda endpoint, _: Lean(endpoint) if kind == "lean" else Instant()
    run: Any = asyncio.run
    evaluation.asyncio.run = timed(run, "start", "trials")  # type: ignore[attr-defined]
    try:
        harness()
    finally:
        marks.append(("documents", time.process_time()))
        parts: dict[str, float] = {}
        for (_, began), (name, ended) in pairwise(marks):
            parts[name] = parts.get(name, 0.0) + ended - began
        print(json.dumps(parts), file=sys.stderr)


if __name__ == "__main__":
    main()
