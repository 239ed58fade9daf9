"""YAML text -> located values, with every limit checked before anything is built.

The parser's events are counted as they come, aliases by the size of what they repeat, so that a
bomb is refused while it is still a few hundred bytes of text. libyaml's own composer is never
used: it recurses, and crashes the process at some 25,000 levels.

Plain scalars follow YAML 1.2's core schema, less what surprises people: ``2024-08-06``, ``no``,
``on`` and ``12:30`` are strings. Keys are always strings, as they are written.

Source: facts/sdk-and-vcrpy (measured behaviour of PyYAML 6.0.3); YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from harness.errors import Diagnostic
from harness.source import Span
from harness.spec.located import Node
from harness.spec.problems import Problems
from harness.spec.words import quoted, visible


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold; nodes count keys, and aliases by what they repeat."""

    size: int | None = 2_000_000
    nodes: int = 200_000
    levels: int = 64


SPEC = Limits()

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

NULL = re.compile(r"(?:~|null|Null|NULL)?\Z")
TRUE = re.compile(r"(?:true|True|TRUE)\Z")
FALSE = re.compile(r"(?:false|False|FALSE)\Z")
INT = re.compile(r"[-+]?[0-9]+\Z")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]+\Z")
LONGEST_NUMBER = 300


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's value, None when it has none, with what is wrong with it."""

    root: Node | None
    problems: tuple[Diagnostic, ...] = ()


class _RefusedError(Exception):
    """Ends the reading of a file at once: a limit is passed."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.summary)
        self.problem = problem


def scalar(raw: str) -> Any:
    """What an unquoted scalar means: null, a boolean, a number, or the text itself."""
    first = raw[:1]
    if first not in "~nNtTfF+-.0123456789":  # "" is in every string: an empty scalar is null
        return raw
    if NULL.match(raw):
        return None
    if TRUE.match(raw):
        return True
    if FALSE.match(raw):
        return False
    if len(raw) > LONGEST_NUMBER:
        return raw
    if INT.match(raw):
        return int(raw)
    return float(raw) if FLOAT.match(raw) else raw


def decode_text(data: bytes, file: str) -> tuple[str, Diagnostic | None]:
    """Bytes as UTF-8 text; a byte order mark is dropped, anything else is a problem."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", _not_utf8(file, 1, 1, "it begins as UTF-16 or UTF-32 does")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8-sig", "ignore"))
        return "", _not_utf8(file, line, column, f"byte 0x{data[error.start]:02x} stands there")
    at = text.find("\0")
    if at >= 0:
        return "", _not_utf8(file, *_place(text[:at]), "a NUL stands there")
    return text, None


def _not_utf8(file: str, line: int, column: int, why: str) -> Diagnostic:
    return Diagnostic(
        "H103", "the file is not UTF-8 text", why, Span(file, line, column), "save it as UTF-8"
    )


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def parse(data: bytes, file: str, limits: Limits = SPEC) -> Parsed:
    """A YAML document; the first violation of a limit ends it, other problems are collected."""
    if limits.size is not None and len(data) > limits.size:
        summary = f"the file is larger than {limits.size // 1_000_000} MB"
        hint = "long data belongs in a data set: `cases: FILE` has no size limit"
        return Parsed(None, (Diagnostic("H102", summary, "", Span(file, 1, 1), hint),))
    text, problem = decode_text(data, file)
    if problem is not None:
        return Parsed(None, (problem,))
    composer = _Composer(file, limits)
    try:
        root = composer.compose(_events(text))
    except _RefusedError as error:
        return Parsed(None, (*composer.problems.found, error.problem))
    except yaml.YAMLError as error:
        return Parsed(None, (*composer.problems.found, _syntax(error, text, file)))
    return Parsed(root, tuple(composer.problems.found))


def _events(text: str) -> Iterator[Any]:
    loader = LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None)
    if mark is None:
        position = getattr(error, "position", None)
        line, column = _place(text[:position]) if isinstance(position, int) else (1, 1)
    else:
        line, column = mark.line + 1, mark.column + 1
    detail = visible(f"{what} ({context})" if context else str(what))
    hint = _syntax_hint(text, line, getattr(error, "context_mark", None), str(what))
    return Diagnostic("H104", "the text is not YAML", detail, Span(file, line, column), hint)


QUOTE_HINT = (
    "in {…} and […], and where a value begins with a brace, quote ${…} and {{…}}: "
    '"{{name}}", "${NAME}"'
)


def _syntax_hint(text: str, line: int, context_mark: Any, what: str) -> str:
    lines = text.split("\n")
    first = context_mark.line if context_mark is not None else line - 1
    near = "\n".join(lines[max(0, min(first, line - 1)) : line])[-10_000:]
    if "escape" in what:
        return 'in double quotes a backslash is written twice ("\\\\d"); single quotes leave it be'
    if "${" in near or "{{" in near:
        return QUOTE_HINT
    if "\t" in near:
        return "indent with spaces: YAML does not allow tabs there"
    return ""


