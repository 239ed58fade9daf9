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
    ObservedChild,
    ObservedDeployment,
    find,
)
from harness.plan.resources.bodies import drop_read_only, list_identity_kinds
from harness.spec.check.references import BUILT_IN_FILTERS
from harness.spec.model.spec import Deployment

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
_MODEL_WORDS = frozenset({"model", "versionUpgradeOption", "raiPolicyName"})
_OPEN_RULES: Mapping[str, Any] = {
    "defaultAction": "Allow",
    "ipRules": [],
    "virtualNetworkRules": [],
}


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
        "name": found.owner or found.name,
        "cloud": f"${{HARNESS_CLOUD:-{cloud}}}",
        "subscription": at.group.subscription,
        "resource_group": {"name": at.group.name},
        "accounts": {found.name: _account(found)},
    }


def _account(found: ObservedAccount) -> dict[str, Any]:
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
    identity = _identity(body.get("identity") or {})
    if identity:
        declared["identity"] = identity
    rest = _rest(properties, _SAID_ELSEWHERE | _NOT_OURS)
    if not subdomain:
        # Else the account's name would be declared as its subdomain, and given to it for good.
        rest["customSubDomainName"] = None
    if rest:
        declared["properties"] = rest
    if found.filters:
        declared["content_filters"] = {each.name: _filter(each) for each in found.filters.values()}
    own = {each.name.casefold(): each.name for each in found.filters.values()}
    if found.deployments:
        declared["deployments"] = {
            each.name: _deployment(each, own) for each in found.deployments.values()
        }
    return declared


def _identity(identity: Mapping[str, Any]) -> str | list[str]:
    users = list(identity.get("userAssignedIdentities") or {})
    return users or ("system" if "systemassigned" in list_identity_kinds(identity) else "")


def _deployment(found: ObservedDeployment, own_filters: Mapping[str, str]) -> dict[str, Any]:
    properties = drop_read_only(found.body).get("properties") or {}
    declared: dict[str, Any] = {"model": found.model, "version": found.version}
    form = str(find(properties, ("model", "format")) or Deployment.model_fields["format"].default)
    if form != "OpenAI":
        declared["format"] = form
    declared |= {"sku": found.sku or "Standard", "capacity": found.capacity or 1}
    # Source: terraform-provider-azurerm, default of version_upgrade_option.
    upgrade = properties.get("versionUpgradeOption") or "OnceNewDefaultVersionAvailable"
    declared["upgrade"] = upgrade
    rest = _rest(properties, _MODEL_WORDS)
    named = found.content_filter
    built_in = {each.casefold(): each for each in BUILT_IN_FILTERS}
    known = own_filters.get(named.casefold()) or built_in.get(named.casefold())
    if known:
        declared["content_filter"] = known
    elif named:
        rest["raiPolicyName"] = named
    if rest:
        declared["properties"] = rest
    return declared


def _filter(found: ObservedChild) -> dict[str, Any]:
    properties = found.body.get("properties") or {}
    words = {"name": "name", "source": "source", "severityThreshold": "severity",
             "blocking": "blocking", "enabled": "enabled"}  # fmt: skip
    declared: dict[str, Any] = {"base": properties.get("basePolicyName") or "Microsoft.DefaultV2"}
    if properties.get("mode"):
        declared["mode"] = properties["mode"]
    rules = [
        {word: rule[key] for key, word in words.items() if rule.get(key) is not None}
        for rule in properties.get("contentFilters") or ()
    ]
    if rules:
        declared["filters"] = rules
    if properties.get("customBlocklists"):
        declared["blocklists"] = [dict(each) for each in properties["customBlocklists"]]
    return declared


def _rest(properties: Mapping[str, Any], without: frozenset[str]) -> dict[str, Any]:
    """Return properties as ARM writes them, less those that say nothing."""
    kept = {key: _lean(value) for key, value in properties.items() if key not in without}
    if kept.get("publicNetworkAccess") == "Enabled":
        del kept["publicNetworkAccess"]
    rules = properties.get("networkAcls")
    if isinstance(rules, Mapping) and {**_OPEN_RULES, **rules} == _OPEN_RULES:
        del kept["networkAcls"]
    return {key: value for key, value in kept.items() if value not in (None, {}, [], "")}


def _lean(value: Any) -> Any:
    """Return a value without what is null inside it: Azure writes nulls for what nobody set."""
    if isinstance(value, Mapping):
        return {key: _lean(inner) for key, inner in value.items() if inner is not None}
    return value
