"""The results of a run as they lie on disk, one at a time in memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import TypeVar, overload
from weakref import finalize

from harness.errors import Diagnostic, RequestError
from harness.fs.atomic import is_temporary
from harness.fs.regular import open_regular
from harness.results.codec import decode_result
from harness.results.model import Result
from harness.results.scored import ScoredTrial, decode_scored
from harness.store.journal import read_whole_lines
from harness.store.ownership import RECORD
from harness.store.writing import explain_disk_errors

NO_RUN = "H702"
T = TypeVar("T")


class StoredResults(Sequence[Result]):
    """The lines of a ``results.jsonl``, decoded whenever they are asked for.

    Memory: eight bytes a result. A torn last line is passed over, and a file that is not there
    has no results. What a line says is found out when it is read: that raises `RequestError`,
    with the line's number, where it is no result.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bounds = _find_bounds(path)
        self._file: FileIO | None = None

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Result, ...]: ...
    def __getitem__(self, index: int | slice) -> Result | tuple[Result, ...]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        number = range(len(self))[index]
        return self._decode(number, self.read_line(number), decode_result)

    def read_line(self, index: int) -> bytes:
        """Return a result's line as it stands in the file, its newline included."""
        begin, end = self._bounds[index], self._bounds[index + 1]
        with explain_disk_errors(self._path, "read"):
            file = self._open()
            file.seek(begin)
            return file.read(end - begin)

    def __iter__(self) -> Iterator[Result]:
        return self._decode_all(decode_result)

    def read_scored(self) -> Iterator[ScoredTrial]:
        """Return the figures of each result, which are read five times as fast as the whole."""
        return self._decode_all(decode_scored)

    def _decode_all(self, decode: Callable[[bytes], T]) -> Iterator[T]:
        if not len(self):
            return
        with explain_disk_errors(self._path, "read"), open_regular(self._path) as file:
            for number, line in zip(range(len(self)), file, strict=False):
                yield self._decode(number, line, decode)

    def _open(self) -> FileIO:
        """Open one file for all results that are asked for singly; it goes with this object."""
        if self._file is None:
            self._file = FileIO(self._path)
            finalize(self, self._file.close)
        return self._file

    def _decode(self, number: int, line: bytes, decode: Callable[[bytes], T]) -> T:
        try:
            return decode(line)
        except ValueError as error:
            raise unreadable_run_error(Path(f"{self._path}:{number + 1}"), error) from error


def unreadable_run_error(path: Path, error: Exception) -> RequestError:
    """Make the error for a file that should be part of a run."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return RequestError(Diagnostic(NO_RUN, f"this run cannot be read: {reason}", str(path)))


def _find_bounds(path: Path) -> array[int]:
    """List where each whole line ends, after the 0 where the first one begins."""
    bounds = array("q", [0])
    if path.exists():
        with explain_disk_errors(path, "read"), open_regular(path) as file:
            for line in file:
                if line.endswith(b"\n"):
                    bounds.append(bounds[-1] + len(line))
    return bounds


def is_cut_off(directory: Path) -> bool:
    """Return whether somebody died here who had begun a run and not yet sent anything."""
    begun = {"spec.json", "results.jsonl", "events.jsonl", RECORD}
    names = [path.name for path in directory.iterdir()]
    if any(name not in begun and not is_temporary(name) for name in names):
        return False
    events = read_whole_lines(directory / "events.jsonl")
    return not any(read_whole_lines(directory / "results.jsonl")) and all(
        line.get("event") == "opened" for line in events
    )
