"""Check whether the plan takes more of a quota than is left of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.azure.pools import is_pooled
from harness.plan.identity import DeploymentId, Market
from harness.plan.model import Problem
from harness.plan.observed import Observed
from harness.plan.preflight import offers as fit
from harness.plan.preflight.accounts import QUOTA_PAGE
from harness.plan.preflight.asked import PlannedDeployment


@dataclass(frozen=True, slots=True)
class Claim:
    """The amount that a deployment adds to a quota, or gives back, in units of its SKU."""

    asked: PlannedDeployment
    delta: int


def list_claims(asked: PlannedDeployment) -> Iterator[tuple[str, Claim]]:
    """Yield claims by usage name: never built from names, always Azure's own word."""
    offers = asked.observed.offers.get(asked.market, ())
    want = fit.describe_wanted(asked.deployment, asked.account.kind)
    row = fit.find_version(fit.find_rows(offers, want), want.version)
    sku = fit.find_sku(row, want.sku) if row else None
    if not asked.change.acts or sku is None or asked.observed.open_catalogue:
        return
    assert isinstance(asked.change.resource, DeploymentId)  # noqa: S101 - narrows for the checker
    account = asked.observed.accounts.get(asked.change.resource.account)
    there = account.deployments.get(asked.change.resource.name.casefold()) if account else None
    if there is None:
        yield sku.usage_name, Claim(asked, asked.deployment.capacity)
        return
    before = fit.Wanted(want.format, there.model, there.version, there.sku, want.kind)
    old_row = fit.find_version(fit.find_rows(offers, before), before.version)
    old = fit.find_sku(old_row, before.sku) if old_row else None
    if old is not None and old.usage_name.casefold() == sku.usage_name.casefold():
        yield sku.usage_name, Claim(asked, asked.deployment.capacity - there.capacity)
        return
    yield sku.usage_name, Claim(asked, asked.deployment.capacity)
    if old is not None:
        yield old.usage_name, Claim(asked, -there.capacity)


def check_quota(
    demand: Mapping[tuple[Market, str], list[Claim]], observed: Observed
) -> Iterator[Problem]:
    """Yield a problem for each quota that is too small; ``demand`` is by market and folded name."""
    for (market, name), found in demand.items():
        usage = observed.usages.get(market, {}).get(name)
        asked = sum(claim.delta for claim in found)
        if usage is None or asked <= 0:
            continue
        left = fit.count_left(usage)
        if asked <= left:
            continue
        largest = max(found, key=lambda claim: claim.delta).asked
        fitting = max(0, largest.deployment.capacity - (asked - left))
        lower = (f"a capacity of {fitting} would fit",) if fitting else ()
        yield largest.report(
            "quota_exceeded",
            "error",
            f"{usage.name} in {largest.account.region} has {left} of {usage.limit} left, "
            f"and this plan takes {asked} more",
            "; ".join(
                [
                    *lower,
                    *_list_elsewhere(largest),
                    f"lower `capacity`, or ask for more at {QUOTA_PAGE}",
                ]
            ),
            "capacity",
        )


def check_pools(
    demand: Mapping[tuple[Market, str], list[Claim]], observed: Observed
) -> Iterator[Problem]:
    """Yield a warning for each pool of a subscription of which the regions together take more."""
    pools: dict[tuple[str, str], list[tuple[Market, list[Claim]]]] = defaultdict(list)
    for (market, name), found in demand.items():
        if is_pooled(name):
            pools[market.subscription, name].append((market, found))
    for (subscription, name), parts in pools.items():
        usages = {
            market: table[name]
            for market, table in observed.usages.items()
            if market.subscription == subscription and name in table
        }
        asked = {market: sum(claim.delta for claim in found) for market, found in parts}
        takers = {market for market, usage in usages.items() if usage.current} | asked.keys()
        total = sum(usage.current for usage in usages.values()) + sum(asked.values())
        limit = max((usage.limit for usage in usages.values()), default=total)
        if len(takers) < 2 or max(asked.values()) <= 0 or total <= limit:
            continue
        largest = max((claim for _, found in parts for claim in found), key=lambda one: one.delta)
        regions = fit.join_names(sorted(market.region for market in takers))
        yield largest.asked.report(
            "quota_pooled",
            "warning",
            f"{next(iter(usages.values())).name} moves to one pool a subscription, and {regions} "
            f"together take {total} of {limit}",
            f"keep to {limit} over all regions, or ask for more at {QUOTA_PAGE}",
            "capacity",
        )


def _list_elsewhere(asked: PlannedDeployment) -> Iterator[str]:
    """Yield other SKUs here and the same one elsewhere that have room for all of it."""
    want = fit.describe_wanted(asked.deployment, asked.account.kind)
    offers = asked.observed.offers.get(asked.market, ())
    row = fit.find_version(fit.find_rows(offers, want), want.version)
    capacity = asked.deployment.capacity
    if row is None:
        return
    usages = asked.observed.usages.get(asked.market, {})
    skus = fit.list_skus_with_room(row, want.sku, capacity, usages, asked.observed.today)
    if skus:
        yield f"{asked.account.region} has room for it as {fit.join_names(skus)}"
    regions = fit.list_fitting_regions(asked.observed, asked.market, want, capacity)
    if regions:
        yield f"{want.sku} {asked.label} has room in {fit.join_names(regions)}"
