"""Chats in OpenTelemetry's spans and events for generative AI, of today and of before.

Understood are OTLP as JSON (``resourceSpans``, ``resourceLogs``), as a collector writes it to a
file, and the spans that SDKs print. Where the messages stand has changed three times:

- ``gen_ai.input.messages``, ``gen_ai.output.messages``, ``gen_ai.system_instructions``: attributes
  of the span, or of its event ``gen_ai.client.inference.operation.details`` (since 1.37);
- events ``gen_ai.system.message``, ``…user…``, ``…assistant…``, ``…tool…``, ``gen_ai.choice``, of
  the span or as log records (1.28 to 1.36);
- ``gen_ai.prompt.0.content``, ``gen_ai.completion.0.content`` (OpenLLMetry), and
  ``llm.input_messages.0.message.content`` (OpenInference).

Source: open-telemetry/semantic-conventions, docs/gen-ai, its versions 1.28, 1.36 and 1.37, and
semantic-conventions-genai of 2026; traceloop/openllmetry; Arize's OpenInference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.importers.chats.chat import LoggedChat, NotAChatError, make_chat
from harness.importers.chats.messages import Json, UnreadableMessageError
from harness.importers.chats.otlp import Record, list_records
from harness.importers.chats.telemetry_messages import (
    has_messages,
    read_flat,
    read_parts,
    read_structured,
    read_tools,
    write_event_message,
)
from harness.source import Span

if TYPE_CHECKING:
    from harness.importers.chats.documents import Complaints

OTHER_OPERATIONS = {
    "embeddings",
    "execute_tool",
    "invoke_agent",
    "create_agent",
    "invoke_workflow",
    "retrieval",
    "plan",
}
"""Operations whose spans hold no request to a model, or hold one again that has its own span."""
DETAILS = "gen_ai.client.inference.operation.details"
EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
CHOICE = "gen_ai.choice"
MOST_OPEN = 10_000
"""Chats of log records whose answer has not come yet; beyond it the oldest is taken as it is."""
PARAMETERS = {
    "gen_ai.request.temperature": "temperature",
    "gen_ai.request.top_p": "top_p",
    "gen_ai.request.max_tokens": "max_output_tokens",
    "gen_ai.request.seed": "seed",
    "gen_ai.request.frequency_penalty": "frequency_penalty",
    "gen_ai.request.presence_penalty": "presence_penalty",
}


def is_telemetry(value: object) -> bool:
    """Tell whether a document is OTLP as JSON, or a span that an SDK printed."""
    if not isinstance(value, Mapping):
        return False
    if {"resourceSpans", "resourceLogs", "resource_spans", "resource_logs"} & value.keys():
        return True
    return "attributes" in value and bool(
        {"context", "span_id", "spanId", "event_name", "eventName"} & value.keys()
    )


class SpanReader:
    """Reads the chats of spans, one document after the other.

    Log records of one span come one by one: they are held until its ``gen_ai.choice``.
    """

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._open: dict[str, tuple[Span, list[Json]]] = {}

    def read(self, document: Mapping[str, Any], place: Span) -> Iterator[LoggedChat]:
        """Yield the chats that a document holds whole."""
        for record in list_records(document):
            try:
                yield from self._read_record(record, place)
            except (NotAChatError, UnreadableMessageError) as error:
                self._complaints.add(place, "a span", str(error), "broken")

    def end(self) -> Iterator[LoggedChat]:
        """Yield what never had an answer."""
        while self._open:
            yield from self._close(next(iter(self._open)))

    def _read_record(self, record: Record, place: Span) -> Iterator[LoggedChat]:
        attributes = record.attributes
        if record.is_log:
            yield from self._read_log(record, place)
            return
        if not any(name.startswith(("gen_ai.", "llm.")) for name in attributes):
            self._complaints.add(place, "a span", "it is of no model")
            return
        operation = str(attributes.get("gen_ai.operation.name") or "")
        if operation in OTHER_OPERATIONS:
            self._complaints.add(place, f"a span of {operation}", "it is no request to a model")
            return
        for event in record.events:
            if event.name == DETAILS:
                attributes = {**attributes, **event.attributes}
        if has_messages(attributes):
            yield self._make(place, attributes, *read_structured(attributes))
            return
        told = self._read_events(record)
        if told is not None:
            yield self._make(place, attributes, *told)
            return
        flat = read_flat(attributes)
        if flat is None:
            reason = "it holds no messages: what was said was not captured"
            self._complaints.add(place, "a span", reason)
            return
        yield self._make(place, attributes, *flat)

    def _read_events(self, record: Record) -> tuple[list[Json], list[Json] | None] | None:
        messages: list[Json] = []
        answers: list[Json] | None = None
        for event in record.events:
            if event.name in EVENTS:
                messages.append(write_event_message(EVENTS[event.name], event.attributes))
            elif event.name == CHOICE:
                answers = answers or [write_event_message("assistant", event.attributes)]
            elif event.name == "gen_ai.content.prompt":
                messages += read_parts(event.attributes.get("gen_ai.prompt"))
            elif event.name == "gen_ai.content.completion":
                answers = read_parts(event.attributes.get("gen_ai.completion"))
        return (messages, answers) if messages else None

    def _read_log(self, record: Record, place: Span) -> Iterator[LoggedChat]:
        attributes = record.attributes
        if record.name == DETAILS and has_messages(attributes):
            yield self._make(place, attributes, *read_structured(attributes))
            return
        body = {**attributes, **(record.body if isinstance(record.body, dict) else {})}
        if record.name in EVENTS:
            _, messages = self._open.setdefault(record.span_id, (place, []))
            messages.append(write_event_message(EVENTS[record.name], body))
            if len(self._open) > MOST_OPEN:
                yield from self._close(next(iter(self._open)))
        elif record.name == CHOICE and record.span_id in self._open:
            yield from self._close(record.span_id, [write_event_message("assistant", body)])
        elif record.name.startswith("gen_ai."):
            self._complaints.add(place, f"an event {record.name}", "it is no message")

    def _close(self, span_id: str, answers: list[Json] | None = None) -> Iterator[LoggedChat]:
        place, messages = self._open.pop(span_id)
        try:
            yield self._make(place, {}, messages, answers)
        except (NotAChatError, UnreadableMessageError) as error:
            self._complaints.add(place, "messages of a span", str(error), "broken")

    def _make(
        self,
        place: Span,
        attributes: Mapping[str, Any],
        messages: list[Json],
        answers: list[Json] | None,
    ) -> LoggedChat:
        model = attributes.get("gen_ai.response.model") or attributes.get("gen_ai.request.model")
        model = model or attributes.get("llm.model_name")
        about = {
            "model": str(model) if model else None,
            "tools": read_tools(attributes),
            "parameters": {
                ours: attributes[theirs]
                for theirs, ours in PARAMETERS.items()
                if attributes.get(theirs) is not None
            },
        }
        if answers:
            # As the last message of the assistant: what an answer may be is known in one place.
            messages = [*messages, {**answers[0], "role": "assistant"}]
            return make_chat(place, messages, about=about)
        return make_chat(place, messages, about=about, answered=answers is not None)
