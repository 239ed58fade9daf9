"""The models that Azure offers in a region on a day, from recorded lists with their sources.

The lists of eastus2 are whole (2026-04-23). Of 30 regions a few models were recorded (2026-06-22),
and of westeurope the list of 2023. The retirement schedule lies over all of them. A region and
model without a record is *assumed* to offer the Global SKUs of eastus2 and no regional ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from harness.azure.regions import fold
from harness.azure.retirement import find_retirement
from harness.azure.tables import (
    accounts,
    openai_other,
    openai_text,
    partners,
    quota,
    regions,
    westeurope_2023,
)

OBSERVED = date(2026, 4, 23)
WHOLE_LIST = "eastus2"
FINE_TUNED = "-finetune"
GLOBAL_SKUS = frozenset({"GlobalStandard", "GlobalProvisionedManaged", "GlobalBatch"})
ASSUMED_LIMIT = 1000
"""Quota where a usage name was never recorded, in the usage's own unit."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """``count`` of ``key`` (request or token) in ``period_s`` for each unit of capacity."""

    key: str
    count: int
    period_s: int


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """A way in which a model is served; 0 stands for a bound that Azure does not state.

    Attributes:
        usage_name: the quota that it counts against.
        ends: the day from which nothing can be deployed this way.
    """

    name: str
    usage_name: str
    ends: date | None
    minimum: int
    maximum: int
    step: int
    default: int
    rates: tuple[RateLimit, ...]

    @property
    def fine_tuned(self) -> bool:
        """For fine-tuned models only."""
        return self.usage_name.endswith(FINE_TUNED)


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """A version of a model in a region on a day.

    Attributes:
        lifecycle: as ARM names it: Preview, GenerallyAvailable, Deprecating, Deprecated, Stable.
        default: what Azure takes when no version is asked for.
        since: the day it entered the catalogue.
        ends: the day it retires for inference.
        assumed: no list of this region was recorded for it.
    """

    format: str
    name: str
    version: str
    lifecycle: str
    default: bool
    since: date
    ends: date | None
    fine_tuning_ends: date | None
    max_capacity: int
    capabilities: Mapping[str, str]
    skus: tuple[SkuOffer, ...]
    assumed: bool = field(default=False)

    def sku(self, name: str) -> SkuOffer | None:
        """Return the SKU for base models of that name; SKUs for fine-tuned models do not count."""
        for sku in self.skus:
            if sku.name == name and not sku.fine_tuned:
                return sku
        return None

    @property
    def only_responses(self) -> bool:
        """Tell whether the model answers the Responses API and no other.

        The lists say ``responses`` and either no ``chatCompletion`` or that it is false.
        """
        has = self.capabilities
        return has.get("responses") == "true" and has.get("chatCompletion") != "true"


@dataclass(frozen=True, slots=True)
class QuotaLimit:
    """The quota of a subscription in a region under one usage name; units are in the label."""

    usage_name: str
    limit: int
    label: str


@lru_cache(maxsize=256)
def list_models(region: str, on: date) -> tuple[ModelOffer, ...]:
    """Return the models of a region on a day, retired ones included: Azure goes on listing them."""
    place = fold(region)
    listed = [_on_day(offer, on) for offer in _offers_of(place) if offer.since <= on]
    return tuple(_with_defaults(listed))


def list_versions(
    region: str, on: date, name: str, format_: str = "OpenAI"
) -> tuple[ModelOffer, ...]:
    """Return all versions of a model; names are compared without case."""
    return tuple(
        offer
        for offer in list_models(region, on)
        if offer.name.casefold() == name.casefold() and offer.format == format_
    )


def needs_responses(name: str, version: str | None) -> bool:
    """Tell whether a model answers the Responses API alone; all its versions, where none is named.

    A model that no list knows is not.
    """
    offers = [
        offer
        for offer in _whole_list()
        if offer.name == name and offer.format == "OpenAI" and version in (None, offer.version)
    ]
    return bool(offers) and all(offer.only_responses for offer in offers)


def list_account_regions(kind: str) -> tuple[str, ...]:
    """Return the regions for accounts of a kind, sorted; unknown kinds count as AIServices."""
    names = accounts.OPENAI.split()
    if kind != "OpenAI":
        names += accounts.AISERVICES_ALSO.split()
    return tuple(sorted(names))


@lru_cache(maxsize=1)
def list_quota_limits() -> Mapping[str, QuotaLimit]:
    """Return limits by usage name: recorded for eastus2, assumed elsewhere."""
    table: dict[str, QuotaLimit] = {}
    for line in quota.ROWS.replace("|\n  ", "|").splitlines():
        name, limit, label = line.split("|")
        table[name] = QuotaLimit(name, int(limit), label)
    return table


def find_quota_limit(usage_name: str) -> QuotaLimit:
    """Return the limit of a usage name; a name that was never recorded gets an assumed one."""
    known = list_quota_limits().get(usage_name)
    return known or QuotaLimit(usage_name, ASSUMED_LIMIT, usage_name.split(".", 2)[-1])


