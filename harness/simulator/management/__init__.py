"""Azure Resource Manager, as recorded: groups, accounts, deployments, catalogue, operations."""

from harness.simulator.management.answer import answer

__all__ = ["answer"]
