"""The one place that chooses implementations.

Engines take ports; this package decides what stands behind them, starts the simulator and hands
out clock, credentials and files. Nothing below imports it. What is heavy is imported where it is
used: a command that only validates a spec starts no server and loads no SDK.
"""

from harness.app.specs.permissions import Permissions
from harness.wiring.spec_files import (
    add_conversation,
    find_specs,
    list_case_names,
    open_reader,
    read_default_spec,
    read_spec,
    read_spec_for_replay,
    read_spec_noting,
    read_spec_text,
)
from harness.wiring.world import SpecWorld, open_world

__all__ = [
    "Permissions",
    "SpecWorld",
    "add_conversation",
    "find_specs",
    "list_case_names",
    "open_reader",
    "open_world",
    "read_default_spec",
    "read_spec",
    "read_spec_for_replay",
    "read_spec_noting",
    "read_spec_text",
]
