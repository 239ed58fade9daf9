"""Turns that begin with several messages: as they are asked, worded, and kept."""

from __future__ import annotations

from typing import Any

import pytest

from harness.conversation.transcript import Exchange, Message, Reply
from harness.errors import SpecError
from harness.run.asking.messages import word_messages
from harness.run.asking.question import AskedTurn, Case, Question, ask
from harness.spec.model.spec import Conversation, Variant

CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"n": "{{item}}"}}}
HISTORY = [
    {"role": "system", "content": "You sell {{item}}."},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "{{stock}}"},
    {"role": "user", "content": [{"type": "text", "text": "Is {{item}} there?"}]},
]
CHAT = [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "{{item}}"}]


def question(turn: dict[str, Any], **variables: Any) -> Question:
    known = {"item": "milk", "stock": {"n": 5}, "chat": CHAT, **variables}
    declared = {"id": "x", "turns": [turn], "vars": known}
    conversation = Conversation.model_validate(declared)
    return ask(conversation, Case(None, conversation.vars), ())


def asked(turn: dict[str, Any], **variables: Any) -> AskedTurn:
    return question(turn, **variables).turns[0]


def test_data_is_put_into_every_message() -> None:
    turn = asked({"messages": HISTORY})
    assert [(one.role, one.content) for one in turn.messages] == [
        ("system", "You sell milk."),
        ("assistant", None),
        ("tool", '{"n": 5}'),
        ("user", "Is milk there?"),
    ]
    assert turn.messages[1].tool_calls[0].arguments == '{"n": "milk"}'
    assert turn.messages[3].parts == ({"type": "text", "text": "Is milk there?"},)
    assert turn.user == "Is milk there?"


@pytest.mark.parametrize(
    "turn",
    [
        {"messages": "{{chat}}"},
        {"user": "{{chat}}"},
        {"messages": ["{{chat}}"]},
    ],
)
def test_a_variable_may_hold_the_messages_and_is_not_expanded_again(turn: dict[str, Any]) -> None:
    told = [(one.role, one.content) for one in asked(turn).messages]
    assert told == [("assistant", "Hello"), ("user", "{{item}}")]


def test_a_list_that_is_no_chat_is_what_the_user_says() -> None:
    turn = asked({"user": "{{list}}"}, list=[{"a": 1}])
    assert (turn.user, turn.messages) == ('[{"a": 1}]', ())


def test_messages_that_a_variable_holds_stand_among_others() -> None:
    turn = asked({"messages": ["{{chat}}", {"role": "user", "content": "And {{item}}?"}]})
    assert [one.content for one in turn.messages] == ["Hello", "{{item}}", "And milk?"]
    assert turn.user == "And milk?"


def test_a_variable_that_holds_no_messages_ends_the_run_with_its_place() -> None:
    with pytest.raises(SpecError, match="conversation x: a message has a role"):
        asked({"messages": "{{chat}}"}, chat=[{"content": "a"}])


def test_messages_are_part_of_the_question() -> None:
    one, other = question({"messages": CHAT}), question({"messages": CHAT}, item="gold")
    alone = question({"user": "{{item}}"})
    assert len({one.sha256, other.sha256, alone.sha256}) == 3


def test_a_variant_words_the_users_last_message() -> None:
    turn = asked({"messages": [*CHAT, {"role": "assistant", "content": "Yes?"}]})
    worded = word_messages(turn.messages, Variant(user="{{user}} Be brief."), {})
    assert [one.content for one in worded] == ["Hello", "milk Be brief.", "Yes?"]
    parts = asked({"messages": HISTORY}).messages
    last = word_messages(parts, Variant(user="{{user}} Be brief."), {})[-1]
    assert last.parts == ({"type": "text", "text": "Is milk there? Be brief."},)
    assert last.content == "Is milk there? Be brief."


def test_people_and_judges_are_shown_every_message_with_its_role() -> None:
    exchange = Exchange(
        1, "milk", Reply("yes", "stop"), messages=asked({"messages": CHAT}).messages
    )
    assert exchange.asked == "assistant: Hello\n\nuser: milk"
    assert Exchange(1, "milk", None, messages=(Message("user", "milk"),)).asked == "milk"
