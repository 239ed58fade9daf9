"""Messages that an author wrote, as both APIs are given them."""

from __future__ import annotations

from typing import Any

from harness.conversation.chat_form import read_message, write_message
from harness.conversation.ports import Place, Request
from harness.providers.openai.parameters import Adaptation, write_completion
from harness.providers.openai.response_wire import write_response

PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}}
HISTORY: list[dict[str, Any]] = [
    {"role": "assistant", "content": [{"type": "text", "text": "I am the clerk."}]},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "content": "5", "tool_call_id": "c1"},
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Is it there?"}, IMAGE]},
]
REQUEST = Request(PLACE, tuple(map(read_message, HISTORY)))


def test_messages_are_read_and_written_as_they_stand() -> None:
    assert [write_message(message) for message in REQUEST.messages] == HISTORY


def test_chat_is_given_the_messages_in_their_order() -> None:
    assert write_completion(REQUEST, "m", Adaptation.of(None)).body["messages"] == HISTORY


def test_responses_is_given_the_same_in_its_own_form() -> None:
    assert write_response(REQUEST, "m", Adaptation.of(None)).body["input"] == [
        {"role": "assistant", "content": [{"type": "output_text", "text": "I am the clerk."}]},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "5"},
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Is it there?"},
                {
                    "type": "input_image",
                    "image_url": "data:image/png;base64,AA",
                    "detail": "low",
                },
            ],
        },
    ]
