"""Deployments: create, change, list, delete.

Source: recorded PUTs of 2022–2026: 201 or 200 with ``Succeeded`` at once and without a link to an
operation; DELETE 200; GET afterwards 404 from the resource provider. PATCH: API description only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from harness.azure.catalogue import RateLimit, SkuOffer
from harness.azure.quota.pools import is_pooled
from harness.azure.regions import fold
from harness.simulator.management.accounts.resource import MODEL_KINDS, refuse_concurrent_write
from harness.simulator.management.deployments import placement
from harness.simulator.management.deployments.placement import RequestedDeployment
from harness.simulator.management.nested.verbs import E_TAG_UNTIL, spell_e_tag
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.lookup import (
    list_soft_deleted,
    make_account_id,
    make_deployment_id,
    not_found_error,
    require_parent,
)
from harness.simulator.management.protocol.stamps import make_deployment_etag, make_system_data
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
TYPE = "Microsoft.CognitiveServices/accounts/deployments"
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}")
DEFAULT_POLICY = "Microsoft.DefaultV2"
DEFAULT_UPGRADE = "OnceNewDefaultVersionAvailable"
DEFAULT_POLICY_SINCE = date(2026, 1, 1)
"""Recorded: 2025-12 a deployment named no policy of its own accord, 2026-06 it did."""
OLD_RATE_LIMITS_BEFORE = "2024"
SCALE_SETTINGS_UNTIL = "2023-05-01"
_DEFAULT_RATES = (RateLimit("request", 1, 10), RateLimit("token", 1000, 60))
_OURS = ("model", "versionUpgradeOption", "raiPolicyName", "capabilities", "currentCapacity",
         "provisioningState", "rateLimits", "ratelimits", "callRateLimit")  # fmt: skip


def put(call: ArmCall, parts: Parts) -> Answer:
    """Create (201) or replace (200)."""
    wish = call.body()
    _check_scale(call, wish)
    with call.world.writing() as state:
        account = require_parent(state, call, parts)
        refuse_concurrent_write(state, account)
        there = state.deployments.get(make_deployment_id(parts).lower())
        _check_not_failed(there)
        body = _place(call, state, account, parts, wish, there)
        state.deployments[make_deployment_id(parts).lower()] = body
        headers = {"ETag": body["etag"]}
        return Answer(200 if there else 201, show(call, body), headers)


def patch(call: ArmCall, parts: Parts) -> Answer:
    """Change tags and SKU; nothing else is changed by PATCH."""
    wish = call.body()
    with call.world.writing() as state:
        account = require_parent(state, call, parts)
        refuse_concurrent_write(state, account)
        there = _require(state, parts)
        whole = {
            "sku": there["sku"] | (wish.get("sku") or {}),
            "tags": wish.get("tags", there.get("tags")),
            "properties": there["properties"],
        }
        body = _place(call, state, account, parts, whole, there)
        state.deployments[make_deployment_id(parts).lower()] = body
        return Answer(200, show(call, body), {"ETag": body["etag"]})


def get(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the deployment."""
    with call.world.reading() as state:
        require_parent(state, call, parts)
        body = _require(state, parts)
        return Answer(200, show(call, body), {"ETag": body["etag"]})


