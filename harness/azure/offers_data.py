"""Models, their SKUs and the times in which regions offer them, read from the data files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

ASSUMED = "assumed"
"""The source of what nobody observed."""
ANY_REGION = "*"
"""Stands for the regions that no table knows."""
FINE_TUNED = "-finetune"
_NO_SKU = "-"
_WITH_THE_MODEL = "model"

ModelKey = tuple[str, str, str]
"""Format, name and version."""


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
        ends_with_model: True where that day is the model's own.
        assumed: nobody observed it in this region.
    """

    name: str
    usage_name: str
    ends: date | None
    ends_with_model: bool
    minimum: int
    maximum: int
    step: int
    default: int
    rates: tuple[RateLimit, ...]
    assumed: bool = False

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
        context: tokens that a prompt and its answer may have together; None is unknown.
        output: tokens that an answer may have; None is unknown.
        successor: what Azure names in its place; "" where it names nothing.
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
    context: int | None
    output: int | None
    successor: str

    @property
    def key(self) -> ModelKey:
        """Return format, name and version."""
        return (self.format, self.name, self.version)

    @property
    def assumed(self) -> bool:
        """True where nobody observed the model in this region."""
        return bool(self.skus) and all(sku.assumed for sku in self.skus)

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
class OfferPeriod:
    """The time in which a region offers a SKU of a model.

    Attributes:
        sku: None where the region lists the model, and serves it in no way that is known.
        since: the first day on which it was there, after it had been missed; None: always.
        until: the day on which it was missed first; None: never.
        source: the key of what says so.
    """

    sku: SkuOffer | None
    since: date | None
    until: date | None
    source: str

    def holds(self, on: date) -> bool:
        """Tell whether a day is within."""
        begun = self.since is None or self.since <= on
        return begun and (self.until is None or on < self.until)


def read_rows(table: str) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a data file by the names of their fields; an empty one states nothing.

    ``tests/catalogue/rebuild.py`` writes the files. Each row is a fact with the key of its source,
    which ``sources.tsv`` names with its day.
    """
    path = files("harness.azure") / "data" / f"{table}.tsv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    for line in lines:
        yield dict(zip(names, line.split("\t"), strict=True))


@lru_cache(maxsize=1)
def read_models() -> Mapping[ModelKey, ModelOffer]:
    """Return every model with every SKU that it has anywhere."""
    skus: dict[ModelKey, list[SkuOffer]] = defaultdict(list)
    for row in read_rows("skus"):
        skus[row["format"], row["model"], row["version"]].append(_read_sku(row))
    found = {}
    for row in read_rows("models"):
        key = (row["format"], row["model"], row["version"])
        found[key] = ModelOffer(
            *key,
            lifecycle=row["lifecycle"],
            default=row["default"] == "yes",
            since=date.fromisoformat(row["since"]),
            ends=_read_day(row["ends"]),
            fine_tuning_ends=_read_day(row["tuning_ends"]),
            max_capacity=_read_number(row["max_capacity"]),
            capabilities={
                name: value if equals else "true"
                for name, equals, value in (
                    word.partition("=") for word in row["capabilities"].split()
                )
            },
            skus=tuple(skus[key]),
            context=_read_number(row["context"]) or None,
            output=_read_number(row["output"]) if row["output"] else None,
            successor=row["successor"],
        )
    return found


@lru_cache(maxsize=1)
def read_offers() -> Mapping[str, Mapping[ModelKey, tuple[OfferPeriod, ...]]]:
    """Return what each region offers of each model, and when."""
    table: dict[str, dict[ModelKey, list[OfferPeriod]]] = defaultdict(lambda: defaultdict(list))
    models = read_models()
    every = [*(row["region"] for row in read_rows("regions")), ANY_REGION]
    for row in read_rows("offers"):
        key = (row["format"], row["model"], row["version"])
        period = OfferPeriod(
            _find_sku(models[key], row["sku"], assumed=row["source"] == ASSUMED),
            _read_day(row["since"]),
            _read_day(row["until"]),
            row["source"],
        )
        for region in _read_regions(row["regions"].split(), every):
            table[region][key].append(period)
    return {
        region: {key: tuple(periods) for key, periods in offers.items()}
        for region, offers in table.items()
    }


def _read_regions(names: list[str], every: list[str]) -> list[str]:
    """Return the regions of a row; after ``!`` stand those that are left out."""
    return [name for name in every if name not in names] if names[:1] == ["!"] else names


def _find_sku(model: ModelOffer, name: str, *, assumed: bool) -> SkuOffer | None:
    if name == _NO_SKU:
        return None
    base, plus, _ = name.partition("+")
    for sku in model.skus:
        if sku.name == base and sku.fine_tuned == bool(plus):
            return _assume(sku) if assumed else sku
    raise LookupError(f"skus.tsv has no {name} of {model.name} {model.version}")


@lru_cache(maxsize=4096)
def _assume(sku: SkuOffer) -> SkuOffer:
    from dataclasses import replace

    return replace(sku, assumed=True)


def _read_sku(row: Mapping[str, str]) -> SkuOffer:
    return SkuOffer(
        name=row["sku"].partition("+")[0],
        usage_name=row["usage_name"],
        ends=None if row["ends"] == _WITH_THE_MODEL else _read_day(row["ends"]),
        ends_with_model=row["ends"] == _WITH_THE_MODEL,
        minimum=_read_number(row["minimum"]),
        maximum=_read_number(row["maximum"]),
        step=_read_number(row["step"]),
        default=_read_number(row["default"]),
        rates=tuple(_read_rate(text) for text in row["rates"].split(";") if text),
    )


def _read_rate(text: str) -> RateLimit:
    key, _, rest = text.partition(":")
    count, _, period = rest.partition("/")
    return RateLimit(key, int(count), int(period.removesuffix("s")))


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _read_number(text: str) -> int:
    return int(text) if text else 0
