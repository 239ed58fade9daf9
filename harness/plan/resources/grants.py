"""The roles that a spec gives on an account: who has which, and the names of their assignments.

Whoever makes an assignment chooses its name, a GUID. Here it follows from the scope, the principal
and the role, so that the same spec always means the same assignment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from harness.azure.roles import SCOPED, Principal, find_role, read_role_id
from harness.plan.identity import AccountId
from harness.plan.observed import Body, find
from harness.spec.model.resources import ME, Access, Account


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a principal shall have on an account.

    Attributes:
        key: names it in addresses: ``me:cognitive-services-openai-user``.
        place: its place in the spec's list.
        principal: an object id of Entra; "" for ``me`` where nobody can tell who is signed in.
        role: the name of a built-in role, else the role's GUID.
        role_id: the role's GUID.
        type: what the principal is; "" where Azure looks it up.
        name: the name of its assignment, a GUID.
    """

    key: str
    place: str
    principal: str
    role: str
    role_id: str
    type: str
    name: str

    @property
    def described(self) -> dict[str, Any]:
        """Return what a plan shows of it."""
        known = {"principal": self.principal or ME, "role": self.role, "type": self.type or None}
        return {name: value for name, value in known.items() if value}

    def is_given_by(self, body: Body) -> bool:
        """Return whether an assignment gives this principal this role, whatever its name."""
        principal = str(find(body, ("properties", "principalId")) or "")
        role = read_role_id(str(find(body, ("properties", "roleDefinitionId")) or ""))
        return principal.casefold() == self.principal.casefold() and role == self.role_id

    def make_properties(self, subscription: str) -> dict[str, Any]:
        """Return the properties of its assignment, as ARM takes them."""
        kind = {"principalType": self.type} if self.type else {}
        role = SCOPED.format(subscription=subscription, role=self.role_id)
        return {"roleDefinitionId": role, "principalId": self.principal, **kind}


def list_grants(account: Account, at: AccountId, caller: Principal | None) -> tuple[Grant, ...]:
    """Return what an account declares, in the order of the spec; the same one only once."""
    found: dict[str, Grant] = {}
    for place, declared in enumerate(account.access):
        grant = _make_grant(declared, str(place), at, caller)
        found.setdefault(grant.name, grant)
    return tuple(found.values())


def _make_grant(declared: Access, place: str, at: AccountId, caller: Principal | None) -> Grant:
    mine = declared.principal == ME
    principal = (caller.object_id if caller else "") if mine else declared.principal
    own_type = caller.type if mine and caller else ""
    built_in = find_role(declared.role)
    role_id = built_in.id if built_in else (read_role_id(declared.role) or declared.role)
    role = built_in.name if built_in else role_id
    words = re.sub(r"[^a-z0-9]+", "-", role.casefold()).strip("-")
    # Case says nothing in any of them.
    whole = "|".join((at.path, principal or ME, role_id)).casefold()
    return Grant(
        f"{declared.principal}:{words}",
        place,
        principal,
        role,
        role_id,
        declared.type or own_type,
        str(uuid5(NAMESPACE_URL, f"harness:{whole}")),
    )
