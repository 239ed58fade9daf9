"""ARM's lists of models, quota and SKUs, from the catalogue.

Source: recorded lists of 2023-05-01 (``kind, skuName, model``, ``ratelimits``) and 2025-06-01 (also
``id, type, name, location``, ``rateLimits``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from harness.azure.catalogue import (
    WHOLE_LIST,
    Catalogue,
    ModelOffer,
    SkuOffer,
    select_versions,
)
from harness.azure.regions import REGIONS, fold
from harness.simulator.management.deployments.resource import (
    OLD_RATE_LIMITS_BEFORE,
    make_bounds,
    sum_used,
)
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import require_parent
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
_SUBSCRIPTION = "{subscription}"
_DISPLAY = {region.name: region.display.replace(" ", "") for region in REGIONS}


def list_location_models(call: ArmCall, parts: Parts) -> Answer:
    """Answer with every model of a region, once for each kind of account that can have it."""
    session = call.session
    rows = _render_rows(fold(parts["location"]), session.catalogue, session.today, _is_old(call))
    return Answer(200, RawJson(rows.replace(_SUBSCRIPTION, parts["subscription"])))


def list_account_models(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the models that an account can have: the bare model objects."""
    with call.world.reading() as state:
        account = require_parent(state, call, parts)
    offers = call.session.catalogue.list_models(account["location"], call.session.today)
    rows = [
        _make_model(offer, _is_old(call))
        for offer in offers
        if offer.format == "OpenAI" or account["kind"] == "AIServices"
    ]
    return Answer(200, {"value": rows})


def list_usages(call: ArmCall, parts: Parts) -> Answer:
    """Answer with a region's quota: limits from the record or the session, usage from the world."""
    with call.world.reading() as state:
        in_use = sum_used(call, state, parts["subscription"], parts["location"])
        in_use |= _count_accounts(state, parts)
    overrides = call.session.simulator.quota
    catalogue, region = call.session.catalogue, parts["location"]
    names = dict.fromkeys([*catalogue.list_quota_limits(region), *in_use, *overrides])
    rows = [
        {
            "name": {"value": limit.usage_name, "localizedValue": limit.label},
            "currentValue": in_use.get(limit.usage_name, 0),
            "limit": overrides.get(limit.usage_name, limit.limit),
            "unit": "Count",
        }
        for limit in (catalogue.find_quota_limit(region, name) for name in names)
    ]
    return Answer(200, {"value": rows})


def list_skus(call: ArmCall, parts: Parts) -> Answer:
    """Answer with account SKUs by kind and region; only the kinds that hold models."""
    del parts
    rows = [
        {
            "resourceType": "accounts",
            "name": "S0",
            "tier": "Standard",
            "kind": kind,
            "locations": [region.upper()],
            "locationInfo": [{"location": region.upper(), "zones": [], "zoneDetails": []}],
            "restrictions": [],
        }
        for kind in ("OpenAI", "AIServices")
        for region in call.session.catalogue.list_account_regions(kind)
    ]
    return Answer(200, {"value": rows})


def list_capacities(call: ArmCall, parts: Parts) -> Answer:
    """Answer with what is left of a model's quota, by region and SKU. Source: recorded, 2024-12."""
    query = call.query
    regions = [parts["location"]] if "location" in parts else _list_regions(call)
    rows = []
    with call.world.reading() as state:
        for region in regions:
            in_use = sum_used(call, state, parts["subscription"], region)
            for offer in select_versions(
                call.session.catalogue.list_models(region, call.session.today),
                query.get("modelName", ""),
                query.get("modelFormat", "OpenAI"),
            ):
                if offer.version == query.get("modelVersion"):
                    rows += [
                        _make_capacity(call, parts, region, offer, sku, in_use)
                        for sku in offer.skus
                        if not sku.fine_tuned
                    ]
    return Answer(200, {"value": rows})


def _list_regions(call: ArmCall) -> tuple[str, ...]:
    return call.session.catalogue.list_account_regions("AIServices")


class RawJson(str):
    """JSON text that is sent as it is: model lists are large and the same for every caller."""

    __slots__ = ()


