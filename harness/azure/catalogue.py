"""The models that Azure offers in a region on a day, out of data files with their sources.

The newest observation wins: lists that regions answered (those of eastus2 and swedencentral are
whole, 2026-04-23), pages of the documentation (up to 2026-09-29) and the schedule of retirements.
What nobody observed in a region is *assumed* from the regions of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Protocol

from harness.azure.offers_data import (
    ANY_REGION,
    FINE_TUNED,
    ModelOffer,
    RateLimit,
    SkuOffer,
    read_models,
    read_offers,
    read_rows,
)
from harness.azure.regions import fold

__all__ = [
    "BUILT_IN",
    "OBSERVED",
    "WHOLE_LIST",
    "Catalogue",
    "ModelOffer",
    "QuotaLimit",
    "RateLimit",
    "SkuOffer",
    "find_newest_day",
    "find_quota_limit",
    "find_retirement_source",
    "find_successor",
    "is_beyond",
    "list_account_regions",
    "list_models",
    "list_quota_limits",
    "list_versions",
    "needs_responses",
    "select_versions",
]

OBSERVED = date(2026, 4, 23)
"""The day of the whole lists; of what was closed before, they have only what is left."""
WHOLE_LIST = "eastus2"
_DAY = re.compile(r"20\d\d-\d\d-\d\d")
ASSUMED_LIMIT = 1000
"""Quota where a usage name was never recorded, in the usage's own unit."""


@dataclass(frozen=True, slots=True)
class QuotaLimit:
    """The quota of a subscription in a region under one usage name; units are in the label."""

    usage_name: str
    limit: int
    label: str


class Catalogue(Hashable, Protocol):
    """The offers of an Azure: the built-in tables, or what somebody saved of their own."""

    def list_models(self, region: str, on: date) -> tuple[ModelOffer, ...]:
        """Return the models of a region on a day."""
        ...

    def list_account_regions(self, kind: str) -> tuple[str, ...]:
        """Return the regions for accounts of a kind."""
        ...

    def list_quota_limits(self, region: str) -> Mapping[str, QuotaLimit]:
        """Return the limits of a region by usage name."""
        ...

    def find_quota_limit(self, region: str, usage_name: str) -> QuotaLimit:
        """Return the limit of a usage name in a region; an assumed one where none is known."""
        ...

    def is_beyond(self, name: str, version: str | None) -> bool:
        """Tell whether a model or its version is one that no source could know."""
        ...


class BuiltInCatalogue:
    """The catalogue of the data files."""

    def list_models(self, region: str, on: date) -> tuple[ModelOffer, ...]:
        """Return the models of a region on a day."""
        return list_models(region, on)

    def list_account_regions(self, kind: str) -> tuple[str, ...]:
        """Return the regions for accounts of a kind."""
        return list_account_regions(kind)

    def list_quota_limits(self, region: str) -> Mapping[str, QuotaLimit]:
        """Return the limits, which are the same in every region."""
        del region
        return list_quota_limits()

    def find_quota_limit(self, region: str, usage_name: str) -> QuotaLimit:
        """Return the limit of a usage name."""
        del region
        return find_quota_limit(usage_name)

    def is_beyond(self, name: str, version: str | None) -> bool:
        """Tell whether a model or its version is one that no source could know."""
        return is_beyond(name, version)


BUILT_IN: Catalogue = BuiltInCatalogue()


def select_versions(
    offers: Iterable[ModelOffer], name: str, format_: str = "OpenAI"
) -> tuple[ModelOffer, ...]:
    """Return all versions of a model; names are compared without case."""
    return tuple(
        offer
        for offer in offers
        if offer.name.casefold() == name.casefold() and offer.format == format_
    )


@lru_cache(maxsize=256)
def list_models(region: str, on: date) -> tuple[ModelOffer, ...]:
    """Return the models of a region on a day, retired ones included: Azure goes on listing them."""
    regions, place = read_offers(), fold(region)
    offers = regions.get(place) or regions[ANY_REGION]
    area, is_whole = _read_areas().get(place, ""), place == WHOLE_LIST
    listed = []
    for key, model in read_models().items():
        periods = [period for period in offers.get(key, ()) if period.holds(on)]
        if periods and model.since <= on:
            skus = tuple(period.sku for period in periods if period.sku is not None)
            capabilities = model.capabilities if is_whole else _localize(model, skus, area)
            there = replace(model, skus=skus, capabilities=capabilities)
            listed.append(_on_day(there, on))
    return tuple(_with_defaults(listed))


def list_versions(
    region: str, on: date, name: str, format_: str = "OpenAI"
) -> tuple[ModelOffer, ...]:
    """Return all versions of a model in a region on a day."""
    return select_versions(list_models(region, on), name, format_)


def is_beyond(name: str, version: str | None) -> bool:
    """Tell whether a model or its version is one that no source could know.

    A name that nobody has is, unless it is a misspelling: nearly that of a known one, with the same
    numbers in it. Of a known name, a version is whose day comes after the newest source.
    """
    names = {known.casefold() for _, known, _ in read_models()}
    wanted = name.casefold()
    if wanted in names:
        dated = _DAY.fullmatch(version or "")
        return dated is not None and date.fromisoformat(dated[0]) > find_newest_day()
    near = get_close_matches(wanted, names, n=3, cutoff=0.85)
    return not any(_keep_digits(each) == _keep_digits(wanted) for each in near)


