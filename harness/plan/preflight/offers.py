"""Find where a model fits: which versions, SKUs and regions would do, nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from harness.azure.regions import list_openai_regions, sort_nearest_first
from harness.plan.codes import CodeName
from harness.plan.identity import Market
from harness.plan.model import Problem
from harness.plan.observed import Observed, OfferedModel, OfferedSku, QuotaUsage
from harness.spec.model.spec import Deployment

HUBS = ("eastus2", "swedencentral", "eastus", "westus3", "northcentralus")
"""Regions that models reach first.

Source: the tables of models by region in the Azure OpenAI documentation, 2026-06.
"""

NEAREST = 6
"""The number of neighbours that are asked beside the hubs: each costs one long answer."""

SKUS = (
    "Standard",
    "GlobalStandard",
    "DataZoneStandard",
    "ProvisionedManaged",
    "GlobalProvisionedManaged",
    "DataZoneProvisionedManaged",
    "GlobalBatch",
    "DataZoneBatch",
    "DeveloperTier",
)
"""SKUs as Azure spells them, for regions whose list cannot be read.

Source: azurerm's list (69697b7f) and recorded lists of models.
"""

ELSEWHERE = frozenset(
    {"model_not_offered", "version_not_offered", "sku_not_offered", "quota_exceeded"}
)
"""Problems that another region could solve."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model as a deployment asks for it; ``version`` None is whatever the region's default is."""

    format: str
    model: str
    version: str | None
    sku: str
    kind: str


def describe_wanted(deployment: Deployment, kind: str) -> Wanted:
    """Return what a declared deployment asks a region for."""
    version = None if deployment.version == "default" else deployment.version
    return Wanted(deployment.format, deployment.model, version, deployment.sku, kind)


def spell_deployment(deployment: Deployment, offers: Iterable[OfferedModel]) -> Deployment:
    """Return a deployment with its model, format and SKU as Azure spells them, where it is known.

    Azure compares some of these words letter by letter.
    """
    words = {"OpenAI": "OpenAI", **{name: name for name in SKUS}}
    for row in offers:
        words |= {row.format: row.format} | {sku.name: sku.name for sku in row.skus}
        if row.name.casefold() == deployment.model.casefold():
            words[row.name] = row.name
    spelt = {word.casefold(): word for word in words}
    changed = {
        name: spelt[written.casefold()]
        for name in ("model", "format", "sku")
        if (written := str(getattr(deployment, name))).casefold() in spelt
        and spelt[written.casefold()] != written
    }
    return deployment.model_copy(update=changed) if changed else deployment


def find_rows(offers: Iterable[OfferedModel], wanted: Wanted) -> tuple[OfferedModel, ...]:
    """Return every version of the model that this kind of account can deploy.

    The same model is listed once per kind; a list without kinds (older API versions) serves all.
    A version that no SKU serves is listed, and cannot be deployed.
    """
    named = [
        each
        for each in offers
        if each.name.casefold() == wanted.model.casefold()
        and each.format.casefold() == wanted.format.casefold()
    ]
    kinds = ("", wanted.kind.casefold())
    return tuple(each for each in named if each.kind.casefold() in kinds and each.skus)


def find_version(rows: Iterable[OfferedModel], version: str | None) -> OfferedModel | None:
    """Return the row of a version; without one, Azure's default."""
    if version is None:
        return next((each for each in rows if each.default), None)
    return next((each for each in rows if each.version.casefold() == version.casefold()), None)


def list_skus(row: OfferedModel) -> tuple[OfferedSku, ...]:
    """Return the SKUs that serve the base model.

    Source: a list names the same SKU twice, once for fine-tuned models with a ``usageName`` that
    ends in ``-finetune`` (recorded list of eastus2, 2026-04).
    """
    return tuple(sku for sku in row.skus if not sku.usage_name.casefold().endswith("-finetune"))


def find_sku(row: OfferedModel, name: str) -> OfferedSku | None:
    """Return the SKU of that name, None where this version is not served that way."""
    return next((sku for sku in list_skus(row) if sku.name.casefold() == name.casefold()), None)


def find_default_version(
    offers: Iterable[OfferedModel], deployment: Deployment, kind: str
) -> str | None:
    """Return the version that Azure calls default today, None where the region does not say."""
    row = find_version(find_rows(offers, describe_wanted(deployment, kind)), None)
    return row.version if row else None


def find_retirement(row: OfferedModel, sku: OfferedSku | None) -> date | None:
    """Return the day from which nothing answers: the SKU's own date, else the model's.

    Source: dates differ by SKU (gpt-4o-mini: Standard 2026-03-31, GlobalStandard 2026-10-01).
    """
    if sku is not None and sku.retires is not None:
        return sku.retires
    return row.retires


def is_retired(row: OfferedModel, sku: OfferedSku | None, today: date) -> bool:
    """Return whether the day has come; the lifecycle status decides only where there is no date."""
    day = find_retirement(row, sku)
    if day is not None:
        return day <= today
    return row.lifecycle.casefold() == "deprecated"


def is_deprecating(row: OfferedModel) -> bool:
    """Return whether it answers but takes no new deployments.

    Source: ``ServiceModelDeprecating``, "in deprecating state and cannot be used for new
    deployments", as quoted in public issues.
    """
    return row.lifecycle.casefold() == "deprecating"


def is_deployable(row: OfferedModel, sku: OfferedSku | None, today: date) -> bool:
    """Return whether Azure takes a new deployment of it."""
    return not is_retired(row, sku, today) and not is_deprecating(row)


