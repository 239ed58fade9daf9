"""The files of a run in a shared history: pieces of bytes, each compressed, and the sum of all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, insert, select

from harness.errors import Diagnostic, OutsideError
from harness.fs.regular import open_regular
from harness.history.tables import PIECES

UNSOUND = "H878"
RUN, RESULTS, SPEC = "run.json", "results.jsonl", "spec.json"
NAMES: Final = (SPEC, RESULTS, RUN)
"""The files that are shared; the one that makes a folder a run comes last."""
PIECE: Final = 1_000_000
LARGEST, LARGEST_LISTED = 16_000_000_000, 16_000_000
"""Bytes: of a piece before it is compressed, which is all that is held in memory; of a file; of a
``run.json`` that is listed."""
IS_OF_A_SIZE: Final = func.length(PIECES.c.content) <= 2 * PIECE
"""Holds for each piece that was uploaded: zlib adds a few bytes to what it cannot compress. What is
longer is never read; without it the sum of the file differs."""


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


def sum_file(path: Path) -> FileSum | None:
    """Return the size and sum of a file; None where there is none.

    Raises:
        OSError: it cannot be read.
    """
    try:
        digest, size = hashlib.sha256(), 0
        for piece in _read_pieces(path):
            digest.update(piece)
            size += len(piece)
    except FileNotFoundError:
        return None
    return FileSum(size, digest.hexdigest())


def insert_pieces(connection: Connection, run: str, path: Path, expected: FileSum) -> None:
    """Insert a file piece by piece.

    Raises:
        OutsideError: it is not any more what was summed.
    """
    digest = hashlib.sha256()
    for number, piece in enumerate(_read_pieces(path)):
        digest.update(piece)
        row = {"run_id": run, "name": path.name, "number": number, "content": zlib.compress(piece)}
        connection.execute(insert(PIECES), row)
    if digest.hexdigest() != expected.sha256:
        raise make_unsound_error(run, f"{path.name} was changed while it was read")


def select_pieces(
    connection: Connection, run: str, name: str, expected: FileSum
) -> Iterator[bytes]:
    """Return the bytes of a file as ``check_pieces`` does, few of them in memory at a time.

    Raises:
        OutsideError: they are not those that were uploaded.
    """
    wanted = select(PIECES.c.content).where(
        PIECES.c.run_id == run, PIECES.c.name == name, IS_OF_A_SIZE
    )
    streamed = wanted.order_by(PIECES.c.number).execution_options(
        stream_results=True, max_row_buffer=4
    )
    with connection.execute(streamed) as rows:
        yield from check_pieces(run, name, expected, (row.content for row in rows))


def check_pieces(
    run: str, name: str, expected: FileSum, contents: Iterable[bytes]
) -> Iterator[bytes]:
    """Return the pieces of a file as they were before they were compressed.

    Raises:
        OutsideError: they are not those that were uploaded, or larger than was said; told at the
            end at the latest.
    """
    told: object = expected.size  # SQLite keeps any type in any column, and a stranger's file may
    if not (isinstance(told, int) and 0 <= told <= LARGEST):
        raise make_unsound_error(run, f"{name} says that it has {expected.size} bytes")
    digest, size = hashlib.sha256(), 0
    for content in contents:
        if not isinstance(content, bytes):
            raise make_unsound_error(run, f"{name} has a piece that is no bytes")
        inflating = zlib.decompressobj()
        try:
            piece = inflating.decompress(content, PIECE)
        except zlib.error as error:
            raise make_unsound_error(run, f"{name}: {error}") from error
        size += len(piece)
        if inflating.unconsumed_tail or not inflating.eof or size > expected.size:
            raise make_unsound_error(run, f"{name} is larger than it says")
        digest.update(piece)
        yield piece
    if size != expected.size or digest.hexdigest() != expected.sha256:
        raise make_unsound_error(run, f"{name} is not what was uploaded: its SHA-256 differs")


def write_file(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a file whole, for this user alone; where its bytes are not sound there is none.

    Raises:
        OSError: the disk refused.
        OutsideError: the bytes are not those that were uploaded.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise


def make_unsound_error(run: str, why: str) -> OutsideError:
    """Make the error for a run whose bytes are not to be trusted."""
    return OutsideError(
        Diagnostic(
            UNSOUND,
            f"run {run} of the shared history is refused",
            why,
            hint=f"upload it again from where it was made: harness history push {run}",
        )
    )


def _read_pieces(path: Path) -> Iterator[bytes]:
    with open_regular(path) as file:
        while piece := file.read(PIECE):
            yield piece
