"""Texts that a stream sends in pieces: several events together may hold one secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.redaction.texts import Edit, Literal, apply_edits, find_literals, is_json


@dataclass(slots=True)
class StreamPiece:
    """A string of one event, with what is left of it; ``start`` is its place in the stream."""

    start: int
    end: int
    value: str


def rewrite_pieces(
    text: str, line: re.Pattern[str], edits_of: Callable[[str], Sequence[Edit]]
) -> str:
    """Edit the joined pieces of each reply in a stream.

    What is put in place of a part stands in the first of its events; the rest of it vanishes from
    those that follow, so that a client which joins them reads it once.
    """
    changed: list[Edit] = []
    for pieces in _find_streams(text, line).values():
        joined = "".join(piece.value for piece in pieces)
        before = [piece.value for piece in pieces]
        for edit in sorted(edits_of(joined), key=lambda edit: -edit.start):
            _spread_edit(pieces, edit)
        changed += [
            Edit(piece.start, piece.end, json.dumps(piece.value, ensure_ascii=False))
            for piece, old in zip(pieces, before, strict=True)
            if piece.value != old
        ]
    return apply_edits(text, changed)


def _spread_edit(pieces: list[StreamPiece], edit: Edit) -> None:
    """Carry one edit out; edits come from the last to the first, so earlier places still hold."""
    place, written = 0, False
    for piece in pieces:
        length = len(piece.value)
        start, end = max(edit.start - place, 0), min(edit.end - place, length)
        place += length
        if start >= end:
            continue
        piece.value = piece.value[:start] + ("" if written else edit.text) + piece.value[end:]
        written = True


def _find_streams(text: str, line: re.Pattern[str]) -> dict[Hashable, list[StreamPiece]]:
    """Return the pieces of each reply, of each tool call and of each summary, in order."""
    streams: dict[Hashable, list[StreamPiece]] = {}
    for match in line.finditer(text):
        data = match["data"]
        if not ('"delta"' in data or '"text"' in data) or not is_json(data):
            continue
        document, start = json.loads(data), match.start("data")
        for literal in find_literals(data):
            if not literal.is_name and _is_piece(literal):
                streams.setdefault(_name_stream(document, literal), []).append(
                    StreamPiece(start + literal.start, start + literal.end, literal.value)
                )
    return streams


def _is_piece(literal: Literal) -> bool:
    """Return whether it is a field ``delta``, in one, or the text of an old completion."""
    names = [step for step in literal.path if isinstance(step, str)]
    if not names or names[-1] in {"role", "type", "id", "name"}:
        return False
    return "delta" in names or names == ["choices", "text"]


def _name_stream(document: Any, literal: Literal) -> Hashable:
    """Return a key for pieces of one text: the same field of the same reply, item and tool call."""
    numbers: list[Any] = [document.get(name) for name in _TELLING if isinstance(document, dict)]
    part = document
    for step in literal.path:
        part = part[step]
        if isinstance(part, dict):
            numbers.append(part.get("index"))
    names = tuple(step for step in literal.path if isinstance(step, str))
    return names, json.dumps(numbers, default=str)


_TELLING = ("type", "item_id", "output_index", "content_index", "summary_index")
