"""List what can take a model's place in its region: newer versions, and models of its kind.

Whether Azure would take one is decided as preflight decides it, in the size that quota leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from harness.azure.catalogue import find_successor
from harness.plan.codes import CodeName
from harness.plan.observed import OfferedModel, OfferedSku, QuotaUsage
from harness.plan.preflight import offers as fit
from harness.plan.resources.fields import name_capacity_unit

NEVER = 2099
"""The year that lists give where no retirement is planned. Source: recorded list, 2026-04."""

_NUMBER = re.compile(r"\d+(\.\d+)*o?|o\d+(\.\d+)*|\d{4}")


@dataclass(frozen=True, slots=True)
class Deployed:
    """The deployment whose model is to be succeeded, as it is.

    Attributes:
        kind: of its account.
        capacity: in its SKU's unit.
    """

    format: str
    model: str
    version: str
    sku: str
    capacity: int
    kind: str


@dataclass(frozen=True, slots=True)
class Successor:
    """A version of a model that could take the place, under the SKU that is nearest.

    Attributes:
        capacity: the size it would have: that of the old one, or what quota leaves.
        left: what is left of its quota; None is unknown.
        retires: the day from which nothing answers; None where none is planned or known.
        obstacles: preflight's codes for what Azure would refuse; none means that it fits.
        named: whether Azure itself names it.
    """

    model: str
    version: str
    sku: str
    capacity: int
    left: int | None
    retires: date | None
    obstacles: tuple[CodeName, ...]
    named: bool = False

    @property
    def fits(self) -> bool:
        """True when Azure would take it, as far as it says."""
        return not self.obstacles


def find_end(row: OfferedModel, sku: OfferedSku | None) -> date | None:
    """Return the day from which nothing answers; None where none is planned or known."""
    day = fit.find_retirement(row, sku)
    return None if day is None or day.year >= NEVER else day


def list_successors(
    offers: tuple[OfferedModel, ...],
    usages: Mapping[str, QuotaUsage],
    old: Deployed,
    today: date,
) -> tuple[Successor, ...]:
    """Return what could take the place, the best first; nothing that ends as soon as the old one.

    The best is what fits and Azure names; then a newer version of the same model; then what lives
    longest.
    """
    ends = _find_old_end(offers, old)
    names = split_names(find_successor(old.model, old.version))
    found = [
        each
        for row in offers
        if _is_of_kind(row, old) and _is_like(row, old, names)
        for each in _choose_sku(row, usages, old, today, names)
        if ends is None or each.retires is None or each.retires > ends
    ]
    found.sort(key=lambda each: each.version, reverse=True)
    found.sort(
        key=lambda each: (
            not each.fits,
            not each.named,
            each.model.casefold() != old.model.casefold(),
            -(each.retires or date.max).toordinal(),
        )
    )
    return tuple(found)


def split_names(written: str) -> tuple[tuple[str, str], ...]:
    """Return models and versions as Azure names successors: ``sora-2@2025-12-08``, ``a,b``."""
    pairs = (each.strip().partition("@") for each in written.split(",") if each.strip())
    return tuple((name.casefold(), version) for name, _, version in pairs)


def find_asked(
    offers: tuple[OfferedModel, ...],
    usages: Mapping[str, QuotaUsage],
    old: Deployed,
    today: date,
    model: str,
    version: str | None,
) -> tuple[Successor, ...]:
    """Return the versions of a model that somebody asks for, the one to take first."""
    rows = [
        row
        for row in offers
        if _is_of_kind(row, old)
        and row.name.casefold() == model.casefold()
        and (version is None or row.version.casefold() == version.casefold())
    ]
    # Azure's default first, else the newest.
    rows.sort(key=lambda row: (row.default, row.version), reverse=True)
    found = [each for row in rows for each in _choose_sku(row, usages, old, today, ())]
    return tuple(sorted(found, key=lambda each: not each.fits))


def _find_old_end(offers: tuple[OfferedModel, ...], old: Deployed) -> date | None:
    row = find_row(offers, old)
    return None if row is None else find_end(row, fit.find_sku(row, old.sku))


def find_row(offers: tuple[OfferedModel, ...], old: Deployed) -> OfferedModel | None:
    """Return the row of the old model's version; None where the region does not list it."""
    wanted = fit.Wanted(old.format, old.model, old.version, old.sku, old.kind)
    rows = [row for row in offers if _is_of_kind(row, old) and row.name == old.model]
    return fit.find_version(fit.find_rows(offers, wanted), old.version) or next(
        (row for row in rows if row.version == old.version), None
    )


def _is_of_kind(row: OfferedModel, old: Deployed) -> bool:
    same_format = row.format.casefold() == old.format.casefold()
    return same_format and row.kind.casefold() in ("", old.kind.casefold())


def _is_like(row: OfferedModel, old: Deployed, names: tuple[tuple[str, str], ...]) -> bool:
    if (row.name.casefold(), row.version) == (old.model.casefold(), old.version):
        return False
    named = _is_named(row, names)
    return named or row.name.casefold() == old.model.casefold() or _find_kin(row.name, old.model)


def _is_named(row: OfferedModel, names: tuple[tuple[str, str], ...]) -> bool:
    return any(
        name == row.name.casefold() and version in ("", row.version) for name, version in names
    )


def _find_kin(name: str, other: str) -> bool:
    """Return whether two names differ in their numbers alone: gpt-4.1-mini and gpt-5-mini."""
    return _strip_numbers(name) == _strip_numbers(other)


def _strip_numbers(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.casefold().split("-") if not _NUMBER.fullmatch(part))


def _choose_sku(
    row: OfferedModel,
    usages: Mapping[str, QuotaUsage],
    old: Deployed,
    today: date,
    names: tuple[tuple[str, str], ...],
) -> Iterator[Successor]:
    """Yield the version under the SKU that is paid for alike and nearest, one that fits first.

    One that processes data more widely than the old one is not taken for it.
    """
    reach = fit.split_sku(old.sku)[1]
    ways = []
    for sku in fit.list_skus(row):
        if fit.measure_sku_distance(sku.name, old.sku)[0]:
            continue
        way = _describe(row, sku, usages, old, today, named=_is_named(row, names))
        if fit.split_sku(sku.name)[1] > reach:
            way = replace(way, obstacles=("sku_not_offered", *way.obstacles))
        ways.append(way)
    ways.sort(key=lambda each: (not each.fits, fit.measure_sku_distance(each.sku, old.sku)))
    yield from ways[:1]


def _describe(
    row: OfferedModel,
    sku: OfferedSku,
    usages: Mapping[str, QuotaUsage],
    old: Deployed,
    today: date,
    *,
    named: bool,
) -> Successor:
    quota = fit.find_quota(usages, sku)
    left = None if quota is None else fit.count_left(quota)
    same_unit = name_capacity_unit(sku.name) == name_capacity_unit(old.sku)
    capacity = choose_capacity(sku, old.capacity if same_unit else sku.minimum, left)
    return Successor(
        row.name,
        row.version,
        sku.name,
        capacity,
        left,
        find_end(row, sku),
        fit.list_obstacles(row, sku, capacity, usages, today),
        named,
    )


def choose_capacity(sku: OfferedSku, wanted: int, left: int | None) -> int:
    """Return the largest size up to the wanted one that quota leaves and the SKU sells; its least.

    All in the SKU's unit; ``left`` None is unknown.
    """
    most = min(each for each in (wanted, left, sku.maximum) if each is not None)
    least, step = max(1, sku.minimum), sku.step or 1
    return least + max(0, (most - least) // step) * step
