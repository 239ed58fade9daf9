"""The ``Cloud`` port over the Azure management SDK."""

from harness.cloud.endpoint import (
    CloudEndpoint,
    azure_endpoint,
    replay_endpoint,
    simulator_endpoint,
)

__all__ = ["CloudEndpoint", "azure_endpoint", "replay_endpoint", "simulator_endpoint"]
