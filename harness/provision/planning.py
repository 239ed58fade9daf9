"""Observe and plan: everything that plan, apply, verify and destroy have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from harness.azure.offers_data import RateLimit
from harness.plan.model import Intent, Plan
from harness.plan.observed import Body, Observed, find
from harness.plan.planner import make_plan
from harness.plan.regions.choosing import choose_regions
from harness.plan.scope import derive_scope, make_account_id
from harness.provision.ports import Cloud
from harness.spec.model.spec import Spec


def observe_and_plan(
    spec: Spec,
    cloud: Cloud,
    intent: Intent,
    today: date,
    *,
    open_catalogue: bool,
    catalogue_day: date | None = None,
    kept: Mapping[str, Body] | None = None,
) -> Plan:
    """Return the plan for what Azure holds now; read only.

    Where preflight refuses a model, other regions are asked, so that the refusal can name those
    where it is offered; of an account that may be in several regions they are asked one by one.
    ``open_catalogue`` is a simulator that lets any model be deployed;
    ``kept`` is what was kept of replacements that broke off, by folded id;
    ``catalogue_day`` is the newest day that a simulator's catalogue knows of.

    Raises:
        CloudError: Azure cannot be read.
    """
    observed = replace(
        cloud.observe(derive_scope(spec), today),
        open_catalogue=open_catalogue,
        catalogue_day=catalogue_day,
        kept=kept or {},
    )
    chosen = choose_regions(spec, observed, intent)
    while chosen.asks is not None:
        observed = add_regions(observed, cloud.observe(chosen.asks, today))
        chosen = choose_regions(spec, observed, intent)
    spec, choices = chosen.spec, chosen.choices
    plan = make_plan(spec, observed, intent, choices)
    if plan.endangered:
        observed = observed.add_inventory(cloud.take_inventory(plan.endangered))
        plan = make_plan(spec, observed, intent, choices)
    if plan.asks:
        observed = observed.add_survey(cloud.survey(plan.asks))
        plan = make_plan(spec, observed, intent, choices)
    return replace(plan, rates=_read_rates(spec, observed))


def _read_rates(spec: Spec, observed: Observed) -> dict[str, tuple[RateLimit, ...]]:
    """Return the limits of deployments that are there in the size that the spec declares."""
    found = {}
    for owner, account in spec.accounts.items():
        there = observed.accounts.get(make_account_id(spec, account))
        for handle, declared in account.deployments.items():
            if there is None:
                break
            held = there.deployments.get(declared.deployment_name.casefold())
            if held is None or (held.sku, held.capacity) != (declared.sku, declared.capacity):
                continue
            rates = read_limits(held.body)
            if rates:
                found[f"{owner}/{handle}"] = rates
    return found


def read_limits(body: Body) -> tuple[RateLimit, ...]:
    """Return the requests and tokens that a deployment admits in a period, as its body says."""
    said = find(body, ("properties", "rateLimits"))
    rates = (one for one in said if isinstance(one, Mapping)) if isinstance(said, list) else ()
    return tuple(
        RateLimit(str(one["key"]), int(one["count"]), int(one["renewalPeriod"]))
        for one in rates
        if one.get("key") in ("request", "token") and one.get("count") and one.get("renewalPeriod")
    )


def add_regions(observed: Observed, more: Observed) -> Observed:
    """Return the same moment with what was observed of more regions."""
    return replace(
        observed,
        offers={**observed.offers, **more.offers},
        usages={**observed.usages, **more.usages},
        refused_skus={**observed.refused_skus, **more.refused_skus},
    )
