"""An Azure to plan against, as values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from harness.plan.identity import CONTENT_FILTER, DEPLOYMENT, AccountId, GroupId, Market
from harness.plan.observed import (
    Observed,
    ObservedGroup,
    OfferedModel,
    OfferedSku,
    QuotaUsage,
    join_account,
)
from harness.spec.model.spec import Spec

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = GroupId(SUBSCRIPTION, "rg-test")
ACCOUNT = AccountId(GROUP, "acc-01")
MARKET = Market(SUBSCRIPTION, "swedencentral")
TODAY = date(2026, 9, 1)

MINI: dict[str, Any] = {
    "model": "gpt-4.1-mini",
    "version": "2025-04-14",
    "sku": "GlobalStandard",
    "capacity": 50,
}


def spec_of(deployments: Mapping[str, Any] | None = None, **account: Any) -> Spec:
    """A spec with one account; ``account`` adds to it."""
    return Spec.model_validate(
        {
            "version": 1,
            "name": "test",
            "resource_group": {"name": "rg-test", "region": "swedencentral", "create": True},
            "accounts": {
                "main": {
                    "account_name": "acc-01",
                    "region": "swedencentral",
                    "deployments": {"mini": MINI} if deployments is None else deployments,
                    **account,
                }
            },
        }
    )


OURS = {"harness-spec": "test"}


def account_body(**changes: Any) -> dict[str, Any]:
    """An account as ARM writes it, as ``spec_of`` declares it."""
    properties = {
        "customSubDomainName": "acc-01",
        "disableLocalAuth": False,
        "provisioningState": "Succeeded",
        **changes.pop("properties", {}),
    }
    return {
        "id": ACCOUNT.path,
        "name": "acc-01",
        "location": "swedencentral",
        "kind": "AIServices",
        "sku": {"name": "S0"},
        "tags": dict(OURS),
        "properties": properties,
        **changes,
    }


def deployment_body(name: str = "mini", **changes: Any) -> dict[str, Any]:
    """A deployment as ARM writes it, as ``MINI`` declares it."""
    model = {
        "format": "OpenAI",
        "name": changes.pop("model", "gpt-4.1-mini"),
        "version": changes.pop("version", "2025-04-14"),
    }
    sku = {
        "name": changes.pop("sku", "GlobalStandard"),
        "capacity": changes.pop("capacity", 50),
    }
    properties = {
        "model": model,
        "versionUpgradeOption": changes.pop("upgrade", "NoAutoUpgrade"),
        "raiPolicyName": "Microsoft.DefaultV2",
        "provisioningState": changes.pop("state", "Succeeded"),
    }
    return {"name": name, "sku": sku, "tags": dict(OURS), "properties": properties, **changes}


def offered(name: str, version: str, *skus: OfferedSku, **more: Any) -> OfferedModel:
    """A row of a catalogue, for both kinds of account where ``kind`` does not say."""
    kind = more.pop("kind", "AIServices")
    return OfferedModel("OpenAI", name, version, kind, skus=skus, **more)


def global_standard(usage: str, **more: Any) -> OfferedSku:
    """The SKU that most tests use."""
    return OfferedSku("GlobalStandard", usage, maximum=1_000_000, **more)


CATALOGUE = (
    offered(
        "gpt-4.1-mini",
        "2025-04-14",
        global_standard("OpenAI.GlobalStandard.gpt4.1-mini", retires=date(2027, 4, 14)),
        OfferedSku("ProvisionedManaged", "OpenAI.ProvisionedManaged", 25, 30000, 25),
        default=True,
    ),
    offered(
        "gpt-4o",
        "2024-11-20",
        global_standard("OpenAI.GlobalStandard.gpt-4o", retires=date(2026, 10, 1)),
        OfferedSku("Standard", "OpenAI.Standard.gpt-4o-finetune"),
        default=True,
        lifecycle="GenerallyAvailable",
    ),
    offered(
        "gpt-4o",
        "2024-05-13",
        global_standard("OpenAI.GlobalStandard.gpt-4o", retires=date(2026, 3, 31)),
        lifecycle="Deprecated",
    ),
)


def filter_body(name: str = "strict", *rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A content filter as ARM lists it, in the order in which it writes the fields."""
    properties = {
        "type": "UserManaged",
        "basePolicyName": changes.pop("base", "Microsoft.DefaultV2"),
        "contentFilters": list(rules),
        **changes.pop("properties", {}),
    }
    return {"name": name, "tags": dict(OURS), "properties": properties, **changes}


def azure(
    *deployments: dict[str, Any],
    account: dict[str, Any] | None = None,
    filters: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> Observed:
    """Azure with the group, the account, these deployments and content filters."""
    body = account_body() if account is None else account
    return Observed(
        today=TODAY,
        groups={GROUP: ObservedGroup("rg-test", "swedencentral", OURS)},
        accounts={ACCOUNT: join_account(body, {DEPLOYMENT: deployments, CONTENT_FILTER: filters})},
        offers={MARKET: CATALOGUE},
        **more,
    )


def usage(name: str, current: int, limit: int) -> dict[Market, dict[str, QuotaUsage]]:
    """A region's quota with one entry."""
    return {MARKET: {name.casefold(): QuotaUsage(name, current, limit)}}


NOTHING = Observed(today=TODAY, offers={MARKET: CATALOGUE})
"""An empty Azure that offers the catalogue."""
