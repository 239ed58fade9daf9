"""An application under test: JSON in, JSON out, or a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, ClassVar

from harness.conversation.chat_form import write_message
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Message, Reply, ToolCall
from harness.exchange import PlainRequest
from harness.providers.applications.picking import PickedReply, Picker, ReplyPaths, make_reply
from harness.providers.auth import ApiKey
from harness.providers.endpoint import LIVE, Carrier, Endpoint
from harness.providers.failures import classify, read_service_error
from harness.providers.openai.completion import (
    ResponseHead,
    explain_no_json,
    make_protocol_failure,
    read_error,
)
from harness.providers.openai.content import UnknownShapeError, mend_characters
from harness.providers.openai.stream import EventLines
from harness.providers.openai.usage import UNCOUNTED, CountedUsage
from harness.providers.strict_json import load_strictly
from harness.providers.transport import OpenResponse, Transport
from harness.providers.trouble import explain_exception
from harness.spec.document.template import fill


@dataclass(frozen=True, slots=True)
class HttpEndpoint(Endpoint):
    """An application under test.

    Attributes:
        body: JSON in which ``{{messages}}``, ``{{user}}`` and variables are filled in.
        paths: where the reply and what else it tells stand in its answer.
        auth: sent as a bearer token.
    """

    is_exact: ClassVar[bool] = True

    url: str
    body: Any
    paths: ReplyPaths
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: ApiKey | None = None

    @property
    def address(self) -> str:
        """The application's URL."""
        return self.url

    def open(self, carrier: Carrier = LIVE) -> Application:
        """Return the application, which has connections of its own."""
        from harness.providers.applications.http_transport import HttpTransport

        connections = carrier.connections
        live = HttpTransport(None if connections is None else connections.reach)
        return Application(self, carrier.wrap(live))


class Application:
    """A ``ChatModel`` that is somebody's program behind HTTP."""

    def __init__(self, endpoint: HttpEndpoint, transport: Transport) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._picker = Picker(endpoint.paths)

    @property
    def adapted(self) -> tuple[str, ...]:
        """Nothing: an application gets the body that its author wrote."""
        return ()

    async def complete(self, request: Request) -> Answer:
        """Make one attempt."""
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
            return explain_exception(error)
        if isinstance(answer, Reply):
            return replace(answer, latency_s=perf_counter() - begun)
        return answer

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    async def _ask(self, request: Request) -> Answer:
        endpoint = self._endpoint
        answer = await self._transport.send(
            PlainRequest(
                endpoint.method,
                endpoint.url,
                {"Content-Type": "application/json", **endpoint.headers},
                json.dumps(_fill_body(endpoint.body, request), ensure_ascii=False).encode(),
            ),
            auth=endpoint.auth,
        )
        received = answer.received
        if received.status < 300 and "event-stream" in received.headers.get("content-type", ""):
            try:
                return await self._gather(answer)
            finally:
                await answer.close()
        body = await answer.read()
        if received.status >= 300:
            said = read_service_error(body)
            return classify(received.status, received.headers, said, request_id=received.request_id)
        return self._read_body(body, received)

    async def _gather(self, answer: OpenResponse) -> Answer:
        """Return the parts of all events, joined; an event that is no JSON is a part itself."""
        received, begun = answer.received, answer.began
        lines, gathered = EventLines(exact=True), _GatheredEvents(self._picker, received)
        async for chunk in answer.chunks:
            for data in lines.feed(chunk):
                gathered.take(data, perf_counter() - begun)
        for data in lines.end():
            gathered.take(data, perf_counter() - begun)
        if gathered.failure is not None:
            return gathered.failure
        if not gathered.parts:
            what = f"the application's events have nothing at {self._endpoint.paths.reply}"
            return make_protocol_failure(what, received, retryable=False)
        return gathered.reply()

    def _read_body(self, body: bytes, received: ResponseHead) -> Answer:
        try:
            document = load_strictly(body)
        except UnknownShapeError as error:
            what = f"the application's {error}"
            return make_protocol_failure(what, received, retryable=False)
        except (ValueError, RecursionError):
            return explain_no_json(body, received, "the application's answer")
        try:
            picked = self._picker.pick(document)
        except UnknownShapeError as error:
            what = f"the application's {error}"
            return make_protocol_failure(what, received, retryable=False)
        if picked.text is None and _is_error(document):
            return read_error(document, received)
        if picked.text is None:
            what = f"the application's answer has nothing at {self._endpoint.paths.reply}"
            return make_protocol_failure(what, received, retryable=False)
        return make_reply(picked, received)