@dataclass(slots=True)
class _Frame:
    """A mapping or list whose end has not come yet."""

    span: Span
    anchor: str | None
    is_mapping: bool
    size: int = 1
    height: int = 1
    elements: list[Node] = field(default_factory=list)
    items: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    merges: list[Node] = field(default_factory=list)
    key: str | None = None
    key_span: Span | None = None
    wants_key: bool = True
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an alias repeats, and how much that is."""

    node: Node
    size: int
    height: int
    text: str | None


class _Composer:
    """Builds nodes from events with a stack of its own: no recursion, whatever the text."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.problems = Problems()
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Anchored | None] = {}
        self.total = 0
        self.root: Node | None = None
        self.documents = 0

    def compose(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._open(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._close()
                case yaml.DocumentStartEvent():
                    self.documents += 1
                    if self.documents > 1:
                        self._refuse("H110", event, "the file holds more than one document")
                case _:
                    pass
        return self.root

    # --- events

    def _scalar(self, event: Any) -> None:
        span = self._span(event)
        self._refuse_tag(event, span)
        self._count(1, len(self.frames) + 1, event)
        is_plain = not event.style
        value = scalar(event.value) if is_plain else event.value
        if "\0" in event.value:
            self.problems.error("H103", span, "a text holds a NUL character")
        number = isinstance(value, float) and not math.isfinite(value)
        if number:
            self.problems.error("H109", span, "a number is out of range")
            value = 0.0
        raw = event.value if is_plain and not isinstance(value, str) else None
        node = Node(value, span, raw=raw)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(node, 1, 1, event.value)
        self._place(node, 1, 1, event.value, is_merge=is_plain and event.value == "<<")

    def _alias(self, event: Any) -> None:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            known = event.anchor in self.anchors
            why = "holds itself" if known else "is not defined above"
            self._refuse("H104", event, f"the alias *{visible(event.anchor)} {why}")
            return
        self._count(anchored.size, len(self.frames) + anchored.height, event)
        self._place(anchored.node, anchored.size, anchored.height, anchored.text)

    def _open(self, event: Any) -> None:
        span = self._span(event)
        self._refuse_tag(event, span)
        self._count(1, len(self.frames) + 1, event)
        if event.anchor:
            self.anchors[event.anchor] = None
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.frames.append(_Frame(span, event.anchor, is_mapping))

    def _close(self) -> None:
        frame = self.frames.pop()
        if frame.is_mapping:
            self._merge(frame)
            node = Node(frame.items, frame.span, frame.keys)
        else:
            node = Node(frame.elements, frame.span)
        if frame.anchor:
            self.anchors[frame.anchor] = _Anchored(node, frame.size, frame.height, None)
        self._place(node, frame.size, frame.height, None)

    # --- what they build

    def _place(
        self, node: Node, size: int, height: int, text: str | None, *, is_merge: bool = False
    ) -> None:
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if not frame.is_mapping:
            frame.elements.append(node)
        elif frame.wants_key:
            frame.wants_key = False
            frame.is_merge = is_merge
            frame.key, frame.key_span = text, node.span
            if text is None:
                self.problems.error(
                    "H108", node.span, "a key is a list or a mapping", hint=QUOTE_HINT
                )
        else:
            frame.wants_key = True
            self._entry(frame, node)

    def _entry(self, frame: _Frame, node: Node) -> None:
        key, span = frame.key, frame.key_span
        if key is None or span is None:
            return
        if frame.is_merge:
            frame.merges.append(node)
        elif key in frame.items:
            first = frame.keys[key]
            self.problems.error(
                "H107", span, f"the key {quoted(key)} stands twice", detail=f"first at {first}"
            )
        else:
            frame.items[key] = node
            frame.keys[key] = span

    def _merge(self, frame: _Frame) -> None:
        for merged in frame.merges:
            sources = merged.value if isinstance(merged.value, list) else [merged]
            for source in sources:
                if not isinstance(source.value, dict):
                    self.problems.error(
                        "H108", source.span, "`<<` wants a mapping, or a list of mappings"
                    )
                    continue
                for key, node in source.value.items():
                    if key not in frame.items:
                        frame.items[key] = node
                        frame.keys[key] = source.keys.get(key, source.span)

    # --- limits

    def _count(self, nodes: int, levels: int, event: Any) -> None:
        self.total += nodes
        if levels > self.limits.levels:
            summary = f"more than {self.limits.levels} levels of nesting"
            self._refuse("H105", event, summary)
        if self.total > self.limits.nodes:
            summary = f"more than {self.limits.nodes:,} nodes, aliases counted in full"
            self._refuse("H105", event, summary)

    def _refuse_tag(self, event: Any, span: Span) -> None:
        if event.tag is not None:
            name = quoted(str(event.tag).removeprefix("tag:yaml.org,2002:"))
            hint = "remove the tag; a quoted value is a string already"
            self.problems.error("H106", span, f"the YAML tag {name} is refused", hint=hint)

    def _refuse(self, code: str, event: Any, summary: str) -> None:
        raise _RefusedError(Diagnostic(code, summary, "", self._span(event)))

    def _span(self, event: Any) -> Span:
        mark = event.start_mark
        return Span(self.file, mark.line + 1, mark.column + 1)
