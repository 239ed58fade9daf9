"""A chat is read in each of the forms that OpenAI's APIs and files have."""

from __future__ import annotations

from typing import Any

import pytest

from harness.importers.chats.chat import LoggedChat, NotAChatError
from harness.importers.chats.openai_form import is_chat, read_chat
from harness.source import Span

HERE = Span("log.jsonl", 7, 1)
HI: list[dict[str, Any]] = [{"role": "user", "content": "Hi"}]
SAID = {"role": "assistant", "content": "Hello."}


def read(value: Any) -> LoggedChat:
    return read_chat(value, HERE)


@pytest.mark.parametrize(
    "value",
    [
        {"messages": [*HI, SAID]},
        {"messages": HI, "response": "Hello."},
        {"messages": HI, "choices": [{"message": SAID, "finish_reason": "stop"}]},
        {"request": {"messages": HI}, "response": {"choices": [{"message": SAID}]}},
        {
            "request": {"body": {"messages": HI}},
            "response": {"body": {"choices": [{"message": SAID}]}},
        },
        {
            "custom_id": "1",
            "body": {"messages": HI},
            "response": {"status_code": 200, "body": {"choices": [{"message": SAID}]}},
        },
        {"input": "Hi", "output": "Hello."},
        {
            "input": "Hi",
            "output": [
                {"type": "reasoning"},
                {"type": "message", "content": [{"type": "output_text", "text": "Hello."}]},
            ],
        },
        {
            "request": {
                "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}]
            },
            "response": {"output_text": "Hello."},
        },
        {"prompt": "Hi", "completion": "Hello."},
        {"prompt": "Hi", "choices": [{"text": "Hello."}]},
        {
            "input": {"messages": HI},
            "preferred_output": [SAID],
            "non_preferred_output": [{"role": "assistant", "content": "No."}],
        },
    ],
)
def test_a_question_and_its_answer_are_found_in_every_form(value: Any) -> None:
    assert is_chat(value)
    chat = read(value)
    assert [(m["role"], m["content"]) for m in chat.messages] == [("user", "Hi")]
    assert chat.answer == "Hello."
    assert chat.notes == ()
    assert chat.place == HERE


def test_the_system_text_is_apart_and_the_history_stays() -> None:
    chat = read(
        {
            "messages": [
                {"role": "system", "content": "Be kind."},
                *HI,
                SAID,
                {"role": "user", "content": "More"},
            ]
        }
    )
    assert chat.system == "Be kind."
    assert [m["role"] for m in chat.messages] == ["user", "assistant", "user"]
    assert chat.answer is None
    assert chat.list_turns() == [("Hi", "Hello."), ("More", "")]


def test_the_model_that_answered_wins_over_the_one_that_was_asked() -> None:
    request = {"model": "gpt-4o", "temperature": 0.2, "max_tokens": 9, "messages": HI}
    chat = read(
        {
            "request": request,
            "response": {"model": "gpt-4o-2024-08-06", "choices": [{"message": SAID}]},
        }
    )
    assert chat.model == "gpt-4o-2024-08-06"
    assert chat.parameters == {"temperature": 0.2, "max_output_tokens": 9}


def test_calls_of_tools_keep_their_results_and_old_functions_are_tools() -> None:
    chat = read(
        {
            "messages": [
                *HI,
                {
                    "role": "assistant",
                    "content": None,
                    "function_call": {"name": "w", "arguments": "{}"},
                },
                {"role": "function", "name": "w", "content": "4"},
                {"role": "assistant", "content": "It is 4."},
            ],
            "functions": [{"name": "w", "parameters": {"type": "object"}}],
        }
    )
    call = chat.messages[1]["tool_calls"][0]
    assert (call["id"], chat.messages[2]["tool_call_id"]) == ("call_w", "call_w")
    assert chat.tools == (
        {"type": "function", "function": {"name": "w", "parameters": {"type": "object"}}},
    )
    assert chat.answer == "It is 4."


def test_items_of_responses_become_messages() -> None:
    chat = read(
        {
            "instructions": "Be short.",
            "input": [
                {"role": "user", "content": "Weather?"},
                {"type": "function_call", "call_id": "c1", "name": "w", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c1", "output": {"c": 4}},
                {"type": "web_search_call", "id": "x"},
            ],
            "tools": [{"type": "function", "name": "w"}, {"type": "web_search"}],
            "output": "4",
        }
    )
    assert chat.system == "Be short."
    assert [m["role"] for m in chat.messages] == ["user", "assistant", "tool"]
    assert chat.messages[2]["content"] == '{"c": 4}'
    assert chat.notes == (
        "the tool 'web_search', which the service carries out",
        "an item of the type 'web_search_call'",
    )


def test_a_picture_stays_and_what_has_no_place_is_noted() -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://x/y.png"}}
    content = [{"type": "text", "text": "Look"}, picture, {"type": "video", "video": "z"}]
    chat = read({"messages": [{"role": "user", "content": content}]})
    assert chat.messages[0]["content"] == [{"type": "text", "text": "Look"}, picture]
    assert chat.notes == ("a part of the type 'video'",)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1], "the line is no object"),
        ({"foo": 1}, "the line holds no chat"),
        ({"messages": []}, "`messages` is no list of messages"),
        ({"messages": [SAID]}, "no user says anything"),
        ({"messages": [{"role": "human", "content": "x"}]}, "message 1 has a role that is none"),
        ({"messages": ["x"]}, "message 1 is no object"),
        ({"messages": [{"role": "user"}]}, "message 1 says nothing"),
        (
            {"messages": [*HI, {"role": "tool", "tool_call_id": "c", "content": "4"}]},
            "answers no call",
        ),
        (
            {
                "messages": [
                    *HI,
                    {**SAID, "tool_calls": [{"id": "c", "function": {"name": "w"}}]},
                    *HI,
                ]
            },
            "has no result",
        ),
        ({"input": 4, "output": "x"}, "neither a text nor a list"),
    ],
)
def test_what_nobody_could_be_asked_is_refused_with_the_reason(value: Any, said: str) -> None:
    with pytest.raises(NotAChatError, match=said):
        read(value)


def test_a_failed_request_and_an_answer_without_text_are_told() -> None:
    failed = read({"body": {"messages": HI}, "response": {"status_code": 429, "body": {}}})
    assert (failed.answer, failed.notes) == (
        None,
        ("its request failed with HTTP 429: there is no answer",),
    )
    called = read(
        {"messages": HI, "choices": [{"message": {"role": "assistant", "tool_calls": [{}]}}]}
    )
    assert called.answer is None
    assert "a call of tools" in called.notes[0]
