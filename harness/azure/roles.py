"""Azure's built-in roles that matter to accounts, and the identities that are given them.

Facts are rows of ``data/roles.tsv``, each with its source. The roles of Foundry were renamed in May
2026 and kept their ids; the older name still stands for the role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Literal

from harness.azure.offers_data import read_rows

PrincipalType = Literal["User", "Group", "ServicePrincipal"]
"""Kinds of identities that a spec can give a role.

Source: ``principalType`` of Microsoft.Authorization/roleAssignments, 2022-04-01.
"""

CALL = "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action"
"""The data action of calling a chat model; words of the data plane's 401, quoted in 2025."""

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
"""An id of Entra or of a role."""

_DEFINITION = re.compile(
    r"(?:/subscriptions/[^/]+)?/providers/Microsoft\.Authorization/roleDefinitions/(?P<id>[^/]+)\Z",
    re.IGNORECASE,
)

SCOPED = "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
"""The form in which a role assignment names its role; recorded, 2024 and 2026."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity of Entra."""

    object_id: str
    type: PrincipalType = "User"


STAND_IN = Principal("00000000-0000-4000-8000-00000000ca11")
"""The identity that is signed in at the simulator, and in a recording whoever was."""


@dataclass(frozen=True, slots=True)
class BuiltInRole:
    """A role that is the same in every subscription.

    Attributes:
        former: the name that it had before; "" for none.
        data_actions: patterns of what it allows on data planes; ``*`` stands for anything.
        not_data_actions: patterns of what these leave out.
    """

    name: str
    former: str
    id: str
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]
    source: str

    def allows(self, data_action: str) -> bool:
        """Return whether it allows something on a data plane; names are compared without case."""
        return is_covered(self.data_actions, data_action) and not is_covered(
            self.not_data_actions, data_action
        )


@lru_cache(maxsize=1)
def list_roles() -> tuple[BuiltInRole, ...]:
    """Return every built-in role that is known here, the most useful first."""
    return tuple(
        BuiltInRole(
            row["role"],
            row["formerly"],
            row["id"],
            _split(row["data_actions"]),
            _split(row["not_data_actions"]),
            row["source"],
        )
        for row in read_rows("roles")
    )


def find_role(text: str) -> BuiltInRole | None:
    """Return the built-in role that a name, an old name or an id means; None for any other."""
    wanted = (read_role_id(text) or text).casefold()
    return next(
        (
            role
            for role in list_roles()
            if wanted in (role.name.casefold(), role.former.casefold(), role.id)
        ),
        None,
    )


def read_role_id(text: str) -> str | None:
    """Return the GUID of a role that is written as one, or as an id of ARM; None for a name."""
    match = _DEFINITION.match(text.strip())
    last = match["id"] if match else text.strip()
    return last.casefold() if GUID.match(last) else None


def name_role(role_id: str) -> str:
    """Return the name of a built-in role by any form of its id; of another one, its GUID."""
    found = find_role(role_id)
    return found.name if found else (read_role_id(role_id) or role_id)


def describe_assignment(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person recognises a role assignment by, out of its ARM body."""
    properties = body.get("properties") or {}
    return {
        "principal": properties.get("principalId"),
        "role": name_role(str(properties.get("roleDefinitionId") or "")),
        "type": properties.get("principalType"),
    }


def is_covered(patterns: Iterable[str], action: str) -> bool:
    """Return whether one of the patterns of a role's permissions means an action.

    Source: ``Microsoft.Authorization/permissions``, 2022-04-01: ``*`` stands for anything, and
    case says nothing.
    """
    return any(fnmatchcase(action.casefold(), each.casefold()) for each in patterns)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()
