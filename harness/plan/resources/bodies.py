"""Bodies for ARM: a patch laid over what is there, so that nothing undeclared is lost.

Source of the read-only lists: azure-mgmt-cognitiveservices 14.1.0 (``_validation`` of Account,
AccountProperties, Deployment, DeploymentProperties, DeploymentModel); ``currentCapacity`` is
what the service runs at, and sending the old one beside a new capacity would contradict it. The
``properties.type`` of a content filter says who manages it, Azure or the user
(RaiPolicyProperties).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.azure import arm_types
from harness.plan.observed import Body
from harness.plan.resources.meaning import find_key, fold_text
from harness.plan.resources.memory import is_identity_dropped

READ_ONLY = frozenset({"id", "name", "type", "etag", "systemData"})
READ_ONLY_PROPERTIES = frozenset(
    {
        "provisioningState", "endpoint", "internalId", "capabilities", "isMigrated",
        "skuChangeInfo", "privateEndpointConnections", "dateCreated", "callRateLimit",
        "quotaLimit", "endpoints", "deletionDate", "scheduledPurgeDate",
        "commitmentPlanAssociations", "abusePenalty", "rateLimits", "ratelimits",
        "currentCapacity", "type",
    }
)  # fmt: skip


KEYS_OF_RULES: dict[str, tuple[str, str]] = {
    "contentFilters": ("name", "source"),
    "customBlocklists": ("blocklistName", "source"),
}
"""Lists of a content filter whose entries have names: they merge entry by entry, since what a spec
leaves out of an entry stays as Azure has it."""

COMPLETE = frozenset({"customBlocklists"})
"""Of those, the lists that a spec declares as a whole: entries that it does not name go."""


TYPES: Mapping[str, Any] = {**arm_types.DEPLOYMENT, **arm_types.ACCOUNT}
"""Types of the properties of both; what they share, such as a state, is alike in both."""


def drop_read_only(body: Body) -> dict[str, Any]:
    """Return a body as it was read, without what ARM alone writes."""
    kept = {key: value for key, value in body.items() if key not in READ_ONLY}
    properties = kept.get("properties")
    if isinstance(properties, Mapping):
        kept["properties"] = {
            key: arm_types.drop_read_only(value, arm_types.find_type(TYPES, (key,)))
            for key, value in properties.items()
            if key not in READ_ONLY_PROPERTIES
        }
    if isinstance(kept.get("identity"), Mapping):
        kept["identity"] = _drop_principals(kept["identity"])
    return kept


def _drop_principals(identity: Body) -> dict[str, Any]:
    """Return an identity without the principals that Entra made for it."""
    sent: dict[str, Any] = {"type": str(identity.get("type") or "None")}
    if identity.get("userAssignedIdentities"):
        sent["userAssignedIdentities"] = {key: {} for key in identity["userAssignedIdentities"]}
    return sent


def merge(body: Body, patch: Body) -> dict[str, Any]:
    """Return the patch laid over the body: mappings merge, everything else replaces.

    Tag names keep the spelling that is there, since ARM ignores their case and would refuse the
    same name twice; others' identities stay; named entries of a content
    filter's lists merge one by one.
    """
    apart = {"tags", "identity"}
    result = _lay_over(body, {key: value for key, value in patch.items() if key not in apart})
    if "tags" in patch:
        tags = dict(body.get("tags") or {})
        spelt = {key.casefold(): key for key in tags}
        for key, value in patch["tags"].items():
            tags[spelt.get(key.casefold(), key)] = value
        result["tags"] = tags
    if "identity" in patch:
        result["identity"] = _join_identity(body, patch["identity"])
    return result


def list_identity_kinds(identity: Body) -> frozenset[str]:
    """Return the folded words of an identity's type; ``None`` is no word."""
    words = str(identity.get("type") or "").casefold().split(",")
    return frozenset(word.strip() for word in words) - {"", "none"}


