"""The ``Cloud`` port over the Azure management SDK."""

from harness.cloud.endpoint import (
    CloudEndpoint,
    make_azure_endpoint,
    make_replay_endpoint,
    make_simulator_endpoint,
)

__all__ = [
    "CloudEndpoint",
    "make_azure_endpoint",
    "make_replay_endpoint",
    "make_simulator_endpoint",
]
