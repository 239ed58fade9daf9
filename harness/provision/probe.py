"""Ask every declared deployment whether it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from harness.address import Address
from harness.plan.identity import DeploymentId
from harness.plan.model import Plan
from harness.provision.ports import Cloud, Readiness

MOST_CALLS = 8


@dataclass(frozen=True, slots=True)
class Probe:
    """One deployment and what a call to it came to."""

    address: Address
    readiness: Readiness

    @property
    def answers(self) -> bool:
        """True when it can be called; what cannot be asked is no failure."""
        return self.readiness.state in ("ready", "unknown")


def probe(plan: Plan, cloud: Cloud) -> tuple[Probe, ...]:
    """Return a probe of every deployment that is declared and there, in the order of the plan.

    Raises:
        CloudError: an account cannot be read.
    """
    there = [
        (change.address, change.resource)
        for change in plan.changes
        if isinstance(change.resource, DeploymentId)
        and change.before is not None
        and change.action != "orphan"
    ]
    accounts = list(dict.fromkeys(at.account for _, at in there))
    with ThreadPoolExecutor(MOST_CALLS) as pool:
        read = dict(zip(accounts, pool.map(cloud.read_account, accounts), strict=True))

        def ask(one: tuple[Address, DeploymentId]) -> Probe | None:
            address, at = one
            account = read[at.account]
            return None if account is None else Probe(address, cloud.check_readiness(at, account))

        return tuple(found for found in pool.map(ask, there) if found is not None)
