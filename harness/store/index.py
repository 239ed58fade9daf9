"""The index of run directories: an SQLite file that saves reading ten thousand ``run.json``.

The directories are the truth. Each use lists them and asks the system for the state of each
``run.json``; only what changed is read again. So the index may be missing, older, locked, broken or
impossible to write: the answer is the same, and takes longer. On a file system of a network there
is none: SQLite's locks do not hold there.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.fs.mounts import is_on_network
from harness.fs.regular import read_regular
from harness.results.codec import decode_run
from harness.results.lines import RunFormatError
from harness.results.model import RunInfo

RUN = "run.json"
RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
DEEPEST = 4
"""Folders between ``reports/`` and a run: people sort runs into folders of their own."""
SETTLED_NS = 2_000_000_000
"""A file that changed later than this ago may change again without a trace: FAT counts in two
seconds."""
BUSY_S = 2.0
VERSION = 1
"""Of the table. Another version's index is made anew."""

_TABLES = (
    "DROP TABLE IF EXISTS run",
    "CREATE TABLE run (path BLOB UNIQUE, stamp TEXT, id BLOB, spec BLOB, sum INTEGER, text BLOB)",
    # With it, no text is read where only states and names are asked for.
    "CREATE INDEX state ON run (path, stamp, id, spec, sum)",
    f"PRAGMA user_version = {VERSION}",
)
_SCHEMA = {("table", "run", _TABLES[1]), ("index", "state", _TABLES[2])}
"""All that the file may hold: a view in the place of the table could count for ever."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True)
class _Row:
    """A run directory as it was when its ``run.json`` was read; ``path`` is relative.

    ``sum`` tells whether what the file gives back is what was put into it: SQLite does not.
    """

    path: bytes
    stamp: str
    id: bytes
    spec: bytes
    sum: int


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """A run directory with the text of its ``run.json``; ``id`` is "" where that is no run's.

    ``among`` is how many runs of its spec there are, whether or not they are listed.
    """

    directory: Path
    id: str
    text: bytes
    among: int = 1


def list_runs(
    reports: Path, file: Path, spec_name: str | None = None, most_each: int | None = None
) -> Iterator[IndexedRun]:
    """List the run directories beneath a folder, newest first; each run once.

    Of a run that lies there twice, the directory with its id as name is taken. Directories whose
    ``run.json`` is none come last, each as it is.

    Args:
        reports: the folder.
        file: the index; made, mended and kept up to date as far as the disk allows.
        spec_name: only runs of this spec; None for all.
        most_each: the most runs of each spec, the newest; None for all. Directories whose
            ``run.json`` is none are listed however many they are.
    """
    stamps = scan(reports)
    if not stamps:
        return
    with _open(file) as (index, known):
        rows = {path: row for path, row in known.items() if stamps.get(path) == row.stamp != ""}
        fresh: dict[bytes, bytes] = {}
        for path, stamp in stamps.items():
            if path not in rows and (read := _read(reports, path, stamp)) is not None:
                rows[path], fresh[path] = read
        if index is not None:
            gone = known.keys() - rows.keys()
            _save(index, gone, [(rows[path], text) for path, text in fresh.items()])
        wanted = list(_sort(rows.values(), spec_name))
        among, listed = Counter(row.spec for row in wanted), Counter[bytes]()
        for row in wanted:
            listed[row.spec] += 1
            if most_each is not None and row.id and listed[row.spec] > most_each:
                continue
            text = fresh.get(row.path) or _load_text(index, row)
            if text is None:
                read = _read(reports, row.path, row.stamp)
                if read is None:
                    continue  # it went away meanwhile
                text = read[1]
            name = row.id.decode("utf-8", "surrogatepass")
            yield IndexedRun(reports / os.fsdecode(row.path), name, text, among[row.spec])


def explain_unused(file: Path) -> str:
    """Return why there is no index where it would be, "" where there may be one."""
    if not is_on_network(file.parent):
        return ""
    return f"no index in {file.parent}: a network's file system; every {RUN} is read instead"


def scan(reports: Path) -> dict[bytes, str]:
    """Return the state of each ``run.json`` beneath a folder, by its directory's relative path."""
    found: dict[bytes, str] = {}
    now = time.time_ns()
    waiting = [(os.fspath(reports), 0)]
    while waiting:
        folder, depth = waiting.pop()
        stamp = _read_stamp(folder, now) if depth else None
        if stamp is not None:
            found[os.fsencode(os.path.relpath(folder, reports))] = stamp
        elif depth < DEEPEST:
            with suppress(OSError), os.scandir(folder) as entries:
                waiting += [
                    (entry.path, depth + 1)
                    for entry in entries
                    if not entry.name.startswith(".") and entry.is_dir()
                ]
    return found


def _read_stamp(folder: str, now: int) -> str | None:
    """Return the state of a directory's ``run.json``, "" while it may still change unnoticed."""
    try:
        state = os.stat(f"{folder}{os.sep}{RUN}")  # noqa: PTH116 - ten thousand paths are slow
    except OSError:
        return None
    if abs(now - state.st_mtime_ns) < SETTLED_NS:
        return ""
    return f"{state.st_mtime_ns} {state.st_size} {state.st_ino}"


