"""Places in the text of a spec, read off the parser's events: of its keys and conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from harness.spec.formats.yaml import iterate_events

KEY = "conversations"

_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_LEAVES = (yaml.ScalarEvent, yaml.AliasEvent)


@dataclass(slots=True)
class Written:
    """A value of a text; positions are characters from its begin.

    Attributes:
        start: where it begins; a list in lines begins at its first dash.
        column: the column of that.
        end: behind it; a value in lines ends behind the last thing that is written in it.
        is_list: it is a list.
        in_brackets: it is written ``{…}`` or ``[…]``.
        is_empty: it is nothing, ``null`` or ``~``.
        keeps_lines: the last thing in it is a block of text to which the empty lines below belong.
        items: first and last position of each item; of a mapping, of key and value together.
    """

    start: int
    column: int
    end: int = -1
    is_list: bool = False
    in_brackets: bool = False
    is_empty: bool = False
    keeps_lines: bool = False
    items: list[tuple[int, int]] = field(default_factory=list)
    key: tuple[int, str] | None = None
    """Of a mapping that is being read: the key whose value has not come."""


@dataclass(slots=True)
class Layout:
    """The places in a spec that matter to who adds a conversation.

    Attributes:
        root: the spec.
        conversations: the value of that key; None where the key is not there.
        document_end: the position of ``...``; -1 without.
    """

    root: Written
    conversations: Written | None = None
    document_end: int = -1


def read_layout(text: str) -> Layout:
    """Return the places of a text that was read as a spec, without a byte order mark."""
    reading = _Reading()
    for event in iterate_events(text):
        reading.take(event)
    assert reading.layout is not None  # noqa: S101 - a spec is a mapping
    return reading.layout


class _Reading:
    """The values that are open, and the end of what was written so far."""

    def __init__(self) -> None:
        self.layout: Layout | None = None
        self._open: list[Written] = []
        self._end = 0
        self._keeps_lines = False

    def take(self, event: Any) -> None:
        """Take in the next event."""
        mark = event.start_mark
        if isinstance(event, _OPENS):
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self._open.append(
                Written(
                    mark.index, mark.column, is_list=is_list, in_brackets=bool(event.flow_style)
                )
            )
        elif isinstance(event, _LEAVES):
            value: str | None = getattr(event, "value", None)
            style = getattr(event, "style", None)
            keeps_lines = style in ("|", ">") and (value or "").endswith("\n\n")
            self._write_to(event, keeps_lines=keeps_lines)
            is_empty = not style and value in ("", "~", "null")
            self._close(Written(mark.index, mark.column, is_empty=is_empty), value)
        elif isinstance(event, _CLOSES):
            closed = self._open.pop()
            if closed.in_brackets:
                self._write_to(event, keeps_lines=False)
            self._close(closed, None)
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit and self.layout:
            self.layout.document_end = mark.index

    def _write_to(self, event: Any, *, keeps_lines: bool) -> None:
        self._end = max(self._end, event.end_mark.index)
        self._keeps_lines = keeps_lines

    def _close(self, part: Written, text: str | None) -> None:
        part.end, part.keeps_lines = self._end, self._keeps_lines
        if not self._open:
            found = self.layout.conversations if self.layout else None
            self.layout = Layout(part, found)
            return
        above = self._open[-1]
        if above.is_list:
            above.items.append((part.start, part.end))
        elif above.key is None:
            above.key = (part.start, text or "")
        else:
            start, name = above.key
            above.items.append((start, part.end))
            above.key = None
            if len(self._open) == 1 and name == KEY:
                self.layout = Layout(above, part)
