"""Bodies for ARM: a patch laid over what is there, so that nothing undeclared is lost.

Source of the read-only lists: azure-mgmt-cognitiveservices 14.1.0 (``_validation`` of Account,
AccountProperties, Deployment, DeploymentProperties, DeploymentModel); ``currentCapacity`` is
what the service runs at, and sending the old one beside a new capacity would contradict it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.plan.observed import Body

READ_ONLY = frozenset({"id", "name", "type", "etag", "systemData"})
READ_ONLY_PROPERTIES = frozenset(
    {
        "provisioningState", "endpoint", "internalId", "capabilities", "isMigrated",
        "skuChangeInfo", "privateEndpointConnections", "dateCreated", "callRateLimit",
        "quotaLimit", "endpoints", "deletionDate", "scheduledPurgeDate",
        "commitmentPlanAssociations", "abusePenalty", "rateLimits", "ratelimits",
        "currentCapacity",
    }
)  # fmt: skip


def writable(body: Body) -> dict[str, Any]:
    """A body as it was read, without what ARM alone writes."""
    kept = {key: value for key, value in body.items() if key not in READ_ONLY}
    properties = kept.get("properties")
    if isinstance(properties, Mapping):
        kept["properties"] = {
            key: value for key, value in properties.items() if key not in READ_ONLY_PROPERTIES
        }
    return kept


def merged(body: Body, patch: Body) -> dict[str, Any]:
    """The patch laid over the body: mappings merge, everything else replaces.

    Tag names keep the spelling that is there, since ARM ignores their case and would refuse the
    same name twice.
    """
    result = _laid_over(body, {key: value for key, value in patch.items() if key != "tags"})
    if "tags" in patch:
        tags = dict(body.get("tags") or {})
        spelt = {key.casefold(): key for key in tags}
        for key, value in patch["tags"].items():
            tags[spelt.get(key.casefold(), key)] = value
        result["tags"] = tags
    return result


def _laid_over(body: Body, patch: Body) -> dict[str, Any]:
    result = dict(body)
    for key, value in patch.items():
        beneath = result.get(key)
        if isinstance(value, Mapping) and isinstance(beneath, Mapping):
            result[key] = _laid_over(beneath, value)
        else:
            result[key] = value
    return result
