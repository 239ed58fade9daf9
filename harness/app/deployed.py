"""Ask before an evaluation whether its deployments are there: once each, at no cost."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from harness.app.ports import World
from harness.azure.clouds import CLOUDS
from harness.errors import HarnessError

if TYPE_CHECKING:
    from harness.plan.identity import AccountId
    from harness.plan.observed import ObservedAccount
    from harness.provision.ports import Cloud
    from harness.run.targets import Target
    from harness.spec.model.spec import Account

MOST_CALLS = 16
"""Deployments that are asked beside each other."""


def find_missing(world: World, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the names of the targets that are deployments of the spec, and not deployed.

    The simulator says what it holds. Azure is asked for nothing that an evaluation needs no right
    to: each deployment gets one call of an operation that its model does not have, which costs
    nothing. Whoever does not answer, or refuses, is not missing: the run itself tells why.
    """
    deployments = [target for target in targets if target.kind == "deployment"]
    if world.replays or not deployments:
        return ()
    try:
        cloud = world.cloud()
    except HarnessError:  # no subscription is named, and an evaluation needs none
        return ()

    def is_there(target: Target) -> bool:
        from harness.plan.scope import make_account_id

        account = world.spec_file.spec.accounts[target.owner]
        at = make_account_id(world.spec_file.spec, account)
        if world.simulator_url is None:
            return _ask_azure(world, cloud, target, at)
        held = cloud.read_account(at)
        name = account.deployments[target.handle].deployment_name
        return held is not None and name.casefold() in held.deployments

    with ThreadPoolExecutor(MOST_CALLS) as pool:
        found = list(pool.map(is_there, deployments))
    return tuple(t.name for t, there in zip(deployments, found, strict=True) if not there)


def _ask_azure(world: World, cloud: Cloud, target: Target, at: AccountId) -> bool:
    from harness.plan.identity import DeploymentId

    account = world.spec_file.spec.accounts[target.owner]
    name = account.deployments[target.handle].deployment_name
    declared = _describe_declared(world, target, account, at)
    try:
        found = cloud.check_readiness(DeploymentId(at, name), declared)
    except HarnessError:  # nobody is signed in: the run says it better
        return True
    return found.state != "not there yet"


def _describe_declared(
    world: World, target: Target, account: Account, at: AccountId
) -> ObservedAccount:
    """Describe an account as it is declared: nobody has to have the right to read it."""
    from harness.plan.identity import DEPLOYMENT
    from harness.plan.observed import ObservedAccount, ObservedDeployment

    declared = account.deployments[target.handle]
    suffix = CLOUDS[world.cloud_name or "azure"].suffixes[0]
    body = {"properties": {"model": {"name": declared.model}}, "sku": {"name": declared.sku}}
    held = ObservedDeployment(DEPLOYMENT, declared.deployment_name, body)
    endpoint = {"properties": {"endpoint": f"https://{account.subdomain}.{suffix}"}}
    return ObservedAccount(at.name, endpoint, {declared.deployment_name.casefold(): held})
