"""Kinds of resources that an account can hold beside deployments.

Source: content filters, blocklists and their items recorded with Azure PowerShell, 2025-01;
projects with Azure Service Operator and azd, 2026-06 and 2026-07; commitment plans with azure-cli,
2021-11 to 2022-10; connections of projects and of private endpoints with azure-cli, 2020-07 to
2025-10. The others follow the API description (2024-04-01-preview and the SDK of
2025-09-01), and nobody recorded them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from harness.azure.commitments import DISCONNECTED_MOST, list_tiers
from harness.simulator.management.accounts.body import make_endpoint, make_identity
from harness.simulator.management.nested.connections import (
    CONNECTION_ORDER,
    ENDPOINT_ORDER,
    make_connection,
    make_private_endpoint,
)
from harness.simulator.management.nested.verbs import E_TAG_UNTIL, Nested, Writing
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.management.protocol.lookup import require_parent
from harness.simulator.management.protocol.stamps import (
    make_account_etag,
    make_deployment_etag,
    make_guid,
    make_system_data,
)
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
_UNNAMED_UNTIL = "2022-03-01"
"""Up to this api-version a target of private endpoints had no ``displayName``. Source: recorded."""
_FILTER_ORDER = ("name", "severityThreshold", "blocking", "enabled", "source")


def _make_policy(writing: Writing) -> Body:
    """Leave empty lists out, and put filters into an order of their own."""
    properties = {
        key: value
        for key, value in (writing.wish.get("properties") or {}).items()
        if value not in (None, []) and key != "type"
    }
    filters = properties.get("contentFilters")
    if isinstance(filters, list) and all(isinstance(one, dict) for one in filters):
        properties["contentFilters"] = [
            {key: one[key] for key in dict.fromkeys((*_FILTER_ORDER, *one)) if key in one}
            for one in filters
        ]
    return {"properties": properties}


def _make_policy_row(body: Body) -> Body:
    return body | {"properties": {"type": "UserManaged", **body["properties"]}}


def _make_blocklist(writing: Writing) -> Body:
    properties = writing.wish.get("properties") or {}
    return {"properties": {**properties, "acsVersion": 0}}


def _make_item_row(body: Body) -> Body:
    return {key: body[key] for key in ("id", "type", "name", "properties")}


def _make_project(writing: Writing) -> Body:
    account, parts, there = writing.account, writing.parts, writing.there
    wish = writing.wish
    asked = wish.get("properties") or {}
    if not there:
        _associate(account, parts["project"])
    own = there["properties"] if there else {"internalId": make_guid().replace("-", "")}
    url = f"{make_endpoint(writing.call, account)}api/projects/{parts['project']}"
    sent = {key: asked[key] for key in ("description", "displayName") if key in asked}
    identity = make_identity(wish.get("identity"), there.get("identity") if there else None)
    return {
        "name": f"{account['name']}/{parts['project']}",
        "etag": make_account_etag(writing.call.session.now),
        "location": wish.get("location") or account["location"],
        "kind": account["kind"],
        "properties": {
            "endpoints": {"AI Foundry API": url},
            **sent,
            "isDefault": account["properties"].get("defaultProject") == parts["project"],
            "internalId": own["internalId"],
            "provisioningState": "Succeeded",
        },
        **({"identity": identity} if identity and "identity" in wish else {}),
    }


def _associate(account: Body, project: str) -> None:
    """Let the account name its projects; the first is its default."""
    properties = account["properties"]
    properties.setdefault("defaultProject", project)
    known = properties.get("associatedProjects") or []
    properties["associatedProjects"] = [*known, *([] if project in known else [project])]


def _dissociate(account: Body, parts: Parts) -> None:
    properties = account["properties"]
    left = [one for one in properties.get("associatedProjects", ()) if one != parts["project"]]
    properties["associatedProjects"] = left
    if properties.get("defaultProject") == parts["project"]:
        del properties["defaultProject"]


def _make_commitment(writing: Writing) -> Body:
    """Return a plan with its month; the first one is shortened to what is left of it."""
    properties: Body = dict(writing.wish.get("properties") or {})
    today = writing.call.session.today
    after = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    whole = (after - today.replace(day=1)).days
    for key, begin, end in (
        ("current", today, after),
        ("next", after, (after.replace(day=28) + timedelta(days=4)).replace(day=1)),
    ):
        period = properties.get(key)
        if isinstance(period, dict) and period.get("tier"):
            share = (end - begin).days / whole if key == "current" else 1.0
            properties[key] = _make_period(properties, period, begin, end, share)
    return {"properties": properties}


def _make_period(plan: Body, period: Body, begin: date, end: date, share: float) -> Body:
    body: Body = {
        **{key: period[key] for key in ("tier", "count") if key in period},
        "startDate": f"{begin}T00:00:00Z",
        "endDate": f"{end}T00:00:00Z",
    }
    for tier in list_tiers():
        if (tier.hosting, tier.plan, tier.name) == (
            plan.get("hostingModel"), plan.get("planType"), period["tier"]
        ):  # fmt: skip
            quantity = int(tier.quantity * share)
            return body | {"quota": {"quantity": quantity, "unit": tier.unit}}
    return body


def _make_succeeded(writing: Writing) -> Body:
    properties = writing.wish.get("properties") or {}
    return {"properties": {**properties, "provisioningState": "Succeeded"}}


def _make_encryption_scope(writing: Writing) -> Body:
    """Keep a scope of an account that can have one.

    Recorded of an account of kind SpeechServices (Azure PowerShell, 2024-12); that only those of
    OpenAI and AI Services can is assumed.
    """
    if writing.account["kind"] not in ("OpenAI", "AIServices"):
        raise arm_error("EncryptionScopeNotSupported")
    return _make_succeeded(writing)


NESTED = (
    Nested("policy", "raiPolicies", "policy", written=_make_policy, row=_make_policy_row),
    Nested("blocklist", "raiBlocklists", "blocklist", written=_make_blocklist),
    Nested(
        "item",
        "raiBlocklists/{blocklist}/raiBlocklistItems",
        "item",
        row=_make_item_row,
        page={"nextLink": ""},
        stamped=False,
    ),
    Nested(
        "project",
        "projects",
        "project",
        "GET LIST PUT PATCH DELETE",
        deleted=200,
        written=_make_project,
        gone=_dissociate,
    ),
    Nested("commitment", "commitmentplans", "plan", deleted=200, written=_make_commitment),
    Nested(
        "connection",
        "connections",
        "connection",
        "GET LIST PUT PATCH DELETE",
        created=200,
        deleted=200,
        written=make_connection,
        order=CONNECTION_ORDER,
        stamped=False,
        etag=False,
    ),
    Nested(
        "projectconnection",
        "projects/{project}/connections",
        "connection",
        "GET LIST PUT PATCH DELETE",
        created=200,
        deleted=200,
        written=make_connection,
        order=CONNECTION_ORDER,
        stamped=False,
        etag=False,
    ),
    Nested(
        "capabilityhost", "capabilityHosts", "host", "GET PUT DELETE",
        written=_make_succeeded, etag=False,
    ),
    Nested(
        "projectcapabilityhost", "projects/{project}/capabilityHosts", "host", "GET PUT DELETE",
        written=_make_succeeded, etag=False,
    ),
    Nested("topic", "raiTopics", "topic"),
    Nested("encryptionscope", "encryptionScopes", "scope", written=_make_encryption_scope),
    Nested(
        "defender", "defenderForAISettings", "setting", "GET LIST PUT PATCH",
        unset={"Default": {"state": "Disabled"}},
    ),
    Nested(
        "privateendpoint",
        "privateEndpointConnections",
        "connection",
        created=200,
        deleted=200,
        written=make_private_endpoint,
        order=ENDPOINT_ORDER,
        stamped=False,
    ),
    Nested("perimeter", "networkSecurityPerimeterConfigurations", "perimeter", "GET LIST"),
)  # fmt: skip


def add_items(call: ArmCall, parts: Parts) -> Answer:
    """Add items to a blocklist, many at once; the answer is the list."""
    wish = call.items()
    with call.world.writing() as state:
        require_parent(state, call, parts)
        blocklist, item = _find_kind("blocklist"), _find_kind("item")
        for one in wish:
            own = {**parts, "item": str(one.get("name"))}
            state.nested[item.id(own).lower()] = {
                "id": item.id(own),
                "type": item.type,
                "name": own["item"],
                "properties": one.get("properties") or {},
                "etag": make_deployment_etag(),
            }
        body = _require_list(state, blocklist, parts)
        body["systemData"] = make_system_data(call.session.now, body["systemData"])
    return Answer(200, body, {"ETag": body["etag"]})


def delete_items(call: ArmCall, parts: Parts) -> Answer:
    """Take items out of a blocklist, many at once: 204."""
    names = call.items()
    with call.world.writing() as state:
        require_parent(state, call, parts)
        _require_list(state, _find_kind("blocklist"), parts)
        for name in names:
            state.nested.pop(_find_kind("item").id({**parts, "item": str(name)}).lower(), None)
    return Answer(204)


def list_private_link_resources(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the targets of private endpoints. Source: the API description's example."""
    with call.world.reading() as state:
        account = require_parent(state, call, parts)
    zones = ["privatelink.cognitiveservices.azure.com"]
    if account["kind"] in ("OpenAI", "AIServices"):
        zones.append("privatelink.openai.azure.com")
    named = not call.api_version or call.api_version > _UNNAMED_UNTIL
    row = {
        "id": f"{account['id']}/privateLinkResources/account",
        "name": "account",
        "type": "Microsoft.CognitiveServices/accounts/privateLinkResources",
        "properties": {
            "groupId": "account",
            "requiredMembers": ["default"],
            "requiredZoneNames": zones,
            **({"displayName": "Cognitive Service Account"} if named else {}),
        },
    }
    return Answer(200, {"value": [row]})


def list_commitment_tiers(call: ArmCall, parts: Parts) -> Answer:
    """Answer with commitment tiers; the same everywhere, without disconnected ones until 2022."""
    del parts
    rows = [
        {
            "kind": tier.kind,
            "skuName": tier.sku,
            "hostingModel": tier.hosting,
            "planType": tier.plan,
            "tier": tier.name,
            **({"maxCount": DISCONNECTED_MOST} if tier.sku == "DC0" else {}),
            "quota": {"quantity": tier.quantity, "unit": tier.unit},
            "cost": {},
        }
        for tier in list_tiers()
        if tier.sku != "DC0" or call.api_version > E_TAG_UNTIL
    ]
    return Answer(200, {"value": rows})


def _find_kind(name: str) -> Nested:
    return next(kind for kind in NESTED if kind.name == name)


def _require_list(state: State, kind: Nested, parts: Parts) -> Body:
    body = state.nested.get(kind.id(parts).lower())
    if body is None:
        identifier = kind.id(parts)
        raise ArmError(404, "NotFound", f"Specified resource '{identifier}' cannot be found.")
    return body