def _keep_digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def find_successor(name: str, version: str) -> str:
    """Return what Azure names in place of a model; "" where it names nothing."""
    model = read_models().get(("OpenAI", name, version))
    return model.successor if model is not None else ""


def find_retirement_source(name: str, version: str) -> str:
    """Return where the catalogue has a model's retirement from, and its day; "" where it has none.

    Returns:
        Such as ``schedule-0928, observed on 2026-09-28``.
    """
    for row in read_rows("models"):
        if (row["model"], row["version"]) == (name, version) and row["ends_source"]:
            source = row["ends_source"]
            days = (each["observed"] for each in read_rows("sources") if each["source"] == source)
            day = next(days, "")
            return f"{source}, observed on {day}" if day else source
    return ""


@lru_cache(maxsize=1)
def find_newest_day() -> date:
    """Return the day of the newest source: what came out later is unknown to the catalogue."""
    return max(date.fromisoformat(row["observed"]) for row in read_rows("sources"))


def needs_responses(name: str, version: str | None) -> bool:
    """Tell whether a model answers the Responses API alone; all its versions, where none is named.

    A model that no list knows is not.
    """
    offers = [
        offer
        for offer in read_models().values()
        if offer.name == name and offer.format == "OpenAI" and version in (None, offer.version)
    ]
    return bool(offers) and all(offer.only_responses for offer in offers)


@lru_cache(maxsize=4)
def list_account_regions(kind: str) -> tuple[str, ...]:
    """Return the regions for accounts of a kind, sorted; unknown kinds count as AIServices."""
    wanted = "OpenAI" if kind == "OpenAI" else "AIServices"
    rows = read_rows("regions")
    return tuple(sorted(row["region"] for row in rows if wanted in row["kinds"].split(",")))


@lru_cache(maxsize=1)
def list_quota_limits() -> Mapping[str, QuotaLimit]:
    """Return limits by usage name: recorded for eastus2, else documented, else assumed."""
    return {
        row["usage_name"]: QuotaLimit(row["usage_name"], int(row["limit"]), row["label"])
        for row in read_rows("quota")
    }


def find_quota_limit(usage_name: str) -> QuotaLimit:
    """Return the limit of a usage name; a name that was never recorded gets an assumed one."""
    known = list_quota_limits().get(usage_name)
    return known or QuotaLimit(usage_name, ASSUMED_LIMIT, usage_name.split(".", 2)[-1])


@lru_cache(maxsize=1)
def _read_areas() -> Mapping[str, str]:
    """Return the data zone of each region that is in one, as lists write it."""
    return {row["region"]: row["area"] for row in read_rows("regions") if row["area"]}


def _localize(model: ModelOffer, skus: tuple[SkuOffer, ...], area: str) -> Mapping[str, str]:
    """Return the capabilities of a model in a region: its data zone is one of them.

    Source: the lists of 2026-04 and 2026-06 name the area of what a data zone serves.
    """
    if "area" not in model.capabilities:
        return model.capabilities
    if area and any(sku.name.startswith("DataZone") for sku in skus):
        return {**model.capabilities, "area": area}
    return {name: value for name, value in model.capabilities.items() if name != "area"}


def _on_day(offer: ModelOffer, on: date) -> ModelOffer:
    skus = tuple(
        replace(sku, ends=offer.ends) if sku.ends_with_model else sku for sku in offer.skus
    )
    if on < OBSERVED:
        skus += tuple(_base_skus_before(replace(offer, skus=skus)))
    return replace(offer, skus=skus, lifecycle=_find_lifecycle(offer, on))


def _base_skus_before(offer: ModelOffer) -> Iterator[SkuOffer]:
    """Yield SKUs that were left for fine-tuned models only by the day of the record.

    Azure takes a SKU for base models off the list when it is closed and keeps that for fine-tuned
    ones. Before the day of the record the base model is assumed to have had it too, with the usage
    name that its sister versions have.
    """
    base = {sku.name for sku in offer.skus if not sku.fine_tuned}
    for sku in offer.skus:
        if sku.fine_tuned and sku.name in {"Standard", "GlobalStandard"} and sku.name not in base:
            base.add(sku.name)
            yield replace(sku, usage_name=_find_sister_usage(offer, sku))


def _find_sister_usage(offer: ModelOffer, sku: SkuOffer) -> str:
    for other in read_models().values():
        if other.name == offer.name:
            sister = other.sku(sku.name)
            if sister is not None:
                return sister.usage_name
    return sku.usage_name.removesuffix(FINE_TUNED)


def _find_lifecycle(offer: ModelOffer, on: date) -> str:
    if offer.ends is not None and on >= offer.ends:
        return "Deprecated"
    if on < OBSERVED and offer.lifecycle in {"Deprecated", "Deprecating"}:
        preview = "preview" in f"{offer.name} {offer.version}".casefold()
        return "Preview" if preview else "GenerallyAvailable"
    return offer.lifecycle


def _with_defaults(offers: list[ModelOffer]) -> list[ModelOffer]:
    """Make sure that each model has a default version: the newest where none is marked."""
    marked = {(offer.format, offer.name) for offer in offers if offer.default}
    newest: dict[tuple[str, str], ModelOffer] = {}
    for offer in offers:
        key = (offer.format, offer.name)
        if key not in marked and (key not in newest or offer.since >= newest[key].since):
            newest[key] = offer
    chosen = {id(offer) for offer in newest.values()}
    return [replace(offer, default=True) if id(offer) in chosen else offer for offer in offers]
