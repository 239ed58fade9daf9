"""An application under test: JSON in, JSON out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import aiohttp
import jsonpath

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Message, Reply, Usage
from harness.models.completion import Received, protocol, tokens, whole_characters
from harness.models.connections import LARGEST_BODY_BYTES, BodyTooLargeError, is_loopback
from harness.models.endpoint import HttpEndpoint
from harness.models.failures import classify, service_error
from harness.models.template import fill
from harness.models.trouble import failure_of


class Application:
    """A ``ChatModel`` that is somebody's program behind HTTP."""

    def __init__(self, endpoint: HttpEndpoint) -> None:
        self._endpoint = endpoint
        self._session: aiohttp.ClientSession | None = None
        self._reply = jsonpath.compile(endpoint.reply)
        self._usage = jsonpath.compile(endpoint.usage) if endpoint.usage else None

    @property
    def adapted(self) -> tuple[str, ...]:
        """Nothing: an application gets the body that its author wrote."""
        return ()

    async def complete(self, request: Request) -> Answer:
        """One attempt."""
        begun = perf_counter()
        try:
            async with asyncio.timeout(request.deadline_s):
                answer = await self._ask(request)
        except TimeoutError:
            return Failure(
                kind="timeout",
                message=f"no whole answer within {request.deadline_s:g} s",
                retryable=True,
            )
        except Exception as error:  # noqa: BLE001 - the port's promise: never raise for the other side
            return failure_of(error)
        if isinstance(answer, Reply):
            return replace(answer, latency_s=perf_counter() - begun)
        return answer

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, request: Request) -> Answer:
        endpoint = self._endpoint
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(),
                trust_env=not is_loopback(endpoint.url),
            )
        headers = {"Content-Type": "application/json", **endpoint.headers}
        if endpoint.auth is not None:
            headers["Authorization"] = f"Bearer {endpoint.auth.value}"
        async with self._session.request(
            endpoint.method,
            endpoint.url,
            data=json.dumps(_filled(endpoint.body, request), ensure_ascii=False).encode(),
            headers=headers,
            allow_redirects=False,
        ) as response:
            lower = {name.lower(): value for name, value in response.headers.items()}
            received = Received(response.status, lower)
            body = await _read(response)
        if received.status >= 300:
            said = service_error(body)
            return classify(received.status, lower, said, request_id=received.request_id)
        return self._understood(body, received)

    def _understood(self, body: bytes, received: Received) -> Answer:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return protocol("the application's answer is not JSON", received, retryable=False)
        found = self._reply.findall(document)
        if not found or found[0] is None:
            path = self._endpoint.reply
            return protocol(
                f"the application's answer has nothing at {path}", received, retryable=False
            )
        text = found[0] if isinstance(found[0], str) else json.dumps(found[0], ensure_ascii=False)
        usage = self._usage.findall(document) if self._usage is not None else []
        return Reply(
            text=whole_characters(text),
            finish_reason="stop",
            usage=_usage(usage[0]) if usage else None,
            request_id=received.request_id,
        )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        parts += chunk
        if len(parts) > LARGEST_BODY_BYTES:
            raise BodyTooLargeError
    return bytes(parts)


def _filled(body: object, request: Request) -> Any:
    return fill(
        body,
        {
            **request.variables,
            **request.parameters,
            "messages": [_said(message) for message in request.messages],
            "user": request.user,
            "system": next((m.content for m in request.messages if m.role == "system"), ""),
        },
    )


def _said(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": message.content or ""}


def _usage(found: object) -> Usage | None:
    if isinstance(found, Mapping) and "input_tokens" in found:
        found = {
            "prompt_tokens": found.get("input_tokens"),
            "completion_tokens": found.get("output_tokens"),
        }
    return tokens(found)
