"""A program under test: JSON on its stdin, the reply on its stdout."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, ClassVar

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Message, Reply
from harness.providers.applications.picking import Picker, ReplyPaths, make_reply
from harness.providers.endpoint import LIVE, Carrier, Endpoint, Run
from harness.providers.openai.completion import ResponseHead, make_protocol_failure
from harness.providers.openai.content import UnknownShapeError
from harness.providers.strict_json import load_strictly

_NO_HTTP = ResponseHead(0, {})


@dataclass(frozen=True, slots=True)
class CommandEndpoint(Endpoint):
    """A program under test.

    Attributes:
        run: starts it.
        address: what stands for it in recordings: a program is started, not called.
        paths: where the reply and what else it tells stand in its output; None: that is the reply.
    """

    is_exact: ClassVar[bool] = True

    run: Run = field(repr=False)
    address: str
    paths: ReplyPaths | None = None

    def open(self, carrier: Carrier = LIVE) -> CommandModel:
        """Return the program, which is started once a request."""
        return CommandModel(replace(self, run=carrier.wrap_program(self.run, self.address)))


class CommandModel:
    """A ``ChatModel`` that is somebody's program, started once for each request."""

    def __init__(self, endpoint: CommandEndpoint) -> None:
        self._endpoint = endpoint
        self._picker = None if endpoint.paths is None else Picker(endpoint.paths)

    @property
    def adapted(self) -> tuple[str, ...]:
        """Nothing: a program gets everything that is known."""
        return ()

    async def complete(self, request: Request) -> Answer:
        """Start the program once."""
        begun = perf_counter()
        try:
            said, printed, status = await self._endpoint.run(
                _write_question(request), request.deadline_s
            )
        except TimeoutError:
            return Failure(
                kind="timeout",
                message=f"the program was stopped after {request.deadline_s:g} s",
                retryable=True,
            )
        except OSError as error:
            why = error.strerror or error
            return Failure(kind="not_found", message=f"the program cannot be started: {why}")
        except Exception as error:  # noqa: BLE001 - the port's promise: never raise for the other side
            return Failure(
                kind="protocol", message=f"the program wrote too much: {error}".rstrip(": ")
            )
        if status != 0:
            lines = printed.decode("utf-8", "replace").strip().splitlines()
            why = f": {lines[-1][:300]}" if lines else ""
            return Failure(kind="server", message=f"the program ended with status {status}{why}")
        return self._read_output(said, perf_counter() - begun)

    async def close(self) -> None:
        """Do nothing: each program ended with its answer."""

    def _read_output(self, said: bytes, latency_s: float) -> Answer:
        paths = self._endpoint.paths
        if self._picker is None or paths is None:
            whole = said.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
            return Reply(text=whole, finish_reason="stop", latency_s=latency_s)
        try:
            picked = self._picker.pick(load_strictly(said))
        except UnknownShapeError as error:
            return make_protocol_failure(f"the program's {error}", _NO_HTTP, retryable=False)
        except (ValueError, RecursionError):
            return make_protocol_failure(
                "the program's output is not JSON", _NO_HTTP, retryable=False
            )
        if picked.text is None:
            what = f"the program's output has nothing at {paths.reply}"
            return make_protocol_failure(what, _NO_HTTP, retryable=False)
        return replace(make_reply(picked, _NO_HTTP), latency_s=latency_s)


def _write_question(request: Request) -> bytes:
    """Return the program's input as JSON; ``parameters`` have the contract's names."""
    place = request.place
    told = {
        "messages": [_message_as_json(message) for message in request.messages],
        "user": request.user,
        "variables": request.variables,
        "parameters": request.parameters,
        "tools": request.tools,
        "conversation": place.conversation,
        "case": place.case,
        "turn": place.turn,
        "repeat": place.repeat,
    }
    return json.dumps(told, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"


def _message_as_json(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.parts:
        said["content"] = list(message.parts)
    if message.tool_calls:
        said["tool_calls"] = [
            {"id": call.id, "name": call.name, "arguments": call.arguments}
            for call in message.tool_calls
        ]
    if message.images:
        said["images"] = list(message.images)
    if message.tool_call_id is not None:
        said["tool_call_id"] = message.tool_call_id
    return said
