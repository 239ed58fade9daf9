"""The price table as people look it up: what a model costs, by which entry, and how old that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from harness.conversation.transcript import Usage
from harness.prices.cost import compute_cost, find_listed, find_reference, list_spellings
from harness.prices.table import load_table
from harness.prices.tiers import ROUTER, ROUTER_FEE, find_factor

TABLES: Final = ("azure", "openai")
"""Names of the tables whose prices are known."""
PACKAGE: Final = "genai-prices"
TIERS_READ: Final = date(2026, 11, 28)
"""The day on which the factors of tiers were read; ``harness/prices/tiers.py`` names the source."""
STALE_AFTER_DAYS: Final = 90
"""A table whose newest price was looked at longer ago than this is told to be old."""

_TIERS: Final = ("priority", "flex")
_THOUSAND: Final = 1000
_LONG: Final = 300_000
_VERIFIED: Final = re.compile(r"verified\b[^.]{0,40}\bon (20\d\d-\d\d-\d\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """The price of a model, in US dollars per million tokens; None is unknown.

    Attributes:
        table: whose prices: ``azure`` or ``openai``.
        listed_as: the name by which the table knows it; None where it does not.
        reason: why this entry, or why none.
        tiers: how many times as much each other tier of processing costs.
        rises: True where long prompts cost more.
        checked: the day on which the table's makers say that they looked; None where they do not.
    """

    table: str
    model: str
    version: str | None
    listed_as: str | None
    reason: str
    input: float | None = None
    cached_input: float | None = None
    output: float | None = None
    tiers: Mapping[str, float] = field(default_factory=dict)
    rises: bool = False
    checked: date | None = None

    @property
    def is_known(self) -> bool:
        """True where the table has a price."""
        return self.input is not None


@dataclass(frozen=True, slots=True)
class PriceSource:
    """The package that prices come from; ``checked`` is the day of its newest price."""

    package: str
    version: str
    checked: date | None

    def is_stale(self, today: date) -> bool:
        """Tell whether even its newest price was looked at long ago."""
        return self.checked is not None and (today - self.checked).days > STALE_AFTER_DAYS


@lru_cache(maxsize=1)
def describe_source() -> PriceSource:
    """Return where the prices come from, and the day of the newest."""
    from importlib.metadata import version

    days = [day for model in _list_models() if (day := _find_day(model)) is not None]
    return PriceSource(PACKAGE, version(PACKAGE), max(days, default=None))


def find_entry(model: str, version: str | None, table: str) -> PriceEntry:
    """Return the price of a model by a table, with the entry that it was found by."""
    name = find_reference(model, version, table)
    if name is None:
        return PriceEntry(table, model, version, None, _explain_none(model, version, table))
    sizes = ((_THOUSAND, 0, 0), (_THOUSAND, _THOUSAND, 0), (0, 0, _THOUSAND))
    prices = [_price(Usage(in_, out, cached), name, table) for in_, cached, out in sizes]
    if prices[0] == prices[2] == 0:  # by the minute, or by the picture
        return PriceEntry(table, model, version, name, "not paid by the token")
    factors = {tier: find_factor(tier, name, table) for tier in _TIERS}
    long = _price(Usage(_LONG, 0), name, table)
    listed = find_listed(name, table)
    return PriceEntry(
        table=table,
        model=model,
        version=version,
        listed_as=name,
        reason=_explain(name, version),
        input=prices[0],
        cached_input=prices[1],
        output=prices[2],
        tiers={tier: factor for tier, factor in factors.items() if factor is not None},
        rises=long is not None and prices[0] is not None and long > prices[0] * 1.001,
        checked=_find_day(listed),
    )


def find_similar(model: str, table: str) -> tuple[str, ...]:
    """Return the names in a table that are nearest to this one, three at most."""
    names = {spelling for _, spelling in list_spellings(table)}
    names = {name for name in names if name[-1:].isalnum()}  # others are beginnings of names
    return tuple(get_close_matches(model.casefold(), sorted(names), n=3, cutoff=0.6))


def list_listed(table: str) -> tuple[str, ...]:
    """Return the names under which OpenAI's models are listed, sorted; the router is not."""
    wanted = {name for name, _ in list_spellings(table) if ":" not in name}
    return tuple(sorted(wanted))


def _price(usage: Usage, name: str, table: str) -> float | None:
    """Return what a million such tokens cost."""
    dollars = compute_cost(usage, name, table=table)
    tokens = usage.input_tokens + usage.output_tokens
    return None if dollars is None else round(dollars * 1_000_000 / tokens, 6)


def _explain(name: str, version: str | None) -> str:
    if version is not None and name.endswith(version.casefold()):
        return f"listed as {name}, by name and version"
    if version is None:
        return f"listed as {name}"
    return f"listed as {name}, whose versions all cost the same"


def _explain_none(model: str, version: str | None, table: str) -> str:
    if model.casefold() == ROUTER and table == "azure":
        return f"the model that it chooses is paid, and {ROUTER_FEE:g} for a million tokens sent"
    if find_listed(model.casefold(), table) is None:
        return "not in the table"
    which = f"and {version} is not listed" if version else "and no version is named"
    return f"its versions cost different amounts, {which}"


def _list_models() -> Iterator[Any]:
    for provider in load_table().data_snapshot.get_snapshot().providers:
        if provider.id in TABLES:
            yield from provider.models


def _find_day(model: Any) -> date | None:
    found = _VERIFIED.findall(getattr(model, "price_comments", None) or "")
    return max(map(date.fromisoformat, found), default=None)
