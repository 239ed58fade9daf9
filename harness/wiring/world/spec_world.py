"""Everything outside, chosen: what a command gets to work with."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.recording import Recording
from harness.app.specs.cloud_choice import CloudChoice
from harness.app.specs.permissions import Permissions

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from harness.cloud.checkup import ManagementCheckup
    from harness.providers.overhearing import Overhear
    from harness.provision.ports import Cloud
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.recording.session.recording_session import RecordingSession, Stale
    from harness.run.clock import ReplayClock, SystemClock
    from harness.run.engines.engine import Engine
    from harness.run.engines.names import EngineName
    from harness.run.ports import RunPorts
    from harness.sandbox import PythonCode
    from harness.simulator.embedded import Simulated
    from harness.spec.load import SpecFile
    from harness.store.files import DiskReader
    from harness.wiring.calls import SpecCallForms
    from harness.wiring.project import DiskArchive
    from harness.wiring.providers.endpoints import Endpoints


@dataclass(kw_only=True)
class SpecWorld:
    """A spec's outside. Engines take ports from it, never the world itself.

    Attributes:
        choice: which cloud, and who chose it.
        simulated_at: the simulated Azure, None on a real cloud and in a replay.
        recording: whether this is recorded or replayed, and where; None for neither.
        session: what stands between this world's requests and the cassette, None without one.
        foreign: other people's recording, where that is what answers models.
        say: gets a line on what only the curious want to know.
        closing: called at the end, the last first.
    """

    spec_file: SpecFile
    permissions: Permissions
    environment: Mapping[str, str]
    choice: CloudChoice
    simulated_at: Simulated | None = None
    recording: Recording | None = None
    session: RecordingSession | None = None
    foreign: ForeignConversations | None = None
    verbose: bool = False
    say: Callable[[str], None] = lambda _: None
    closing: list[Callable[[], object]] = field(default_factory=list)

    @property
    def simulated(self) -> bool:
        """True when the cloud is the simulator, or was it when this was recorded."""
        return self.choice.simulated

    @property
    def replays(self) -> bool:
        """True when nothing outside is reached: a recording answers."""
        return self.session is not None and self.session.replays

    @property
    def harmless(self) -> bool:
        """True when nothing real can be changed: by the simulator, and by a replay."""
        return self.simulated or self.replays

    @property
    def root(self) -> Path:
        """The project root, where ``.harness`` and ``reports`` live."""
        return Path(self.spec_file.root)

    @property
    def today(self) -> date:
        """The day it is in this Azure; in a replay the day it was."""
        told = self.simulated_at.today if self.simulated_at is not None else None
        if self.session is not None and self.session.replays:
            told = self.session.commands.find_day()
        declared = self.spec_file.spec.simulator.date if self.simulated else None
        return told or declared or self.clock.now().date()

    @cached_property
    def clock(self) -> SystemClock | ReplayClock:
        """The real clock; in a replay one on which waiting takes no time."""
        from harness.run.clock import ReplayClock, SystemClock

        return ReplayClock() if self.replays else SystemClock()

    @cached_property
    def archive(self) -> DiskArchive:
        """The runs of the project."""
        from harness.wiring.project import DiskArchive

        return DiskArchive(self.root, self.clock.now)

    @cached_property
    def reader(self) -> DiskReader:
        """Files of the project."""
        from harness.store.files import DiskReader

        return DiskReader(self.root)

    @property
    def cloud_name(self) -> str | None:
        """The name of the cloud; None for a spec of providers alone."""
        return self.choice.name

    @property
    def simulator_url(self) -> str | None:
        """The address of the simulated Azure; None on a real cloud and in a replay."""
        return None if self.simulated_at is None else self.simulated_at.url

    @property
    def stale(self) -> Sequence[Stale]:
        """Everything in the recording that is not as it was asked for, so far."""
        return () if self.session is None else tuple(self.session.stale)

    @property
    def recorded_errors(self) -> Sequence[Stale]:
        """Trials that errored while they were recorded, or whose recording is an error."""
        return () if self.session is None else tuple(self.session.errors)

    @property
    def left_out(self) -> Mapping[str, int]:
        """Counts of what looked like a secret and was not recorded, by kind."""
        if self.session is None or self.session.replays:
            return {}
        return self.session.redaction.replaced

    def record_as(self, command: str) -> AbstractContextManager[object]:
        """Record what the management plane is asked meanwhile as this command's."""
        return nullcontext() if self.session is None else self.session.command(command, self.today)

    def cloud(self) -> Cloud:
        """Return the management plane; nobody is signed in before its first call."""
        return self._cloud

    @cached_property
    def _cloud(self) -> Cloud:
        from harness.app.specs.subscription import require_subscription
        from harness.cloud import make_azure_endpoint, make_replay_endpoint, make_simulator_endpoint
        from harness.cloud.management import open_cloud
        from harness.wiring.recording.cassette import name_management_placeholder

        if self.simulated_at is not None:
            endpoint = make_simulator_endpoint(self.simulated_at.url, self.simulated_at.token)
        elif self.replays:
            recorded = self.choice.name or "azure"
            endpoint = make_replay_endpoint(recorded, name_management_placeholder(recorded))
        else:
            name = self.choice.name
            assert name is not None, "a spec with accounts has a cloud"  # noqa: S101
            require_subscription(self.spec_file)
            endpoint = make_azure_endpoint(name)
        cloud = open_cloud(endpoint, verbose=self.verbose, adapter=self._make_adapter())
        self.closing.append(cloud.close)
        return cloud

    def open_checkup(self) -> ManagementCheckup:
        """Open questions about the way to this cloud; the caller closes it."""
        from harness.cloud import make_azure_endpoint, make_simulator_endpoint
        from harness.cloud.checkup import ManagementCheckup

        at = self.simulated_at
        if at is not None:
            endpoint = make_simulator_endpoint(at.url, at.token)
        else:
            endpoint = make_azure_endpoint(self.choice.name or "azure")
        return ManagementCheckup(endpoint, verbose=self.verbose)

    def _make_adapter(self) -> BaseAdapter | None:
        if self.session is None:
            return None
        from harness.cloud.adapter import WrappedAdapter
        from harness.recording.transports.recorded_management import RecordedManagement

        commands = self.session.commands
        return WrappedAdapter(lambda live: RecordedManagement(live, commands))

    def make_endpoints(self) -> Endpoints:
        """Make what finds the place of each target; for one event loop."""
        from harness.wiring.providers.endpoints import Endpoints
        from harness.wiring.providers.sign_in import EntraSignIn

        return Endpoints(
            spec_file=self.spec_file,
            permissions=self.permissions,
            environment=self.environment,
            simulated=self.simulated_at,
            cloud=self.choice.name,
            sign_in=EntraSignIn(self.choice.name or "azure", self._key_of, self.verbose),
            replayed=self.replays,
        )

    def open_run_ports(self, *, overhear: Overhear | None = None) -> RunPorts:
        """Make the ports of an evaluation; for one event loop.

        ``overhear`` gets what goes over the wire, without credentials, where nothing is recorded.
        """
        from harness.app.specs.cases import read_cases
        from harness.providers import Connections
        from harness.run.asking.bounds import read_bounds
        from harness.run.ports import RunPorts
        from harness.wiring.providers.recorded_models import ModelOpener
        from harness.wiring.quotas import QuotaFinder

        endpoints = self.make_endpoints()
        connections = Connections(endpoints.reach)
        models = ModelOpener(endpoints, connections, self.session, self.foreign, overhear)
        quotas = QuotaFinder(self, endpoints)
        return RunPorts(
            model=models.open,
            simulated=endpoints.is_simulated,
            cases=lambda conversation: read_cases(conversation, self.reader),
            store=self.archive,
            clock=self.clock,
            chance=random.random,
            closing=connections.close,
            embeddings=models.open_embedder,
            batches=models.open_batches,
            code=self._open_code(),
            recording=self.session,
            locate=lambda target: target.region or self._found_regions.get(target.owner),
            quota=quotas,
            divide=quotas.divide,
            bounds=read_bounds(self.environment),
        )

    def open_engine(self, name: EngineName, scheduler: str | None) -> Engine:
        """Return what plays the trials of a run; ``scheduler`` is a cluster's address."""
        from harness.wiring.engines import ENGINES

        return ENGINES[name](self, scheduler)

    def read_instead(self, text: str) -> SpecFile:
        """Return the spec as it would be if its file held this text.

        Raises:
            SpecError: it would be wrong.
        """
        from harness.wiring.spec_files import read_spec_text

        return read_spec_text(text, Path(self.spec_file.path), self.permissions, self.reader)

    @cached_property
    def _found_regions(self) -> Mapping[str, str]:
        from harness.wiring.locating import find_regions

        return find_regions(self)

    def call_forms(self) -> SpecCallForms:
        """Return the forms of the calls to the targets; nobody signs in for them."""
        from harness.wiring.calls import SpecCallForms

        return SpecCallForms(self.spec_file, self.permissions)

    def _open_code(self) -> PythonCode | None:
        if not self.permissions.code:
            return None
        from harness.sandbox import PythonCode

        return PythonCode(self.root)

    def _key_of(self, handle: str) -> Callable[[], str] | None:
        from harness.plan.scope import make_account_id

        account = self.spec_file.spec.accounts[handle]
        if not account.local_auth:
            return None
        at = make_account_id(self.spec_file.spec, account)
        return lambda: self.cloud().read_account_key(at)

    def close(self) -> None:
        """Let go of what was opened, the last first."""
        while self.closing:
            self.closing.pop()()
