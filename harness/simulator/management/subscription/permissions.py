"""The rights of the caller in a scope: to manage all of it, and what its roles allow beside that.

Source: ``Microsoft.Authorization/permissions``, 2022-04-01, in Azure's documentation; no recording.
A fault with a ``body`` takes rights away.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import require_scope
from harness.simulator.rights import list_permissions


def list_(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with a row for each role, wherever the scope exists."""
    with call.world.reading() as state:
        rows = list(list_permissions(state, require_scope(state, parts)))
    return Answer(200, {"value": rows})
