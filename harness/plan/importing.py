"""An account that exists, written as the spec that declares it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.plan.identity import CHILD_KINDS, AccountId, GroupId
from harness.plan.observed import (
    HASH_TAG,
    HOLDINGS_TAG,
    OWNER_TAG,
    ObservedAccount,
    find,
)
from harness.plan.resources.bodies import drop_read_only, keep_telling, list_identity_kinds
from harness.plan.resources.kinds import DECLARERS

KINDS = ("AIServices", "OpenAI")
"""Kinds of account that hold deployments of models, and that a spec can declare."""

OUR_TAGS = frozenset({OWNER_TAG, HASH_TAG, HOLDINGS_TAG, *(kind.ledger for kind in CHILD_KINDS)})

_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.CognitiveServices/accounts/(?P<account>[^/]+)/?\Z",
    re.IGNORECASE,
)

_SAID_ELSEWHERE = frozenset({"customSubDomainName", "disableLocalAuth", "restore"})
_NOT_OURS = frozenset({"defaultProject", "associatedProjects"})
"""Projects belong to Azure AI Foundry; their names come and go with them."""


def parse_account_id(resource_id: str) -> AccountId | None:
    """Return the account that an ARM id names, None where it is not the id of one."""
    match = _ID.match(resource_id.strip())
    if match is None:
        return None
    return AccountId(GroupId(match["subscription"], match["group"]), match["account"])


def write_spec(at: AccountId, found: ObservedAccount, cloud: str) -> dict[str, Any]:
    """Return the spec that plans to no change but adoption.

    Everything that can be declared is: what Azure has set by default stays out where leaving it
    out means the same. Handles are Azure's names.
    """
    return {
        "version": 1,
        "name": _choose_name(found),
        "cloud": f"${{HARNESS_CLOUD:-{cloud}}}",
        "subscription": at.group.subscription,
        "resource_group": {"name": at.group.name},
        "accounts": {found.name: _declare_account(found)},
    }


def _choose_name(found: ObservedAccount) -> str:
    """Return a name for the spec that is not its owner's: each spec owns what carries its name."""
    same = found.owner is not None and found.owner.casefold() == found.name.casefold()
    return f"{found.name}-imported" if same else found.name


def _declare_account(found: ObservedAccount) -> dict[str, Any]:
    body = drop_read_only(found.body)
    properties = body.get("properties") or {}
    subdomain = properties.get("customSubDomainName")
    declared: dict[str, Any] = {"region": found.region, "kind": str(body.get("kind") or "")}
    sku = str(find(body, ("sku", "name")) or "S0")
    if sku != "S0":
        declared["sku"] = sku
    if subdomain and subdomain != found.name:
        declared["subdomain"] = subdomain
    tags = {key: value for key, value in found.tags.items() if key.casefold() not in OUR_TAGS}
    if tags:
        declared["tags"] = tags
    if properties.get("disableLocalAuth"):
        declared["local_auth"] = False
    identity = _declare_identity(body.get("identity") or {})
    if identity:
        declared["identity"] = identity
    rest = keep_telling(properties, _SAID_ELSEWHERE | _NOT_OURS)
    if not subdomain:
        # Else the account's name would be declared as its subdomain, and given to it for good.
        rest["customSubDomainName"] = None
    if rest:
        declared["properties"] = rest
    for kind in reversed(CHILD_KINDS):
        inside = found.list_children(kind).values()
        if inside:
            made = {each.name: DECLARERS[kind](each, found) for each in inside}
            declared[kind.declared] = list(made.values()) if kind.listed else made
    return declared


def _declare_identity(identity: Mapping[str, Any]) -> str | list[str]:
    users = list(identity.get("userAssignedIdentities") or {})
    system = "systemassigned" in list_identity_kinds(identity)
    return ["system", *users] if users and system else users or ("system" if system else "")