def does_capacity_fit(capacity: int, sku: OfferedSku) -> bool:
    """Return whether the SKU can be had in this size: within its bounds, on one of its steps."""
    over = sku.maximum is not None and capacity > sku.maximum
    return capacity >= sku.minimum and not over and (capacity - sku.minimum) % (sku.step or 1) == 0


def find_quota(usages: Mapping[str, QuotaUsage], sku: OfferedSku) -> QuotaUsage | None:
    """Return the quota that a SKU draws on, by Azure's own name for it.

    None is unknown, not zero.
    """
    return usages.get(sku.usage_name.casefold())


def count_left(usage: QuotaUsage) -> int:
    """Return what is left. Source: recorded usages may exceed their limit (400 of 100)."""
    return max(0, usage.limit - usage.current)


def list_obstacles(
    row: OfferedModel, sku: OfferedSku, capacity: int, usages: Mapping[str, QuotaUsage], today: date
) -> tuple[CodeName, ...]:
    """Return the preflight codes for which Azure would refuse a new deployment of this size."""
    found: list[CodeName] = []
    if is_retired(row, sku, today):
        found.append("model_retired")
    elif is_deprecating(row):
        found.append("model_deprecating")
    if not does_capacity_fit(capacity, sku):
        found.append("capacity_invalid")
    usage = find_quota(usages, sku)
    if usage is not None and capacity > count_left(usage):
        found.append("quota_exceeded")
    return tuple(found)


def list_fitting_regions(
    observed: Observed, here: Market, wanted: Wanted, capacity: int
) -> tuple[str, ...]:
    """Return regions known to serve exactly this in this size, nearest first."""
    names = []
    for market, offers in observed.offers.items():
        if market.subscription != here.subscription or market.region == here.region:
            continue
        row = find_version(find_rows(offers, wanted), wanted.version)
        sku = find_sku(row, wanted.sku) if row else None
        usages = observed.usages.get(market, {})
        if row and sku and not list_obstacles(row, sku, capacity, usages, observed.today):
            names.append(market.region)
    return sort_nearest_first(here.region, names)


def list_fitting_skus(row: OfferedModel, like: str, today: date) -> tuple[str, ...]:
    """Return SKUs that serve this version today, those most like the one asked for first."""
    alive = {sku.name: None for sku in list_skus(row) if is_deployable(row, sku, today)}
    return tuple(sorted(alive, key=lambda name: measure_sku_distance(name, like)))


def list_skus_with_room(
    row: OfferedModel, like: str, capacity: int, usages: Mapping[str, QuotaUsage], today: date
) -> tuple[str, ...]:
    """Return other SKUs of the same unit that would take this size today, the likest first."""
    family, _ = split_sku(like)
    names = {
        sku.name
        for sku in list_skus(row)
        if split_sku(sku.name)[0] == family
        and sku.name.casefold() != like.casefold()
        and not list_obstacles(row, sku, capacity, usages, today)
    }
    return tuple(sorted(names, key=lambda name: (measure_sku_distance(name, like), name)))


def measure_sku_distance(name: str, like: str) -> tuple[bool, int]:
    """Return how unlike two SKUs are: first in how they are paid for, then in where they answer."""
    family, reach = split_sku(like)
    other, its_reach = split_sku(name)
    return (other != family, abs(its_reach - reach))


def split_sku(sku: str) -> tuple[str, int]:
    """Return how a SKU is paid for, and how far away it may answer: region, zone, anywhere."""
    for reach, prefix in enumerate(("datazone", "global"), start=1):
        if sku.casefold().startswith(prefix):
            return sku.casefold().removeprefix(prefix), reach
    return sku.casefold(), 0


def list_fitting_versions(
    rows: Iterable[OfferedModel], sku: str, today: date
) -> tuple[OfferedModel, ...]:
    """Return versions that this SKU serves today, newest first by their names."""
    alive = []
    for row in rows:
        served = find_sku(row, sku)
        if served is not None and is_deployable(row, served, today):
            alive.append(row)
    return tuple(sorted(alive, key=lambda row: row.version, reverse=True))


def find_nearest_names(offers: Iterable[OfferedModel], model: str) -> tuple[str, ...]:
    """Return models of the region whose names look like the one that was asked for."""
    return find_nearest_words(model, {each.name for each in offers})


def find_nearest_words(word: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return the candidates that look like a word, whatever their case, most alike first."""
    folded_names = {name.casefold(): name for name in sorted(candidates)}
    close = get_close_matches(word.casefold(), folded_names, n=3, cutoff=0.7)
    return tuple(folded_names[name] for name in close)


def list_markets_to_ask(
    problems: Iterable[Problem], observed: Observed, markets: Mapping[str, Market]
) -> tuple[Market, ...]:
    """Return other markets whose lists would say where else the refused models are offered.

    ``markets`` are those of the declared accounts, by handle.
    """
    asked: dict[Market, None] = {}
    handles = {each.place[1] for each in problems if each.code in ELSEWHERE and each.place}
    for handle in sorted(handles):
        here = markets[handle]
        others = list_openai_regions(here.region)
        chosen = (*others[:NEAREST], *(hub for hub in HUBS if hub in others))
        asked |= {Market(here.subscription, region): None for region in dict.fromkeys(chosen)}
    return tuple(market for market in asked if market not in observed.offers)


def join_names(offers: Mapping[str, object] | Iterable[str], limit: int = 6) -> str:
    """Return a list for a sentence; a long one is cut, and says how much of it is not shown."""
    names = list(offers)
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
