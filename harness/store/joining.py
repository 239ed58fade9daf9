"""Files of several runs joined into those of one."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.fs.regular import read_regular
from harness.results.codec import encode_line
from harness.results.model import TrialId
from harness.store.journal import read_whole_lines
from harness.store.stored import StoredResults
from harness.store.writing import explain_disk_errors, write_atomically, write_lines_atomically


def read_trials(results: Path) -> list[TrialId]:
    """Read whose the lines of a ``results.jsonl`` are, in their order.

    Raises:
        RequestError: a line is no result.
    """
    return [result.trial for result in StoredResults(results)]


def join_files(
    parts: Sequence[Path],
    places: Iterable[tuple[int, int]],
    directory: Path,
    note: Mapping[str, Any],
) -> None:
    """Write the results, the journal and the spec of parts into a directory that is there.

    Args:
        parts: directories of runs.
        places: part and number of the line of each result, in the order to write.
        directory: where they go.
        note: the first line of the journal.

    Raises:
        OutsideError: the disk refused.
    """
    stored = [StoredResults(part / "results.jsonl") for part in parts]
    lines = (str(stored[part].read_line(number), "utf-8") for part, number in places)
    write_lines_atomically(directory / "results.jsonl", lines)
    write_lines_atomically(directory / "events.jsonl", _join_journals(parts, note))
    spec = parts[0] / "spec.json"
    if spec.exists():
        with explain_disk_errors(spec, "read"):
            text = read_regular(spec).decode()
        write_atomically(directory / "spec.json", text)


def _join_journals(parts: Sequence[Path], note: Mapping[str, Any]) -> Iterator[str]:
    yield f"{encode_line(note)}\n"
    journals = [read_whole_lines(part / "events.jsonl") for part in parts]
    for line in heapq.merge(*journals, key=lambda line: str(line.get("at", ""))):
        yield f"{encode_line(line)}\n"
