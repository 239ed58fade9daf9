"""Add a conversation to the text of a spec: its comments, order and style stay."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from harness.app.editing.layout import KEY, Layout, Written, read_layout
from harness.spec.formats.writing import format_flow, format_yaml

_BOM = "\ufeff"


class NoPlaceError(Exception):
    """Says why a conversation cannot be added to a text."""


def insert_conversation(text: str, conversation: Mapping[str, Any]) -> str:
    """Return the text of a spec with a conversation behind those that it has.

    Args:
        text: a spec that could be read: YAML or JSON, with any line ends, and a byte order mark.
        conversation: as a spec holds it.

    Raises:
        NoPlaceError: the value of ``conversations`` is no list that is written there.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    ending = "\r\n" if text[: text.find("\n") + 1].endswith("\r\n") else "\n"
    at, removed, made = _choose_edit(text, read_layout(text), conversation)
    made = made.replace("\r\n", "\n").replace("\n", ending)
    return f"{mark}{text[:at]}{made}{text[at + removed :]}"


def _choose_edit(
    text: str, layout: Layout, conversation: Mapping[str, Any]
) -> tuple[int, int, str]:
    """Return a position, how many characters to remove there, and what to put there."""
    there, root = layout.conversations, layout.root
    if there is not None and not there.is_empty and not there.is_list:
        raise NoPlaceError(f"`{KEY}` is not written there as a list")
    if there is None and root.in_brackets:
        name = f"{json.dumps(KEY) if _is_json(text) else KEY}: "
        return _add_in_brackets(text, root, [conversation], name)
    if there is None:
        return _append_key(text, layout, conversation)
    if there.items and not there.in_brackets:
        return _add_item(text, there, conversation)
    if there.items:
        return _add_in_brackets(text, there, conversation)
    return _fill(text, root, there, conversation)


def _add_item(text: str, there: Written, conversation: Mapping[str, Any]) -> tuple[int, int, str]:
    """Put an item behind the last one, its comments, and a free line where others have one."""
    dash = len(text[: there.items[0][0]].rstrip()) - 1
    if text[dash] != "-":
        raise NoPlaceError(f"a comment stands behind the first dash of `{KEY}`")
    column = dash - (text.rfind("\n", 0, dash) + 1)
    apart = False
    if len(there.items) > 1 and not there.keeps_lines:
        begin = len(text[: there.items[-2][1]].rstrip())
        between = text[begin : there.items[-1][0]].split("\n")[1:-1]
        apart = any(not line.strip() for line in between)
    at = _find_line_behind(text, there, column)
    return _put_lines(text, at, _write_items(conversation, column), apart=apart)


def _find_line_behind(text: str, there: Written, column: int) -> int:
    """Return where the line begins behind a list and the comments that belong to its last item."""
    # A block of text ends behind the empty lines below it, which mostly are not of it.
    end = there.end if there.keeps_lines else len(text[: there.end].rstrip())
    at = end if text[:end].endswith("\n") else text.find("\n", end) + 1 or len(text)
    found = at
    while at < len(text):
        line = text[at : text.find("\n", at) + 1 or len(text)]
        at += len(line)
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip(" "))
        if line[depth] != "#" or depth < max(column, 1):
            break
        found = at
    return found


def _append_key(text: str, layout: Layout, conversation: Mapping[str, Any]) -> tuple[int, int, str]:
    """Put the key and its list at the end of the spec."""
    column = layout.root.column
    at = layout.document_end if layout.document_end >= 0 else len(text)
    made = f"{' ' * column}{KEY}:\n{_write_items(conversation, column + 2)}"
    return _put_lines(text, at, made, apart=not layout.root.keeps_lines)


def _fill(
    text: str, root: Written, there: Written, conversation: Mapping[str, Any]
) -> tuple[int, int, str]:
    """Put a list where ``conversations:`` has nothing, ``null`` or ``[]``."""
    if "\n" in text[there.start : there.end]:
        raise NoPlaceError(f"the brackets of `{KEY}` are empty, and over several lines")
    if root.in_brackets:
        gap = "" if text[there.start - 1].isspace() else " "
        made = gap + _write_in_brackets(text, [conversation])
        return there.start, there.end - there.start, made
    line_end = text.find("\n", there.end)
    rest = text[there.end :] if line_end < 0 else text[there.end : line_end].rstrip("\r")
    start = len(text[: there.start].rstrip(" "))
    made = f"{rest}\n{_write_items(conversation, root.column + 2)}"
    if line_end >= 0:
        made = made.removesuffix("\n")
    return start, there.end + len(rest) - start, made


def _add_in_brackets(text: str, there: Written, value: Any, name: str = "") -> tuple[int, int, str]:
    """Put an item behind the last one in ``{…}`` or ``[…]``; on a line of its own like that one."""
    last_start, last_end = there.items[-1]
    between = text[last_end : there.end - 1]
    has_comma = between.lstrip().startswith(",")
    line_start = text.rfind("\n", 0, last_start) + 1
    indent = text[line_start:last_start]
    if indent.strip() or not line_start:
        made = name + _write_in_brackets(text, value)
        if has_comma:
            behind = last_end + between.index(",") + 1
            return behind, 0, f" {made}" + ("," if "\n" in between else "")
        return last_end, 0, f", {made}"
    made = name + _write_in_brackets(text, value, step=2).replace("\n", f"\n{indent}")
    kept = between.rstrip()
    comma = "" if has_comma else ","
    return last_end, len(kept), f"{comma}{kept}\n{indent}{made}{',' if has_comma else ''}"


def _put_lines(text: str, at: int, lines: str, *, apart: bool) -> tuple[int, int, str]:
    before = text[:at]
    lead = "" if not before or before.endswith("\n") else "\n"
    if apart and not before.replace("\r", "").endswith("\n\n"):
        lead += "\n"
    return at, 0, lead + lines


def _write_items(conversation: Mapping[str, Any], column: int) -> str:
    return textwrap.indent(format_yaml([conversation]), " " * column)


def _write_in_brackets(text: str, value: Any, step: int | None = None) -> str:
    if not _is_json(text):
        return format_flow(value)
    return json.dumps(value, ensure_ascii=False, indent=step)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