@lru_cache(maxsize=64)
def _render_rows(region: str, catalogue: Catalogue, today: date, old: bool) -> str:
    rows = list(_list_rows(region, catalogue.list_models(region, today), old=old))
    return json.dumps({"value": rows}, separators=(",", ":"), ensure_ascii=False)


def _list_rows(region: str, offers: tuple[ModelOffer, ...], *, old: bool) -> Iterator[Body]:
    for kind in ("OpenAI", "AIServices", "MaaS"):
        if kind == "MaaS" and region != WHOLE_LIST:
            # The same rows as AIServices; recorded of one region, and of no use in the others.
            continue
        for offer in offers:
            if kind == "AIServices" or (offer.format == "OpenAI") == (kind == "OpenAI"):
                yield _make_row(region, kind, offer, old=old)


def _make_row(region: str, kind: str, offer: ModelOffer, *, old: bool) -> Body:
    body = {"kind": kind, "skuName": "S0", "model": _make_model(offer, old)}
    if old:
        return body
    name = f"{offer.format}.{offer.name}.{offer.version}"
    location = _DISPLAY.get(region, region)
    return {
        "id": f"/subscriptions/{_SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/"
        f"{location}/models/{name}",
        "type": "Microsoft.CognitiveServices/locations/models",
        "name": name,
        "location": location,
        **body,
    }


def _make_model(offer: ModelOffer, old: bool) -> Body:
    body: Body = {
        "format": offer.format,
        "name": offer.name,
        "version": offer.version,
        "isDefaultVersion": offer.default,
        "skus": [_make_sku(sku, old=old) for sku in offer.skus],
        "maxCapacity": offer.max_capacity,
        "capabilities": {name: value or None for name, value in offer.capabilities.items()},
    }
    ends = {"fineTune": offer.fine_tuning_ends, "inference": offer.ends}
    body["deprecation"] = {key: _format_midnight(day) for key, day in ends.items() if day}
    author = {"By": "Microsoft", "ByType": "Application", "At": _format_midnight(offer.since)}
    return body | {
        "lifecycleStatus": offer.lifecycle,
        "systemData": {
            f"{did}{key}": value
            for did in ("created", "lastModified")
            for key, value in author.items()
        },
    }


def _make_sku(sku: SkuOffer, *, old: bool) -> Body:
    body: Body = {"name": sku.name, "usageName": sku.usage_name, "capacity": make_bounds(sku)}
    if sku.ends:
        body["deprecationDate"] = _format_midnight(sku.ends)
    if sku.rates:
        body["ratelimits" if old else "rateLimits"] = [
            {"key": rate.key, "renewalPeriod": rate.period_s, "count": rate.count}
            for rate in sku.rates
        ]
    return body


def _make_capacity(
    call: ArmCall,
    parts: Parts,
    region: str,
    offer: ModelOffer,
    sku: SkuOffer,
    in_use: Mapping[str, int],
) -> Body:
    limit = call.session.catalogue.find_quota_limit(region, sku.usage_name)
    most = call.session.simulator.quota.get(sku.usage_name, limit.limit)
    return {
        "id": f"/subscriptions/{parts['subscription']}/providers/Microsoft.CognitiveServices/"
        f"locations/{region}/models/{offer.format}.{offer.name}.{offer.version}/skuCapacities/"
        f"{sku.name}",
        "type": "Microsoft.CognitiveServices/locations/models/skuCapacities",
        "name": sku.name,
        "location": region,
        "properties": {
            "model": {"format": offer.format, "name": offer.name, "version": offer.version},
            "skuName": sku.name,
            "availableCapacity": max(most - in_use.get(sku.usage_name, 0), 0),
        },
    }


def _count_accounts(state: State, parts: Parts) -> dict[str, int]:
    prefix = f"/subscriptions/{parts['subscription']}/".lower()
    kinds = [
        body["kind"]
        for key, body in state.accounts.items()
        if key.startswith(prefix) and fold(body["location"]) == fold(parts["location"])
    ]
    counts = {f"{kind}.S0.AccountCount": kinds.count(kind) for kind in ("OpenAI", "AIServices")}
    return counts | {"AccountCount": len(kinds)}


def _is_old(call: ArmCall) -> bool:
    return call.api_version < OLD_RATE_LIMITS_BEFORE


def _format_midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
