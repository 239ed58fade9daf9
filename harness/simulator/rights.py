"""The rights of who is signed in: roles by assignment, on a scope and on all that lies above it.

It is always the same one (``STAND_IN``). As whoever made an account in a real Azure, it may manage
everything, which gives it no right to call a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.azure.roles import STAND_IN, find_role
from harness.simulator.world import State

EVERYTHING = ("*",)


def list_permissions(state: State, scope: str) -> Iterator[dict[str, Any]]:
    """Yield what the caller may do in a scope: as an owner, then by each role.

    A role that is none of Azure's own is taken to allow every data action: what it says is known to
    nobody here.
    """
    yield _make_row(EVERYTHING, (), ())
    for role_id in list_role_ids(state, scope):
        role = find_role(role_id)
        data = role.data_actions if role else EVERYTHING
        yield _make_row((), data, role.not_data_actions if role else ())


def list_role_ids(state: State, scope: str) -> Iterator[str]:
    """Yield ids of the roles that the caller has in a scope, given there or above it."""
    within = f"{scope.casefold().rstrip('/')}/"
    for body in state.assignments.values():
        properties = body["properties"]
        above = f"{properties['scope'].casefold().rstrip('/')}/"
        mine = properties["principalId"].casefold() == STAND_IN.object_id
        if mine and within.startswith(above):
            yield str(properties["roleDefinitionId"])


def may(state: State, scope: str, data_action: str) -> bool:
    """Return whether one of the caller's roles in a scope has a data action."""
    roles = (find_role(role_id) for role_id in list_role_ids(state, scope))
    return any(role is None or role.allows(data_action) for role in roles)


def _make_row(
    actions: tuple[str, ...], data: tuple[str, ...], not_data: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "actions": list(actions),
        "notActions": [],
        "dataActions": list(data),
        "notDataActions": list(not_data),
    }