def list_(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the account's deployments, in the order they were made."""
    prefix = f"{make_account_id(parts)}/deployments/".lower()
    with call.world.reading() as state:
        require_parent(state, call, parts)
        rows = [
            show(call, body) for key, body in state.deployments.items() if key.startswith(prefix)
        ]
    return Answer(200, {"value": rows})


def delete(call: ArmCall, parts: Parts) -> Answer:
    """Delete it: 200, or 204 when it is not there."""
    with call.world.writing() as state:
        account = require_parent(state, call, parts)
        refuse_concurrent_write(state, account)
        gone = state.deployments.pop(make_deployment_id(parts).lower(), None)
    return Answer(204 if gone is None else 200)


def list_skus(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the SKUs of a deployment's model and their bounds. Source: API description."""
    with call.world.reading() as state:
        account = require_parent(state, call, parts)
        body = _require(state, parts)
    want = placement.read_requested(call, body, account["location"])
    offer = placement.find_offer(call, want, account["location"])
    rows = [
        {
            "resourceType": TYPE,
            "sku": {"name": sku.name, "capacity": want.capacity},
            "capacity": make_bounds(sku),
        }
        for sku in (offer.skus if offer else ())
        if not sku.fine_tuned
    ]
    return Answer(200, {"value": rows})


def make_bounds(sku: SkuOffer) -> dict[str, int]:
    """Return a SKU's bounds as ARM lists them: what is absent is left out."""
    bounds = {
        "minimum": sku.minimum,
        "maximum": sku.maximum,
        "step": sku.step,
        "default": sku.default,
    }
    return {name: bound for name, bound in bounds.items() if bound}


def show(call: ArmCall, body: Body) -> Body:
    """Write a deployment as this api-version does.

    Recorded: before 2024 ``ratelimits`` and less of it; before 2023-05 ``scaleSettings`` in the
    place of the SKU, and nothing about the model but its name.
    """
    properties = dict(body["properties"])
    scale = properties.pop("scaleSettings", None)
    if call.api_version >= OLD_RATE_LIMITS_BEFORE or not call.api_version:
        return body if scale is None else body | {"properties": properties}
    if call.api_version < SCALE_SETTINGS_UNTIL:
        sku = body["sku"]
        state = properties["provisioningState"]
        scale = scale or {"scaleType": sku["name"], "capacity": sku["capacity"]}
        old = {"model": properties["model"], "scaleSettings": scale, "provisioningState": state}
        shorter = {key: value for key, value in body.items() if key != "sku"} | {"properties": old}
        return spell_e_tag(shorter) if call.api_version <= E_TAG_UNTIL else shorter
    for key in ("currentCapacity", "raiPolicyName"):
        properties.pop(key, None)
    if "rateLimits" in properties:
        properties["ratelimits"] = properties.pop("rateLimits")
    # Tags came with 2023-10-01-preview. Source: the API descriptions.
    return {k: v for k, v in body.items() if k != "tags"} | {"properties": properties}


def sum_used(call: ArmCall, state: State, subscription: str, location: str) -> dict[str, int]:
    """Sum the capacity in use by usage name, of a subscription in a region.

    Deleted accounts hold theirs until they are purged. Where the session pools quota, a pooled name
    is summed over all regions.
    """
    table: dict[str, int] = {}
    prefix = f"/subscriptions/{subscription}/".lower()
    pools = call.session.simulator.quota_pool == "subscription"
    for place, body in _list_holders(call, state, prefix):
        usage = placement.find_usage_name(call, body, place)
        if usage is None:
            continue
        if fold(place) == fold(location) or (pools and is_pooled(usage)):
            table[usage] = table.get(usage, 0) + int(body["sku"].get("capacity") or 0)
    return table


def _list_holders(call: ArmCall, state: State, prefix: str) -> Iterator[tuple[str, Body]]:
    """Yield the region and the body of each deployment that holds quota."""
    for key, body in state.deployments.items():
        if key.startswith(prefix):
            yield state.accounts[key.rsplit("/deployments/", 1)[0]]["location"], body
    for key, account in list_soft_deleted(state, call.session.now).items():
        if key.startswith(prefix):
            yield from ((account["location"], body) for body in account.get("held") or ())


def _place(
    call: ArmCall, state: State, account: Body, parts: Parts, wish: Body, there: Body | None
) -> Body:
    """Check everything about a deployment, and return the body that it will have."""
    _check_home(account, parts)
    location = account["location"]
    want = placement.read_requested(call, wish, location)
    if there is not None:
        placement.check_change(want, there)
    offer = placement.find_offer(call, want, location)
    sku = offer.sku(want.sku) if offer else None
    if call.session.simulator.catalogue != "open":
        is_asked = there is None or _is_served_anew(want, there)
        if is_asked and not (
            offer is None and call.session.catalogue.is_beyond(want.model, want.version)
        ):
            sku = placement.check_offer(call, want, offer, location)
        if sku is not None:
            placement.check_capacity(want, sku)
            _check_quota(call, state, account, want, sku, there)
    _check_policy(state, account, wish)
    placement.check_provider_data(want, wish)
    return _make_body(call, parts, wish, want, there, (offer.capabilities if offer else {}, sku))


def _is_served_anew(want: RequestedDeployment, there: Body) -> bool:
    return (want.version, want.sku) != (
        there["properties"]["model"]["version"],
        there["sku"]["name"],
    )


def _check_quota(
    call: ArmCall,
    state: State,
    account: Body,
    want: RequestedDeployment,
    sku: SkuOffer,
    there: Body | None,
) -> None:
    location = account["location"]
    usage = sku.usage_name
    known = call.session.catalogue.find_quota_limit(location, usage)
    limit, label = call.session.simulator.quota.get(usage, known.limit), known.label
    mine = 0
    if there is not None and (placement.find_usage_name(call, there, location) == usage):
        mine = int(there["sku"].get("capacity") or 0)
    in_use = sum_used(call, state, account["id"].split("/")[2], location).get(usage, 0)
    placement.check_quota(want, label, in_use, mine, limit)


def _make_body(
    call: ArmCall,
    parts: Parts,
    wish: Body,
    want: RequestedDeployment,
    there: Body | None,
    served: tuple[Mapping[str, str], SkuOffer | None],
) -> Body:
    capabilities, sku = served
    properties: Body = wish.get("properties") or {}
    own = {key: value for key, value in properties.items() if key not in _OURS}
    tags = wish.get("tags")
    model = {
        key: value
        for key, value in (properties.get("model") or {}).items()
        if key not in ("format", "name", "version", "callRateLimit")
    }
    body: Body = {
        "id": there["id"] if there else make_deployment_id(parts),
        "type": TYPE,
        "name": there["name"] if there else parts["deployment"],
        "sku": {"name": want.sku, "capacity": want.capacity},
        **({"tags": tags} if tags is not None else {}),
        "properties": {
            "model": model | {"format": want.format, "name": want.model, "version": want.version},
            "versionUpgradeOption": properties.get("versionUpgradeOption") or DEFAULT_UPGRADE,
            "currentCapacity": want.capacity,
            "capabilities": dict(capabilities) or {"chatCompletion": "true"},
            **_find_policy(call, properties),
            **own,
            "provisioningState": "Succeeded",
            "rateLimits": _make_rate_limits(want, sku),
        },
        "systemData": make_system_data(call.session.now, there["systemData"] if there else None),
        "etag": make_deployment_etag(),
    }
    if not body["properties"]["rateLimits"]:
        del body["properties"]["rateLimits"]
    return body


def _find_policy(call: ArmCall, properties: Body) -> Body:
    name = properties.get("raiPolicyName")
    if not name and call.session.today >= DEFAULT_POLICY_SINCE:
        name = DEFAULT_POLICY
    return {"raiPolicyName": name} if name else {}


def _make_rate_limits(want: RequestedDeployment, sku: SkuOffer | None) -> list[Body]:
    """Return the SKU's rates times the capacity; provisioned and batch SKUs have none."""
    rates = sku.rates if sku else (_DEFAULT_RATES if want.sku.endswith("Standard") else ())
    return [
        {"key": rate.key, "renewalPeriod": rate.period_s, "count": rate.count * want.capacity}
        for rate in rates
    ]


def _check_home(account: Body, parts: Parts) -> None:
    if account["kind"] not in MODEL_KINDS:
        raise ArmError(
            400,
            "BadRequest",
            f"Deployments are not supported by accounts of kind '{account['kind']}'.",
        )
    if not NAME.fullmatch(parts["deployment"]):
        raise ArmError(
            400, "InvalidResourceName", f"The deployment name '{parts['deployment']}' is invalid."
        )


def _check_not_failed(there: Body | None) -> None:
    # Source: quoted in an issue thread, code and all.
    if there is not None and there["properties"]["provisioningState"] == "Failed":
        raise ArmError(
            400,
            "BadRequest",
            f"The deployment '{there['name']}' is in 'Failed' state, please delete it before "
            "creating a new one.",
        )


def _check_scale(call: ArmCall, wish: Body) -> None:
    if (
        "scaleSettings" in (wish.get("properties") or {})
        and call.api_version >= SCALE_SETTINGS_UNTIL
    ):
        raise ArmError(
            400,
            "InvalidResourceProperties",
            "The scale settings of account deployment is deprecated since API version "
            "'2023-05-01', please use 'sku' instead.",
        )


def _check_policy(state: State, account: Body, wish: Body) -> None:
    name = (wish.get("properties") or {}).get("raiPolicyName")
    if not name or str(name).startswith("Microsoft."):
        return
    if f"{account['id']}/raiPolicies/{name}".lower() not in state.nested:
        # Azure's own words for this case were never quoted anywhere we looked.
        raise ArmError(
            400, "InvalidResourceProperties", f"The content filter '{name}' does not exist."
        )


def _require(state: State, parts: Parts) -> Body:
    body = state.deployments.get(make_deployment_id(parts).lower())
    if body is None:
        raise not_found_error(make_deployment_id(parts))
    return body
