"""Chat messages in the place of a turn's ``user``: whether a model could be given them.

Source: OpenAI API reference, chat completions, ``messages`` (read 2026).
"""

from __future__ import annotations

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import read_lone_name
from harness.spec.document.words import describe, join_names, quote

ROLES = ("system", "developer", "user", "assistant", "tool")
KEYS = ("role", "content", "tool_calls", "tool_call_id")
PARTS = {
    "text": ("text", "a text"),
    "image_url": ("image_url", "{url: data:image/…, https://… or file://PATH}"),
    "input_audio": ("input_audio", "{data, format}"),
    "file": ("file", "{file_data, filename} or {file_id}"),
    "refusal": ("refusal", "a text"),
}
"""Kinds of content parts: the key that holds each, and what stands there."""
EXAMPLE = "messages: [{role: assistant, content: Hello}, {role: user, content: Hi}]"


def check(root: Node, problems: Problems) -> None:
    """Note turns that say nothing or say it twice, and messages that the API would refuse."""
    for conversation in walk.list_conversations(root):
        for turn in walk.list_turns(conversation):
            _check_turn(turn, problems)


def _check_turn(turn: Node, problems: Problems) -> None:
    messages, user = turn.at("messages"), turn.at("user")
    if messages is None:
        if user is None or user.value is None:
            hint = "or `messages`: a list of chat messages"
            problems.error("H202", turn.span, '"user" is missing', hint=hint)
        return
    for key in ("user", "images"):
        if turn.at(key) is not None:
            summary = f"a turn has either `messages` or {quote(key)}"
            problems.error("H209", turn.key_span(key), summary)
    check_messages(messages, problems)


def check_messages(messages: Node, problems: Problems) -> None:
    """Note what is wrong with a list of chat messages; data may stand in it, which comes later."""
    if messages.text is not None and read_lone_name(messages.text):
        return
    if not messages.elements:
        summary = f"`messages` wants a list of chat messages, got {describe(messages)}"
        problems.error("H309", messages.span, summary, hint=EXAMPLE)
        return
    called: dict[str, Node] = {}
    comes_as_data = False
    for message in messages.elements:
        if message.text is not None and read_lone_name(message.text):
            comes_as_data = True
            continue
        _check_message(message, problems)
        answered = message.at("tool_call_id")
        if answered is not None and answered.text is not None:
            if answered.text not in called and not comes_as_data:
                summary = f"no message before it calls {quote(answered.text)}"
                problems.error("H309", answered.span, summary)
            called.pop(answered.text, None)
        calls = message.at("tool_calls")
        for call in calls.elements if calls is not None else ():
            identifier = call.at("id")
            if identifier is not None and identifier.text is not None:
                called[identifier.text] = identifier
    for identifier in called.values() if not comes_as_data else ():
        summary = f"no message answers the call {quote(identifier.text)}"
        hint = "{role: tool, tool_call_id: …, content: …}: the API wants one for every call"
        problems.error("H309", identifier.span, summary, hint=hint)


def _check_message(message: Node, problems: Problems) -> None:
    role = message.at("role")
    if role is None or role.text not in ROLES:
        span = message.span if role is None else role.span
        hint = problems.suggest(role.text, ROLES) if role is not None and role.text else EXAMPLE
        summary = f"a message has a role, one of {join_names(ROLES)}"
        problems.error("H309", span, summary, hint=hint)
        return
    for key, child in message.items.items():
        if key not in KEYS and child.value not in (None, [], {}):
            hint = problems.suggest(key, KEYS) or f"a message has {join_names(KEYS)}"
            problems.error("H201", message.key_span(key), f"unknown key {quote(key)}", hint=hint)
    calls, answers = message.at("tool_calls"), message.at("tool_call_id")
    has_calls = calls is not None and bool(calls.value)
    if has_calls and role.text != "assistant":
        problems.error("H309", message.key_span("tool_calls"), "only an assistant calls tools")
    if (answers is not None and answers.text is not None) != (role.text == "tool"):
        summary = "a message of the role `tool`, and no other, has the `tool_call_id` it answers"
        problems.error("H309", message.span, summary)
    for call in calls.elements if calls is not None else ():
        _check_call(call, problems)
    content = message.at("content")
    if content is None or content.value is None:
        if not has_calls:
            problems.error("H309", message.span, "a message has a content")
    elif isinstance(content.value, list):
        for part in content.elements:
            _check_part(part, problems)
    elif content.text is None:
        summary = f"`content` wants a text or a list of parts, got {describe(content)}"
        hint = f'quote it: "{content.raw}"' if content.raw else ""
        problems.error("H309", content.span, summary, hint=hint)


def _check_call(call: Node, problems: Problems) -> None:
    identifier, name = call.at("id"), call.at("function", "name")
    if identifier is None or not identifier.text or name is None or not name.text:
        hint = "{id: call_1, type: function, function: {name: get_weather, arguments: {…}}}"
        problems.error("H309", call.span, "a tool call has an id and a function", hint=hint)


def _check_part(part: Node, problems: Problems) -> None:
    kind = part.at("type")
    if kind is None or kind.text not in PARTS:
        summary = f"a part of a content has a type, one of {join_names(PARTS)}"
        problems.error("H309", part.span if kind is None else kind.span, summary)
        return
    key, wanted = PARTS[kind.text]
    held = part.at(key)
    right = held is not None and (held.text is not None if wanted == "a text" else held.items)
    if not right:
        problems.error("H309", part.span, f"a part of the type {kind.text} has {key}: {wanted}")
