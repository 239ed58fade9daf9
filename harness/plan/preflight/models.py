"""Find why Azure would refuse a deployment: model, version, SKU, capacity, retirement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from harness.azure.catalogue import find_successor, is_beyond
from harness.azure.standing.rates import HOURS_A_MONTH, UNUSED_DAYS, find_hourly_rate, is_fine_tuned
from harness.plan.identity import CONTENT_FILTER
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


def check_deployment(asked: PlannedDeployment) -> Iterator[Problem]:
    """Yield what stands in the way of one deployment, and warnings about it."""
    if is_fine_tuned(asked.deployment.model):
        yield from _warn_of_hosting(asked)
        return
    yield from _warn_of_drift(asked)
    yield from _check_filter(asked)
    yield from _check_provider_data(asked)
    offers = asked.observed.offers.get(asked.market, ())
    if asked.observed.open_catalogue or not offers:
        yield from _warn_of_units(asked)
        return
    want = fit.describe_wanted(asked.deployment, asked.account.kind)
    rows = fit.find_rows(offers, want)
    row = fit.find_version(rows, want.version)
    sku = fit.find_sku(row, want.sku) if row else None
    if asked.changes("model", "format", "version", "sku"):
        refusal = _find_refusal(asked, want, offers, row, sku)
        if refusal is not None:
            yield refusal
            return
    if row is None or sku is None:
        return
    refused = [*_check_capacity(asked, sku)] if asked.changes("capacity") else []
    yield from refused or _warn_of_units(asked)
    yield from _check_retirement(asked, row, sku, rows)


PROVIDER_DATA = ("organizationName", "countryCode", "industry")
"""Keys of ``modelProviderData``.

