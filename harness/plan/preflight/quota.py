"""Check whether the plan takes more of a quota than is left of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
