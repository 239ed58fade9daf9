"""The body of an account, in the order in which ARM writes it.

Source: recorded bodies of kind OpenAI (2023-05-01) and AIServices (2025-06-01). What serves other
AI services than models (some 130 call rates, 60 endpoints) is left out; endpoints lead here, not to
Azure, so that nothing sent to them leaves the machine.
"""

from __future__ import annotations

from urllib.parse import quote

from harness.simulator.management.call import ArmCall
from harness.simulator.world import Body

_RULES = (
    ("openai.dalle.post", 1, 30, (("dalle/*", "POST"), ("openai/images/*", "POST"))),
    ("openai.dalle.other", 1, 30, (("dalle/*", "*"), ("openai/operations/images/*", "*"))),
    ("openai", 1, 30, (("openai/*", "*"),)),
    ("default", 1, 30, (("*", "*"),)),
)
_CAPABILITIES = (
    ("VirtualNetworks", None),
    ("CustomerManagedKey", None),
    ("MaxFineTuneCount", "500"),
    ("MaxRunningFineTuneCount", "3"),
    ("MaxUserFileCount", "100"),
    ("MaxTrainingFileSize", "512000000"),
    ("MaxUserFileImportDurationInHours", "1"),
    ("MaxFineTuneJobDurationInHours", "720"),
)
_OPENAI_ENDPOINTS = (
    "OpenAI Language Model Instance API",
    "OpenAI Dall-E API",
    "OpenAI Whisper API",
    "OpenAI Model Scaleset API",
    "OpenAI Realtime API",
    "Token Service API",
)
_AISERVICES_ENDPOINTS = ("AI Foundry API", *_OPENAI_ENDPOINTS, "Azure AI Model Inference API")

READ_ONLY = frozenset(
    {
        "endpoint",
        "endpoints",
        "internalId",
        "dateCreated",
        "callRateLimit",
        "isMigrated",
        "privateEndpointConnections",
        "capabilities",
        "skuChangeInfo",
        "quotaLimit",
        "commitmentPlanAssociations",
        "abusePenalty",
        "deletionDate",
        "scheduledPurgeDate",
        "provisioningState",
        "restore",
    }
)
"""Properties that Azure writes; sent back, as after a GET, they are ignored.

Source: ``readOnly`` in the API description; ``restore`` is an order, not a property.
"""

_LATE = ("publicNetworkAccess", "disableLocalAuth")
_FIRST = "customSubDomainName"
_OURS = ("internalId", "dateCreated", "deletionDate", "scheduledPurgeDate")


def rendered(call: ArmCall, body: Body, state: str) -> Body:
    """An account as a caller sees it.

    Args:
        call: gives the base URL, which changes from one command to the next and so is not stored.
        body: as the world holds it.
        state: the provisioning state to show.
    """
    shown = {key: body[key] for key in ("id", "name", "type", "etag", "location", "sku", "kind")}
    if body.get("tags") is not None:
        shown["tags"] = body["tags"]
    shown["properties"] = _properties(call, body, state)
    if body.get("identity") is not None:
        shown["identity"] = body["identity"]
    return shown | {"systemData": body["systemData"]}


def endpoint(call: ArmCall, body: Body) -> str:
    """Where the account's data plane answers; without a subdomain, by the account's name."""
    subdomain = body["properties"].get("customSubDomainName") or body["name"]
    return f"{call.base_url}/{quote(str(subdomain))}/"


def _properties(call: ArmCall, body: Body, state: str) -> Body:
    own: Body = body["properties"]
    declared = {key: value for key, value in own.items() if key not in (*_LATE, *_OURS)}
    url = endpoint(call, body)
    names = _AISERVICES_ENDPOINTS if body["kind"] == "AIServices" else _OPENAI_ENDPOINTS
    models = body["kind"] in ("OpenAI", "AIServices")
    shown: Body = {
        "endpoint": url,
        "internalId": own["internalId"],
        "dateCreated": own["dateCreated"],
        "callRateLimit": {"rules": [_rule(*rule) for rule in _RULES] if models else []},
        "isMigrated": False,
        **({_FIRST: declared.pop(_FIRST)} if _FIRST in declared else {}),
        **declared,
        "privateEndpointConnections": [],
        "publicNetworkAccess": own.get("publicNetworkAccess", "Enabled"),
        "capabilities": [
            {"name": name} if value is None else {"name": name, "value": value}
            for name, value in (_CAPABILITIES if models else _CAPABILITIES[:2])
        ],
    }
    if "disableLocalAuth" in own:
        shown["disableLocalAuth"] = own["disableLocalAuth"]
    shown["endpoints"] = dict.fromkeys(names if models else (body["kind"],), url)
    for key in ("deletionDate", "scheduledPurgeDate"):
        if key in own:
            shown[key] = own[key]
    return shown | {"provisioningState": state}


def _rule(key: str, period: int, count: int, paths: tuple[tuple[str, str], ...]) -> Body:
    return {
        "key": key,
        "renewalPeriod": period,
        "count": count,
        "matchPatterns": [{"path": path, "method": method} for path, method in paths],
    }