Source: Azure's documentation on deploying Claude models in Microsoft Foundry.
"""


def _check_provider_data(asked: PlannedDeployment) -> Iterator[Problem]:
    """Ask for what partners want to know of whoever deploys their models."""
    if asked.deployment.format.casefold() != "anthropic" or not asked.anew:
        return
    data = asked.deployment.properties.get("modelProviderData")
    missing = [key for key in PROVIDER_DATA if not isinstance(data, dict) or not data.get(key)]
    if missing:
        example = ", ".join(f"{key}: …" for key in PROVIDER_DATA)
        yield asked.report(
            "provider_data_missing",
            "error",
            f"{asked.label} is Anthropic's, and is deployed only with modelProviderData: "
            f"{', '.join(missing)}",
            f"properties: {{modelProviderData: {{{example}}}}}",
            "properties" if data is not None else "model",
        )


def _check_filter(asked: PlannedDeployment) -> Iterator[Problem]:
    """Refuse the name of a content filter that will not be there.

    Azure has more of its own than are known here, all called ``Microsoft.…``.
    """
    after = asked.change.after or {}
    name = str(after.get("content_filter") or after.get("properties.raiPolicyName") or "")
    there = asked.observed.accounts.get(asked.at)
    theirs = there.filters.values() if there else ()
    known = [*asked.account.content_filters, *(each.name for each in theirs)]
    if not asked.changes("content_filter", "properties.raiPolicyName"):
        return
    if name.casefold() in {"", *map(str.casefold, known)} or name.startswith("Microsoft."):
        return
    if there is not None and CONTENT_FILTER in there.unread:
        return
    near = fit.find_nearest_words(name, known)
    yield asked.report(
        "filter_missing",
        "error",
        f"there is no content filter {name} in {asked.account.account_name}",
        _join_ways(
            *(f"did you mean {each}?" for each in near[:1]),
            "declare it under `content_filters`, or name one that the account has",
        ),
        "content_filter" if after.get("content_filter") else "properties",
    )


def _warn_of_hosting(asked: PlannedDeployment) -> Iterator[Problem]:
    """Warn that hosting is paid by the hour."""
    sku, rate = asked.deployment.sku, find_hourly_rate(asked.deployment.model, asked.deployment.sku)
    if sku.casefold() == "developertier":
        cost = "costs nothing by the hour, and Azure deletes it after 24 hours"
    elif rate is None:
        cost = "costs by the hour, idle or not; nobody here knows how much"
    elif rate.kind == "unit":
        cost = f"costs {asked.deployment.capacity} PTU by the hour, idle or not"
    else:
        cost = (
            f"costs about {rate.value:.2f} USD an hour to host, idle or not: some "
            f"{rate.value * HOURS_A_MONTH:,.0f} USD a month; "
            f"unused for {UNUSED_DAYS} days, Azure deletes it"
        )
    yield asked.report(
        "fine_tune_hosting",
        "warning",
        f"{asked.deployment.model} is a fine-tuned model: as {sku} it {cost}",
        "look at the price page before you apply: https://aka.ms/oai/pricing; "
        "`harness destroy` when it is not needed",
        "model",
    )


def _warn_of_units(asked: PlannedDeployment) -> Iterator[Problem]:
    """Warn that throughput is paid by the hour, before it is bought or more of it is."""
    deployment = asked.deployment
    rate = find_hourly_rate(deployment.model, deployment.sku)
    if rate is None or rate.kind != "unit" or not asked.changes("sku", "capacity"):
        return
    an_hour = rate.value * deployment.capacity
    yield asked.report(
        "provisioned_hourly",
        "warning",
        f"{deployment.capacity} PTU as {deployment.sku} cost about {an_hour:,.2f} USD an hour, "
        f"idle or not: some {an_hour * HOURS_A_MONTH:,.0f} USD a month",
        "look at the price page before you apply: https://aka.ms/oai/pricing; units reserved for "
        "a month or a year cost less; `harness destroy` when it is not needed",
        "capacity",
    )


def _warn_of_drift(asked: PlannedDeployment) -> Iterator[Problem]:
    deployment = asked.deployment
    if deployment.version == "default":
        now = (asked.change.after or {}).get("version")
        yield asked.report(
            "version_floats",
            "warning",
            f"version: default is {now or 'what Azure chooses'} today and will drift",
            f'pin it: version: "{now}"' if now else "pin the version that Azure chose",
            "version",
        )
    elif deployment.upgrade != "NoAutoUpgrade":
        yield asked.report(
            "upgrade_drifts",
            "warning",
            f"upgrade: {deployment.upgrade} lets Azure move away from version {deployment.version}",
            "set `upgrade: NoAutoUpgrade`, or expect drift",
            "upgrade",
        )


def _find_refusal(
    asked: PlannedDeployment,
    want: fit.Wanted,
    offers: tuple[OfferedModel, ...],
    row: OfferedModel | None,
    sku: OfferedSku | None,
) -> Problem | None:
    """Report the first of model, version and SKU that the region lacks, and what would do."""
    if row is not None and sku is not None:
        return None
    region, today = asked.account.home, asked.observed.today
    day = asked.observed.catalogue_day
    if day is not None and row is None and is_beyond(want.model, want.version):
        return asked.report(
            "model_unknown",
            "warning",
            f"{asked.label} is unknown to this catalogue ({day})",
            "Azure may offer it since: ask it with `--cloud azure`",
            "model",
        )
    rows = fit.find_rows(offers, want)
    elsewhere = fit.list_fitting_regions(
        asked.observed, asked.market, want, asked.deployment.capacity
    )
    there = (
        (f"{want.sku} {asked.label} is offered in {fit.join_names(elsewhere)}",)
        if elsewhere
        else ()
    )
    if not rows:
        close = fit.find_nearest_names(offers, want.model)
        near = (f"{region} offers {fit.join_names(close)}",) if close else ()
        message = f"{asked.deployment.model} is not offered in {region}"
        return asked.report(
            "model_not_offered", "error", message, _join_ways(*there, *near), "model"
        )
    if row is None:
        versions = fit.list_fitting_versions(rows, want.sku, today) or rows
        names = [each.version + (" (default)" if each.default else "") for each in versions]
        here = f"{region} offers {asked.deployment.model} {fit.join_names(names)}"
        message = f"{asked.deployment.model} has no version {asked.deployment.version} in {region}"
        return asked.report(
            "version_not_offered", "error", message, _join_ways(here, *there), "version"
        )
    skus = fit.list_fitting_skus(row, want.sku, today)
    here_ = (f"{region} serves {asked.label} as {fit.join_names(skus)}",) if skus else ()
    message = f"{asked.label} is not served as {want.sku} in {region}"
    return asked.report("sku_not_offered", "error", message, _join_ways(*here_, *there), "sku")


def _join_ways(*ways: str) -> str:
    return "; ".join(ways) or "`harness models --model NAME` says where a model can be had"


def _check_capacity(asked: PlannedDeployment, sku: OfferedSku) -> Iterator[Problem]:
    capacity, step = asked.deployment.capacity, sku.step or 1
    if fit.does_capacity_fit(capacity, sku):
        return
    top = f" and at most {sku.maximum}" if sku.maximum is not None else ""
    steps = f", in steps of {step}" if step > 1 else ""
    nearest = find_nearest_capacity(capacity, sku)
    yield asked.report(
        "capacity_invalid",
        "error",
        f"capacity {capacity} is not one that {sku.name} {asked.label} can have",
        f"at least {sku.minimum}{top}{steps}; the nearest is {nearest}",
        "capacity",
    )


def find_nearest_capacity(capacity: int, sku: OfferedSku) -> int:
    """Return the size that can be bought and is nearest to the one that was asked for."""
    step = sku.step or 1
    steps = max(0, round((capacity - sku.minimum) / step))
    nearest = sku.minimum + steps * step
    while sku.maximum is not None and nearest > sku.maximum and nearest > sku.minimum:
        nearest -= step
    return nearest


def _check_retirement(
    asked: PlannedDeployment, row: OfferedModel, sku: OfferedSku, rows: tuple[OfferedModel, ...]
) -> Iterator[Problem]:
    today = asked.observed.today
    day = fit.find_retirement(row, sku)
    ways = _list_ways_on(row, sku, rows, today)
    if fit.is_retired(row, sku, today):
        when = f" on {day}" if day else ""
        yield asked.report(
            "model_retired",
            "error" if asked.changes("model", "version", "sku") else "warning",
            f"{asked.label} as {sku.name} retired{when}",
            ways,
            "version",
        )
    elif fit.is_deprecating(row) and asked.changes("model", "version", "sku"):
        yield asked.report(
            "model_deprecating",
            "error",
            f"{asked.label} is about to retire and takes no new deployments",
            ways,
            "version",
        )
    elif day is not None and (day - today).days <= RETIREMENT_WARNINGS[-1][0]:
        left = (day - today).days
        urgency = next(words for days, words in RETIREMENT_WARNINGS if left <= days)
        yield asked.report(
            "model_retiring",
            "warning",
            f"{asked.label} as {sku.name} retires on {day}, in {left} days: {urgency}",
            f"{ways}; declare the successor beside it and compare: `harness eval`",
            "version",
        )


def _list_ways_on(
    row: OfferedModel, sku: OfferedSku, rows: tuple[OfferedModel, ...], today: date
) -> str:
    """Return what can be had instead of a model that retires: versions, SKUs, its successor."""
    newer = [
        each.version
        for each in fit.list_fitting_versions(rows, sku.name, today)
        if each.version != row.version
    ]
    others = [name for name in fit.list_fitting_skus(row, sku.name, today) if name != sku.name]
    successor = find_successor(row.name, row.version)
    ways = [
        *([f"{row.name} is also served in version {fit.join_names(newer)}"] if newer else []),
        *([f"this version is also served as {fit.join_names(others)}"] if others else []),
        *([f"Azure names {successor} as its successor"] if successor else []),
    ]
    return "; ".join(ways or [f"plan its successor: {RETIREMENTS_PAGE}"])
