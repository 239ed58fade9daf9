"""A streamed chat completion, gathered into a reply.

A stream is complete when a finish reason was seen, or ``[DONE]``; one that just ends is a cut
answer, however clean the end of the connection looked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.conversation.transcript import Answer, Failure, Reply, ToolCall
from harness.providers.openai.completion import (
    ResponseHead,
    find_likelihoods,
    join_annotations,
    make_protocol_failure,
    mend_characters,
    read_error,
    read_likelihoods,
    read_usage,
)


class EventLines:
    """Splits bytes into the ``data`` of server-sent events, across any cut of chunks.

    Source: WHATWG HTML, server-sent events: lines end with LF, CRLF or CR; other fields and
    comments are skipped. One ``data`` line an event is what every service here sends; several are
    joined.

    Args:
        exact: keep spaces as the standard does, for events that are text; around JSON they go.
    """

    def __init__(self, *, exact: bool = False) -> None:
        self._exact = exact
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the data of every event that is complete with this chunk."""
        text = self._rest + chunk
        lines = text.replace(b"\r\n", b"\n").split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            yield from self._take_line(line)

    def end(self) -> Iterator[bytes]:
        """Return the events that the stream's end completes, though no empty line followed."""
        rest, self._rest = self._rest, b""
        yield from self._take_line(rest)
        yield from self._take_line(b"")

    def _take_line(self, line: bytes) -> Iterator[bytes]:
        if line.startswith(b"data:"):
            data = line[5:]
            self._data.append(data.removeprefix(b" ") if self._exact else data.strip())
        elif not line.strip() and self._data:
            yield b"\n".join(self._data)
            self._data = []


@dataclass(slots=True)
class Gathered:
    """A reply in the making."""

    received: ResponseHead
    text: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    calls: dict[int, dict[str, str]] = field(default_factory=dict)
    likely: list[Any] = field(default_factory=list)
    finish: str | None = None
    done: bool = False
    chunks: int = 0
    model: str | None = None
    fingerprint: str | None = None
    usage: Any = None
    prompt_filter: Any = None
    completion_filter: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None

    @property
    def ended(self) -> bool:
        """The answer is whole: whatever breaks now is no loss."""
        return self.finish is not None

    def take(self, data: bytes) -> bool:
        """Take one event's data; return True when it brought words of the answer (or a call's)."""
        if data == b"[DONE]":
            self.done = True
            return False
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            if self.finish is None:  # after it only the usage is lost, not the answer
                self.failure = make_protocol_failure(
                    "the stream broke off inside an event", self.received
                )
            return False
        if not isinstance(chunk, dict):
            self.failure = make_protocol_failure(
                "an event of the stream is not an object", self.received
            )
            return False
        if chunk.get("error"):
            self.failure = read_error(chunk, self.received)
            return False
        return self._take_chunk(chunk)

    def _take_chunk(self, chunk: dict[str, Any]) -> bool:
        self.chunks += 1
        self.model = chunk.get("model") or self.model
        self.fingerprint = chunk.get("system_fingerprint") or self.fingerprint
        self.usage = chunk.get("usage") or self.usage
        self.prompt_filter = (
            chunk.get("prompt_filter_results")
            or chunk.get("prompt_annotations")
            or self.prompt_filter
        )
        spoke = False
        for choice in chunk.get("choices") or ():  # Azure's first chunk has none
            if isinstance(choice, dict) and not choice.get("index"):
                spoke = self._take_choice(choice) or spoke
        return spoke

    def _take_choice(self, choice: dict[str, Any]) -> bool:
        self.finish = choice.get("finish_reason") or self.finish
        self.likely += find_likelihoods(choice)
        filtered = choice.get("content_filter_results")
        if isinstance(filtered, Mapping):
            self.completion_filter.update(filtered)
        delta = choice.get("delta")
        if not isinstance(delta, dict):  # Azure's asynchronous filter sends choices without one
            return False
        spoke = False
        for name, parts in (("content", self.text), ("refusal", self.refusal)):
            if isinstance(delta.get(name), str) and delta[name]:
                parts.append(delta[name])
                spoke = True
        for call in delta.get("tool_calls") or ():
            if isinstance(call, dict):
                self._take_call(call)
                spoke = True
        return spoke

    def _take_call(self, call: dict[str, Any]) -> None:
        index = call.get("index")
        known = self.calls.setdefault(
            index if isinstance(index, int) else len(self.calls),
            {"id": "", "name": "", "arguments": ""},
        )
        function = call.get("function")
        known["id"] = call.get("id") or known["id"]
        if isinstance(function, dict):
            known["name"] += function.get("name") or ""
            known["arguments"] += function.get("arguments") or ""

    def answer(self) -> Answer:
        """Return the reply, once the stream has ended; or why there is none."""
        if self.failure is not None:
            return self.failure
        if self.finish is None and not (self.done and (self.text or self.calls or self.refusal)):
            return self._explain_end()
        return Reply(
            text=mend_characters("".join(self.refusal or self.text)),
            finish_reason=str(self.finish or "stop"),
            tool_calls=tuple(
                ToolCall(call["id"], call["name"], mend_characters(call["arguments"]))
                for _, call in sorted(self.calls.items())
            ),
            model=self.model,
            usage=read_usage(self.usage),
            request_id=self.received.request_id,
            content_filter=join_annotations(self.prompt_filter, self.completion_filter),
            system_fingerprint=self.fingerprint,
            refusal=bool(self.refusal),
            served=self.received.served,
            logprobs=read_likelihoods(self.likely),
        )

    def _explain_end(self) -> Failure:
        if self.done:
            return make_protocol_failure("the stream held no answer", self.received)
        if not self.chunks:
            return make_protocol_failure("the stream was empty", self.received)
        return make_protocol_failure(
            f"the stream ended after {self.chunks} events with neither a finish reason nor [DONE]",
            self.received,
        )
