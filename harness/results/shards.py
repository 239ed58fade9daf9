"""Shards of one run as they are merged: whether they fit together, and what is missing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.results.merging import Question
from harness.results.model import RunInfo, Shard, TrialId

OWN = frozenset({"shard", "resumed_max_usd"})
"""Entries of a selection that one shard may have otherwise than another."""


def list_shards(infos: Sequence[RunInfo]) -> list[Shard]:
    """List the shards among runs, in the order of the runs."""
    return [info.shard for info in infos if info.shard is not None]


def find_mismatch(first: RunInfo, other: RunInfo) -> tuple[str, object, object] | None:
    """Find what keeps two runs from being shards of one; None where nothing does.

    Returns what it is, and how it is in the first and in the other.
    """
    one, two = first.shard, other.shard
    if one is None and two is None:
        return None
    if one is None or two is None:
        return "the shard", one or "a whole run", two or "a whole run"
    mine, theirs = select_shared(first.selection), select_shared(other.selection)
    compared: list[tuple[str, object, object]] = [
        ("the shards", f"{one.of} in all", f"{two.of} in all"),
        *(
            (f"what is selected ({key})", mine.get(key), theirs.get(key))
            for key in sorted({*mine, *theirs})
        ),
        ("the trials of all shards", _read_whole(first), _read_whole(other)),
        ("the division", _read_borders(first, two), _read_borders(other, one)),
    ]
    return next((found for found in compared if found[1] != found[2]), None)


def _read_borders(info: RunInfo, neighbour: Shard) -> str:
    """Return where a shard meets its neighbour, or is, where that is no neighbour: ""."""
    first, end = _read_span(info)
    step = neighbour.index - (info.shard.index if info.shard else 0)
    return {1: f"{end:x}", -1: f"{first:x}", 0: f"{first:x}-{end:x}"}.get(step, "")


def select_shared(selection: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all shards of a run have in common of their selections."""
    return {key: value for key, value in selection.items() if key not in OWN}


def count_trials(infos: Sequence[RunInfo]) -> int:
    """Count the trials that all shards together were to play, those that are missing included."""
    return max((_read_whole(info) for info in infos), default=0)


def list_missing(infos: Sequence[RunInfo]) -> Iterator[str]:
    """List which shards are missing, and which are not whole, a sentence each."""
    shards = list_shards(infos)
    there, of = {shard.index for shard in shards}, shards[0].of
    absent = [index for index in range(1, of + 1) if index not in there]
    if absent:
        shown = ", ".join(map(str, absent[:10]))
        more = f" and {len(absent) - 10} more" if len(absent) > 10 else ""
        verb = "Shard" if len(absent) == 1 else "Shards"
        yield f"{verb} {shown}{more} of {of}."
    for info in infos:
        if info.status != "complete":
            why = f" ({info.halted})" if info.halted else ""
            name = str(info.shard).capitalize()
            yield f"{name} is not whole{why}: run {info.id} goes on with --resume."


def place_questions(
    infos: Sequence[RunInfo], parts: Iterable[Sequence[TrialId]]
) -> dict[Question, int]:
    """Return the places of questions in the whole run, as far as whole shards tell them."""
    found: dict[Question, int] = {}
    for info, trials in zip(infos, parts, strict=True):
        rows = _decode_rows(_read_entry(info).get("rows"))
        questions = list(dict.fromkeys((trial.conversation, trial.case) for trial in trials))
        if len(rows) == len(questions):
            found.update(zip(questions, rows, strict=True))
    return found


def _decode_rows(text: object) -> list[int]:
    try:
        bits = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (ValueError, binascii.Error):
        return []
    return [8 * at + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1]


def _read_entry(info: RunInfo) -> Mapping[str, Any]:
    entry = info.selection.get("shard")
    return entry if isinstance(entry, dict) else {}


def _read_whole(info: RunInfo) -> int:
    trials = _read_entry(info).get("trials")
    return trials if isinstance(trials, int) else 0


def _read_span(info: RunInfo) -> tuple[int, int]:
    try:
        first, end = _read_entry(info)["span"]
        return int(first, 16), int(end, 16)
    except (KeyError, TypeError, ValueError):
        return 0, 0
