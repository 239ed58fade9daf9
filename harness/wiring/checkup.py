"""Somebody to ask about the way to Azure itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.wiring.world import World

if TYPE_CHECKING:
    from harness.cloud.checkup import Checkup


def open_checkup(world: World) -> Checkup:
    """Questions to this world's management plane; the caller closes it."""
    from harness.cloud import azure_endpoint, simulator_endpoint
    from harness.cloud.checkup import Checkup

    there = world.simulated_at
    if there is not None:
        endpoint = simulator_endpoint(there.url, there.token)
    else:
        endpoint = azure_endpoint(world.choice.name or "azure")
    return Checkup(endpoint, verbose=world.verbose)
