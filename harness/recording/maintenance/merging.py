"""Two branches recorded into one cassette, and git left its conflicts there: what both have stays.

Each conversation has a file of its own, so that only what says something of several conflicts: the
manifest, and when a target was recorded. Which side a conversation's file is from tells its hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.recording.storage import codec
from harness.recording.storage.folder import (
    LARGEST_FILE_BYTES,
    LARGEST_MANIFEST_BYTES,
    Lock,
    Manifest,
    read_manifest_text,
    write_text,
)
from harness.recording.storage.naming import MANIFEST, TARGETS, name_target_file
from harness.recording.storage.texts import hash_text, read_text, split_sides


def settle(path: Path, lock: Lock) -> None:
    """Settle what git could not, where it could not; else nothing is touched.

    A file that is neither side's is listed no more: it is recorded again, or complained about.

    Raises:
        OutsideError: the disk refused.
    """
    with lock(path):
        both = _read_sides(path / MANIFEST, LARGEST_MANIFEST_BYTES)
        if both is None:
            return
        try:
            ours, theirs = (read_manifest_text(side) for side in both)
        except ValueError:
            return  # whoever reads it says what is wrong
        if ours.cloud != theirs.cloud:
            return
        files = dict(sorted(_list_kept(path, ours, theirs)))
        write_text(path / MANIFEST, Manifest(ours.cloud, files).to_text())


def _list_kept(path: Path, ours: Manifest, theirs: Manifest) -> Iterator[tuple[str, str]]:
    for name in ours.files.keys() | theirs.files.keys():
        settled = name.startswith(f"{TARGETS}/") and _settle_target(path, name)
        try:
            hashed = hash_text(read_text(path / name, LARGEST_FILE_BYTES))
        except (OSError, ValueError):
            continue
        if settled or hashed in (ours.files.get(name), theirs.files.get(name)):
            yield name, hashed


def _settle_target(path: Path, name: str) -> bool:
    """Let a target know all that it learned on either side; whether there was a conflict."""
    both = _read_sides(path / name, LARGEST_FILE_BYTES)
    if both is None:
        return False
    try:
        notes = [codec.decode_target(codec.loads(side)) for side in both]
    except ValueError:
        return False
    if any(name_target_file(one.target) != name for one in notes):
        return False
    older, newer = sorted(notes, key=lambda one: one.recorded_at)
    begins = newer.learned[:1] or older.learned[:1]
    # Another beginning is another model: what the older one learned says nothing about it.
    before = older.learned[1:] if older.learned[:1] == begins else ()
    more = (state for state in before if state not in newer.learned)
    learned = (*begins, *more, *newer.learned[1:])
    settled = codec.TargetNotes(newer.target, newer.recorded_at, learned)
    write_text(path / name, codec.dumps(codec.encode_target(settled)))
    return True


def _read_sides(file: Path, limit: int) -> tuple[str, str] | None:
    try:
        return split_sides(read_text(file, limit))
    except (OSError, ValueError):
        return None
