"""Find the endpoints and deployments that other programs are told about."""

from __future__ import annotations

from harness.app.ports import World
from harness.azure.clouds import CLOUDS
from harness.plan.outputs import Outputs, list_outputs
from harness.plan.scope import make_account_id


def read_outputs(world: World) -> Outputs:
    """Return what of the spec's accounts and deployments is there, read from Azure.

    Raises:
        CloudError: Azure cannot be read.
    """
    spec, cloud = world.spec_file.spec, world.cloud()
    wanted = [make_account_id(spec, account) for account in spec.accounts.values()]
    there = {at: found for at in wanted if (found := cloud.read_account(at)) is not None}
    facts = CLOUDS.get(world.cloud_name or "")
    return list_outputs(
        spec, there, suffix=facts.suffixes[0] if facts else "", base=world.simulator_url
    )
