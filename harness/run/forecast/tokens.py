"""Interval tokens without a vocabulary: from the pieces that tokenizers cut a text into.

A tokenizer of OpenAI first cuts a text into words, up to three digits, marks and white space; a
common word is then one token, a long or rare one several. Ideographs, kana and hangul are counted
by the character, other alphabets by three. On recorded requests and replies of OpenAI's models the
estimate is within 15 % of what the service counted; ``tests/unit/run/forecast`` holds it to that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from harness.conversation.history import PER_IMAGE, PER_MESSAGE
from harness.conversation.transcript import Message
from harness.run.forecast.interval import NOTHING, Interval, make_exact

PER_REQUEST: Final = 3
"""Tokens with which a reply is begun. Source: OpenAI cookbook, "How to count tokens"."""

_PIECE: Final = re.compile(r"[^\W\d_]+|\d{1,3}|[^\w\s]+|_+|[ \t]*[\r\n]+|\s+(?=\s)")
_WORD: Final = 8
"""Letters that a word of one token may have; of longer ones, five more make a token."""
_BEYOND: Final = "\u2e80"
"""From here on a character is an ideograph, kana, hangul or a symbol."""
_WIDE: Final = Interval(0.55, 0.8, 1.2)
"""Tokens of such a character: vocabularies of 2023 need one and more, those of 2024 less."""
_OTHER: Final = Interval(0.2, 0.33, 0.55)
"""Tokens of a letter of another alphabet, and of one with an accent."""
_OFF: Final = (0.87, 1.18)
"""Factors of the interval for text of ASCII alone."""
_SLACK: Final = (1, 2)
"""Tokens by which a short text may be off beside that: one rare word is several."""
_SCHEMA: Final = Interval(0.14, 0.24, 0.34)
"""Tokens of a character of a tool's or a reply's JSON Schema, which each model words its own way.

Source: recordings of 2024 to 2026; the high end has ``_SCHEMA_MORE`` beside it.
"""
_SCHEMA_MORE: Final = 120
_IMAGE: Final = Interval(85, PER_IMAGE, 1_500)


@lru_cache(maxsize=4096)
def estimate_tokens(text: str) -> Interval:
    """Interval the tokens of a text."""
    plain, wide, other = 0.0, 0, 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        if not piece.isascii():
            many = sum(char >= _BEYOND for char in piece)
            wide += many
            other += len(piece) - many
        elif piece.isalpha():
            plain += max(1.0, 1 + (len(piece) - _WORD) / 5)
        elif piece.isspace() or piece.isdigit():
            plain += 1
        else:
            plain += max(1.0, len(piece) / 3)
    low, high = (plain * factor for factor in _OFF)
    known = Interval(max(0.0, low - _SLACK[0]), plain, high + _SLACK[1] * (plain > 0))
    return known + _WIDE * wide + _OTHER * other


def estimate_message(message: Message) -> Interval:
    """Interval the tokens of a message, its pictures and tool calls included."""
    pictures = len(message.images)
    pictures += sum(part.get("type") == "image_url" for part in message.parts)
    total: Interval = (
        make_exact(PER_MESSAGE) + estimate_tokens(message.content or "") + _IMAGE * pictures
    )
    for call in message.tool_calls:
        total += estimate_tokens(call.name + call.arguments)
    return total


def estimate_messages(messages: Sequence[Message]) -> Interval:
    """Interval the tokens of messages, not of the request that holds them."""
    return sum(map(estimate_message, messages), NOTHING)


def estimate_schemas(tools: Sequence[Any], parameters: Mapping[str, Any]) -> Interval:
    """Interval the tokens of tools and of the form that a reply must have."""
    form = parameters.get("response_format")
    schemas = [*tools, *([form] if isinstance(form, Mapping) else [])]
    if not schemas:
        return NOTHING
    written = sum(len(json.dumps(each, ensure_ascii=False, default=str)) for each in schemas)
    return _SCHEMA * written + Interval(0, 0, _SCHEMA_MORE)
