"""The runs of a project on this disk, and behind them those that a team shares."""

from __future__ import annotations

import getpass
import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import HarnessError, RequestError
from harness.run.clock import SystemClock
from harness.wiring.project import DiskArchive

if TYPE_CHECKING:
    from harness.app.history.sharing import SharedHistory
    from harness.results.model import RunInfo

CACHE = Path(".harness") / "history"
NAMES_IN_CI = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOR")
"""Variables in which pipelines name whoever they run for. Source: the manuals of GitHub Actions,
GitLab CI and Azure Pipelines."""


class TeamArchive(DiskArchive):
    """The runs of a project; what is not on this disk is looked for in the shared history.

    Args:
        root: the project root.
        shared: the runs of the team.
        say: gets a line where a run is not from this disk.
        now: the time.
    """

    def __init__(
        self,
        root: Path,
        shared: SharedHistory,
        say: Callable[[str], None],
        now: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(root, now)
        self.shared = shared
        self.trouble: HarnessError | None = None
        self._say = say
        self._told: set[Path] = set()
        self._unreadable: list[tuple[Path, str]] = []

    def find(self, name: str, spec_name: str | None = None) -> Path:
        """Find a run on this disk, else in the shared history, by its id or ``latest``.

        Raises:
            RequestError: there is none in either.
            OutsideError: the shared history cannot be asked.
        """
        from harness.store.index import RUN_ID

        try:
            return super().find(name, spec_name)
        except RequestError:
            if name != "latest" and not RUN_ID.fullmatch(name):
                raise
            found = self.shared.find(name, spec_name)
            if found is None:
                raise
        return self._tell(found, f"run {found.name}")

    def find_baseline(
        self, name: str, spec: Path | None = None, spec_name: str | None = None
    ) -> Path | None:
        """Find a baseline beside its spec, else in the shared history.

        Raises:
            OutsideError: the shared history cannot be asked.
        """
        found = super().find_baseline(name, spec)
        if found is not None or (spec is not None and spec_name is None):
            return found
        shared = self.shared.find_baseline(name, spec_name)
        return shared and self._tell(shared, f"the baseline '{name}', run {shared.name},")

    def runs(self, spec_name: str | None = None) -> Iterator[tuple[Path, RunInfo]]:
        """Yield every run that can be read, newest first; of one that is in both, this disk's.

        That the shared history cannot be asked ends those of the team, and is left in ``trouble``.
        """
        last = ""
        both = heapq.merge(
            super().runs(spec_name), self._list_shared(spec_name), key=_find_id, reverse=True
        )
        for directory, info in both:
            if info.id != last:
                yield directory, info
            last = info.id

    def unreadable(self) -> Iterator[tuple[Path, str]]:
        """Yield what holds no run that could be read, and what is wrong with it."""
        yield from super().unreadable()
        yield from self._unreadable

    def _list_shared(self, spec_name: str | None) -> Iterator[tuple[Path, RunInfo]]:
        self._unreadable.clear()
        try:
            for run, info, why in self.shared.list_runs(spec_name):
                if info is None:
                    self._unreadable.append((Path(self.shared.name) / run[:80], why))
                else:
                    yield self.shared.locate(run), info
        except HarnessError as error:
            self.trouble = error

    def _tell(self, found: Path, what: str) -> Path:
        if found not in self._told:
            self._told.add(found)
            self._say(f"{what} is from the shared history {self.shared.name}")
        return found


def _find_id(one: tuple[Path, RunInfo]) -> str:
    return one[1].id


def is_shared(archive: DiskArchive, directory: Path) -> bool:
    """Return whether a run is the shared history's, and on this disk at most as a copy."""
    return isinstance(archive, TeamArchive) and directory.is_relative_to(archive.root / CACHE)


def find_trouble(archive: DiskArchive) -> HarnessError | None:
    """Return what kept the shared history from being listed; None where nothing did."""
    return archive.trouble if isinstance(archive, TeamArchive) else None


def open_team_archive(
    root: Path,
    url: str,
    environment: Mapping[str, str],
    say: Callable[[str], None],
    now: Callable[[], datetime] | None = None,
) -> TeamArchive:
    """Open the runs of a project and those that are shared at a URL; nobody is asked yet.

    Raises:
        RequestError: it is no such URL, or the extra ``history`` is not installed.
    """
    from harness.history.address import make_package_error, read_address

    address = read_address(url)
    try:
        from harness.history.shared_runs import SharedRuns
    except ModuleNotFoundError as error:
        raise make_package_error(error.name or "sqlalchemy") from error
    by = next((environment[name] for name in NAMES_IN_CI if environment.get(name)), None)
    # Not a replay's clock, which stands still: an upload is now.
    shared = SharedRuns(address, root / CACHE, by or _name_user(), SystemClock().now)
    return TeamArchive(root, shared, say, now)


def _name_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return "unknown"
