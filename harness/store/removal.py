"""Remove the directories of runs, and nothing that somebody else put there."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.fs.atomic import is_temporary
from harness.store.index import RUN, RUN_ID
from harness.store.ownership import RECORD
from harness.store.writing import explain_disk_errors

LEAVING = ".gone"
"""The ending of a run's hidden folder while it is removed."""
WRITTEN = frozenset(
    [RUN, RECORD, "spec.json", "events.jsonl", "events.jsonl.lock", "results.jsonl", "report.html",
     "junit.xml", "summary.md", "comparison.json"]
)  # fmt: skip
"""The files that a run consists of. Source: the contract, section 5."""


def measure_directory(directory: Path) -> int:
    """Return how many bytes the files in a directory take, 0 where nobody may look."""
    try:
        return sum(path.stat().st_size for path in directory.iterdir() if path.is_file())
    except OSError:
        return 0


def list_others_files(directory: Path) -> list[str]:
    """Return the names in a run's directory that no run writes, and links, sorted."""
    with explain_disk_errors(directory, "look into the run's directory"):
        found = [
            path.name
            for path in directory.iterdir()
            if path.is_symlink()
            or not (path.name in WRITTEN or is_temporary(path.name))
            or not path.is_file()
        ]
    return sorted([*found, *(["(a link)"] if directory.is_symlink() else [])])


def remove_directory(directory: Path) -> None:
    """Remove a run's directory: it is no run any more at once, then its files go.

    Raises:
        OutsideError: the disk refused.
    """
    with explain_disk_errors(directory, "remove the run"):
        leaving = directory.with_name(f".{directory.name}{LEAVING}")
        directory.rename(leaving)
        shutil.rmtree(leaving)


def remove_leftovers(reports: Path) -> None:
    """Remove what is left of runs whose removal died half way, as far as the disk allows."""
    for leaving in reports.glob(f"*/.*{LEAVING}"):
        if RUN_ID.fullmatch(leaving.name[1:].removesuffix(LEAVING)):
            shutil.rmtree(leaving, ignore_errors=True)
