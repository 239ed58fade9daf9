"""Change parts of a text, and of the strings in a JSON text, and leave every other byte alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Step = str | int
Path = tuple[Step, ...]
"""A path in nested documents: names of fields, positions in lists from 0, ``<base64>``."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``text`` in place of a part of another; ``end`` is exclusive."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return the text after all edits, which must not overlap."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join((*parts, text[done:])) if parts else text


def is_json(text: str) -> bool:
    """Tell whether a text as a whole is a JSON object, list or string."""
    if text.lstrip(" \t\r\n\ufeff")[:1] not in {"{", "[", '"'}:
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


def find_literals(text: str) -> Iterator[Literal]:
    """Return every string of a valid JSON text."""
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
    if pending is not None:  # the text is nothing but a string
        yield pending


_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u(?!00[01])")
"""An escape that somebody chose: control characters cannot be written otherwise."""


def write_string(value: str, *, like: str) -> str:
    r"""Return a string as JSON, escaped as another literal is.

    What stands in place of ``"\\u00c5sa"`` tells by an escape of a letter that the text is
    one with escapes, so that the value which comes back later is written so too.
    """
    half = any("\ud800" <= character <= "\udfff" for character in value)  # no file can hold it
    escapes = half or (like.isascii() and _ESCAPE.search(like) is not None)
    text = json.dumps(value, ensure_ascii=escapes)
    if escapes and _ESCAPE.search(text) is None:
        for match in _LETTER.finditer(text):
            if match[0].isalnum():
                return f"{text[: match.start()]}\\u{ord(match[0]):04x}{text[match.end() :]}"
    return text


_LETTER = re.compile(r"\\(?:u[0-9a-f]{4}|.)|[A-Za-z0-9]")
