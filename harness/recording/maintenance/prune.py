"""Take out of a cassette what nothing of its spec would play any more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.app.cassettes import AuditFinding, DeclaredExchanges
from harness.conversation.ports import Place
from harness.errors import OutsideError
from harness.recording.maintenance.audit import (
    find_abandoned,
    find_orphans,
    read_exchanges,
)
from harness.recording.storage import codec
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import WRITING_S, BrokenFileError, Folder, make_changed_error
from harness.recording.storage.naming import is_known


def prune(
    folder: Folder, declared: DeclaredExchanges, *, dry_run: bool
) -> tuple[AuditFinding, ...]:
    """Remove the files that are orphans, and from others the repeats that are; say which.

    A file that was half written a moment ago stays: another process may be at it.

    Args:
        folder: the cassette.
        declared: what the spec would play.
        dry_run: say it, and leave everything as it is.

    Raises:
        OutsideError: a file that stays was changed after it was recorded, or the disk refused.
    """
    found = list(find_abandoned(folder.path, older_than_s=WRITING_S))
    dropped = [one.file for one in found]
    shortened: list[tuple[str, list[RecordedExchange]]] = []
    for name in (*sorted(folder.manifest.files), *filter(is_known, folder.list_unlisted())):
        exchanges, trouble = _read(folder, name)
        amiss = tuple(find_orphans(name, exchanges, declared))
        found += amiss
        if any(not one.where for one in amiss):
            dropped.append(name)
        elif trouble is not None and name in folder.manifest.files:
            raise trouble
        elif amiss:
            shortened.append((name, exchanges))
    if found and not dry_run:  # until here nothing was touched
        dropped += [
            one for one, exchanges in shortened if not _shorten(folder, one, exchanges, declared)
        ]
        folder.drop(dropped)
    return tuple(found)


def _read(folder: Folder, name: str) -> tuple[list[RecordedExchange], OutsideError | None]:
    """Return a file's exchanges, none with the reason when they cannot be read."""
    try:
        document: dict[str, Any] | None = folder.read(name)
        return (read_exchanges(name, document) if document is not None else []), None
    except (BrokenFileError, ValueError) as error:
        hint = f"`harness cassettes audit {folder.path}` says what else is amiss"
        return [], make_changed_error(f"{folder.path}: {error}", hint)


def _shorten(
    folder: Folder, name: str, exchanges: Iterable[RecordedExchange], declared: DeclaredExchanges
) -> bool:
    """Keep the repeats that are played; whether any is left."""
    kept = [
        one
        for one in exchanges
        if isinstance(one.slot, Place) and one.slot.repeat <= declared.repeats[name]
    ]
    if not kept:
        return False
    place = kept[0].slot
    assert isinstance(place, Place)  # noqa: S101 - narrows for the checker
    marked = codec.decode_errored(folder.read(name) or {})
    errored = {repeat for repeat in marked if repeat <= declared.repeats[name]}
    folder.write(name, codec.encode_trials(place, kept, errored), lambda text: text)
    return True
