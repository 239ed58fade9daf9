"""Chats are found in spans of every convention, and in those that harness itself sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness.conversation.transcript import Exchange, Reply
from harness.importers.chats.chat import LoggedChat
from harness.importers.chats.documents import Complaints
from harness.importers.chats.gathering import read_log
from harness.results.model import JudgedExchange, Result, RunInfo, TargetInfo, TrialId
from harness.telemetry.sender import Sender
from harness.telemetry.span_tree import Answerer, make_trial_span
from tests.simulator.otlp_receiver import receive


def wrap(value: Any) -> dict[str, Any]:
    """Write a value as OTLP has it."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [wrap(one) for one in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": list_attributes(value)}}
    return {"stringValue": value}


def list_attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": wrap(value)} for key, value in values.items()]


def otlp(attributes: dict[str, Any], *events: tuple[str, dict[str, Any]]) -> str:
    span = {
        "name": "chat gpt-4o",
        "spanId": "s1",
        "attributes": list_attributes(attributes),
        "events": [{"name": n, "attributes": list_attributes(a)} for n, a in events],
    }
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}) + "\n"


def read(*lines: str) -> tuple[list[LoggedChat], list[str]]:
    complaints = Complaints()
    chats = list(read_log(lines, "spans.jsonl", complaints))
    return chats, [f"{u.span.line}: {u.what}: {u.reason}" for u in complaints.list_unmapped()]


ASKED = [
    {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
    {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "c1", "name": "w", "arguments": {"city": "Malmö"}}],
    },
    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "4"}]},
]
ANSWERED = [
    {
        "role": "assistant",
        "finish_reason": "stop",
        "parts": [{"type": "reasoning", "content": "hm"}, {"type": "text", "content": "It is 4."}],
    }
]
TODAY = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.request.max_tokens": 50,
    "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be short."}]),
    "gen_ai.tool.definitions": json.dumps([{"type": "function", "name": "w", "parameters": {}}]),
}


def check_weather(chat: LoggedChat) -> None:
    assert chat.system == "Be short."
    assert [one["role"] for one in chat.messages] == ["user", "assistant", "tool"]
    call = chat.messages[1]["tool_calls"][0]
    assert json.loads(call["function"]["arguments"]) == {"city": "Malmö"}
    assert chat.messages[2] == {"role": "tool", "content": "4", "tool_call_id": "c1"}
    assert chat.answer == "It is 4."


@pytest.mark.parametrize("structured", [False, True])
def test_attributes_of_today_as_text_and_as_structure(structured: bool) -> None:
    messages = {"gen_ai.input.messages": ASKED, "gen_ai.output.messages": ANSWERED}
    held = messages if structured else {key: json.dumps(value) for key, value in messages.items()}
    (chat,), complaints = read(otlp({**TODAY, **held}))
    check_weather(chat)
    assert chat.model == "gpt-4o-2024-08-06"
    assert chat.parameters == {"max_output_tokens": 50}
    assert chat.tools[0]["function"]["name"] == "w"
    assert complaints == []


def test_the_event_that_holds_the_details() -> None:
    details = {
        "gen_ai.input.messages": ASKED,
        "gen_ai.output.messages": ANSWERED,
    }
    (chat,), _ = read(otlp(TODAY, ("gen_ai.client.inference.operation.details", details)))
    check_weather(chat)


OLD: list[tuple[str, dict[str, Any]]] = [
    ("gen_ai.system.message", {"content": "Be short."}),
    ("gen_ai.user.message", {"content": "Weather?"}),
    (
        "gen_ai.assistant.message",
        {
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "w", "arguments": '{"city": "Malmö"}'},
                }
            ]
        },
    ),
    ("gen_ai.tool.message", {"id": "c1", "content": "4"}),
    (
        "gen_ai.choice",
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "It is 4."},
        },
    ),
]


def test_events_of_before_on_the_span() -> None:
    (chat,), complaints = read(otlp({"gen_ai.request.model": "gpt-4o"}, *OLD))
    check_weather(chat)
    assert chat.model == "gpt-4o"
    assert complaints == []


