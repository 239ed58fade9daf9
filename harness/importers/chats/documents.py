"""The JSON documents of a log, one after the other, and everything that is none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from harness.importers.conversion import Fate, Unmapped
from harness.source import Span

MOST_PLACES = 10
"""Places that are told of each cause; beyond it they are counted."""
LONGEST = 64 * 2**20
"""Characters; a longer document is none of a log, and is not parsed."""
NOT_TEXT = "\udc80\n"
"""A line that stands for one that is not UTF-8."""


class Complaints:
    """Everything that did not map, once for each cause with the lines that have it."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], tuple[Span, Fate]] = {}
        self._lines: dict[tuple[str, str], list[int]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, span: Span, what: str, reason: str, fate: Fate = "left out") -> None:
        """Note a thing, its place, and why it is not in the spec."""
        key = (what, reason)
        self._counts[key] += 1
        if key not in self._first:
            self._first[key] = (span, fate)
            self._lines[key] = []
        elif len(self._lines[key]) < MOST_PLACES:
            self._lines[key].append(span.line)

    def list_unmapped(self) -> tuple[Unmapped, ...]:
        """Return them in the order in which each was first met."""
        found = []
        for key, (span, fate) in self._first.items():
            what, reason = key
            more = self._counts[key] - 1
            if more:
                lines = ", ".join(map(str, self._lines[key]))
                rest = ", …" if more > len(self._lines[key]) else ""
                noun = "line" if more == 1 else "lines"
                reason = f"{reason} (the same on {more:,} more {noun}: {lines}{rest})"
            found.append(Unmapped(span, what, reason, fate))
        return tuple(found)


def split_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; other characters that some take for a line's end are none here."""
    return (line + "\n" for line in text.split("\n"))


def decode_documents(
    lines: Iterable[str], file: str, complaints: Complaints
) -> Iterator[tuple[Span, Any]]:
    """Yield the JSON documents of a file: one a line, or written over several, as people read them.

    A document of several lines begins with a lone ``{`` and ends with the ``}`` that stands as far
    from the margin, as exporters and editors write it. A list with a line for its brackets is read
    as what it holds. One that never ends is broken, and what comes after it is read.
    """
    begun: list[str] = []
    first = size = 0
    margin = ""
    for number, raw in enumerate(lines, start=1):
        line = raw.removeprefix("\ufeff") if number == 1 else raw
        bare = line.strip()
        if begun and line.startswith(margin + "{"):
            yield from _decode("".join(begun), Span(file, first, 1), complaints)
            begun = []
        if begun:
            size += len(line)
            if size <= LONGEST:
                begun.append(line)
            if line.startswith(margin + "}") and bare.rstrip(",") == "}":
                text = "".join(begun) if size <= LONGEST else None
                yield from _decode(text, Span(file, first, 1), complaints)
                begun = []
        elif bare == "{":
            begun, first, size = [line], number, len(line)
            margin = line[: line.index("{")]
        elif bare and bare.rstrip(",") not in {"[", "]"}:
            yield from _decode(line, Span(file, number, 1), complaints)
    if begun:
        yield from _decode("".join(begun), Span(file, first, 1), complaints)


def _decode(text: str | None, place: Span, complaints: Complaints) -> Iterator[tuple[Span, Any]]:
    """Yield a document, if it is one; None stands for one that was too long to hold."""
    if text == NOT_TEXT:
        complaints.add(place, "a line", "it is not UTF-8 text", "broken")
        return
    if text is None or len(text) > LONGEST:
        complaints.add(place, "a document", "it is longer than 64 MB", "broken")
        return
    try:
        yield place, json.loads(text.strip().rstrip(","))
    except json.JSONDecodeError as error:
        at = replace(place, line=place.line + error.lineno - 1, column=error.colno)
        complaints.add(at, "a line", f"it is not JSON: {error.msg}", "broken")
    except (ValueError, RecursionError):
        complaints.add(place, "a line", "it is not JSON that can be read", "broken")
