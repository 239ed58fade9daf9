"""Find what looks like a secret in a text and in everything that is inside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from harness.redaction.layers import rewrite, rewrite_bytes
from harness.redaction.rules import find_spots
from harness.redaction.texts import Edit, Path, is_json


@dataclass(frozen=True, slots=True)
class SuspectedSecret:
    """Something that looks like a secret.

    Attributes:
        kind: which rule it was: ``jwt``, ``azure-key``, ``email``.
        where: the JSON path in the text (``headers.set-cookie``, ``body.<base64>``), or its line
            and column from 1 where the text is no document.
        excerpt: its first characters and how many there are: enough to find it, not to use it.
    """

    kind: str
    where: str
    excerpt: str


def scan(text: str) -> tuple[SuspectedSecret, ...]:
    """List all in a text that looks like a secret: also inside JSON, streams, base64 and gzip."""
    seen = _Collector()
    rewrite(text, seen.look)
    for path, lines in _find_line_lists(text):
        rewrite("\n".join(lines), seen.look, path)
    return tuple(dict.fromkeys(seen.found))


def scan_value(value: str | bytes, path: Path) -> tuple[SuspectedSecret, ...]:
    """Scan as ``scan`` does one value of a larger document; ``path`` is its place there."""
    seen = _Collector()
    if isinstance(value, bytes):
        rewrite_bytes(value, seen.look, path)
    else:
        rewrite(value, seen.look, path)
    return tuple(dict.fromkeys(seen.found))


def mask(value: str) -> str:
    """Return the beginning of a secret and its length: ``sk-p… (51 characters)``."""
    kept = min(4, len(value) // 4)
    return f"{value[:kept]}… ({len(value)} characters)"


def format_path(path: Path) -> str:
    """Return a path as people write it: ``exchanges[2].body.key1``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class _Collector:
    """Looks and changes nothing."""

    def __init__(self) -> None:
        self.found: list[SuspectedSecret] = []

    def look(self, text: str, name: str, path: Path) -> list[Edit]:
        """Note what is found, and put it back as it is: what lies inside it is not looked into."""
        same = []
        for spot in find_spots(text, name):
            value = text[spot.start : spot.end]
            where = format_path(path) or _parse_line(text, spot.start)
            self.found.append(SuspectedSecret(spot.kind, where, mask(value)))
            same.append(Edit(spot.start, spot.end, value))
        return same


def _parse_line(text: str, place: int) -> str:
    before = text[:place]
    return f"{before.count(chr(10)) + 1}:{place - (before.rfind(chr(10)) + 1) + 1}"


def _find_line_lists(text: str) -> Iterator[tuple[Path, list[str]]]:
    """Find bodies that a cassette holds line by line: a key or a stream may run over several."""
    if '"lines"' not in text or not is_json(text):
        return
    waiting: list[tuple[Path, object]] = [((), json.loads(text))]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, dict):
            waiting += [((*path, name), value) for name, value in part.items()]
        elif isinstance(part, list) and path[-1:] == ("lines",):
            yield path, [line for line in part if isinstance(line, str)]
        elif isinstance(part, list):
            waiting += [((*path, number), value) for number, value in enumerate(part)]
