"""Find where a model can be deployed: what Azure offers, what is left, what retires."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from harness.app.ports import World
from harness.app.specs.subscription import find_subscription
from harness.azure.catalogue import find_newest_day, is_beyond, list_models
from harness.azure.regions import OPENAI_NAMES, fold, is_known, sort_nearest_first
from harness.azure.saved_catalogue import make_saved_document
from harness.errors import Diagnostic, RequestError
from harness.plan.identity import Market
from harness.plan.preflight.offering import (
    Assumed,
    Offering,
    Search,
    find_nearest_models,
    list_offerings,
)
from harness.plan.preflight.offers import find_nearest_words, join_names
from harness.provision.ports import Cloud
from harness.spec.load import SpecFile


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """A search for models, as a person asks it.

    Attributes:
        regions: as they are written; () for all where the subscription can have accounts.
        model: its name; None for every model.
        sku: its name; None for every SKU.
        capacity: thousands of tokens a minute, or PTU; None for the least that each SKU sells.
    """

    regions: Sequence[str] = ()
    model: str | None = None
    sku: str | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class FoundModels:
    """The offers that a search found.

    Attributes:
        search: the search, with what the spec says about its surroundings.
        offerings: what was found, what fits first.
        asked: the markets that were asked.
        silent: the regions that said nothing.
        similar: models whose names are near the one that nobody offers.
        today: the day it is in this Azure.
        unknown_since: the newest day of the simulator's catalogue, where the model is later.
    """

    search: Search
    offerings: Sequence[Offering]
    asked: tuple[Market, ...]
    silent: tuple[str, ...]
    similar: Sequence[str]
    today: date
    unknown_since: date | None = None

    @property
    def fits(self) -> bool:
        """True where anything that was found can be deployed."""
        return any(each.fits for each in self.offerings)


def search_models(world: World, query: ModelQuery) -> FoundModels:
    """Ask the cloud what it offers, and order it: what fits, and is near, comes first.

    Raises:
        RequestError: a region is none, or none where accounts can be created.
        CloudError: Azure cannot be read.
    """
    spec_file = world.spec_file
    asked = choose_markets(spec_file, world.cloud(), query.regions)
    search = Search(
        query.model,
        None,
        query.sku,
        query.capacity,
        _choose_kind(spec_file),
        _find_region(spec_file, asked, query.regions),
    )
    survey = world.cloud().survey(asked)
    today = world.today
    found = list_offerings(survey, search, today, _list_assumed(world, asked))
    silent = tuple(market.region for market in asked if not survey.offers.get(market))
    similar = find_nearest_models(survey, query.model) if query.model and not found else ()
    is_strict = world.simulated and spec_file.spec.simulator.catalogue == "strict"
    is_later = is_strict and query.model is not None and is_beyond(query.model, None)
    unknown_since = find_newest_day() if is_later and not found else None
    return FoundModels(search, found, asked, silent, similar, today, unknown_since)


def save_catalogue(world: World, regions: Sequence[str]) -> dict[str, Any]:
    """Return the document of what the subscription offers, for ``simulator: {catalogue: FILE}``.

    Raises:
        RequestError: a region is none, or none where accounts can be created.
        CloudError: Azure cannot be read.
    """
    cloud = world.cloud()
    asked = choose_markets(world.spec_file, cloud, regions)
    there = cloud.list_account_regions(find_subscription(world.spec_file))
    lists = {
        market.region: (cloud.list_models(market), cloud.list_usages(market)) for market in asked
    }
    return make_saved_document(world.today, there or [market.region for market in asked], lists)


def choose_markets(spec_file: SpecFile, cloud: Cloud, regions: Sequence[str]) -> tuple[Market, ...]:
    """Return the regions to ask: those named, else all where the subscription can have accounts.

    Raises:
        RequestError: a region is none, or none where accounts can be created.
    """
    subscription = find_subscription(spec_file)
    there = cloud.list_account_regions(subscription)
    names = [fold(region) for region in regions]
    problems = [
        make_region_problem(region, there or OPENAI_NAMES)
        for region, name in zip(regions, names, strict=True)
        if name not in there and (there or not is_known(name))
    ]
    if problems:
        raise RequestError(*problems)
    chosen = names or sorted(there or OPENAI_NAMES)
    return tuple(Market(subscription, name) for name in dict.fromkeys(chosen))


def make_region_problem(region: str, candidates: Iterable[str]) -> Diagnostic:
    """Return what is wrong with a region that is none, or none where accounts can be created."""
    if is_known(region):
        near = join_names(sort_nearest_first(region, candidates))
        summary = f"{region} has no Azure OpenAI for this subscription"
        return Diagnostic("H920", summary, hint=f"the nearest that have: {near}")
    close = find_nearest_words(fold(region), candidates)
    hint = (
        f"did you mean {join_names(close)}?"
        if close
        else f"there are {join_names(sorted(candidates))}"
    )
    return Diagnostic("H920", f"{region} is not a region", hint=hint)


def _find_region(
    spec_file: SpecFile, asked: Sequence[Market], regions: Sequence[str]
) -> str | None:
    """Return the region that the person is in, as far as anybody says."""
    accounts = spec_file.spec.accounts.values()
    if regions:
        return asked[0].region
    return next((account.home for account in accounts), None)


def _choose_kind(spec_file: SpecFile) -> str:
    """Return the kind of account that models are for; a spec's own, when it has but one."""
    kinds = {account.kind for account in spec_file.spec.accounts.values()}
    return kinds.pop() if len(kinds) == 1 else "AIServices"


def _list_assumed(world: World, asked: Sequence[Market]) -> Assumed:
    """List what the simulated Azure only assumes."""
    if not world.simulated or world.spec_file.spec.simulator.catalogue != "strict":
        return frozenset()
    return frozenset(
        (market.region, offer.name, offer.version, sku.name)
        for market in asked
        for offer in list_models(market.region, world.today)
        for sku in offer.skus
        if sku.assumed
    )
