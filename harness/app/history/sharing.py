"""Runs and baselines that a team shares: the port to where they are, and what is done with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from harness.app.baselines import require_baseline_name, require_results
from harness.app.comparing import find_run
from harness.app.ports import ProjectArchive
from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from harness.results.model import RunInfo

BEING_WRITTEN = "H852"


@dataclass(frozen=True, slots=True)
class SharedBaseline:
    """A run that a team made the baseline of a spec; ``set_at`` is in UTC."""

    spec_name: str
    name: str
    run: str
    set_at: str
    set_by: str


class SharedHistory(Protocol):
    """The runs that a team shares. Whatever it cannot do it raises a ``HarnessError`` about."""

    name: str
    """Its address, without any password."""

    def push(self, directory: Path) -> Literal["uploaded", "renewed", "there"]:
        """Upload a run that is on disk, all of it or nothing; once, however often it is done."""
        ...

    def locate(self, run: str) -> Path:
        """Return where a run is, or would be, on this disk."""
        ...

    def list_runs(self, spec_name: str | None = None) -> Iterator[tuple[str, RunInfo | None, str]]:
        """Yield runs, newest first: the id, its description, and why that cannot be read."""
        ...

    def find(self, name: str, spec_name: str | None = None) -> Path | None:
        """Bring a run to this disk, by its id or ``latest``; None where there is none."""
        ...

    def find_baseline(self, name: str, spec_name: str | None = None) -> Path | None:
        """Bring the run that is a spec's baseline; None where there is none, or several."""
        ...

    def list_baselines(self) -> Sequence[SharedBaseline]:
        """List the baselines that hold now, by spec and name."""
        ...

    def list_past_baselines(self, spec_name: str, name: str) -> Sequence[SharedBaseline]:
        """List what a baseline is and was, the one that holds first."""
        ...

    def set_baseline(self, name: str, directory: Path, info: RunInfo) -> None:
        """Make a run the baseline of its spec; what it was before is kept."""
        ...

    def upgrade(self) -> tuple[str | None, str]:
        """Bring its tables to this version's schema; say from which to which."""
        ...

    def describe(self) -> str:
        """Say in a line how many runs there are, and of which schema."""
        ...


def push_run(archive: ProjectArchive, shared: SharedHistory, name: str) -> tuple[RunInfo, str]:
    """Upload a run; say which it is, and in a word what became of it.

    Raises:
        RequestError: there is no such run, or a process is writing it.
        OutsideError: the shared history refused it; nothing of it is there.
    """
    directory = find_run(archive, name)
    info = archive.info(directory)
    if archive.is_being_written(directory):
        summary = f"run {info.id} is being written"
        raise RequestError(Diagnostic(BEING_WRITTEN, summary, hint="wait until it has ended"))
    said = {
        "uploaded": "uploaded",
        "renewed": "uploaded again: it went on since",
        "there": "was there already",
    }
    return info, said[shared.push(directory)]


def share_baseline(
    archive: ProjectArchive, shared: SharedHistory, run: str, name: str
) -> tuple[RunInfo, SharedBaseline | None]:
    """Make a run the team's baseline of its spec; return it, and what the baseline was before.

    Raises:
        RequestError: no such run, one without results, a name that is none.
        OutsideError: the shared history refused; the baseline is what it was.
    """
    require_baseline_name(name, run)
    directory = find_run(archive, run)
    info = require_results(archive, directory)
    before = shared.list_past_baselines(info.spec_name, name)
    shared.set_baseline(name, directory, info)
    return info, before[0] if before else None
