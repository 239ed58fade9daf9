"""Everything that others may put into an account of a spec, or decide about what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

IDENTITY = (
    "/subscriptions/{subscription}/resourceGroups/ids/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/theirs"
)


ROLES = "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions"


def make_deployment(**more: Any) -> dict[str, Any]:
    model = {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"}
    return {
        "sku": {"name": "GlobalStandard", "capacity": 3},
        "properties": {"model": model},
        **more,
    }


def make_filter() -> dict[str, Any]:
    rule = {"name": "Hate", "source": "Prompt", "severityThreshold": "Low"}
    policy = {"basePolicyName": "Microsoft.Default", "contentFilters": [rule]}
    return {"properties": policy}


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource inside an account: its path below the account, and its body.

    Attributes:
        word: what a plan calls it.
        setting: it says something of the account, and means nothing without it.
    """

    path: str
    body: Mapping[str, Any]
    word: str
    setting: bool = False

    @property
    def parent(self) -> str:
        """The path of what it is in; "" for the account itself."""
        return "/".join(self.path.split("/")[:-2])


THINGS = (
    Thing("raiBlocklists/words", {"properties": {"description": "x"}}, "block list words"),
    Thing(
        "raiBlocklists/words/raiBlocklistItems/bad",
        {"properties": {"pattern": "bad", "isRegex": False}},
        "block list words",
    ),
    Thing("raiTopics/weather", {"properties": {"topicName": "weather"}}, "topic weather"),
    Thing(
        "connections/search",
        {"properties": {"category": "CognitiveSearch", "authType": "AAD", "target": "https://s"}},
        "connection search",
    ),
    Thing(
        "privateEndpointConnections/door",
        {
            "properties": {
                "privateLinkServiceConnectionState": {"status": "Approved", "description": "x"}
            }
        },
        "private endpoint connection door",
    ),
    Thing(
        "commitmentPlans/year",
        {
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"hostingModel": "Web", "planType": "TA", "autoRenew": False},
        },
        "commitment plan year",
    ),
    Thing(
        "encryptionScopes/scope",
        {"properties": {"keySource": "Microsoft.CognitiveServices"}},
        "encryption scope scope",
    ),
    Thing("projects/work", {"location": "swedencentral", "properties": {}}, "project work"),
    Thing(
        "projects/work/connections/search",
        {"properties": {"category": "CognitiveSearch", "authType": "AAD", "target": "https://s"}},
        "project work",
    ),
    Thing("projects/work/capabilityHosts/host", {"properties": {}}, "project work"),
    Thing("deployments/z", make_deployment(), "z"),
    Thing("deployments/y", make_deployment(tags={"harness-spec": "theirs"}), "y"),
    Thing("raiPolicies/loose", make_filter(), "content filter loose"),
    Thing(
        "raiPolicies/tight",
        {**make_filter(), "tags": {"harness-spec": "theirs"}},
        "content filter tight",
    ),
    Thing(
        "providers/Microsoft.Authorization/roleAssignments/5f0e6f1c-0000-4000-8000-00000000000a",
        {
            "properties": {
                "roleDefinitionId": f"{ROLES}/5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
                "principalId": "6a7c1f00-0000-4000-8000-00000000000b",
            }
        },
        "role assignment",
    ),
    Thing(
        "defenderForAISettings/Default",
        {"properties": {"state": "Enabled"}},
        "Defender setting Default",
        setting=True,
    ),
)
"""At least one of each kind that Azure has and the simulator serves.

But for capability hosts of an account itself: Azure's API does not list them (SDK 14.1.0), so that
nobody can know of one. Those of projects are safe with their project.
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A decision of others about a resource of the spec's, of which the spec says nothing.

    Attributes:
        path: of the resource below the account; "" for the account.
        lay: writes it into the resource's body.
        holds: whether a body still has it.
        words: of which a plan must have one, where it is lost.
    """

    path: str
    name: str
    lay: Callable[[dict[str, Any]], None]
    holds: Callable[[Mapping[str, Any]], bool]
    words: tuple[str, ...]


def _property(path: str, name: str, value: Any) -> Mark:
    def lay(body: dict[str, Any]) -> None:
        body["properties"] = {**body["properties"], name: value}

    def holds(body: Mapping[str, Any]) -> bool:
        found = body["properties"].get(name)
        if isinstance(value, Mapping):
            return isinstance(found, Mapping) and all(found.get(k) == v for k, v in value.items())
        return bool(found == value)

    return Mark(path, name, lay, holds, (name, f"content filter {value}"))


def _tag(path: str) -> Mark:
    def lay(body: dict[str, Any]) -> None:
        body["tags"] = {**(body.get("tags") or {}), "CostCenter": "42"}

    return Mark(
        path,
        "tag",
        lay,
        lambda body: (body.get("tags") or {}).get("CostCenter") == "42",
        ("CostCenter",),
    )


def _lay_identity(body: dict[str, Any]) -> None:
    subscription = str(body["id"]).split("/")[2]
    at = IDENTITY.format(subscription=subscription)
    body["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {at: {}}}


def _holds_identity(body: Mapping[str, Any]) -> bool:
    held = (body.get("identity") or {}).get("userAssignedIdentities") or {}
    return any(key.casefold().endswith("/theirs") for key in held)


def _lay_rule(body: dict[str, Any]) -> None:
    rule = {"name": "Violence", "source": "Prompt", "severityThreshold": "Low", "enabled": True}
    rules = [*(body["properties"].get("contentFilters") or ()), rule]
    body["properties"] = {**body["properties"], "contentFilters": rules}


def _holds_rule(body: Mapping[str, Any]) -> bool:
    return any(one["name"] == "Violence" for one in body["properties"].get("contentFilters") or ())


CLOSED = {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]}
MARKS = (
    _tag(""),
    _property("", "publicNetworkAccess", "Disabled"),
    _property("", "networkAcls", CLOSED),
    _property("", "disableLocalAuth", value=True),
    _property("", "restrictOutboundNetworkAccess", value=True),
    Mark("", "identity", _lay_identity, _holds_identity, ("identity",)),
    _tag("deployments/a"),
    _property("deployments/a", "raiPolicyName", "loose"),
    _property("deployments/a", "dynamicThrottlingEnabled", value=True),
    _tag("raiPolicies/strict"),
    Mark("raiPolicies/strict", "rule", _lay_rule, _holds_rule, ("Violence", "contentFilters")),
)