@contextmanager
def _open(file: Path) -> Iterator[tuple[sqlite3.Connection | None, Mapping[bytes, _Row]]]:
    """Open the index and read its rows; None and no rows where it cannot be used.

    A broken file, or one of another version, is made anew; a locked one stays as it is.
    """
    index: sqlite3.Connection | None = None
    rows: Mapping[bytes, _Row] = {}
    for _ in range(0 if is_on_network(file.parent) else 2):
        try:
            file.parent.mkdir(exist_ok=True)
            index = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
            rows = _load_rows(index)
            break
        except (sqlite3.Error, OSError, ValueError) as error:
            if index is not None:
                index.close()
                index = None
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY or not _remove(file):
                break
    try:
        yield index, rows
    finally:
        if index is not None:
            index.close()


def _load_rows(index: sqlite3.Connection) -> Mapping[bytes, _Row]:
    """Load all rows without their texts; the table is made where it is not there.

    Raises:
        ValueError: the file gives back what was not put into it.
    """
    index.execute("PRAGMA synchronous = OFF")  # what a power cut breaks is made anew
    # The file may be a stranger's: nothing that stands in its schema is trusted, or run.
    index.execute("PRAGMA trusted_schema = OFF")
    if index.execute("PRAGMA user_version").fetchone() != (VERSION,):
        index.execute("BEGIN IMMEDIATE")
        if index.execute("PRAGMA user_version").fetchone() != (VERSION,):
            for statement in _TABLES:
                index.execute(statement)
        index.execute("COMMIT")
    held = index.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    if set(held) != _SCHEMA:
        raise ValueError("the index holds other tables, views or triggers than ours")
    rows = {}
    for path, stamp, identifier, spec, total in index.execute(
        "SELECT path, stamp, id, spec, sum FROM run"
    ):
        types = (type(path), type(stamp), type(identifier), type(spec), type(total))
        if types != (bytes, str, bytes, bytes, int):
            raise ValueError("a row of the index is of other types")
        rows[path] = _Row(path, stamp, identifier, spec, total)
        if total >> 32 != _sum_names(path, stamp, identifier, spec):
            raise ValueError("a row of the index is not what was written")
    return rows


def _load_text(index: sqlite3.Connection | None, row: _Row) -> bytes | None:
    if index is None:
        return None
    try:
        found = index.execute("SELECT text FROM run WHERE path = ?", (row.path,)).fetchone()
    except sqlite3.Error:
        return None
    if found is None or type(found[0]) is not bytes:
        return None
    text: bytes = found[0]
    return text if zlib.crc32(text) == row.sum & 0xFFFFFFFF else None


def _save(
    index: sqlite3.Connection, gone: Iterable[bytes], rows: Sequence[tuple[_Row, bytes]]
) -> None:
    """Save what changed, if the disk and other processes allow; else it is read again next time."""
    leaving = [(path,) for path in gone]
    if not leaving and not rows:
        return
    try:
        index.execute("BEGIN IMMEDIATE")
        index.executemany("DELETE FROM run WHERE path = ?", leaving)
        index.executemany(
            "REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)",
            [(row.path, row.stamp, row.id, row.spec, row.sum, text) for row, text in rows],
        )
        index.execute("COMMIT")
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            index.execute("ROLLBACK")


def _remove(file: Path) -> bool:
    """Remove an index that is none, with what SQLite keeps beside it; False where it stays."""
    try:
        for ending in ("", "-journal", "-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
    except OSError:  # the folder cannot be written; on Windows, another process has it open
        return False
    return True


def _read(reports: Path, path: bytes, stamp: str) -> tuple[_Row, bytes] | None:
    """Read a directory's ``run.json``; None where it is not there any more."""
    try:
        text = read_regular(reports / os.fsdecode(path) / RUN)
    except FileNotFoundError:
        return None
    except OSError:
        text, stamp = b"", ""
    try:
        info = decode_run(text.decode())
        identifier, spec = _encode(info.id), _encode(info.spec_name)
    except ValueError:
        identifier, spec = b"", b""
    total = _sum_names(path, stamp, identifier, spec) << 32 | zlib.crc32(text)
    return _Row(path, stamp, identifier, spec, total), text


def _sum_names(path: bytes, stamp: str, identifier: bytes, spec: bytes) -> int:
    # 31 bits of it: above those of the text's, they make a number that SQLite takes.
    return zlib.crc32(b"\0".join((path, stamp.encode(), identifier, spec))) >> 1


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _sort(rows: Iterable[_Row], spec_name: str | None) -> Iterator[_Row]:
    """Yield each run once, newest first, then directories that hold none."""
    spec = None if spec_name is None else _encode(spec_name)
    wanted = [row for row in rows if spec in (None, row.spec)]
    wanted.sort(key=lambda row: (row.id, _is_at_home(row.id, row.path), row.path), reverse=True)
    seen: set[bytes] = set()
    for row in wanted:
        if not row.id or row.id not in seen:
            seen.add(row.id)
            yield row


def _is_at_home(identifier: bytes, path: bytes) -> bool:
    """Return whether a run lies in ``SPEC/ID``, where it was written."""
    return path.replace(b"\\", b"/").split(b"/")[1:] == [identifier]


def decode_indexed(entry: IndexedRun) -> RunInfo:
    """Read the description of a run.

    Raises:
        RunFormatError: it is none.
    """
    if not entry.text:
        raise RunFormatError("run.json cannot be read, or is empty")
    try:
        return decode_run(entry.text.decode())
    except UnicodeDecodeError as error:
        raise RunFormatError(f"run.json is not UTF-8: {error.reason}") from error
