"""The body of an account, in the order in which ARM writes it.

Source: recorded bodies of seven kinds, api-versions 2021-10-01 to 2025-06-01. Endpoints lead here,
not to Azure, so that nothing sent to them leaves the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from harness.azure.kinds import AccountKind, CallRate, find_account_kind
from harness.azure.regions import fold
from harness.simulator.management.protocol.call import ArmCall
from harness.simulator.management.protocol.stamps import ZERO_TENANT, make_guid
from harness.simulator.world import Body

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

_FIRST_FORM = "2021-10-01"
"""Up to this api-version ``systemData`` stood after ``etag``, and deleted accounts had no dates."""
_FIRST_VERSION = "2017-04-18"
_SINCE_2021 = frozenset(
    {"apiProperties", "callRateLimit", "quotaLimit", "isMigrated", "endpoints", "disableLocalAuth"}
)
"""Properties that the first api-version did not have. Source: recorded, 2020."""
_THROTTLING_SAID_UNTIL = "2022-10-01"
"""Up to this api-version every call rate said whether it is throttled dynamically."""
_BACKUP_VERSION = "2022-03-01"
_LATE = ("publicNetworkAccess", "disableLocalAuth")
_ORDER = ("encryption", "customSubDomainName", "userOwnedStorage", "networkAcls",
          "allowProjectManagement", "defaultProject", "associatedProjects")  # fmt: skip
_OURS = ("internalId", "dateCreated", "deletionDate", "scheduledPurgeDate", "apiProperties",
         "locations")  # fmt: skip


def render(call: ArmCall, body: Body, state: str, endpoints: Sequence[Body] = ()) -> Body:
    """Write an account as a caller sees it.

    Args:
        call: gives the base URL, which changes from one command to the next and so is not stored,
            and the api-version.
        body: as the world holds it.
        state: the provisioning state to show.
        endpoints: the connections of its private endpoints.
    """
    old = bool(call.api_version) and call.api_version <= _FIRST_FORM
    stamp = {"systemData": body["systemData"]}
    shown = {key: body[key] for key in ("id", "name", "type", "etag")}
    shown |= stamp if old else {}
    shown |= {key: body[key] for key in ("location", "sku", "kind")}
    if body.get("tags") is not None:
        shown["tags"] = body["tags"]
    shown["properties"] = _render_properties(call, body, state)
    if endpoints:
        shown["properties"]["privateEndpointConnections"] = list(endpoints)
    identity = body.get("identity")
    if identity is not None:
        # Recorded: the first form always named them, if only to say that there are none.
        named: Body = {"userAssignedIdentities": {}} if old else {}
        shown["identity"] = identity | (named if named.keys() - identity.keys() else {})
    if bool(call.api_version) and call.api_version <= _FIRST_VERSION:
        del shown["systemData"]
        properties = shown["properties"]
        return shown | {"properties": {k: v for k, v in properties.items() if k not in _SINCE_2021}}
    return shown if old else shown | stamp


def make_endpoint(call: ArmCall, body: Body) -> str:
    """Return the URL of the account's data plane; without a subdomain, by the account's name."""
    subdomain = body["properties"].get("customSubDomainName") or body["name"]
    return f"{call.base_url}/{quote(str(subdomain))}/"


def make_identity(wish: Body | None, there: Body | None) -> Body:
    """Return the identity that was asked for; whoever is assigned keeps or gets a principal."""
    if not wish or wish.get("type") == "None":
        return {"type": "None"}
    kind = str(wish.get("type"))
    body: Body = {}
    if "SystemAssigned" in kind:
        body["principalId"] = (there or {}).get("principalId") or make_guid()
    # Recorded of both kinds, 2021 to 2026.
    body["tenantId"] = ZERO_TENANT
    body["type"] = wish["type"]
    if "UserAssigned" in kind:
        known = (there or {}).get("userAssignedIdentities") or {}
        body["userAssignedIdentities"] = {
            name: known.get(name) or {"principalId": make_guid(), "clientId": make_guid()}
            for name in wish.get("userAssignedIdentities") or ()
        }
    return body


def _render_properties(call: ArmCall, body: Body, state: str) -> Body:
    own: Body = body["properties"]
    kind = find_account_kind(body["kind"])
    url = make_endpoint(call, body)
    state_shown = {"provisioningState": state}
    known = dict.fromkeys((*_ORDER, *own))
    shown: Body = {
        "endpoint": url,
        # Recorded: an account that was ever patched says its state here, not at the end.
        **(state_shown if body.get("patched") else {}),
        "internalId": own["internalId"],
        "dateCreated": own["dateCreated"],
        **_render_api_properties(call, body, kind),
        **_render_rates(call, kind),
        **({"quotaLimit": {"rules": [_render_month(call, kind.rates[0])]}} if kind.quota else {}),
        **({"backupUpperLimit": 20} if call.api_version == _BACKUP_VERSION else {}),
        "isMigrated": False,
        **{key: own[key] for key in known if key in own and key not in (*_LATE, *_OURS)},
        "privateEndpointConnections": [],
        "publicNetworkAccess": own.get("publicNetworkAccess", "Enabled"),
        "capabilities": [
            {"name": name} if value is None else {"name": name, "value": value}
            for name, value in kind.capabilities
        ],
    }
    if "disableLocalAuth" in own:
        shown["disableLocalAuth"] = own["disableLocalAuth"]
    shown["endpoints"] = dict.fromkeys(kind.endpoints, url)
    if isinstance(own.get("locations"), dict):
        shown["locations"] = _render_locations(own["locations"])
    if not call.api_version or call.api_version > _FIRST_FORM:
        gone = ("deletionDate", "scheduledPurgeDate")
        shown |= {key: own[key] for key in gone if key in own}
    return shown | state_shown


def _render_rates(call: ArmCall, kind: AccountKind) -> Body:
    rules = [_render_rule(call, rate) for rate in kind.rates]
    return {"callRateLimit": {"rules": rules}} if rules else {}


_EMPTY_SINCE = date(2024, 1, 1)
"""From this day accounts of OpenAI have ``apiProperties``, though nobody sent any.

