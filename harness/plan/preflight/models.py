"""Find why Azure would refuse a deployment: model, version, SKU, capacity, retirement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from harness.azure.retirement import SUCCESSORS
from harness.plan.model import Problem
from harness.plan.observed import OfferedModel, OfferedSku
from harness.plan.preflight import offers as fit
from harness.plan.preflight.asked import PlannedDeployment

RETIREMENT_WARNINGS = (
    (14, "calls fail with 410 from that day on"),
    (30, "move what calls it now"),
    (60, "try its successor now"),
    (90, "there is time to try its successor"),
)
"""Days left from which every plan warns, and in which words; the first that applies is said."""

RETIREMENTS_PAGE = "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements"

FINE_TUNED = re.compile(r"\.ft-[0-9a-z]", re.IGNORECASE)
"""In the name of a fine-tuned model: ``gpt-4o-mini-2024-07-18.ft-0ab1…``.

Source: fine-tuning documentation of Azure OpenAI. No region lists such names.
"""


def deployment_problems(asked: PlannedDeployment) -> Iterator[Problem]:
    """Yield what stands in the way of one deployment, and warnings about it."""
    if FINE_TUNED.search(asked.deployment.model):
        yield from _hosting_warning(asked)
        return
    yield from _drift_warnings(asked)
    offers = asked.observed.offers.get(asked.market, ())
    if asked.observed.open_catalogue or not offers:
        return
    want = fit.wanted(asked.deployment, asked.account.kind)
    rows = fit.rows_for(offers, want)
    row = fit.version_row(rows, want.version)
    sku = fit.sku_row(row, want.sku) if row else None
    if asked.changes("model", "format", "version", "sku"):
        refusal = _not_offered(asked, want, offers, row, sku)
        if refusal is not None:
            yield refusal
            return
    if row is None or sku is None:
        return
    if asked.changes("capacity"):
        yield from _capacity_problems(asked, sku)
    yield from _retirement_problems(asked, row, sku, rows)


def _hosting_warning(asked: PlannedDeployment) -> Iterator[Problem]:
    """Hosting is paid by the hour.

    Source: Azure OpenAI documentation, manage-costs and fine-tuning cost management, 2026-06:
    1.70 dollars an hour as Standard or Global Standard is its example rate.
    """
    sku = asked.deployment.sku.casefold()
    if sku == "developertier":
        cost = "costs nothing by the hour, and Azure deletes it after 24 hours"
    elif "provisioned" in sku:
        cost = f"costs {asked.deployment.capacity} PTU by the hour, idle or not"
    else:
        cost = (
            "costs about 1.70 USD an hour to host, idle or not: some 1,224 USD a month; "
            "unused for 15 days, Azure deletes it"
        )
    yield asked.problem(
        "fine_tune_hosting",
        "warning",
        f"{asked.deployment.model} is a fine-tuned model: as {asked.deployment.sku} it {cost}",
        "look at the price page before you apply: https://aka.ms/oai/pricing; "
        "`harness destroy` when it is not needed",
        "model",
    )


def _drift_warnings(asked: PlannedDeployment) -> Iterator[Problem]:
    deployment = asked.deployment
    if deployment.version == "default":
        now = (asked.change.after or {}).get("version")
        yield asked.problem(
            "version_floats",
            "warning",
            f"version: default is {now or 'what Azure chooses'} today and will drift",
            f'pin it: version: "{now}"' if now else "pin the version that Azure chose",
            "version",
        )
    elif deployment.upgrade != "NoAutoUpgrade":
        yield asked.problem(
            "upgrade_drifts",
            "warning",
            f"upgrade: {deployment.upgrade} lets Azure move away from version {deployment.version}",
            "set `upgrade: NoAutoUpgrade`, or expect drift",
            "upgrade",
        )


def _not_offered(
    asked: PlannedDeployment,
    want: fit.Wanted,
    offers: tuple[OfferedModel, ...],
    row: OfferedModel | None,
    sku: OfferedSku | None,
) -> Problem | None:
    """The first of model, version and SKU that the region does not have, with what would do."""
    if row is not None and sku is not None:
        return None
    region, today = asked.account.region, asked.observed.today
    rows = fit.rows_for(offers, want)
    elsewhere = fit.regions_that_fit(asked.observed, asked.market, want, asked.deployment.capacity)
    there = (f"{want.sku} {asked.label} is offered in {fit.named(elsewhere)}",) if elsewhere else ()
    if not rows:
        close = fit.nearest_names(offers, want.model)
        near = (f"{region} offers {fit.named(close)}",) if close else ()
        message = f"{asked.deployment.model} is not offered in {region}"
        return asked.problem("model_not_offered", "error", message, _either(*there, *near), "model")
    if row is None:
        versions = fit.versions_that_fit(rows, want.sku, today) or rows
        names = [each.version + (" (default)" if each.default else "") for each in versions]
        here = f"{region} offers {asked.deployment.model} {fit.named(names)}"
        message = f"{asked.deployment.model} has no version {asked.deployment.version} in {region}"
        return asked.problem(
            "version_not_offered", "error", message, _either(here, *there), "version"
        )
    skus = fit.skus_that_fit(row, want.sku, today)
    here_ = (f"{region} serves {asked.label} as {fit.named(skus)}",) if skus else ()
    message = f"{asked.label} is not served as {want.sku} in {region}"
    return asked.problem("sku_not_offered", "error", message, _either(*here_, *there), "sku")


def _either(*ways: str) -> str:
    return "; ".join(ways) or "`plan` with another region says what is offered there"


def _capacity_problems(asked: PlannedDeployment, sku: OfferedSku) -> Iterator[Problem]:
    capacity, step = asked.deployment.capacity, sku.step or 1
    if fit.capacity_fits(capacity, sku):
        return
    top = f" and at most {sku.maximum}" if sku.maximum is not None else ""
    steps = f", in steps of {step}" if step > 1 else ""
    yield asked.problem(
        "capacity_invalid",
        "error",
        f"capacity {capacity} is not one that {sku.name} {asked.label} can have",
        f"at least {sku.minimum}{top}{steps}; the nearest is {nearest_capacity(capacity, sku)}",
        "capacity",
    )


def nearest_capacity(capacity: int, sku: OfferedSku) -> int:
    """The size that can be bought and is nearest to the one that was asked for."""
    step = sku.step or 1
    steps = max(0, round((capacity - sku.minimum) / step))
    nearest = sku.minimum + steps * step
    while sku.maximum is not None and nearest > sku.maximum and nearest > sku.minimum:
        nearest -= step
    return nearest


def _retirement_problems(
    asked: PlannedDeployment, row: OfferedModel, sku: OfferedSku, rows: tuple[OfferedModel, ...]
) -> Iterator[Problem]:
    today = asked.observed.today
    day = fit.retirement(row, sku)
    ways = _ways_on(row, sku, rows, today)
    if fit.is_retired(row, sku, today):
        when = f" on {day}" if day else ""
        yield asked.problem(
            "model_retired",
            "error" if asked.changes("model", "version", "sku") else "warning",
            f"{asked.label} as {sku.name} retired{when}",
            ways,
            "version",
        )
    elif fit.is_deprecating(row) and asked.changes("model", "version", "sku"):
        yield asked.problem(
            "model_deprecating",
            "error",
            f"{asked.label} is about to retire and takes no new deployments",
            ways,
            "version",
        )
    elif day is not None and (day - today).days <= RETIREMENT_WARNINGS[-1][0]:
        left = (day - today).days
        urgency = next(words for days, words in RETIREMENT_WARNINGS if left <= days)
        yield asked.problem(
            "model_retiring",
            "warning",
            f"{asked.label} as {sku.name} retires on {day}, in {left} days: {urgency}",
            f"{ways}; declare the successor beside it and compare: `harness eval`",
            "version",
        )


def _ways_on(
    row: OfferedModel, sku: OfferedSku, rows: tuple[OfferedModel, ...], today: date
) -> str:
    """Return what can be had instead of a model that retires: versions, SKUs, its successor."""
    newer = [
        each.version
        for each in fit.versions_that_fit(rows, sku.name, today)
        if each.version != row.version
    ]
    others = [name for name in fit.skus_that_fit(row, sku.name, today) if name != sku.name]
    successor = SUCCESSORS.get(row.name)
    ways = [
        *([f"{row.name} is also served in version {fit.named(newer)}"] if newer else []),
        *([f"this version is also served as {fit.named(others)}"] if others else []),
        *([f"Azure names {successor} as its successor"] if successor else []),
    ]
    return "; ".join(ways or [f"plan its successor: {RETIREMENTS_PAGE}"])
