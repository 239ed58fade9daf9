"""Find the quota that each target draws on: one for each deployment, whatever names it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from harness.azure.offers_data import RateLimit
from harness.errors import HarnessError
from harness.results.model import Shard
from harness.run.forecast.limits import find_limits
from harness.run.ports import SharedQuota
from harness.run.requests.quota import LocalQuota, Quota
from harness.run.targets import Target, every_target
from harness.wiring.state_folder import find_state_folder

if TYPE_CHECKING:
    from harness.wiring.providers.endpoints import Endpoints
    from harness.wiring.world import SpecWorld

MOST_CALLS = 16
"""Deployments that are read beside each other."""


@dataclass(frozen=True)
class QuotaFinder:
    """Finds the quotas of a spec's targets; calling it returns the quota of one.

    Attributes:
        world: the outside of the spec.
        endpoints: where its targets are.
        shard: whose part of each quota it is; None: the whole.
    """

    world: SpecWorld
    endpoints: Endpoints
    shard: Shard | None = None
    _found: dict[tuple[str, str], SharedQuota] = field(default_factory=dict)

    def __call__(self, target: Target) -> SharedQuota | None:
        """Return the quota of a target; None where nothing limits it."""
        name = self._name_deployment(target)
        if name is None:
            return None
        if name not in self._found:
            parts = 1 if self.shard is None else self.shard.of
            quota = Quota.of(self._find_windows(target, name), parts)
            known = bool(quota.requests or quota.tokens)
            if known:
                # Imported with the first request, it would reach the service seconds after it was
                # taken from the quota, and so in another of the service's windows.
                for slow in ("aiohttp", "openai"):
                    import_module(slow)
            # Without a limit there is nothing to share that would be worth a file for each request.
            self._found[name] = self._open_quota(quota, name) if known else LocalQuota(quota)
        return self._found[name]

    def divide(self, shard: Shard) -> QuotaFinder:
        """Return a finder of a shard's parts of the same quotas."""
        return QuotaFinder(self.world, self.endpoints, shard)

    def _find_windows(self, target: Target, name: tuple[str, str]) -> Sequence[RateLimit]:
        """Return the limits of a deployment, by whichever of its names knows them."""
        others = every_target(self.world.spec_file.spec)
        same = (one for one in others if self.endpoints.find_limited(one) == name)
        for one in (target, *same):
            windows = find_limits(one, self._rates.get(one.name, ())).windows
            if windows:
                return windows
        return ()

    def _open_quota(self, quota: Quota, name: tuple[str, str]) -> SharedQuota:
        """Open a quota that this machine's processes share, where they have a folder to meet in."""
        from harness.store.quota import MachineQuota, name_quota_file

        if self._folder is None:
            return LocalQuota(quota)
        world = self.world
        service = world.simulator_url or world.cloud_name or ""
        # Shards beside each other on one machine draw on parts of their own.
        part = () if self.shard is None else (str(self.shard),)
        path = self._folder / name_quota_file((service, *name, *part))
        shared = MachineQuota(quota, path, say=world.say)
        world.closing.append(shared.close)
        return shared

    @cached_property
    def _folder(self) -> Path | None:
        """The folder in which this user's processes share quotas; None where there can be none."""
        from harness.store.quota import prepare_folder

        base = find_state_folder(self.world.environment)
        problem = "no folder for state: neither XDG_STATE_HOME nor HOME is set"
        if base is not None:
            try:
                prepare_folder(base / "quotas")
            except OSError as error:
                problem = f"{base / 'quotas'}: {error.strerror or error}"
            else:
                return base / "quotas"
        self.world.say(f"rate limits are not shared with other processes: {problem}")
        return None

    def _name_deployment(self, target: Target) -> tuple[str, str] | None:
        """Return what no other deployment is called: its account or host, and its name there."""
        world = self.world
        if world.replays:
            return None
        at = world.simulated_at
        if self.endpoints.is_simulated(target) and (at is None or not at.enforces_limits):
            return None
        return self.endpoints.find_limited(target)

    @cached_property
    def _rates(self) -> Mapping[str, Sequence[RateLimit]]:
        """The limits that Azure says of the spec's deployments, by their targets' names.

        Whoever may call models need not be allowed to look at deployments: then there are none.
        What is recorded asks nothing that a replay would not ask.
        """
        world = self.world
        declared = [one for one in every_target(world.spec_file.spec) if one.kind == "deployment"]
        if not declared or world.session is not None:
            return {}
        try:
            read = _make_reader(world)
        except HarnessError:
            return {}
        with ThreadPoolExecutor(MOST_CALLS) as pool:
            found = list(pool.map(read, declared))
        return {one.name: rates for one, rates in zip(declared, found, strict=True) if rates}


def _make_reader(world: SpecWorld) -> Callable[[Target], Sequence[RateLimit]]:
    from harness.plan.identity import DeploymentId
    from harness.plan.scope import make_account_id
    from harness.provision.planning import read_limits

    cloud, spec = world.cloud(), world.spec_file.spec

    def read(target: Target) -> Sequence[RateLimit]:
        account = spec.accounts[target.owner]
        at = make_account_id(spec, account)
        name = account.deployments[target.handle].deployment_name
        try:
            body = cloud.read_child(DeploymentId(at, name))
        except HarnessError:
            return ()
        return read_limits(body) if body is not None else ()

    return read
