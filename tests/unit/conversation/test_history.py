from __future__ import annotations

import pytest

from harness.conversation.history import estimate_messages, estimate_text, remember
from harness.conversation.transcript import Message, ToolCall

PAST = [(Message("user", f"question {n}"), Message("assistant", f"answer {n}")) for n in (1, 2, 3)]


def said(messages: tuple[Message, ...]) -> list[str | None]:
    return [message.content for message in messages]


def test_without_limits_everything_is_sent_again() -> None:
    memory = remember(PAST)
    assert len(memory.messages) == 6
    assert memory.dropped == 0


def test_the_oldest_turns_are_forgotten_first_and_counted() -> None:
    memory = remember(PAST, max_turns=1)
    assert said(memory.messages) == ["question 3", "answer 3"]
    assert memory.dropped == 4


def test_more_turns_allowed_than_there_are_forgets_nothing() -> None:
    assert remember(PAST, max_turns=10).dropped == 0


def test_tokens_are_counted_with_what_is_sent_in_any_case() -> None:
    system = (Message("system", "x" * 400), Message("user", "now"))
    room = estimate_messages(system) + estimate_messages(PAST[2])
    assert said(remember(PAST, max_tokens=room, beside=system).messages) == [
        "question 3",
        "answer 3",
    ]
    assert remember(PAST, max_tokens=room - 1, beside=system).messages == ()


def test_a_system_message_larger_than_the_limit_leaves_no_room_for_the_past() -> None:
    memory = remember(PAST, max_tokens=10, beside=[Message("system", "x" * 4000)])
    assert memory.messages == ()
    assert memory.dropped == 6


def test_turns_and_tokens_hold_together() -> None:
    assert len(remember(PAST, max_turns=2, max_tokens=10_000).messages) == 4
    assert len(remember(PAST, max_turns=2, max_tokens=estimate_messages(PAST[2])).messages) == 2


def test_a_turn_with_tool_results_stays_or_goes_whole() -> None:
    call = ToolCall("1", "look", "{}")
    turn = (
        Message("user", "look"),
        Message("assistant", "", (call,)),
        Message("tool", "seen", tool_call_id="1"),
        Message("assistant", "I saw it"),
    )
    assert remember([turn, *PAST], max_turns=3).dropped == 4


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("word", 1), ("words", 2), ("你好世界", 4), ("Привет", 3), ("a你", 2)],
)
def test_an_estimate_depends_on_the_script(text: str, tokens: int) -> None:
    assert estimate_text(text) == tokens


def test_an_image_among_the_parts_of_a_message_counts_as_one_that_is_shown() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
    parts = Message("user", "Look", parts=({"type": "text", "text": "Look"}, part))
    assert estimate_messages([parts]) == estimate_messages(
        [Message("user", "Look", images=("data:",))]
    )
