"""YAML events -> nodes, with a stack of its own: no recursion, whatever the text.

Keys are always strings, as they are written.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from yaml import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from harness.source import Span
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.formats.readers import A_DATE, find_other_reading
from harness.spec.formats.scalars import read_scalar

OTHER_READERS = "H120"
"""The code of a warning about readers of YAML, which says nothing of what harness reads."""

DATE_KEYS = ("date", "until")
"""Keys whose value is a date: a reader that takes it for one is right."""

QUOTE_HINT = (
    "in {…} and […], and where a value begins with a brace, quote ${…} and {{…}}: "
    '"{{name}}", "${NAME}"'
)


@dataclass(slots=True)
class _Frame:
    """A mapping or list whose end has not come yet.

    ``key`` is None while a key is awaited; a key that is no name is ``_UNUSABLE``.
    """

    span: Span
    anchor: str | None
    is_mapping: bool
    in_flow: bool = False
    elements: list[Node] = field(default_factory=list)
    items: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    merges: list[Node] = field(default_factory=list)
    key: str | None = None
    key_span: Span | None = None
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A node that an alias repeats; ``text`` where it can be a key."""

    node: Node
    text: str | None


_UNUSABLE = "\0"


class Composer:
    """Builds one document; problems that leave the rest readable are collected.

    ``differences`` are warnings about what other YAML readers take for something else.

    The events have passed ``harness.spec.formats.limits``: every alias leads to something complete.
    """

    def __init__(self, file: str) -> None:
        self.problems = Problems()
        self.differences = Problems()
        self._file = file
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._root: Node | None = None

    def compose(self, events: Iterable[Any]) -> Node | None:
        """Return the document's node, None when there is no document."""
        steps = {
            ScalarEvent: self._add_scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._add_alias,
        }
        for event in events:
            step = steps.get(type(event))
            if step is not None:
                step(event)
        return self._root

    # --- events

    def _add_scalar(self, event: Any) -> None:
        mark = event.start_mark
        span = Span(self._file, mark.line + 1, mark.column + 1)
        text: str = event.value
        if event.tag is not None:
            self._refuse_tag(event, span)
        if "\0" in text:
            self.problems.error("H103", span, "a text holds a NUL character")
        plain = not event.style
        frame = self._frames[-1] if self._frames else None
        if plain:
            self._compare_readers(text, span, frame)
        if frame is not None and frame.is_mapping and frame.key is None:
            self._set_key(frame, text, span, is_merge=plain and text == "<<")
            if event.anchor:
                self._anchors[event.anchor] = _Anchored(Node(text, span), text)
            return
        node = self._read_plain(text, span) if plain else Node(text, span)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(node, text)
        self._place(frame, node)

    def _compare_readers(self, text: str, span: Span, frame: _Frame | None) -> None:
        """Note a scalar that is something else to other YAML readers; ``<<`` is the same to all."""
        is_merge = text == "<<" and frame is not None and frame.is_mapping and frame.key is None
        other = find_other_reading(text, in_flow=frame is not None and frame.in_flow)
        is_date = other == A_DATE and frame is not None and frame.key in DATE_KEYS
        if other is None or is_merge or is_date:
            return
        here = "text" if isinstance(read_scalar(text), str) else "this number"
        summary = f"other YAML readers take {quote(text)} for something else"
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        detail = f"it is {here} in a spec, and {other}"
        hint = f'quote it: "{quoted}"'
        self.differences.warn(OTHER_READERS, span, summary, detail=detail, hint=hint)

    def _read_plain(self, text: str, span: Span) -> Node:
        value = read_scalar(text)
        if isinstance(value, str):
            return Node(text, span)
        if isinstance(value, float) and not math.isfinite(value):
            self.problems.error("H109", span, "a number is out of range")
            value = 0.0
        return Node(value, span, raw=text)

    def _add_alias(self, event: Any) -> None:
        anchored = self._anchors[event.anchor]
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.is_mapping and frame.key is None:
            self._set_key(frame, anchored.text, self._span(event))
            return
        self._place(frame, anchored.node)

    def _open(self, event: Any) -> None:
        span = self._span(event)
        if event.tag is not None:
            self._refuse_tag(event, span)
        is_mapping = type(event) is MappingStartEvent
        self._frames.append(_Frame(span, event.anchor, is_mapping, bool(event.flow_style)))

    def _close(self, event: Any) -> None:
        del event
        frame = self._frames.pop()
        if frame.is_mapping:
            if frame.merges:
                self._merge(frame)
            node = Node(frame.items, frame.span, frame.keys)
        else:
            node = Node(frame.elements, frame.span)
        if frame.anchor:
            self._anchors[frame.anchor] = _Anchored(node, None)
        above = self._frames[-1] if self._frames else None
        if above is not None and above.is_mapping and above.key is None:
            self._set_key(above, None, frame.span)
            return
        self._place(above, node)

    # --- what they build

    def _set_key(
        self, frame: _Frame, text: str | None, span: Span, *, is_merge: bool = False
    ) -> None:
        frame.key, frame.key_span, frame.is_merge = text, span, is_merge
        if text is None:
            frame.key = _UNUSABLE
            self.problems.error("H108", span, "a key is a list or a mapping", hint=QUOTE_HINT)

    def _place(self, frame: _Frame | None, node: Node) -> None:
        if frame is None:
            self._root = node
            return
        if not frame.is_mapping:
            frame.elements.append(node)
            return
        key, span = frame.key, frame.key_span
        frame.key = None
        if key is None or span is None or key == _UNUSABLE:
            return
        if frame.is_merge:
            frame.merges.append(node)
        elif key in frame.items:
            summary = f"the key {quote(key)} stands twice"
            self.problems.error("H107", span, summary, detail=f"first at {frame.keys[key]}")
        else:
            frame.items[key] = node
            frame.keys[key] = span

    def _merge(self, frame: _Frame) -> None:
        for merged in frame.merges:
            sources = merged.value if isinstance(merged.value, list) else [merged]
            for source in sources:
                if not isinstance(source.value, dict):
                    summary = "`<<` wants a mapping, or a list of mappings"
                    self.problems.error("H108", source.span, summary)
                    continue
                for key, node in source.value.items():
                    if key not in frame.items:
                        frame.items[key] = node
                        frame.keys[key] = source.key_span(key)

    def _refuse_tag(self, event: Any, span: Span) -> None:
        name = quote(str(event.tag).removeprefix("tag:yaml.org,2002:"))
        hint = "remove the tag; a quoted value is a string already"
        self.problems.error("H106", span, f"the YAML tag {name} is refused", hint=hint)

    def _span(self, event: Any) -> Span:
        mark = event.start_mark
        return Span(self._file, mark.line + 1, mark.column + 1)
