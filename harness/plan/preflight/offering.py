"""List where and how a model can be deployed today: the rows of ``harness models``.

What fits is decided by ``offers.obstacles``, as preflight decides it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from harness.azure.models import ContextWindow, find_context_window
from harness.azure.regions import sort_nearest_first
from harness.plan.codes import CodeName
from harness.plan.observed import OfferedModel, OfferedSku, QuotaUsage, Survey
from harness.plan.preflight import offers as fit

Assumed = Collection[tuple[str, str, str, str]]
"""Region, model, version and SKU of what nobody observed; only a simulated Azure offers that."""


@dataclass(frozen=True, slots=True)
class Search:
    """The offers that are looked for; what is None is not narrowed.

    Attributes:
        capacity: in the SKU's unit; None asks for the least that each SKU sells.
        kind: of account.
        near: the region from which others are near or far.
    """

    model: str | None = None
    version: str | None = None
    sku: str | None = None
    capacity: int | None = None
    kind: str = "AIServices"
    near: str | None = None


@dataclass(frozen=True, slots=True)
class Offering:
    """A version of a model under a SKU in a region, and what stands in its way.

    Attributes:
        capacity: the size that was asked about.
        quota: what it draws on; None is unknown.
        retires: the day from which nothing answers; the SKU's own date, else the model's.
        obstacles: preflight's codes for what Azure would refuse; none means that it fits.
        assumed: the simulated Azure offers it, and no source says so.
    """

    region: str
    row: OfferedModel
    sku: OfferedSku
    capacity: int
    quota: QuotaUsage | None
    retires: date | None
    days_left: int | None
    window: ContextWindow | None
    obstacles: tuple[CodeName, ...]
    assumed: bool = False

    @property
    def fits(self) -> bool:
        """True when Azure would take it, as far as it says."""
        return not self.obstacles


def list_offerings(
    survey: Survey, search: Search, today: date, assumed: Assumed = ()
) -> tuple[Offering, ...]:
    """Return every way of deploying what is looked for.

    What fits comes first, the nearest of it first.
    """
    found = [
        each
        for market, rows in survey.offers.items()
        for row in rows
        if _is_meant(row, search)
        for each in _list_ways(
            market.region, row, survey.usages.get(market, {}), search, today, assumed
        )
    ]
    regions = sorted({each.region for each in found})
    ordered = sort_nearest_first(search.near, regions) if search.near else tuple(regions)
    distance = {region: number for number, region in enumerate(ordered)}
    like = search.sku or "GlobalStandard"
    # The newest version first: sorting is stable, so what comes first here decides last.
    found.sort(key=lambda each: each.row.version, reverse=True)
    found.sort(
        key=lambda each: (
            not each.fits,
            distance[each.region],
            each.row.name,
            not each.row.default,
            fit.measure_sku_distance(each.sku.name, like),
        )
    )
    return tuple(found)


def find_nearest_models(survey: Survey, model: str) -> tuple[str, ...]:
    """Return names that the regions know and that look like one that none of them does."""
    return fit.find_nearest_words(
        model, {row.name for rows in survey.offers.values() for row in rows}
    )


def _is_meant(row: OfferedModel, search: Search) -> bool:
    if row.kind and row.kind.casefold() != search.kind.casefold():
        return False
    if search.model is not None and row.name.casefold() != search.model.casefold():
        return False
    return search.version is None or row.version.casefold() == search.version.casefold()


def _list_ways(
    region: str,
    row: OfferedModel,
    usages: Mapping[str, QuotaUsage],
    search: Search,
    today: date,
    assumed: Assumed,
) -> Iterator[Offering]:
    for sku in fit.list_skus(row):
        if search.sku is not None and sku.name.casefold() != search.sku.casefold():
            continue
        capacity = search.capacity if search.capacity is not None else max(1, sku.minimum)
        retires = fit.find_retirement(row, sku)
        yield Offering(
            region,
            row,
            sku,
            capacity,
            fit.find_quota(usages, sku),
            retires,
            (retires - today).days if retires else None,
            find_context_window(row.name, row.version, sku.name),
            fit.list_obstacles(row, sku, capacity, usages, today),
            (region, row.name, row.version, sku.name) in assumed,
        )
