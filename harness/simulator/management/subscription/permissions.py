"""The rights of the caller in a scope: here, all of them.

Source: ``Microsoft.Authorization/permissions``, 2022-04-01, in Azure's documentation; no recording.
A fault with a ``body`` takes rights away.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import require_account, require_group

EVERYTHING = {"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}


def list_(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with one row that allows everything, wherever the scope exists."""
    with call.world.reading() as state:
        if "account" in parts:
            require_account(state, parts)
        elif "group" in parts:
            require_group(state, parts)
    return Answer(200, {"value": [EVERYTHING]})
