"""Everything outside, chosen: what a command gets to work with."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.wiring.choice import CloudChoice, choose_cloud
from harness.wiring.trust import Trust

if TYPE_CHECKING:
    from harness.provision.ports import Cloud
    from harness.run.clock import SystemClock
    from harness.run.ports import Doors
    from harness.sandbox import PythonCode
    from harness.simulator.embedded import Simulated
    from harness.spec.load import SpecFile
    from harness.store.files import DiskReader
    from harness.store.runs import DiskRuns

WORLD_FOLDER = ".harness"


@dataclass(kw_only=True)
class World:
    """A spec's outside. Engines take ports from it, never the world itself.

    Attributes:
        choice: which cloud, and who chose it.
        simulated_at: the simulated Azure, None on a real cloud.
    """

    spec_file: SpecFile
    trust: Trust
    environment: Mapping[str, str]
    choice: CloudChoice
    simulated_at: Simulated | None = None
    verbose: bool = False
    _closing: list[Callable[[], object]] = field(default_factory=list)

    @property
    def simulated(self) -> bool:
        """Whether the cloud is the simulator."""
        return self.simulated_at is not None

    @property
    def root(self) -> Path:
        """The project root, where ``.harness`` and ``reports`` live."""
        return Path(self.spec_file.root)

    @property
    def today(self) -> date:
        """The day it is in this Azure."""
        declared = self.spec_file.spec.simulator.date
        return declared if self.simulated and declared is not None else self.clock.now().date()

    @cached_property
    def clock(self) -> SystemClock:
        """The real clock."""
        from harness.run.clock import SystemClock

        return SystemClock()

    @cached_property
    def store(self) -> DiskRuns:
        """Where runs are kept."""
        from harness.store.runs import DiskRuns

        return DiskRuns(self.root, self.clock.now)

    @cached_property
    def reader(self) -> DiskReader:
        """Files of the project."""
        from harness.store.files import DiskReader

        return DiskReader(self.root)

    def cloud(self) -> Cloud:
        """The management plane; nobody is signed in before its first call."""
        return self._cloud

    @cached_property
    def _cloud(self) -> Cloud:
        from harness.cloud import azure_endpoint, simulator_endpoint
        from harness.cloud.management import open_cloud
        from harness.wiring.subscription import require_subscription

        if self.simulated_at is not None:
            endpoint = simulator_endpoint(self.simulated_at.url, self.simulated_at.token)
        else:
            name = self.choice.name
            assert name is not None, "a spec with accounts has a cloud"  # noqa: S101
            require_subscription(self.spec_file)
            endpoint = azure_endpoint(name)
        cloud = open_cloud(endpoint, verbose=self.verbose)
        self._closing.append(cloud.close)
        return cloud

    def doors(self) -> Doors:
        """What an evaluation reaches the outside through; for one event loop."""
        from harness.models import Connections, open_embeddings, open_model
        from harness.run.ports import Doors
        from harness.wiring.cases import rows_of
        from harness.wiring.endpoints import Endpoints
        from harness.wiring.sign_in import EntraSignIn

        endpoints = Endpoints(
            spec_file=self.spec_file,
            trust=self.trust,
            environment=self.environment,
            simulated=self.simulated_at,
            cloud=self.choice.name,
            sign_in=EntraSignIn(self.choice.name or "azure", self._key_of, self.verbose),
        )
        connections = Connections()
        return Doors(
            model=lambda target: open_model(endpoints.of(target), connections=connections),
            simulated=endpoints.is_simulated,
            cases=lambda conversation: rows_of(conversation, self.reader),
            store=self.store,
            clock=self.clock,
            chance=random.random,
            closing=connections.close,
            embeddings=lambda target: open_embeddings(
                endpoints.for_embeddings(target), connections=connections
            ),
            code=self._code(),
        )

    def _code(self) -> PythonCode | None:
        if not self.trust.code:
            return None
        from harness.sandbox import PythonCode

        return PythonCode(self.root)

    def _key_of(self, handle: str) -> Callable[[], str] | None:
        from harness.plan.scope import account_id

        account = self.spec_file.spec.accounts[handle]
        if not account.local_auth:
            return None
        at = account_id(self.spec_file.spec, account)
        return lambda: self.cloud().account_key(at)

    def close(self) -> None:
        """Let go of what was opened, the last first."""
        while self._closing:
            self._closing.pop()()


@contextmanager
def open_world(
    spec_file: SpecFile,
    trust: Trust,
    *,
    say: Callable[[str], None],
    verbose: bool = False,
) -> Iterator[World]:
    """The outside of a spec for as long as the block runs.

    Args:
        spec_file: a valid spec.
        trust: what the person at the keyboard allows.
        say: gets lines for stderr, the first of which names the cloud and who chose it.
        verbose: whether failures to sign in tell everything that was tried.

    Raises:
        OutsideError: the simulator cannot be started or joined.
    """
    choice = choose_cloud(spec_file, trust, os.environ)
    say(str(choice))
    world = World(
        spec_file=spec_file, trust=trust, environment=os.environ, choice=choice, verbose=verbose
    )
    try:
        if not choice.simulated:
            yield world
            return
        from harness.simulator.embedded import embedded

        declared = spec_file.spec.simulator
        if declared.answers is not None:
            # A simulator that serves already has a working folder of its own.
            answers = Path(declared.answers).resolve()
            declared = declared.model_copy(update={"answers": str(answers)})
        with embedded(
            world.root / WORLD_FOLDER,
            declared,
            _provider_models(spec_file),
            environment=os.environ,
            names=_names(spec_file),
            say=say,
        ) as simulated:
            world.simulated_at = simulated
            yield world
    finally:
        world.close()


def _provider_models(spec_file: SpecFile) -> dict[str, dict[str, Any]]:
    """What stands behind the models of providers, which the simulator answers for."""
    from harness.simulator.session import ProviderModelInfo

    return {
        handle: {
            key: ProviderModelInfo(model.model or key, model.version)
            for key, model in models.items()
        }
        for handle, provider in spec_file.spec.providers.items()
        if (models := getattr(provider, "models", None)) is not None
    }


def _names(spec_file: SpecFile) -> dict[str, str]:
    """The spec's names by Azure's, so that drills and rules may speak of targets."""
    names: dict[str, str] = {}
    for handle, account in spec_file.spec.accounts.items():
        names[account.account_name] = handle
        for key, deployment in account.deployments.items():
            names[f"{account.account_name}/{deployment.deployment_name}"] = f"{handle}/{key}"
    return names
