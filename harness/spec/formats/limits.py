"""Limits of what a file may hold, counted on each YAML event before anything is built from it.

An alias counts as much as it repeats, so that a bomb is refused while it is a few hundred bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from harness.errors import Diagnostic
from harness.source import Span
from harness.text.safe import printable


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of what a file may hold; nodes count keys, levels count mappings and lists."""

    size: int | None = 2_000_000
    nodes: int = 200_000
    levels: int = 64


SPEC = Limits()


class LimitError(Exception):
    """Ends the reading of a file at once."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.summary)
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come; ``before`` nodes came before it."""

    anchor: str | None
    before: int
    height: int = 1


def check_limits(events: Iterable[Any], file: str, limits: Limits) -> None:
    """Read events to their end, or to the first that passes a limit.

    Raises:
        LimitError: a limit is passed, an alias leads nowhere or into itself, or there is more
            than one document.
    """
    for _ in limit_events(events, file, limits):
        pass


def limit_events(events: Iterable[Any], file: str, limits: Limits) -> Iterator[Any]:
    """Yield events, each once it is counted, to their end or to the first that passes a limit.

    Raises:
        LimitError: as ``check_limits``; what the event would add was not built.
    """
    counter = _Counter(file, limits)
    for event in events:
        counter.count(event)
        yield event


class _Counter:
    """Nodes so far, what is open, and how much each anchor holds (None while it is open)."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._total = 0
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[int, int] | None] = {}
        self._documents = 0

    def count(self, event: Any) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self._total += 1
            if event.anchor:
                self._anchors[event.anchor] = (1, 0)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self._begin(event)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._end()
        elif kind is AliasEvent:
            self._repeat(event)
        elif kind is DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self._refuse("H110", event, "the file holds more than one document")
        if self._total > self._limits.nodes:
            limit = f"{self._limits.nodes:,}"
            self._refuse("H105", event, f"more than {limit} nodes, aliases counted in full")

    def _begin(self, event: Any) -> None:
        if len(self._open) >= self._limits.levels:
            self._too_deep(event)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(event.anchor, self._total))
        self._total += 1

    def _end(self) -> None:
        ended = self._open.pop()
        if ended.anchor:
            self._anchors[ended.anchor] = (self._total - ended.before, ended.height)
        self._raise_to(ended.height + 1)

    def _repeat(self, event: Any) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            why = "holds itself" if event.anchor in self._anchors else "is not defined above"
            self._refuse("H104", event, f"the alias *{printable(event.anchor)} {why}")
        size, height = anchored
        self._total += size
        if len(self._open) + height > self._limits.levels:
            self._too_deep(event)
        self._raise_to(height + 1)

    def _raise_to(self, height: int) -> None:
        """Note that every open node has at least this many levels."""
        if self._open and self._open[-1].height < height:
            self._open[-1].height = height

    def _too_deep(self, event: Any) -> NoReturn:
        self._refuse("H105", event, f"more than {self._limits.levels} levels of nesting")

    def _refuse(self, code: str, event: Any, summary: str) -> NoReturn:
        mark = event.start_mark
        span = Span(self._file, mark.line + 1, mark.column + 1)
        raise LimitError(Diagnostic(code, summary, "", span))
