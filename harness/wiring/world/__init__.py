"""A spec's outside: what it holds, and how it is opened."""

from harness.wiring.world.opening import open_world
from harness.wiring.world.spec_world import SpecWorld

__all__ = ["SpecWorld", "open_world"]
