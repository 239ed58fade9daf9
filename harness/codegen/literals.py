"""Values as source text that gives the same values back, whatever they hold.

Everything that cannot be seen is escaped, the marks that turn the direction of text among it, so
that a program says what it seems to say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH = 92
"""Columns of a line of source."""

_EXACT: Final = 2.0**53
"""Below it a whole number is the same as an int and as a float."""

_SHORT: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_value(value: Any, indent: int = 0, taken: int = 0) -> str:
    """Return the Python source of a JSON-like value.

    Args:
        value: None, a bool, a finite number, text, or lists and dicts of them.
        indent: columns at which the lines after the first begin.
        taken: columns of the first line that something else stands in.

    Raises:
        TypeError: a value of another type.
    """
    return _lay_out(value, indent, taken, _PYTHON)


def write_json(value: Any) -> str:
    """Return JSON in which everything that cannot be seen is escaped.

    No line of it is a bare word, so that it may stand in a quoted here-document of a shell.

    Raises:
        TypeError: a value that JSON has no form for.
    """
    return _lay_out(value, 0, 0, _JSON)


@dataclass(frozen=True, slots=True)
class _Language:
    """The differences between two languages that write lists and mappings alike.

    ``last`` is what follows the last row of a list that has several lines.
    """

    text: Callable[[str, int, int], str]
    plain: Callable[[str], str]
    words: Mapping[object, str]
    last: str
    step: int


def _lay_out(value: Any, indent: int, taken: int, language: _Language) -> str:
    """Write a value on one line where it fits, else a row for each of its parts."""
    if isinstance(value, str):
        return language.text(value, indent, taken)
    flat = _write_flat(value, language)
    if (
        indent + taken + len(flat) <= WIDTH
        or not isinstance(value, Mapping | Sequence)
        or not value
    ):
        return flat
    inner = indent + language.step
    if isinstance(value, Mapping):
        heads = [f"{language.plain(str(key))}: " for key in value]
        rows = [
            head + _lay_out(one, inner, len(head), language)
            for head, one in zip(heads, value.values(), strict=True)
        ]
    else:
        rows = [_lay_out(one, inner, 0, language) for one in value]
    pad, (opening, closing) = " " * inner, "{}" if isinstance(value, Mapping) else "[]"
    lines = ",\n".join(pad + row for row in rows)
    return f"{opening}\n{lines}{language.last}\n{' ' * indent}{closing}"


def _write_flat(value: Any, language: _Language) -> str:
    if value is None or isinstance(value, bool):
        return language.words[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, str):
        return language.plain(value)
    if isinstance(value, Mapping):
        rows = (
            f"{language.plain(str(key))}: {_write_flat(one, language)}"
            for key, one in value.items()
        )
        return "{" + ", ".join(rows) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_write_flat(one, language) for one in value) + "]"
    raise TypeError(f"{value!r} has no place in a request")


def write_plain_text(text: str) -> str:
    """Return a text as one Python string literal on one line."""
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def write_text(text: str, indent: int = 0, taken: int = 0) -> str:
    """Return a text as Python source: one literal, or a bracket of literals, one for each line."""
    whole = write_plain_text(text)
    if indent + taken + len(whole) <= WIDTH and "\n" not in text.rstrip("\n"):
        return whole
    room = max(WIDTH - indent - 4, 40)
    pieces = [piece for line in text.splitlines(keepends=True) for piece in _cut(line, room)]
    if len(pieces) < 2:
        return whole
    pad = " " * (indent + 4)
    return "(\n" + "".join(f"{pad}{write_plain_text(p)}\n" for p in pieces) + " " * indent + ")"


def _cut(line: str, room: int) -> Iterator[str]:
    """Cut a line at its spaces, so that no literal is much wider than there is room."""
    while len(line) > room:
        at = line.rfind(" ", 0, room) + 1 or line.find(" ") + 1 or len(line)
        if at >= len(line):
            break
        yield line[:at]
        line = line[at:]
    yield line


def _write_json_text(text: str, indent: int = 0, taken: int = 0) -> str:
    del indent, taken
    written = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape_json(char) for char in written)


def _is_plain(char: str) -> bool:
    return char == "\n" or char.isprintable()


def _escape_json(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def quote_word(text: str) -> str:
    """Return a text as one word of a POSIX shell, in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def write_comment(text: str, mark: str = "#") -> list[str]:
    """Return a text as lines of comment, cut at the width; nothing in it ends the comment."""
    shown = "".join(char if _is_plain(char) else "\ufffd" for char in text)
    lines = [piece.rstrip() for line in shown.split("\n") for piece in _cut(line, WIDTH - 4)]
    return [f"{mark} {line}".rstrip() for line in lines]


_PYTHON: Final = _Language(
    write_text, write_plain_text, {None: "None", True: "True", False: "False"}, ",", 4
)
_JSON: Final = _Language(
    _write_json_text, _write_json_text, {None: "null", True: "true", False: "false"}, "", 2
)
