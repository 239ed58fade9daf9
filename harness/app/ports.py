"""Everything that use cases need from outside; ``wiring`` constructs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from harness.app.doctor.ports import Checkup
    from harness.app.programs.ports import CallForms
    from harness.app.specs.cloud_choice import CloudChoice
    from harness.conversation.ports import Place
    from harness.exchange import PlainRequest, PlainResponse
    from harness.provision.ports import Cloud
    from harness.results.model import Run, RunInfo
    from harness.results.scored import ScoredTrial
    from harness.run.engines.engine import Engine
    from harness.run.engines.names import EngineName
    from harness.run.forecast.past import PastReplies
    from harness.run.ports import Clock, RunPorts
    from harness.run.targets import Target
    from harness.spec.load import SpecFile
    from harness.spec.ports import Reader


class StaleEntry(Protocol):
    """A recording that is not what was asked for, or that nobody asked for."""

    @property
    def place(self) -> Place | None:
        """The trial it belongs to; None where it belongs to none."""
        ...

    @property
    def text(self) -> str:
        """A description for a person; may hold several lines."""
        ...


class OpenRecording(Protocol):
    """A recording as far as a command tells of it."""

    @property
    def folder(self) -> Path:
        """The folder of the cassette, or the file that another program recorded."""
        ...

    @property
    def replays(self) -> bool:
        """True where nothing outside is reached."""
        ...


class RunArchive(Protocol):
    """The runs of a project, and what is written into it."""

    def find(self, name: str, spec_name: str | None = None) -> Path:
        """Return the directory of a run, by path, id or ``latest``.

        Raises:
            RequestError: there is none.
        """
        ...

    def read(self, directory: Path) -> Run:
        """Return a whole run; its results are decoded as they are asked for.

        Raises:
            RequestError: the folder holds no run.
        """
        ...

    def runs(self, spec_name: str | None = None) -> Iterable[tuple[Path, RunInfo]]:
        """Return every run that can be read, newest first."""
        ...

    def write(self, path: Path, texts: Iterable[str]) -> None:
        """Write a file whole or not at all, of texts that come one after the other.

        Raises:
            OutsideError: the disk refused.
        """
        ...


class ProjectArchive(RunArchive, Protocol):
    """The runs of a project in figures, and those that others are compared with."""

    def is_being_written(self, directory: Path) -> bool:
        """Return whether a process is writing the run in this directory."""
        ...

    def newest(self, most_each: int) -> Iterable[tuple[Path, RunInfo, int]]:
        """Return the newest runs of each spec, newest first, and how many of that spec there are.

        Runs that cannot be read are passed over.
        """
        ...

    def info(self, directory: Path) -> RunInfo:
        """Read the description of a run.

        Raises:
            RequestError: the folder holds no run.
        """
        ...

    def read_scored(self, directory: Path) -> Iterable[ScoredTrial]:
        """Return the figures of a run's results, read as they are asked for."""
        ...

    @property
    def root(self) -> Path:
        """The project root."""
        ...

    def keep_baseline(self, run: Path, spec: Path, name: str) -> Path:
        """Copy a run's files to the baseline of that name beside the spec; say where that is.

        Raises:
            OutsideError: the disk refused.
        """
        ...

    def find_baseline(
        self, name: str, spec: Path | None = None, spec_name: str | None = None
    ) -> Path | None:
        """Return the folder of a baseline: a spec's, or the only one of that name; else None.

        ``spec_name`` is how a team's shared history knows the spec, wherever its file is.
        """
        ...

    def read_recorded_replies(
        self, cassette: Path, target: Target, *, simulated: bool
    ) -> PastReplies | None:
        """Return a target's replies in a recording; None where it holds none, or is none.

        ``simulated`` says whose they have to be: the simulator's, or a service's.
        """
        ...

    def list_baselines(self, spec: Path | None = None) -> Iterable[Path]:
        """List the folders of a spec's baselines, or of all in the project."""
        ...


class World(Protocol):
    """The outside of one spec for as long as a use case runs."""

    @property
    def spec_file(self) -> SpecFile:
        """The valid spec."""
        ...

    @property
    def choice(self) -> CloudChoice:
        """The cloud that was chosen, and who chose it."""
        ...

    @property
    def cloud_name(self) -> str | None:
        """The name of the cloud, as a spec writes it; None where there is none."""
        ...

    @property
    def simulated(self) -> bool:
        """True on the simulator, and in a replay of what was recorded on it."""
        ...

    @property
    def simulator_url(self) -> str | None:
        """The address of the simulated Azure; None on a real cloud and in a replay."""
        ...

    @property
    def replays(self) -> bool:
        """True where a recording answers and nothing outside is reached."""
        ...

    @property
    def harmless(self) -> bool:
        """True where nothing real can be changed."""
        ...

    @property
    def root(self) -> Path:
        """The project root."""
        ...

    @property
    def today(self) -> date:
        """The day in this Azure; in a replay the day of the recording."""
        ...

    @property
    def archive(self) -> ProjectArchive:
        """The runs of the project."""
        ...

    @property
    def clock(self) -> Clock:
        """Time; in a replay waiting takes none."""
        ...

    @property
    def recording(self) -> OpenRecording | None:
        """The recording that is made or replayed; None for neither."""
        ...

    @property
    def stale(self) -> Sequence[StaleEntry]:
        """Everything in the recording that is not as it was asked for, so far."""
        ...

    @property
    def recorded_errors(self) -> Sequence[StaleEntry]:
        """Trials that errored while they were recorded, or whose recording is an error."""
        ...

    @property
    def left_out(self) -> Mapping[str, int]:
        """Counts of what looked like a secret and was not recorded, by kind."""
        ...

    def cloud(self) -> Cloud:
        """Return the management plane; nobody is signed in before its first call."""
        ...

    @property
    def reader(self) -> Reader:
        """The files of the project."""
        ...

    def open_run_ports(
        self, *, overhear: Callable[[PlainRequest, PlainResponse | None], None] | None = None
    ) -> RunPorts:
        """Return the ports of an evaluation, for one event loop.

        ``overhear`` gets what goes over the wire, without credentials, where nothing is recorded:
        a request and its answer, None before there is one.
        """
        ...

    def open_engine(self, name: EngineName, scheduler: str | None) -> Engine:
        """Return what plays the trials of a run; ``scheduler`` is a cluster's address."""
        ...

    def call_forms(self) -> CallForms:
        """Return the forms of the calls to the targets; nobody signs in for them."""
        ...

    def read_instead(self, text: str) -> SpecFile:
        """Return the spec as it would be if its file held this text.

        Raises:
            SpecError: it would be wrong.
        """
        ...

    def record_as(self, command: str) -> AbstractContextManager[object]:
        """Record what the management plane is asked meanwhile as this command's."""
        ...

    def open_checkup(self) -> Checkup:
        """Return questions about the way to this cloud; the caller closes it."""
        ...