def test_events_of_before_as_log_records_of_two_spans_at_once() -> None:
    def record(span: str, name: str, body: dict[str, Any]) -> str:
        one = {
            "spanId": span,
            "attributes": list_attributes({"event.name": name}),
            "body": wrap(body),
        }
        return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [one]}]}]}) + "\n"

    other = [("gen_ai.user.message", {"content": "Alone?"})]
    lines = [
        record("s1", *OLD[0]),
        record("s2", *other[0]),
        *(record("s1", *one) for one in OLD[1:]),
    ]
    (chat, alone), complaints = read(*lines)
    check_weather(chat)
    assert (alone.messages[0]["content"], alone.answer) == ("Alone?", None)
    assert complaints == []


def test_attributes_of_openllmetry_and_openinference() -> None:
    traceloop = {
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": "Be short.",
        "gen_ai.prompt.1.role": "user",
        "gen_ai.prompt.1.content": "Weather?",
        "gen_ai.prompt.2.role": "assistant",
        "gen_ai.prompt.2.tool_calls.0.id": "c1",
        "gen_ai.prompt.2.tool_calls.0.name": "w",
        "gen_ai.prompt.2.tool_calls.0.arguments": '{"city": "Malmö"}',
        "gen_ai.prompt.3.role": "tool",
        "gen_ai.prompt.3.content": "4",
        "gen_ai.prompt.3.tool_call_id": "c1",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "It is 4.",
    }
    arize = {
        "llm.model_name": "gpt-4o",
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "Hi",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "Hello.",
    }
    (first, second), complaints = read(otlp(traceloop), otlp(arize))
    check_weather(first)
    assert (second.messages[0]["content"], second.answer, second.model) == (
        "Hi",
        "Hello.",
        "gpt-4o",
    )
    assert complaints == []


def test_spans_that_an_sdk_printed_over_several_lines() -> None:
    span = {
        "name": "chat gpt-4o",
        "context": {"trace_id": "0x1", "span_id": "0x2"},
        "attributes": {
            "gen_ai.input.messages": json.dumps(ASKED[:1]),
            "gen_ai.output.messages": json.dumps(ANSWERED),
        },
        "events": [],
    }
    text = json.dumps(span, indent=4) + "\n"
    chats, complaints = read(*(text + text).splitlines(keepends=True))
    assert [chat.answer for chat in chats] == ["It is 4.", "It is 4."]
    assert [chat.place.line for chat in chats] == [1, 1 + text.count("\n")]
    assert complaints == []


AGAIN = " (the same on 1 more line: 4)"


def test_spans_without_messages_are_counted_by_their_reason() -> None:
    chats, complaints = read(
        otlp({"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}),
        otlp({"http.route": "/"}),
        otlp({"gen_ai.operation.name": "embeddings"}),
        otlp({"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}),
        otlp({"gen_ai.input.messages": "[1]"}),
    )
    assert chats == []
    assert complaints == [
        "1: a span: it holds no messages: what was said was not captured" + AGAIN,
        "2: a span: it is of no model",
        "3: a span of embeddings: it is no request to a model",
        "5: a span: its messages are no list of messages",
    ]


def test_what_harness_sends_itself_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = (
        JudgedExchange(Exchange(1, "Capital of France?", Reply("Paris.", "stop"))),
        JudgedExchange(Exchange(2, "And of Sweden?", Reply("Stockholm.", "stop"))),
    )
    result = Result(
        TrialId("capitals", None, "sweden/mini", "default", 1),
        "h",
        "passed",
        1.0,
        turns,
        system="Be short.",
    )
    info = RunInfo("r", "s", "", "1", "", (TargetInfo("sweden/mini", "gpt-4.1-mini"),))
    with receive() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        sender = Sender("harness", lambda: datetime.now(UTC))
        sender.send(make_trial_span(result, info, Answerer("azure.ai.openai"), lambda text: text))
        sender.close()
    traces = [one for one in received.bodies if b"resource" in one or b"Paris" in one]
    documents = [MessageToDict(ExportTraceServiceRequest.FromString(one)) for one in traces]
    chats, complaints = read(*(json.dumps(one) + "\n" for one in documents))
    told = {chat.messages[-1]["content"]: (len(chat.messages), chat.answer) for chat in chats}
    assert told == {
        "Capital of France?": (1, "Paris."),
        "And of Sweden?": (3, "Stockholm."),
    }
    assert {chat.system for chat in chats} == {"Be short."}
    assert complaints == ["1: a span: it holds no messages: what was said was not captured"]
