"""A value of a type that nobody expects is told as broken, and never ends the conversion."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.importers.chats.chat import NotAChatError
from harness.importers.chats.documents import Complaints
from harness.importers.chats.gathering import read_log
from harness.importers.chats.openai_form import read_chat
from harness.importers.chats.otlp import read_value
from harness.importers.results.foreign_trial import split_messages
from harness.importers.results.openai_evals import read_log as read_evals
from harness.source import Span

HERE = Span("log.jsonl", 1, 1)
USER = {"role": "user", "content": "Hi"}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"role": {"a": 1}, "content": "Hi"}, "message 1 has a role that is none: {'a': 1}"),
        (
            {"role": "assistant", "tool_calls": 5},
            "`tool_calls` of message 1 is no list",
        ),
    ],
)
def test_a_message_says_what_is_wrong_with_it(message: dict[str, Any], said: str) -> None:
    with pytest.raises(NotAChatError) as raised:
        read_chat({"messages": [message, USER]}, HERE)
    assert str(raised.value) == said


def test_an_item_of_an_answer_may_have_a_type_that_is_no_text() -> None:
    output = [{"type": ["text"], "text": "no"}, {"type": "output_text", "text": "Hello."}]
    assert read_chat({"input": "Hi", "output": output}, HERE).answer == "Hello."


def test_a_call_after_a_message_whose_calls_are_no_list_is_told() -> None:
    said = {"role": "assistant", "content": "x", "tool_calls": "y"}
    call = {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"}
    with pytest.raises(NotAChatError):
        read_chat({"input": [said, call, USER]}, HERE)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"intValue": "-12"}, -12),
        ({"intValue": "twelve"}, "twelve"),
        ({"intValue": "9" * 5000}, "9" * 5000),
        ({"intValue": [1]}, [1]),
        ({"kvlistValue": "x"}, {}),
        ({"arrayValue": "x"}, {}),
    ],
)
def test_a_value_of_otlp_that_is_not_what_it_says(value: Any, read: Any) -> None:
    assert read_value(value) == read


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.input.messages": [{"role": "user", "parts": [{"type": {"a": 1}}]}]},
        {f"gen_ai.prompt.{'9' * 5000}.content": "Hi"},
    ],
)
def test_a_span_that_cannot_be_read_is_told(attributes: dict[str, Any]) -> None:
    complaints = Complaints()
    line = json.dumps({"attributes": attributes, "context": {"span_id": "s"}})
    list(read_log([line], "spans.jsonl", complaints))
    assert complaints.list_unmapped()


def test_an_event_of_a_span_may_have_a_role_that_is_no_text() -> None:
    event = {"name": "gen_ai.user.message", "attributes": {"role": ["x"], "content": "Hi"}}
    span = {
        "attributes": {"gen_ai.request.model": "m"},
        "context": {"span_id": "s"},
        "events": [event],
    }
    (chat,) = read_log([json.dumps(span)], "spans.jsonl", Complaints())
    assert [one["content"] for one in chat.messages] == ["Hi"]


def test_results_with_roles_and_names_that_are_no_texts() -> None:
    assert split_messages([{"role": {}, "content": "x"}, USER]) == ("", ("Hi",))
    log = read_evals([(HERE, {"spec": {"completion_fns": 5}})])
    assert log.trials == ()