def _join_identity(there: Body, wanted: Body) -> dict[str, Any]:
    """Return the wanted identities and others' of the account that is there.

    Ids stay as they are spelt there; those that the spec once named and no longer names go.
    Source: the type of both kinds is ``SystemAssigned, UserAssigned``.
    """
    held = there.get("identity") or {}
    users = {fold_text(key): key for key in wanted.get("userAssignedIdentities") or {}}
    for key in held.get("userAssignedIdentities") or {}:
        if fold_text(key) in users or not is_identity_dropped(there, key):
            users[fold_text(key)] = key
    kinds = list_identity_kinds(wanted)
    if not is_identity_dropped(there, "system"):
        kinds |= list_identity_kinds(held) & {"systemassigned"}
    words = ["SystemAssigned"] if "systemassigned" in kinds else []
    words += ["UserAssigned"] if users else []
    joined: dict[str, Any] = {"type": ", ".join(words) or "None"}
    if users:
        joined["userAssignedIdentities"] = {key: {} for key in users.values()}
    return joined


def _lay_over(body: Body, patch: Body) -> dict[str, Any]:
    result = dict(body)
    for key, value in patch.items():
        beneath = result.get(key)
        if isinstance(value, Mapping) and isinstance(beneath, Mapping):
            result[key] = _lay_over(beneath, value)
        elif key in KEYS_OF_RULES and isinstance(beneath, list):
            result[key] = _lay_rules_over(beneath, value, key)
        elif isinstance(value, list) and isinstance(beneath, list):
            result[key] = _lay_list_over(beneath, value)
        else:
            result[key] = value
    return result


def _lay_list_over(beneath: list[Any], wanted: list[Any]) -> list[Any]:
    """Return the wanted entries, each with what Azure has added to the one that is there."""
    key = find_key(wanted)
    if key is None or find_key(beneath) != key:
        return wanted
    there = {fold_text(each[key]): each for each in beneath}
    return [_lay_over(there.get(fold_text(each[key]), {}), each) for each in wanted]


def _lay_rules_over(
    beneath: Iterable[Body], rules: Iterable[Body], key: str
) -> list[dict[str, Any]]:
    """Return rules laid over those of the same name and source; one without a source fits any."""
    named = KEYS_OF_RULES[key]
    result = [dict(each) for each in beneath]
    kept: set[int] = set()
    for rule in rules:
        fitting = [at for at, each in enumerate(result) if is_same_rule(each, rule, named)]
        for at in fitting:
            result[at] |= rule
        if not fitting:
            fitting = [len(result)]
            result.append(dict(rule))
        kept.update(fitting)
    return [each for at, each in enumerate(result) if key not in COMPLETE or at in kept]


def is_same_rule(held: Body, rule: Body, named: tuple[str, str]) -> bool:
    """Return whether an entry that is there is the one that a rule speaks of."""
    name, source = named
    same_name = _fold_word(held.get(name)) == _fold_word(rule.get(name))
    return same_name and (
        rule.get(source) is None or _fold_word(held.get(source)) == _fold_word(rule[source])
    )


def _fold_word(value: object) -> str:
    return str(value or "").casefold()


OPEN_RULES: Mapping[str, Any] = {
    "defaultAction": "Allow",
    "ipRules": [],
    "virtualNetworkRules": [],
}
"""Network rules that let everybody in, which is what an account without any has."""


def keep_telling(properties: Mapping[str, Any], without: frozenset[str]) -> dict[str, Any]:
    """Return properties as ARM writes them, less those that say nothing."""
    kept = {key: _drop_nulls(value) for key, value in properties.items() if key not in without}
    if kept.get("publicNetworkAccess") == "Enabled":
        del kept["publicNetworkAccess"]
    rules = properties.get("networkAcls")
    if isinstance(rules, Mapping) and {**OPEN_RULES, **rules} == OPEN_RULES:
        del kept["networkAcls"]
    return {key: value for key, value in kept.items() if value not in (None, {}, [], "")}


def _drop_nulls(value: Any) -> Any:
    """Return a value without what is null inside it: Azure writes nulls for what nobody set."""
    if isinstance(value, Mapping):
        return {key: _drop_nulls(inner) for key, inner in value.items() if inner is not None}
    return value
