"""The models that a new project may begin with, in a region on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from harness.app.models import make_region_problem
from harness.azure.catalogue import ModelOffer, SkuOffer, list_account_regions, list_models
from harness.azure.regions import fold, sort_nearest_first
from harness.azure.tasks import find_task
from harness.errors import Diagnostic, RequestError
from harness.plan.preflight.offers import find_nearest_words, join_names

HOME: Final = "swedencentral"
KIND: Final = "AIServices"
FAVOURITES: Final = (
    "gpt-4.1-mini",
    "gpt-5-mini",
    "gpt-5.4-mini",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-5",
)
"""Small models that many have; the first two that are there are what a project begins with."""

SKUS: Final = ("GlobalStandard", "DataZoneStandard", "Standard")
"""Pay by the token, no commitment; in the order in which they are taken."""

ENOUGH: Final = timedelta(days=90)
"""A model that retires sooner is not offered: plan would warn of it. It can be named even so."""

SPECIAL: Final = ("gpt-audio", "computer-use", "model-router")
"""Beginnings of names of models that converse, but not about text, or not as themselves."""

CAPACITY: Final = 50
"""Thousands of tokens a minute, where the SKU sells so many."""


@dataclass(frozen=True, slots=True)
class StarterModel:
    """A model as a new project deploys it.

    Attributes:
        capacity: thousands of tokens a minute.
        retires: the day from which nothing answers; None where no source says.
    """

    name: str
    version: str
    sku: str
    capacity: int
    retires: date | None = None


def list_regions(today: date) -> tuple[str, ...]:
    """Return the regions that have models to begin with, sorted."""
    there = list_account_regions(KIND)
    return tuple(region for region in there if list_starter_models(region, today))


def require_region(region: str, today: date) -> str:
    """Return a region as ARM writes it.

    Raises:
        RequestError: it is none, or has no models to begin with.
    """
    name, there = fold(region), list_regions(today)
    if name not in there:
        raise RequestError(make_region_problem(region, there))
    return name


@lru_cache(maxsize=128)
def list_starter_models(
    region: str, today: date, enough: timedelta = ENOUGH
) -> tuple[StarterModel, ...]:
    """Return the models of a region that converse and are not over in so many days.

    Those that many have come first.
    """
    found: dict[str, StarterModel] = {}
    for offer in list_models(region, today):
        model = _take(offer, today + enough)
        if model is not None and (offer.name not in found or offer.default):
            found[offer.name] = model
    rank = {name: number for number, name in enumerate(FAVOURITES)}
    names = sorted(found, key=lambda name: (rank.get(name, len(rank)), name))
    return tuple(found[name] for name in names)


def choose_models(region: str, names: Sequence[str], today: date) -> tuple[StarterModel, ...]:
    """Return the models of these names; without a name the first two that are offered.

    Raises:
        RequestError: one is not there, is over, or holds no conversation.
    """
    offered = list_starter_models(region, today)
    if not names:
        return offered[:2]
    there = (*list_starter_models(region, today, timedelta()), *offered)
    by_name = {model.name.casefold(): model for model in there}
    wanted = list(dict.fromkeys(name.casefold() for name in names))
    spelt = {name.casefold(): name for name in names}
    problems = [
        _explain(spelt[name], region, today, offered) for name in wanted if name not in by_name
    ]
    if problems:
        raise RequestError(*problems)
    return tuple(by_name[name] for name in wanted)


def _take(offer: ModelOffer, until: date) -> StarterModel | None:
    """Return a model as a project deploys it; None where it does not converse until that day."""
    if not _converses(offer) or offer.lifecycle in {"Deprecating", "Deprecated"}:
        return None
    for name in SKUS:
        sku = offer.sku(name)
        if sku is None:
            continue
        ends = [day for day in (sku.ends, offer.ends) if day is not None]
        retires = min(ends, default=None)
        if retires is None or retires > until:
            capacity = _choose_capacity(sku)
            return StarterModel(offer.name, offer.version, name, capacity, retires)
    return None


def _converses(offer: ModelOffer) -> bool:
    has = offer.capabilities
    chats = has.get("chatCompletion") == "true" or offer.only_responses
    is_text = find_task(offer.name) == "chat" and not offer.name.startswith(SPECIAL)
    return offer.format == "OpenAI" and chats and is_text


def _choose_capacity(sku: SkuOffer) -> int:
    """Return a size that the SKU sells, near ``CAPACITY``."""
    most = min(CAPACITY, sku.maximum or CAPACITY)
    return max(sku.minimum, most - most % sku.step if sku.step else most, 1)


def _explain(name: str, region: str, today: date, offered: Sequence[StarterModel]) -> Diagnostic:
    """Say why a model is none to begin with, and what would do."""
    elsewhere = [
        other
        for other in list_regions(today)
        if any(
            name.casefold() == model.name.casefold() for model in list_starter_models(other, today)
        )
    ]
    if elsewhere:
        near = join_names(sort_nearest_first(region, elsewhere))
        return Diagnostic("H116", f"{name} cannot be had in {region}", hint=f"it can in {near}")
    here = [
        offer for offer in list_models(region, today) if offer.name.casefold() == name.casefold()
    ]
    there = join_names(model.name for model in offered)
    if not here:
        near_words = find_nearest_words(name, {offer.name for offer in list_models(region, today)})
        hint = f"did you mean {join_names(near_words)}?" if near_words else f"{region} has {there}"
        return Diagnostic("H116", f"nothing is known of a model {name}", hint=hint)
    if not any(map(_converses, here)):
        what = find_task(name)
        is_ours = any(offer.format == "OpenAI" for offer in here)
        reason = f"it is for {what}" if what != "chat" else "init begins with OpenAI's models"
        if is_ours and what == "chat":
            reason = "it holds no conversation in text"
        hint = f"take one of {there}, and add this one to the spec; `harness models --model {name}`"
        return Diagnostic("H117", f"{name} is no model to begin with", reason, hint=hint)
    ends = max((offer.ends for offer in here if offer.ends), default=None)
    when = f"retires on {ends}" if ends and ends > today else f"is over since {ends}"
    told = f"it {when}" if ends else "Azure sells it in no way that is paid by the token"
    return Diagnostic(
        "H117", f"{name} is no model to begin with", told, hint=f"{region} has {there}"
    )
