"""Questions about the way to Azure itself, for ``harness doctor``."""

from __future__ import annotations

from harness.cloud import make_azure_endpoint, make_simulator_endpoint
from harness.cloud.checkup import Checkup, Reach, measure_reach
from harness.wiring.world import SpecWorld

__all__ = ["Checkup", "Reach", "measure_reach", "open_checkup"]


def open_checkup(world: SpecWorld) -> Checkup:
    """Open questions to this world's management plane; the caller closes it."""
    there = world.simulated_at
    if there is not None:
        endpoint = make_simulator_endpoint(there.url, there.token)
    else:
        endpoint = make_azure_endpoint(world.choice.name or "azure")
    return Checkup(endpoint, verbose=world.verbose)
