"""The cost of a deployment beside its tokens: by the hour, by the unit, or by its SKU's factor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from harness.azure.standing.table import RATES

HOURS_A_MONTH: Final = 720
"""A month of 30 days, as Azure's page on the cost of fine-tuning counts."""
UNUSED_DAYS: Final = 15
"""Days without a call after which Azure deletes a fine-tuned model's deployment, not the model.

Source: Azure OpenAI documentation, manage-costs, 2026-06. Developer tier ends after 24 hours.
"""
_FINE_TUNED: Final = re.compile(r"\.ft-[0-9a-z]", re.IGNORECASE)

RateKind = Literal["hosting", "unit", "factor"]


@dataclass(frozen=True, slots=True)
class StandingRate:
    """A price of having a deployment, or what its SKU makes of the price of tokens.

    Attributes:
        kind: ``hosting`` (an hour of one fine-tuned deployment), ``unit`` (an hour of one
            throughput unit) or ``factor`` (times the price of Global Standard).
        value: US dollars an hour, or the factor.
        month_reserved: US dollars for a unit reserved for a month; None is unknown.
        year_reserved: the same for a year.
        observed: the month in which it was read.
        is_verified: whether Azure itself says so; other sources are examples, or cite it.
    """

    kind: RateKind
    sku: str
    value: float
    month_reserved: float | None
    year_reserved: float | None
    observed: str
    source: str
    is_verified: bool


def is_fine_tuned(model: str) -> bool:
    """Tell whether a model is somebody's own: ``gpt-4o-mini-2024-07-18.ft-0ab1…``.

    Source: fine-tuning documentation of Azure OpenAI. No region lists such names.
    """
    return _FINE_TUNED.search(model) is not None


def find_hourly_rate(model: str, sku: str) -> StandingRate | None:
    """Return what a deployment costs by the hour, idle or not; None where tokens are paid alone."""
    rates = _read_rates()
    unit = rates.get(("unit", sku.casefold()))
    if unit is not None or not is_fine_tuned(model):
        return unit
    return rates.get(("hosting", sku.casefold()))


def find_sku_factor(sku: str) -> StandingRate | None:
    """Return what a SKU makes of the price of Global Standard; None: nothing that is known."""
    return _read_rates().get(("factor", sku.casefold()))


def find_batch_factor(sku: str) -> float:
    """Return what a batch makes of the price of tokens; 1 for other SKUs: theirs is not certain."""
    factor = find_sku_factor(sku) if "batch" in sku.casefold() else None
    return 1.0 if factor is None else factor.value


def list_rates() -> tuple[StandingRate, ...]:
    """Return every rate, in the order of the table."""
    return tuple(_read_rates().values())


@lru_cache(maxsize=1)
def _read_rates() -> Mapping[tuple[str, str], StandingRate]:
    found: dict[tuple[str, str], StandingRate] = {}
    for line in RATES.splitlines():
        kind, sku, value, month, year, observed, source = line.split("|")
        found[kind, sku.casefold()] = StandingRate(
            kind=_read_kind(kind),
            sku=sku,
            value=float(value),
            month_reserved=float(month) if month else None,
            year_reserved=float(year) if year else None,
            observed=observed,
            source=source.removeprefix("! "),
            is_verified=not source.startswith("!"),
        )
    return found


def _read_kind(text: str) -> RateKind:
    kinds: tuple[RateKind, ...] = ("hosting", "unit", "factor")
    return next(kind for kind in kinds if kind == text)
