"""Change parts of a text, and of the strings in a JSON text, and leave every other byte alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Step = str | int
Path = tuple[Step, ...]
"""Where in nested documents: names of fields, places in lists from 0, ``<base64>``."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``text`` in place of a part of another; ``end`` is exclusive."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Sequence[Edit]) -> str:
    """The text after all edits, which must not overlap."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join((*parts, text[done:])) if parts else text


def is_json(text: str) -> bool:
    """Whether a text is a JSON object or list, whole."""
    if text.lstrip(" \t\r\n\ufeff")[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]')


class Literal(NamedTuple):
    """A string in a JSON text: its place with the quotes, what it says, and where in the document.

    ``is_name`` tells the name of a field from a value.
    """

    start: int
    end: int
    value: str
    path: Path
    is_name: bool


def literals(text: str) -> Iterator[Literal]:
    """Every string of a valid JSON text."""
    stack: list[Step] = []
    pending: Literal | None = None
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece[0] == '"':
            value = json.loads(piece, strict=False) if "\\" in piece else piece[1:-1]
            pending = Literal(match.start(), match.end(), value, tuple(stack), is_name=False)
            continue
        if piece == ":" and pending is not None:
            stack[-1] = pending.value
            yield Literal(pending.start, pending.end, pending.value, pending.path, is_name=True)
            pending = None
            continue
        if pending is not None:
            yield pending
            pending = None
        if piece in "{[":
            stack.append("" if piece == "{" else 0)
        elif piece in "}]":
            stack.pop()
        elif isinstance(stack[-1], int):
            stack[-1] += 1


def written(value: str, *, like: str) -> str:
    """A string as JSON, escaped as another literal is, so that the same comes back bytewise."""
    escapes = "\\u" in like and (like.isascii() or any("\ud800" <= c <= "\udfff" for c in value))
    return json.dumps(value, ensure_ascii=escapes)
