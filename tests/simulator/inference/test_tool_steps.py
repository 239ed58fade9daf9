"""Rules that answer after a tool's result, so that several steps can be rehearsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.spec.model.spec import ReplyRule

Start = Callable[..., Any]
STEPS = [
    {"match": "add", "tool_calls": [{"name": "add_job", "arguments": {"at": 1}}]},
    {"on": "last_tool", "match": "saved", "tool_calls": [{"name": "notify", "arguments": {}}]},
    {"on": "last_tool", "match": "told", "reply": "all done"},
]


def step(azure: Any, messages: list[Any]) -> Any:
    """Ask once, and add what was answered to the messages."""
    with azure.v1_client() as client:
        message = client.chat.completions.create(model="mini", messages=messages).choices[0].message
    messages.append(message.to_dict())
    return message


def test_two_steps_of_tools_lead_to_the_reply(start: Start) -> None:
    azure = start(replies=STEPS)
    messages: list[Any] = [{"role": "user", "content": "add it"}]
    for name, result in (("add_job", "saved"), ("notify", "told")):
        (call,) = step(azure, messages).tool_calls
        assert call.function.name == name
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    assert step(azure, messages).content == "all done"


def test_the_same_steps_through_responses(start: Start) -> None:
    azure = start(replies=STEPS)
    items: list[Any] = [{"role": "user", "content": "add it"}]
    with azure.v1_client() as client:
        for result in ("saved", "told"):
            (call,) = client.responses.create(model="mini", input=items).output
            output = {"type": "function_call_output", "call_id": call.call_id, "output": result}
            items += [call.to_dict(), output]
        assert client.responses.create(model="mini", input=items).output_text == "all done"


@pytest.mark.parametrize("results", [("saved", "told"), ("told", "saved")])
def test_each_of_several_results_at_the_end_is_looked_at(
    start: Start, results: tuple[str, str]
) -> None:
    azure = start(replies=STEPS[2:])
    calls = [
        {"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}}
        for name in ("a", "b")
    ]
    messages: list[Any] = [
        {"role": "user", "content": "add it"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        *(
            {"role": "tool", "tool_call_id": name, "content": result}
            for name, result in zip("ab", results, strict=True)
        ),
    ]
    assert step(azure, messages).content == "all done"


def test_a_result_from_before_is_no_last_result(start: Start) -> None:
    azure = start(replies=[STEPS[2], {"match": "(?s).*", "reply": "another turn"}])
    call = {"id": "a", "type": "function", "function": {"name": "a", "arguments": "{}"}}
    messages: list[Any] = [
        {"role": "user", "content": "add it"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "told"},
        {"role": "user", "content": "and now?"},
    ]
    assert step(azure, messages).content == "another turn"


def test_a_rule_for_a_users_turn_calls_no_tools_again(start: Start) -> None:
    azure = start(replies=[STEPS[0], {"on": "any", "match": "saved", "reply": "It is saved."}])
    messages: list[Any] = [{"role": "user", "content": "add it"}]
    (call,) = step(azure, messages).tool_calls
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "saved"})
    assert step(azure, messages).content == "It is saved."


def test_the_specs_rule_knows_the_word() -> None:
    assert ReplyRule(on="last_tool", match="x").on == "last_tool"
