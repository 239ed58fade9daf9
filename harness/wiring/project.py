"""The project on this disk: its root, its runs, and what is written into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.store import baselines, removal, writing
from harness.store.files import find_working_root
from harness.store.runs import DiskRuns

if TYPE_CHECKING:
    from harness.run.forecast.past import PastReplies
    from harness.run.targets import Target


class DiskArchive(DiskRuns):
    """The runs of a project on this disk, and what is written into it."""

    def write(self, path: Path, texts: Iterable[str]) -> None:
        """Write a file whole or not at all.

        One beneath ``.harness``, such as a chat, is this user's alone. Others, such as a run, are
        to be read by whoever shares the project: their permissions are what the umask gives.

        Raises:
            OutsideError: the disk refused.
        """
        is_private = self._root / ".harness" in path.parents
        writing.write_lines_atomically(path, texts, is_private=is_private)

    @property
    def root(self) -> Path:
        """The project root."""
        return self._root

    def keep_baseline(self, run: Path, spec: Path, name: str) -> Path:
        """Copy a run's files to the baseline of that name beside the spec; say where that is.

        Raises:
            OutsideError: the disk refused.
        """
        folder = baselines.name_baselines_folder(spec) / name
        baselines.keep_baseline(run, folder)
        return folder

    def find_baseline(
        self,
        name: str,
        spec: Path | None = None,
        spec_name: str | None = None,  # noqa: ARG002 - a folder goes by the spec's file
    ) -> Path | None:
        """Return the folder of a baseline: a spec's, or the only one of that name; else None."""
        return baselines.find_baseline(self._root, name, spec)

    def list_baselines(self, spec: Path | None = None) -> Iterator[Path]:
        """List the folders of a spec's baselines, or of all in the project."""
        return baselines.list_baselines(self._root, spec)

    def read_recorded_replies(
        self, cassette: Path, target: Target, *, simulated: bool
    ) -> PastReplies | None:
        """Return a target's replies in a recording; None where it holds none, or is none."""
        from harness.wiring.recording.replies import read_recorded_replies

        return read_recorded_replies(cassette, target, simulated=simulated)

    def measure(self, directory: Path) -> int:
        """Return how many bytes the files of a run take."""
        return removal.measure_directory(directory)

    def list_others_files(self, directory: Path) -> Sequence[str]:
        """Return the names in a run's directory that no run writes."""
        return removal.list_others_files(directory)

    def remove(self, directory: Path) -> None:
        """Remove a run's directory, at once.

        Raises:
            OutsideError: the disk refused.
        """
        removal.remove_leftovers(self._reports)
        removal.remove_directory(directory)


def open_archive(root: Path | None) -> DiskArchive:
    """Return the runs of a project; None for the one that the working folder is in."""
    return DiskArchive(root or find_working_root())


def explain_disk_errors(directory: Path, what: str) -> AbstractContextManager[None]:
    """Turn what the operating system says inside the block into an error to act on.

    Raises:
        OutsideError: for any ``OSError`` inside; ``what`` says what could not be done.
    """
    return writing.explain_disk_errors(directory, what)
