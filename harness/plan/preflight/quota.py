"""Check whether the plan takes more of a quota than is left of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.azure.quota.pools import is_pooled
from harness.azure.regions import fold
from harness.plan.identity import DeploymentId, Market
from harness.plan.model import Change, Problem
from harness.plan.observed import Observed, ObservedAccount, ObservedDeployment, find
from harness.plan.preflight import offers as fit
from harness.plan.preflight.accounts import QUOTA_PAGE
from harness.plan.preflight.asked import PlannedDeployment

Pool = tuple[Market, str]
"""A quota: its market and its folded usage name, which is never built from names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The amount that a change adds to a quota, or gives back, in units of its SKU.

    ``asked`` is the declared deployment; None where the deployment is an orphan.
    """

    change: Change
    delta: int
    asked: PlannedDeployment | None = None


Demand = Mapping[Pool, list[Claim]]


def list_claims(asked: PlannedDeployment) -> Iterator[tuple[Pool, Claim]]:
    """Yield what one declared deployment takes of quotas, and what it gives back."""
    if not asked.change.acts or asked.observed.open_catalogue:
        return
    wanted = asked.deployment
    account = asked.observed.accounts.get(asked.at)
    there = account.deployments.get(wanted.deployment_name.casefold()) if account else None
    version = None if wanted.version == "default" else wanted.version
    want = fit.Wanted(wanted.format, wanted.model, version, wanted.sku, asked.account.kind)
    takes = _find_pool(asked.observed, asked.market, want)
    gives = _find_held_pool(asked.observed, account, asked.market, there) if account else None
    if there is not None and takes is not None and takes == gives:
        yield takes, Claim(asked.change, wanted.capacity - there.capacity, asked)
        return
    if takes is not None:
        yield takes, Claim(asked.change, wanted.capacity, asked)
    if there is not None and gives is not None:
        yield gives, Claim(asked.change, -there.capacity, asked)


def list_releases(changes: Iterable[Change], observed: Observed) -> Iterator[tuple[Pool, Claim]]:
    """Yield what orphans hold of quotas: deleted ones give it back, others keep it."""
    for change in changes:
        at = change.resource
        if not isinstance(at, DeploymentId) or change.action not in ("delete", "orphan"):
            continue
        account = observed.accounts.get(at.account)
        there = account.deployments.get(at.name.casefold()) if account else None
        if account is None or there is None:
            continue
        here = Market(at.account.group.subscription, fold(account.region))
        pool = _find_held_pool(observed, account, here, there)
        if pool is not None:
            yield pool, Claim(change, -there.capacity if change.action == "delete" else 0)


def check_quota(demand: Demand, observed: Observed) -> Iterator[Problem]:
    """Yield a problem for each quota that is too small."""
    for (market, name), found in demand.items():
        usage = observed.usages.get(market, {}).get(name)
        takers = [claim for claim in found if claim.asked is not None]
        taken = sum(claim.delta for claim in found)
        if usage is None or taken <= 0 or not takers:
            continue
        left = fit.count_left(usage)
        if taken <= left:
            continue
        largest = max(takers, key=lambda claim: claim.delta).asked
        assert largest is not None, "takers are declared"  # noqa: S101 - narrows for the checker
        fitting = max(0, largest.deployment.capacity - (taken - left))
        lower = (f"a capacity of {fitting} would fit",) if fitting else ()
        orphans = [claim.change for claim in found if claim.change.action == "orphan"]
        yield largest.report(
            "quota_exceeded",
            "error",
            f"{usage.name} in {largest.account.home} has {left} of {usage.limit} left, "
            f"and this plan takes {taken} more",
            "; ".join(
                [
                    *(_describe_orphan(each) for each in orphans),
                    *lower,
                    *_list_elsewhere(largest),
                    f"lower `capacity`, or ask for more at {QUOTA_PAGE}",
                ]
            ),
            "capacity",
        )


def _describe_orphan(change: Change) -> str:
    capacity = (change.before or {}).get("capacity")
    return f"`--prune` deletes {change.address}, which holds {capacity} of it"


def _find_held_pool(
    observed: Observed, account: ObservedAccount, here: Market, there: ObservedDeployment | None
) -> Pool | None:
    """Return the quota on which a deployment draws where its account is now."""
    if there is None:
        return None
    market = Market(here.subscription, fold(account.region) or here.region)
    form = str(find(there.body, ("properties", "model", "format")) or "OpenAI")
    kind = str(account.body.get("kind") or "AIServices")
    return _find_pool(
        observed, market, fit.Wanted(form, there.model, there.version, there.sku, kind)
    )


def _find_pool(observed: Observed, market: Market, want: fit.Wanted) -> Pool | None:
    row = fit.find_version(fit.find_rows(observed.offers.get(market, ()), want), want.version)
    sku = fit.find_sku(row, want.sku) if row else None
    return None if sku is None else (market, sku.usage_name.casefold())


def check_pools(demand: Demand, observed: Observed) -> Iterator[Problem]:
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
        claims = [claim for _, found in parts for claim in found if claim.asked is not None]
        largest = max(claims, key=lambda one: one.delta).asked
        assert largest is not None, "claims are declared"  # noqa: S101 - narrows for the checker
        regions = fit.join_names(sorted(market.region for market in takers))
        yield largest.report(
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
        yield f"{asked.account.home} has room for it as {fit.join_names(skus)}"
    regions = fit.list_fitting_regions(asked.observed, asked.market, want, capacity)
    if regions:
        yield f"{want.sku} {asked.label} has room in {fit.join_names(regions)}"
