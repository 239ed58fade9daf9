"""ARM's JSON to the planner's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from harness.azure.roles import CALL, is_covered
from harness.plan.identity import AccountId, GroupId
from harness.plan.observed import (
    Body,
    DeletedAccount,
    ObservedGroup,
    OfferedModel,
    OfferedSku,
    QuotaUsage,
    find,
)


def convert_group(body: Body) -> ObservedGroup:
    """Return a resource group."""
    return ObservedGroup(
        str(body.get("name") or ""), str(body.get("location") or ""), body.get("tags") or {}
    )


def convert_models(rows: Iterable[Body]) -> tuple[OfferedModel, ...]:
    """Return a region's models; rows without a model name are left out."""
    return tuple(_convert_model(row) for row in rows if find(row, ("model", "name")))


def _convert_model(row: Body) -> OfferedModel:
    model: Mapping[str, Any] = row["model"]
    return OfferedModel(
        format=str(model.get("format") or ""),
        name=str(model["name"]),
        version=str(model.get("version") or ""),
        kind=str(row.get("kind") or ""),
        default=bool(model.get("isDefaultVersion")),
        lifecycle=str(model.get("lifecycleStatus") or ""),
        retires=_parse_day(find(model, ("deprecation", "inference"))),
        skus=tuple(_convert_sku(sku) for sku in model.get("skus") or ()),
    )


def _convert_sku(sku: Body) -> OfferedSku:
    capacity = sku.get("capacity") or {}
    return OfferedSku(
        name=str(sku.get("name") or ""),
        usage_name=str(sku.get("usageName") or ""),
        minimum=int(capacity.get("minimum") or 1),
        maximum=_parse_whole(capacity.get("maximum")),
        step=_parse_whole(capacity.get("step")),
        default=_parse_whole(capacity.get("default")),
        retires=_parse_day(sku.get("deprecationDate")),
    )


def convert_usages(rows: Iterable[Body]) -> dict[str, QuotaUsage]:
    """Return a region's quota by folded usage name."""
    found = {}
    for row in rows:
        name = str(find(row, ("name", "value")) or "")
        found[name.casefold()] = QuotaUsage(
            name,
            int(row.get("currentValue") or 0),
            int(row.get("limit") or 0),
            str(find(row, ("name", "localizedValue")) or ""),
        )
    return found


def convert_deleted_accounts(rows: Iterable[Body]) -> tuple[DeletedAccount, ...]:
    """Return soft-deleted accounts; the group stands only in the id.

    Source: ids ``…/locations/L/resourceGroups/G/deletedAccounts/A`` in recorded answers.
    """
    found = []
    for row in rows:
        parts = str(row.get("id") or "").split("/")
        folded = [part.casefold() for part in parts]
        if "subscriptions" not in folded or "resourcegroups" not in folded:
            continue
        subscription = parts[folded.index("subscriptions") + 1]
        name = parts[folded.index("resourcegroups") + 1]
        found.append(
            DeletedAccount(
                AccountId(GroupId(subscription, name), str(row.get("name") or parts[-1])),
                str(row.get("location") or ""),
                str(find(row, ("properties", "scheduledPurgeDate")) or ""),
                row,
            )
        )
    return tuple(found)


def find_sku_refusal(body: Body, sku: str) -> str | None:
    """Return why an account SKU cannot be had, None where it can or nothing is said of it.

    Source: ``checkSkuAvailability`` in Azure's API description, 2023-05-01, with its examples.
    """
    for row in body.get("value") or ():
        same = str(row.get("skuName") or "").casefold() == sku.casefold()
        if same and row.get("skuAvailable") is False:
            return str(row.get("message") or row.get("reason") or "it is not available")
    return None


def may_call_models(body: Body) -> bool:
    """Return whether one of the caller's permissions lets it call a chat model.

    Source: ``Microsoft.Authorization/permissions``, 2022-04-01: ``dataActions`` and
    ``notDataActions`` are patterns with ``*``, compared without regard to case.
    """
    return any(
        is_covered(row.get("dataActions") or (), CALL)
        and not is_covered(row.get("notDataActions") or (), CALL)
        for row in body.get("value") or ()
    )


PURGES = "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete"


def may_purge(body: Body) -> bool:
    """Return whether one of the caller's permissions lets it purge deleted accounts."""
    return any(
        is_covered(row.get("actions") or (), PURGES)
        and not is_covered(row.get("notActions") or (), PURGES)
        for row in body.get("value") or ()
    )


def _parse_whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _parse_day(value: object) -> date | None:
    """Return the day of an RFC 3339 moment, None where there is none or it is not one."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
