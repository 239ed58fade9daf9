"""The part of a conversation that is sent again.

Every request carries the whole history; a long one costs more each turn and at last does not fit.
Trimming forgets whole turns, oldest first. The system message and the turn being asked always stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.conversation.transcript import Message

PER_MESSAGE = 4
"""Tokens that a message costs beside its text: role and separators.

Source: OpenAI cookbook, "How to count tokens with tiktoken" (3 a message and 1 for the role).
"""

PER_IMAGE = 765
"""Tokens of a picture of 1024 by 1024 pixels in full detail.

Source: OpenAI's guide on images and vision (gpt-4o, 2026); other sizes and models differ.
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The past that is sent again: messages in order, and how many were left out."""

    messages: tuple[Message, ...]
    dropped: int


def estimate_text(text: str) -> int:
    """Estimate how many tokens a text has, from its characters; never below the truth by much.

    Four ASCII characters a token; two of other alphabets; one token for each ideograph, kana,
    hangul or symbol beyond them. An estimate for trimming and reserving, never for a bill: bills
    use what the service counted.
    """
    if text.isascii():
        return (len(text) + 3) // 4
    quarters = sum(1 if char < "\x80" else 2 if char < "\u2e80" else 4 for char in text)
    return (quarters + 3) // 4


def estimate_messages(messages: Sequence[Message]) -> int:
    """Estimate how many tokens these messages have, tool calls included."""
    return sum(
        PER_MESSAGE
        + PER_IMAGE * (len(message.images) + _count_images(message))
        + estimate_text(message.content or "")
        + sum(estimate_text(call.name + call.arguments) for call in message.tool_calls)
        for message in messages
    )


def estimate_texts(texts: Sequence[str]) -> int:
    """Estimate how many tokens these texts have, each sent by itself."""
    return sum(PER_MESSAGE + estimate_text(text) for text in texts)


def _count_images(message: Message) -> int:
    return sum(part.get("type") == "image_url" for part in message.parts)


def remember(
    past: Sequence[Sequence[Message]],
    *,
    max_turns: int | None = None,
    max_tokens: int | None = None,
    beside: Sequence[Message] = (),
) -> Remembered:
    """Return the newest of the past turns that the limits allow, as one run of messages.

    Args:
        past: the messages of each past turn, oldest turn first; a turn stays or goes whole, so
            that no tool result ever stands without its call.
        max_turns: how many past turns are sent again, the one being asked not counted.
        max_tokens: how many estimated tokens the request may have, ``beside`` included.
        beside: what is sent in any case: the system message and the turn being asked.
    """
    kept = len(past) if max_turns is None else min(max_turns, len(past))
    if max_tokens is not None:
        room = max_tokens - estimate_messages(beside)
        fitting = 0
        for turn in reversed(past[len(past) - kept :]):
            room -= estimate_messages(turn)
            if room < 0:
                break
            fitting += 1
        kept = fitting
    forgotten, rest = past[: len(past) - kept], past[len(past) - kept :]
    return Remembered(
        tuple(message for turn in rest for message in turn), sum(len(turn) for turn in forgotten)
    )
