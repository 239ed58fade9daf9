"""Look for secrets in somebody else's YAML without building anything from it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import yaml

from harness.redaction.finding import SuspectedSecret, scan, scan_value
from harness.redaction.texts import Path

_BINARY = "tag:yaml.org,2002:binary"
_DATA = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("binary", "bool", "float", "int", "map", "null", "seq", "str", "timestamp")
) | {"!binary"}
"""Tags of plain values; ``!binary`` is Ruby's spelling."""

DEEPEST = 200
"""Levels; the parser's time grows with the square of its nesting, and recordings have a dozen."""


def scan_yaml(text: str) -> Iterator[tuple[SuspectedSecret, ...]]:
    """Yield the findings in each value; a tag that asks for more than data is a finding as well.

    Only the parser's events are read: a bomb of aliases, nesting without end and tags that make
    objects are text like any other. What is no YAML, or is nested deeper than ``DEEPEST``, is
    looked at as plain text.
    """
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    stack = _Stack()
    try:
        while (event := loader.get_event()) is not None:
            tag = getattr(event, "tag", None)
            if tag is not None and tag not in _DATA:
                place = f"{event.start_mark.line + 1}:{event.start_mark.column + 1}"
                yield (
                    SuspectedSecret(
                        "tag", place, f"a cassette is data, and {tag[:60]} asks for more"
                    ),
                )
            if isinstance(event, yaml.ScalarEvent):
                yield scan_value(_read_value(event.value, tag), stack.at())
            stack.take(event)
            if stack.depth > DEEPEST:
                yield scan(text)
                return
    except yaml.YAMLError:
        yield scan(text)
    finally:
        loader.dispose()


def _read_value(text: str, tag: str | None) -> str | bytes:
    if tag in (_BINARY, "!binary"):
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError):
            pass
    return text


class _Stack:
    """The path in a document at which the next event stands."""

    def __init__(self) -> None:
        self._steps: list[str | int] = []
        self._waits_for_name: list[bool] = []

    @property
    def depth(self) -> int:
        """The number of collections that are open."""
        return len(self._steps)

    def at(self) -> Path:
        """Return the path of a value, or of the mapping whose name comes next."""
        if self._waits_for_name and self._waits_for_name[-1]:
            return (*self._steps[:-1], "<name>")
        return tuple(self._steps)

    def take(self, event: object) -> None:
        """Go on behind an event."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._steps.pop()
            self._waits_for_name.pop()
            self._through("")
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self._steps.append("" if is_mapping else 0)
            self._waits_for_name.append(is_mapping)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            self._through(getattr(event, "value", ""))

    def _through(self, value: str) -> None:
        """End a name or a value."""
        if not self._steps:
            return
        step = self._steps[-1]
        if isinstance(step, int):
            self._steps[-1] = step + 1
        elif self._waits_for_name[-1]:
            self._steps[-1] = value
            self._waits_for_name[-1] = False
        else:
            self._waits_for_name[-1] = True
