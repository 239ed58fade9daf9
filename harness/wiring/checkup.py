"""Questions about the way to Azure itself, for ``harness doctor``."""

from __future__ import annotations

from harness.cloud import azure_endpoint, simulator_endpoint
from harness.cloud.checkup import Checkup, Reach, reach
from harness.wiring.world import SpecWorld

__all__ = ["Checkup", "Reach", "open_checkup", "reach"]


def open_checkup(world: SpecWorld) -> Checkup:
    """Open questions to this world's management plane; the caller closes it."""
    there = world.simulated_at
    if there is not None:
        endpoint = simulator_endpoint(there.url, there.token)
    else:
        endpoint = azure_endpoint(world.choice.name or "azure")
    return Checkup(endpoint, verbose=world.verbose)
