"""Remove runs that nobody needs any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harness.app.history.listing import name_baselines, read_start
from harness.app.ports import ProjectArchive

if TYPE_CHECKING:
    from harness.results.model import RunInfo


class PrunedArchive(ProjectArchive, Protocol):
    """The runs of a project, of which some are removed."""

    def measure(self, directory: Path) -> int:
        """Return how many bytes the files of a run take."""
        ...

    def list_others_files(self, directory: Path) -> Sequence[str]:
        """Return the names in a run's directory that no run writes."""
        ...

    def remove(self, directory: Path) -> None:
        """Remove a run's directory, at once.

        Raises:
            OutsideError: the disk refused; the run is still there.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pruning:
    """A choice of runs to remove.

    Attributes:
        going: directories with their runs, newest first.
        staying: runs that would go, and the reason why they stay.
        size: bytes that are freed.
    """

    going: tuple[tuple[Path, RunInfo], ...]
    staying: tuple[tuple[Path, str], ...]
    size: int


def choose_runs_to_prune(
    archive: PrunedArchive,
    spec_name: str | None,
    *,
    keep: int | None = None,
    before: datetime | None = None,
) -> Pruning:
    """Choose the runs that are old; nothing is removed.

    A run goes when it is not among the newest of its spec *and* began before a moment, of the two
    what is given. Runs that are baselines, that a process is writing, that do not say when they
    began, or beside which somebody put files of their own stay.

    Args:
        archive: the runs of the project.
        spec_name: only runs of this spec; None for all, each spec by itself.
        keep: how many of the newest stay.
        before: the moment.
    """
    names = name_baselines(archive)
    seen: Counter[str] = Counter()
    going: list[tuple[Path, RunInfo]] = []
    staying: list[tuple[Path, str]] = []
    for directory, info in archive.runs(spec_name):
        seen[info.spec_name] += 1
        began = read_start(info)
        if keep is not None and seen[info.spec_name] <= keep:
            continue
        if before is not None and began is not None and began >= before:
            continue
        reason = _find_reason_to_stay(archive, directory, names.get(info.id, ()))
        if before is not None and began is None:
            reason = "it does not say when it began"
        if reason:
            staying.append((directory, reason))
        else:
            going.append((directory, info))
    size = sum(archive.measure(directory) for directory, _ in going)
    return Pruning(tuple(going), tuple(staying), size)


def prune_runs(archive: PrunedArchive, pruning: Pruning) -> tuple[Path, ...]:
    """Remove what was chosen; return what is gone.

    What became a baseline, or is being written, since it was chosen stays.

    Raises:
        OutsideError: the disk refused; what was removed before stays so.
    """
    names, gone = name_baselines(archive), []
    for directory, info in pruning.going:
        if not _find_reason_to_stay(archive, directory, names.get(info.id, ())):
            archive.remove(directory)
            gone.append(directory)
    return tuple(gone)


def _find_reason_to_stay(archive: PrunedArchive, directory: Path, baselines: Sequence[str]) -> str:
    if baselines:
        return f"it is the baseline {', '.join(baselines)}"
    if archive.is_being_written(directory):
        return "a process is writing it"
    if others := archive.list_others_files(directory):
        return f"it holds what no run writes: {', '.join(others[:3])}"
    return ""