def _offers_of(region: str) -> Iterator[ModelOffer]:
    listed = set()
    for offer in _whole_list():
        listed.add((offer.name, offer.version))
        yield _in_region(offer, region)
    if region == "westeurope":
        for offer in _parse(westeurope_2023.ROWS):
            if (offer.name, offer.version) not in listed:
                yield offer


def _in_region(offer: ModelOffer, region: str) -> ModelOffer:
    recorded = _regional().get((offer.name, offer.version, region))
    if region == WHOLE_LIST and recorded is None:
        return offer
    if recorded is not None:
        skus = tuple(sku for sku in offer.skus if sku.fine_tuned or sku.name in recorded)
        return replace(offer, skus=skus)
    names = GLOBAL_SKUS | _read_deployed().get((offer.name, offer.version, region), frozenset())
    return replace(offer, assumed=True, skus=tuple(sku for sku in offer.skus if sku.name in names))


def _on_day(offer: ModelOffer, on: date) -> ModelOffer:
    ends = find_retirement(offer.name, offer.version) or offer.ends
    skus = tuple(
        # A SKU with a date of its own keeps it; one that ends with the model moves with it.
        replace(sku, ends=ends) if sku.ends == offer.ends else sku
        for sku in offer.skus
    )
    if on < OBSERVED:
        skus += tuple(_base_skus_before(offer))
    return replace(offer, ends=ends, skus=skus, lifecycle=_lifecycle(offer, ends, on))


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
            yield replace(sku, usage_name=_sister_usage(offer, sku))


def _sister_usage(offer: ModelOffer, sku: SkuOffer) -> str:
    for other in _whole_list():
        if other.name == offer.name:
            sister = other.sku(sku.name)
            if sister is not None:
                return sister.usage_name
    return sku.usage_name.removesuffix(FINE_TUNED)


def _lifecycle(offer: ModelOffer, ends: date | None, on: date) -> str:
    if ends is not None and on >= ends:
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


@lru_cache(maxsize=1)
def _whole_list() -> tuple[ModelOffer, ...]:
    rows = (openai_text.ROWS, openai_other.ROWS, partners.ROWS)
    return tuple(offer for text in rows for offer in _parse(text))


def _parse(text: str) -> Iterator[ModelOffer]:
    """Read a table in the format of ``tables.openai_text``."""
    block: list[str] = []
    for line in text.splitlines():
        if line[:2] not in {". ", "+ "} and block:
            yield _model(block)
            block = []
        block.append(line)
    yield _model(block)


def _model(block: list[str]) -> ModelOffer:
    head, *rest = block
    parts = head.split("|")
    format_, name, version, lifecycle, default, since, ends, tuning, most = parts[:9]
    words = " ".join([*parts[9:], *(line[2:] for line in rest if line.startswith(". "))])
    return ModelOffer(
        format=format_,
        name=name,
        version=version,
        lifecycle="GenerallyAvailable" if lifecycle == "GA" else lifecycle,
        default=default == "default",
        since=date.fromisoformat(since),
        ends=_day(ends),
        fine_tuning_ends=_day(tuning),
        max_capacity=int(most),
        capabilities={
            key: value if equals else "true"
            for key, equals, value in (word.partition("=") for word in words.split())
        },
        skus=tuple(_sku(line[2:], format_) for line in rest if line.startswith("+ ")),
    )


def _sku(line: str, format_: str) -> SkuOffer:
    name, usage, ends, capacity, rates = line.split("|")
    owner = "OpenAI" if format_ == "OpenAI" else "AIServices"
    bounds, _, default = capacity.partition("=")
    bounds, _, step = bounds.partition("/")
    minimum, _, maximum = bounds.partition("-")
    return SkuOffer(
        name=name,
        usage_name=f"{owner}.{name}.{usage[1:]}" if usage.startswith("~") else usage,
        ends=_day(ends),
        minimum=int(minimum),
        maximum=int(maximum),
        step=int(step),
        default=int(default),
        rates=tuple(_rate(text) for text in rates.split(",") if text != "-"),
    )


def _rate(text: str) -> RateLimit:
    count, _, period = text[1:].partition("/")
    return RateLimit({"r": "request", "t": "token"}[text[0]], int(count), int(period))


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


@lru_cache(maxsize=1)
def _regional() -> Mapping[tuple[str, str, str], frozenset[str]]:
    """Return SKUs by model, version and region where they were recorded."""
    table: dict[tuple[str, str, str], frozenset[str]] = {}
    model = version = ""
    skus: list[str] = []
    for line in regions.ROWS.splitlines():
        if line.startswith("+ "):
            skus += line[2:].split()
        elif line.startswith("  "):
            for region in line.split():
                table[model, version, region] = frozenset(skus) - {"-"}
        else:
            model, _, version = line.partition("|")
            skus = []
    return table


@lru_cache(maxsize=1)
def _read_deployed() -> Mapping[tuple[str, str, str], frozenset[str]]:
    """Return SKUs by model, version and region that were recorded in a deployment, in no list."""
    table: dict[tuple[str, str, str], frozenset[str]] = {}
    for line in regions.DEPLOYED.splitlines():
        model, version, region, sku = line.split("|")
        table[model, version, region] = frozenset({sku})
    return table
