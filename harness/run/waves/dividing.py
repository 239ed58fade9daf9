"""Divide what has gathered into files, by the limits of a file and of the queue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from harness.run.waves.ports import BatchLimits, InputLine

SPARE: Final = 0.9
"""The share of the queue that one file fills: its tokens are estimated."""
_LIMIT = re.compile(r"limit of ([\d.,]+)\s*([KMB]?)", re.IGNORECASE)
_TIMES: Final = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
ItemT = TypeVar("ItemT")


@dataclass(slots=True)
class FilePart(Generic[ItemT]):
    """The content of one file.

    Attributes:
        url: the operation that all of its lines name.
        items: whose its lines are, in their order.
        tokens: about how many are sent.
    """

    url: str
    items: list[ItemT] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    tokens: int = 0

    def add(self, item: ItemT, line: InputLine, tokens: int) -> None:
        """Add a line."""
        self.items.append(item)
        self.lines.append(line.content)
        self.size += len(line.content)
        self.tokens += tokens

    def split(self) -> Iterator[FilePart[ItemT]]:
        """Yield two halves of it."""
        middle = len(self.items) // 2
        for own in (slice(0, middle), slice(middle, None)):
            lines = self.lines[own]
            share = self.tokens * len(lines) // max(1, len(self.lines))
            yield FilePart(self.url, self.items[own], lines, sum(map(len, lines)), share)


class Divider(Generic[ItemT]):
    """Fills files one after the other; a line that alone is too large has a file of its own."""

    def __init__(self, limits: BatchLimits) -> None:
        self._limits = limits
        self._part: FilePart[ItemT] | None = None

    def add(self, item: ItemT, line: InputLine, tokens: int) -> FilePart[ItemT] | None:
        """Add a line; return the file that is full, where the line begins another."""
        part, full = self._part, None
        if part is not None and not self._has_room(part, line, tokens):
            part, full = None, part
        if part is None:
            part = self._part = FilePart(line.url)
        part.add(item, line, tokens)
        return full

    def end(self) -> FilePart[ItemT] | None:
        """Return the last file, None where nothing was added."""
        part, self._part = self._part, None
        return part

    def _has_room(self, part: FilePart[ItemT], line: InputLine, tokens: int) -> bool:
        limits = self._limits
        return (
            part.url == line.url
            and len(part.items) < limits.lines
            and part.size + len(line.content) <= limits.size
            and (limits.queue is None or part.tokens + tokens <= SPARE * limits.queue)
        )


def read_queue_limit(message: str) -> int | None:
    """Read how many tokens a queue takes from the words of a refusal; None where they do not say.

    Source: quoted in 2025: "surpassed the configured limit of 30K for the deployment".
    """
    found = _LIMIT.search(message)
    if found is None:
        return None
    try:
        return int(float(found[1].replace(",", "").rstrip(".")) * _TIMES[found[2].lower()])
    except ValueError:
        return None
