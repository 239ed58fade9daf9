"""Past runs, chosen as somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.ports import ProjectArchive
from harness.errors import RequestError

if TYPE_CHECKING:
    from harness.results.model import RunInfo


@dataclass(frozen=True, slots=True)
class WantedRuns:
    """A choice among past runs; what is None or empty leaves nothing out.

    Attributes:
        spec_name: the name of a spec.
        since: the earliest start.
        targets: names or globs; a run with one of these targets is meant.
        verdicts: verdicts of gates; ``none`` for runs without one.
        limit: the most that are returned, the newest.
    """

    spec_name: str | None = None
    since: datetime | None = None
    targets: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run on disk; ``baselines`` are the names under which it is kept beside its spec."""

    directory: Path
    info: RunInfo
    baselines: tuple[str, ...] = field(default=())


def list_past_runs(archive: ProjectArchive, wanted: WantedRuns) -> Iterator[PastRun]:
    """List the runs that are wanted, newest first."""
    names = name_baselines(archive)
    found = (
        PastRun(directory, info, tuple(names.get(info.id, ())))
        for directory, info in archive.runs(wanted.spec_name)
        if _is_wanted(info, wanted)
    )
    return islice(found, wanted.limit)


def name_baselines(archive: ProjectArchive) -> dict[str, list[str]]:
    """Return the names of baselines by the id of the run that they are copies of."""
    names: dict[str, list[str]] = {}
    for folder in archive.list_baselines():
        with suppress(RequestError):
            names.setdefault(archive.info(folder).id, []).append(folder.name)
    return names


def _is_wanted(info: RunInfo, wanted: WantedRuns) -> bool:
    if wanted.verdicts and (info.verdict or "none") not in wanted.verdicts:
        return False
    if wanted.targets and not any(
        target.name == pattern or fnmatchcase(target.name, pattern)
        for target in info.targets
        for pattern in wanted.targets
    ):
        return False
    if wanted.since is None:
        return True
    began = read_start(info)
    return began is not None and began >= wanted.since


def read_start(info: RunInfo) -> datetime | None:
    """Return when a run began; None where it does not say."""
    try:
        began = datetime.fromisoformat(info.started_at)
    except ValueError:
        return None
    return began if began.tzinfo else began.replace(tzinfo=UTC)