@dataclass(slots=True)
class _GatheredEvents:
    """A reply in the making."""

    picker: Picker
    received: ResponseHead
    parts: list[str] = field(default_factory=list)
    counted: CountedUsage = UNCOUNTED
    session: Any = None
    calls: list[ToolCall] = field(default_factory=list)
    context: list[str] | None = None
    ttft_s: float | None = None
    speaks_json: bool = False
    failure: Failure | None = None

    def take(self, data: bytes, after_s: float) -> None:
        """Take one event's data; what is no object (words, a number alone) is a part as it stands.

        An error among the events, or an object cut in two, and what came before is no reply.
        """
        if data.strip() == b"[DONE]":
            return
        try:
            document = load_strictly(data)
        except (ValueError, RecursionError) as error:
            document = None
            if isinstance(error, UnknownShapeError) and data.lstrip().startswith(b"{"):
                what = f"the application's {error}"
                self.failure = make_protocol_failure(what, self.received, retryable=False)
                return
            if self.speaks_json and data.lstrip().startswith(b"{"):
                self.failure = make_protocol_failure(
                    "the stream broke off inside an event", self.received
                )
                return
        try:
            picked = self.picker.pick(document)
        except UnknownShapeError as error:
            what = f"the application's {error}"
            self.failure = make_protocol_failure(what, self.received, retryable=False)
            return
        part = picked.text
        if part is None and _is_error(document):
            self.failure = read_error(document, self.received)
            return
        if isinstance(document, dict | list):
            self._add(picked)
        elif part is None:
            part = mend_characters(data.decode("utf-8", "replace"))
        if part:
            self.parts.append(part)
            self.ttft_s = after_s if self.ttft_s is None else self.ttft_s

    def _add(self, picked: PickedReply) -> None:
        self.speaks_json = True
        self.counted = self.counted if picked.counted == UNCOUNTED else picked.counted
        self.session = picked.session or self.session
        self.calls += picked.calls
        if picked.context is not None:
            new = (one for one in picked.context if one not in (self.context or ()))
            self.context = [*(self.context or ()), *new]

    def reply(self) -> Reply:
        """Return the parts of all events, joined."""
        context = None if self.context is None else tuple(self.context)
        picked = PickedReply(
            "".join(self.parts), self.counted, self.session, tuple(self.calls), context
        )
        return replace(make_reply(picked, self.received), ttft_s=self.ttft_s)


def _is_error(document: Any) -> bool:
    """Return whether an answer without a reply says why there is none."""
    return isinstance(document, dict) and bool(document.get("error"))


def _fill_body(body: object, request: Request) -> Any:
    return fill(
        body,
        {
            "session": None,
            **request.variables,
            **request.parameters,
            "messages": [_message_as_json(message) for message in request.messages],
            "user": request.user,
            "images": [url for message in request.messages[-1:] for url in message.images],
            "system": next((m.content for m in request.messages if m.role == "system"), ""),
        },
    )


def _message_as_json(message: Message) -> dict[str, Any]:
    """Return what was said; parts, calls and their results in the form of chat completions."""
    if message.parts or message.tool_calls or message.tool_call_id is not None:
        return write_message(message)
    return {"role": message.role, "content": message.content or ""}
