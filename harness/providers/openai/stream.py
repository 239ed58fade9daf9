"""A streamed chat completion, gathered into a reply.

A stream is complete when a finish reason was seen, or ``[DONE]``; one that just ends is a cut
answer, however clean the end of the connection looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.conversation.ports import Hear, ReplyPiece
from harness.conversation.transcript import Answer, Failure
from harness.providers.openai.annotations import merge_annotations, merge_prompts
from harness.providers.openai.completion import (
    ResponseHead,
    find_likelihoods,
    make_protocol_failure,
    read_document,
    read_error,
    read_event,
)
from harness.providers.openai.content import CallsInParts, Content, UnknownShapeError, read_content

_OF_THE_WHOLE: Final = ("model", "system_fingerprint", "usage", "service_tier")
"""Facts about the whole completion that a chunk may tell; the last one that tells counts."""


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
        self._rest: list[bytes] = []
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Return the data of every event that is complete with this chunk."""
        if b"\n" not in chunk:  # joined once: a line of many pieces is not copied for each
            self._rest.append(chunk)
            return
        text = b"".join([*self._rest, chunk])
        lines = text.replace(b"\r\n", b"\n").split(b"\n")
        self._rest = [lines.pop()]
        for line in lines:
            yield from self._take_line(line)

    def end(self) -> Iterator[bytes]:
        """Return the events that the stream's end completes, though no empty line followed."""
        rest, self._rest = b"".join(self._rest), []
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
    """A completion in the making: what its chunks bring, put together as if it had come whole."""

    received: ResponseHead
    content: list[Any] = field(default_factory=list)
    refusal: list[Any] = field(default_factory=list)
    calls: CallsInParts = field(default_factory=CallsInParts)
    likely: list[Any] = field(default_factory=list)
    finish: str | None = None
    done: bool = False
    chunks: int = 0
    head: dict[str, Any] = field(default_factory=dict)
    prompt_filter: list[Any] = field(default_factory=list)
    completion_filter: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    hear: Hear | None = None

    @property
    def ended(self) -> bool:
        """The answer is whole: whatever breaks now is no loss."""
        return self.finish is not None

    @property
    def has_begun(self) -> bool:
        """Something of the answer is here."""
        return bool(self.content or self.refusal or self.calls)

    def take(self, data: bytes) -> bool:
        """Take one event's data; return True when it brought words of the answer (or a call's)."""
        if data == b"[DONE]":
            self.done = True
            return False
        chunk = read_event(data, self.received)
        if isinstance(chunk, Failure):
            if self.finish is None:  # after it only the usage is lost, not the answer
                self.failure = chunk
            return False
        if chunk.get("error"):
            self.failure = read_error(chunk, self.received)
            return False
        try:
            return self._take_chunk(chunk)
        except UnknownShapeError as error:
            self.failure = make_protocol_failure(
                f"the answer's {error}", self.received, retryable=False
            )
            return False

    def _take_chunk(self, chunk: dict[str, Any]) -> bool:
        self.chunks += 1
        for name in _OF_THE_WHOLE:
            if chunk.get(name):
                self.head[name] = chunk[name]
        for name in ("prompt_filter_results", "prompt_annotations"):
            if chunk.get(name):
                self.prompt_filter = merge_prompts(self.prompt_filter, chunk[name])
        choices = chunk.get("choices")
        if not isinstance(choices, list | None):
            raise UnknownShapeError("`choices` are no list")
        spoke = False
        for choice in choices or ():  # Azure's first chunk has none
            if isinstance(choice, dict) and not choice.get("index"):
                spoke = self._take_choice(choice) or spoke
        return spoke

    def _take_choice(self, choice: dict[str, Any]) -> bool:
        self.finish = choice.get("finish_reason") or self.finish
        self.likely += find_likelihoods(choice)
        if choice.get("usage"):  # Moonshot's place for it
            self.head["usage"] = choice["usage"]
        filtered = choice.get("content_filter_results")
        if isinstance(filtered, Mapping):
            self.completion_filter = merge_annotations(self.completion_filter, filtered)
        delta = choice.get("delta")
        if not isinstance(delta, dict):  # Azure's asynchronous filter sends choices without one
            delta = choice.get("message")  # and some servers the whole message, in one event
            if not isinstance(delta, dict) or self.has_begun:
                return False
        return self._take_delta(delta)

    def _take_delta(self, delta: dict[str, Any]) -> bool:
        if self.hear is not None:
            _tell_pieces(delta, self.hear)
        spoke = False
        for name, parts in (("content", self.content), ("refusal", self.refusal)):
            piece = delta.get(name)
            if isinstance(piece, str):
                parts.append(piece)
                spoke = bool(piece) or spoke
            elif piece:
                parts.extend(piece if isinstance(piece, list) else [piece])
                words = read_content(piece)
                spoke = bool(words.text or words.refusal) or spoke
            elif piece == []:
                parts.append("")
        calls = delta.get("tool_calls") or None
        if calls is None and delta.get("function_call"):
            calls = [{"index": 0, "function": delta["function_call"]}]
        if not isinstance(calls, list | None):
            raise UnknownShapeError("`tool_calls` are no list")
        for call in calls or ():
            self.calls.add(call)
            spoke = True
        return spoke

    def answer(self) -> Answer:
        """Return the reply, once the stream has ended; or why there is none."""
        if self.failure is not None:
            return self.failure
        blocked = self.done and not self.has_begun and bool(self.prompt_filter)
        if self.finish is None and not (self.done and self.has_begun) and not blocked:
            return self._explain_end()
        document = {**self.head, "prompt_filter_results": self.prompt_filter, "choices": []}
        if self.finish is not None or self.has_begun:
            document["choices"] = [self._make_choice()]
        return read_document(document, self.received)

    def _make_choice(self) -> dict[str, Any]:
        message = {
            "content": self.content or None,
            "refusal": self.refusal or None,
            "tool_calls": list(self.calls.whole()) or None,
        }
        return {
            "finish_reason": str(self.finish or "stop"),
            "message": message,
            "content_filter_results": self.completion_filter,
            "logprobs": {"content": self.likely},
        }

    def _explain_end(self) -> Failure:
        if self.done:
            return make_protocol_failure("the stream held no answer", self.received)
        if not self.chunks:
            return make_protocol_failure("the stream was empty", self.received)
        return make_protocol_failure(
            f"the stream ended after {self.chunks} events with neither a finish reason nor [DONE]",
            self.received,
        )


def _tell_pieces(delta: dict[str, Any], hear: Hear) -> None:
    """Tell somebody what a delta brings to read.

    Source of ``reasoning_content`` and ``reasoning``: DeepSeek's API and vLLM (2025), OpenRouter.
    """
    thought = delta.get("reasoning_content") or delta.get("reasoning")
    if isinstance(thought, str):
        hear(ReplyPiece(thought, "reasoning"))
    for piece in (delta.get("content"), delta.get("refusal")):
        if piece:
            words = Content(piece, "") if isinstance(piece, str) else read_content(piece)
            hear(ReplyPiece(words.text or words.refusal))