Source: recorded without in 2023-07, with in 2024-11 and 2025-12; the day between is assumed.
"""


def _render_api_properties(call: ArmCall, body: Body, kind: AccountKind) -> Body:
    sent = body["properties"].get("apiProperties")
    if sent is None and body["kind"] == "OpenAI" and call.session.today >= _EMPTY_SINCE:
        return {"apiProperties": {}}
    if kind.question_answering:
        return {"apiProperties": {**(sent or {}), "qnaAzureSearchEndpointKey": None}}
    return {} if sent is None else {"apiProperties": sent}


def _render_locations(locations: Body) -> Body:
    """Return the regions of an account with the host of each. Source: Azure PowerShell, 2023-06."""
    regions = [
        {**each, "customsubdomain": f"{fold(str(each.get('name')))}.api.cognitive.microsoft.com"}
        for each in locations.get("regions") or ()
        if isinstance(each, dict)
    ]
    return {**locations, "regions": regions}


def _render_rule(call: ArmCall, rate: CallRate) -> Body:
    said = bool(call.api_version) and call.api_version <= _THROTTLING_SAID_UNTIL
    dynamic = {"dynamicThrottlingEnabled": rate.dynamic} if said or rate.dynamic else {}
    return {
        "key": rate.key,
        "renewalPeriod": rate.period_s,
        "count": rate.calls,
        **dynamic,
        "matchPatterns": [{"path": path, "method": method} for path, method in rate.matches],
    }


def _render_month(call: ArmCall, rate: CallRate) -> Body:
    """Return the same calls, counted over 30 days."""
    return _render_rule(call, rate) | {"renewalPeriod": 2_592_000, "count": 100_000}
