"""Chat messages in the place of what the user says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.spec.written import HEAD, Load, ProblemsOf, Write, codes

CALL = "{id: c1, type: function, function: {name: f, arguments: '{}'}}"
PNG = "data:image/png;base64,iVBORw0KGgo="


def turn(written: str) -> str:
    return HEAD + f"conversations: [{{id: c, vars: {{x: milk}}, turns: [{{{written}}}]}}]\n"


def messages(*written: str) -> str:
    return turn(f"messages: [{', '.join(written)}]")


@pytest.mark.parametrize(
    "written",
    [
        ["{role: assistant, content: I am the clerk.}", "{role: user, content: 'Is {{x}} there?'}"],
        ["{role: system, content: a}", "{role: user, content: b}", "{role: developer, content: c}"],
        [f"{{role: assistant, content: null, tool_calls: [{CALL}]}}",
         "{role: tool, tool_call_id: c1, content: done}"],
        [("{role: user, content: [{type: text, text: a}, "
         f"{{type: image_url, image_url: {{url: '{PNG}', detail: low}}}}]}}")],
        ["{role: user, content: [{type: image_url, image_url: {url: 'https://example.org/a.png'}}]}"],
        ["{role: user, content: [{type: input_audio, input_audio: {data: AAAA, format: wav}}]}"],
        ["{role: assistant, content: a, refusal: null, tool_calls: []}"],
        ["'{{x}}'", "{role: user, content: b}"],
        ["'{{x}}'", "{role: tool, tool_call_id: c1, content: done}"],
        [f"{{role: assistant, content: null, tool_calls: [{CALL}]}}", "'{{x}}'"],
    ],
)  # fmt: skip
def test_messages_that_a_model_can_be_given(
    written: list[str], problems_of: ProblemsOf, load_spec: Load
) -> None:
    assert problems_of(messages(*written)) == []
    (loaded,) = load_spec().spec.conversations[0].turns
    assert len(loaded.messages) == len(written)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (turn("assert: [is-json]"), "H202"),
        (turn("user: a, messages: [{role: user, content: b}]"), "H209"),
        (turn(f"images: ['{PNG}'], messages: [{{role: user, content: b}}]"), "H209"),
        (turn("messages: []"), "H309"),
        (turn("messages: hello"), "H309"),
        (messages("{content: a}"), "H309"),
        (messages("{role: bot, content: a}"), "H309"),
        (messages("{role: user}"), "H309"),
        (messages("{role: user, content: 5}"), "H309"),
        (messages("{role: user, content: a, nmae: b}"), "H201"),
        (messages("{role: user, content: a, tool_calls: [" + CALL + "]}",
                  "{role: tool, tool_call_id: c1, content: b}"), "H309"),
        (messages(f"{{role: assistant, tool_calls: [{CALL}]}}"), "H309"),
        (messages("{role: assistant, tool_calls: [{id: c1}]}"), "H309"),
        (messages("{role: tool, tool_call_id: c1, content: b}"), "H309"),
        (messages("{role: tool, content: b}"), "H309"),
        (messages("{role: user, tool_call_id: c1, content: b}"), "H309"),
        (messages("{role: user, content: [{type: txt, text: a}]}"), "H309"),
        (messages("{role: user, content: [{type: text}]}"), "H309"),
        (messages("{role: user, content: [{type: image_url, image_url: x}]}"), "H309"),
        (messages("{role: user, content: [{type: image_url, image_url: {url: 'http://a/b.png'}}]}"),
         "H208"),
        (messages("{role: user, content: '{{y}}'}"), "H304"),
    ],
)  # fmt: skip
def test_messages_that_a_model_cannot_be_given(
    text: str, told: str, problems_of: ProblemsOf
) -> None:
    assert {line.split()[1] for line in problems_of(text)} == {told}


CHAT: list[dict[str, Any]] = [
    {"role": "assistant", "content": "I am the clerk."},
    {"role": "user", "content": "Is {{x}} there?"},
]


@pytest.mark.parametrize(
    "written",
    [
        "messages: file://chats/chat.json",
        "messages: file://chats/chat.yaml",
        "user: file://chats/chat.json",
        "user: '" + json.dumps(CHAT) + "'",
    ],
)
def test_messages_come_from_a_file_or_from_json_in_the_place_of_a_text(
    written: str, write: Write, load_spec: Load
) -> None:
    write("chats/chat.json", json.dumps(CHAT))
    write("chats/chat.yaml", json.dumps(CHAT))
    write("spec.yaml", turn(written))
    (loaded,) = load_spec().spec.conversations[0].turns
    assert (loaded.user, list(loaded.messages)) == (None, CHAT)


def test_files_in_messages_are_relative_to_the_file_that_holds_them(
    write: Write, load_spec: Load
) -> None:
    write("chats/clerk.txt", "I am the clerk.\n")
    write("chats/a.png", b"\x89PNG\r\n\x1a\n")
    shown = [{"type": "image_url", "image_url": {"url": "file://a.png"}}]
    chat = [
        {"role": "assistant", "content": "file://clerk.txt"},
        {"role": "user", "content": shown},
    ]
    write("chats/chat.json", json.dumps(chat))
    write("spec.yaml", turn("messages: file://chats/chat.json"))
    first, second = load_spec().spec.conversations[0].turns[0].messages
    assert first["content"] == "I am the clerk."
    assert second["content"][0]["image_url"]["url"] == PNG


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        (turn("user: '[{\"role\": \"user\", \"content\": {{x}}}]'"), ["H309"]),
        (turn("user: '[1, 2]'"), []),
        (HEAD + "variants: {v: {user: '[{\"role\": \"user\", \"content\": \"{{user}}\"}]'}}\n"
         "conversations: [{id: c, turns: [{user: a}]}]\n", ["H309"]),
    ],
)  # fmt: skip
def test_what_only_looks_like_chat_messages_is_warned_of(
    text: str, warned: list[str], write: Write, load_spec: Load
) -> None:
    write("spec.yaml", text)
    assert [warning.code for warning in load_spec().warnings] == warned


def test_a_turn_that_says_nothing_is_told_at_its_place(problems_of: ProblemsOf) -> None:
    assert codes(problems_of(turn("assert: []"))) == ["7:50 H202"]
