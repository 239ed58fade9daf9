"""An answer of the Responses API as a reply, plain or streamed, as strictly as a chat's.

Azure's annotations are put into the shape that chat completions have, so that checks and reports
need to know one shape only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from harness.conversation.ports import Hear, ReplyPiece
from harness.conversation.transcript import Answer, Failure, Reply, ToolCall
from harness.providers.openai.annotations import (
    join_annotations,
    merge_annotations,
    note_filter_error,
)
from harness.providers.openai.completion import (
    ResponseHead,
    make_protocol_failure,
    read_error,
    read_event,
    read_likelihoods,
    read_object,
)
from harness.providers.openai.content import (
    Content,
    UnknownShapeError,
    mend_characters,
    read_content,
    write_arguments,
)
from harness.providers.openai.usage import read_usage

_FINISHED: Final[Mapping[object, str]] = {"max_output_tokens": "length", None: "length"}
"""Reasons for an incomplete answer, in the words of chat completions."""

_CALLS: Final = frozenset({"function_call", "custom_tool_call"})
"""Items that ask us for a result; other calls are answered by the service itself."""

_WORDS_ON_THE_WAY: Final = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
}

_TOLD: Final[Mapping[str, Literal["text", "reasoning"]]] = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "text",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.reasoning_text.delta": "reasoning",
}
"""Events that bring something to read, and what it is."""

_CHAT_NAMES: Final = {
    "input_tokens": "prompt_tokens",
    "output_tokens": "completion_tokens",
    "input_tokens_details": "prompt_tokens_details",
    "output_tokens_details": "completion_tokens_details",
}


def read_response(body: bytes, received: ResponseHead) -> Answer:
    """Return the reply in the body of a 200, or what is wrong with it."""
    document = read_object(body, received, "a response")
    return document if isinstance(document, Failure) else _read_reply(document, received)


def _read_reply(  # noqa: PLR0911 - each is a way of being no answer
    document: Mapping[str, Any], received: ResponseHead
) -> Answer:
    if document.get("error"):
        return read_error(document, received)
    status, output = document.get("status"), document.get("output")
    if status not in (None, "completed", "incomplete"):
        return make_protocol_failure(
            f"the answer's status is {status}, which is no ending", received
        )
    if not isinstance(output, list):
        return make_protocol_failure("the answer has no `output`", received)
    finish = _find_finish(document, status)
    if not output and finish == "stop":
        return make_protocol_failure("the answer's `output` is empty", received)
    try:
        content, calls = _read_output(output)
    except UnknownShapeError as error:
        return make_protocol_failure(f"the answer's {error}", received, retryable=False)
    text = content.refusal or content.text
    if not (text or calls) and finish == "stop" and _says_nothing(output):
        return make_protocol_failure(
            "the answer's text is null, and there is nothing else in it", received
        )
    counted = read_usage(_rename_usage(document.get("usage")), spoke=bool(text or calls))
    annotations = _read_annotations(document.get("content_filters"))
    return Reply(
        text=text,
        finish_reason="tool_calls" if calls and finish == "stop" else finish,
        tool_calls=calls,
        model=_read_name(document.get("model")),
        usage=counted.usage,
        request_id=received.request_id,
        content_filter=annotations,
        system_fingerprint=_read_name(document.get("system_fingerprint")),
        refusal=bool(content.refusal),
        notes=(*counted.notes, *note_filter_error(annotations)),
        served=received.find_served(document.get("service_tier")),
        logprobs=read_likelihoods(_list_likelihoods(output)),
    )


def _read_output(output: list[Any]) -> tuple[Content, tuple[ToolCall, ...]]:
    """Read the words of all messages, and all calls that somebody else has to answer.

    Raises:
        UnknownShapeError: an item is nothing that is known, and may hold words.
    """
    words: list[Content] = []
    calls: list[ToolCall] = []
    for item in output:
        kind = item.get("type") if isinstance(item, Mapping) else None
        if not isinstance(kind, str):
            raise UnknownShapeError(f"output has an item of type {json.dumps(kind)}")
        if kind == "message":
            words.append(read_content(item.get("content")))
        elif kind in _CALLS:
            calls.append(_read_call(item))
        elif kind != "reasoning" and item.get("content"):
            raise UnknownShapeError(f"output has an item of type {json.dumps(kind)}")
    text = "".join(one.text for one in words)
    refusal = "".join(one.refusal for one in words)
    return Content(mend_characters(text), mend_characters(refusal)), tuple(calls)


def _find_finish(document: Mapping[str, Any], status: object) -> str:
    if status != "incomplete":
        return "stop"
    details = document.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, Mapping) else None
    return _FINISHED.get(str(reason), str(reason))


def _list_likelihoods(items: list[Any]) -> list[Any]:
    """Return the log-probabilities that messages hold, where they were asked for."""
    told = [one.get("logprobs") for one in _list_parts(items)]
    return [entry for entries in told if isinstance(entries, list) for entry in entries]


def _list_parts(items: list[Any]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        content = item.get("content") if item.get("type") == "message" else None
        if isinstance(content, list):
            yield from (part for part in content if isinstance(part, Mapping))


def _says_nothing(output: list[Any]) -> bool:
    """Return whether all words are null, which is not the same as none."""
    parts = list(_list_parts(output))
    return bool(parts) and all(
        part.get("text") is None and part.get("refusal") is None for part in parts
    )


def _read_call(item: Mapping[str, Any]) -> ToolCall:
    name = item.get("name")
    if not isinstance(name, str):
        raise UnknownShapeError("output has a call without a name")
    given = item.get("arguments", item.get("input"))
    return ToolCall(str(item.get("call_id") or item.get("id") or ""), name, write_arguments(given))


def _rename_usage(usage: object) -> object:
    if not isinstance(usage, Mapping):
        return None
    return {_CHAT_NAMES.get(name, name): value for name, value in usage.items()}


def _read_annotations(filters: object) -> dict[str, Any] | None:
    if not isinstance(filters, list):
        return None
    prompt: list[dict[str, Any]] = []
    completion: dict[str, Any] = {}
    for one in filters:
        found = one.get("content_filter_results") if isinstance(one, Mapping) else None
        if not isinstance(found, Mapping):
            continue
        if one.get("source_type") == "prompt":
            prompt.append({"prompt_index": len(prompt), "content_filter_results": found})
        else:
            completion = merge_annotations(completion, found)
    return join_annotations(prompt, completion)


def _read_name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


@dataclass(slots=True)
class GatheredResponse:
    """A response in the making; its last event repeats it whole.

    Attributes:
        items: what was finished on the way, for servers whose last event leaves it out.
        parts: the words on the way, for servers that finish no items either.
        last: the response of the event that ended it.
    """

    received: ResponseHead
    items: list[Any] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, Any] | None = None
    failure: Failure | None = None
    events: int = 0
    hear: Hear | None = None

    @property
    def done(self) -> bool:
        """Nothing more is to come."""
        return self.last is not None

    @property
    def ended(self) -> bool:
        """Say whether the answer is whole, so that whatever breaks now is no loss."""
        return self.last is not None

    def take(self, data: bytes) -> bool:
        """Take one event's data; return True when it brought words of the answer (or a call's)."""
        if data == b"[DONE]":
            return False
        event = read_event(data, self.received)
        if isinstance(event, Failure):
            self.failure = event
            return False
        self.events += 1
        return self._take_event(event, str(event.get("type") or ""))

    def _take_event(self, event: dict[str, Any], kind: str) -> bool:
        response = event.get("response")
        if kind == "error" or (not kind and event.get("error")):
            nested = isinstance(event.get("error"), Mapping | str)
            self.failure = read_error(event if nested else {"error": event}, self.received)
        elif kind == "response.failed":
            said = response if isinstance(response, Mapping) else {}
            self.failure = read_error(said, self.received)
        elif kind in ("response.completed", "response.incomplete"):
            self.last = response if isinstance(response, dict) else {}
        elif kind == "response.output_item.done":
            self.items.append(event.get("item"))
        elif kind in _WORDS_ON_THE_WAY:
            name = _WORDS_ON_THE_WAY[kind]
            self.parts.append({"type": name, name: event.get("delta")})
        if self.hear is not None and kind in _TOLD and isinstance(event.get("delta"), str):
            self.hear(ReplyPiece(event["delta"], _TOLD[kind]))
        return kind.endswith(".delta") and "reasoning" not in kind

    def answer(self) -> Answer:
        """Return the reply, once the stream has ended; or why there is none."""
        if self.failure is not None:
            return self.failure
        if self.last is None:
            if not self.events:
                return make_protocol_failure("the stream was empty", self.received)
            return make_protocol_failure(
                f"the stream ended after {self.events} events without response.completed",
                self.received,
            )
        if self.last.get("output"):
            return _read_reply(self.last, self.received)
        output = self.items or [{"type": "message", "content": self.parts}] * bool(self.parts)
        return _read_reply({**self.last, "output": output}, self.received)
