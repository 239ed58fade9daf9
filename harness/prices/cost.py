"""The cost of a call.

Prices come from the spec, else from the table of the ``genai-prices`` package, read offline.
Unknown is None and never 0, and a family's price is never used for a version that may cost
something else: ``gpt-4`` is listed at 30 dollars, ``gpt-4`` version ``1106-Preview`` at 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harness.conversation.transcript import Usage
from harness.prices.table import load_table
from harness.prices.tiers import STANDARD, find_factor
from harness.spec.model.spec import Price

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """US dollars per million tokens; ``cached_input`` is what a cached input token costs."""

    input: float
    output: float
    cached_input: float

    def price(self, usage: Usage) -> float:
        """Return the price of this usage in dollars; reasoning tokens are output tokens."""
        fresh = usage.input_tokens - usage.cached_tokens
        dollars = (
            fresh * self.input
            + usage.cached_tokens * self.cached_input
            + usage.output_tokens * self.output
        )
        return round(dollars / MILLION, 12)


def compute_cost(
    usage: Usage,
    model: str | None,
    version: str | None = None,
    *,
    override: Price | None = None,
    table: str | None = None,
    tier: str | None = None,
) -> float | None:
    """Return US dollars for this usage, or None when nobody knows.

    Args:
        usage: tokens as the service counted them.
        model: the model's name in Azure's or OpenAI's spelling.
        version: Azure's version, ``1106-Preview`` or ``2024-05-13``.
        override: the spec's own price; the table is then not looked at.
        table: whose prices: ``azure`` or ``openai``; None when no table applies, as for a model
            that runs on somebody's laptop.
        tier: the tier of processing that served; the spec's own price is that of the usual one.
    """
    if not 0 <= usage.cached_tokens <= usage.input_tokens or usage.output_tokens < 0:
        return None  # its parts contradict each other, as runs of earlier versions may hold
    if override is not None:
        usual = (tier or "").lower() in STANDARD
        return _make_tariff(override).price(usage) if usual else None
    if table is None or model is None:
        return None
    name = find_reference(model, version, table)
    if name is None:
        return None
    factor = find_factor(tier, name, table)
    if factor is None:
        return None
    tariff = _find_tariff(name, table)
    dollars = tariff.price(usage) if tariff is not None else _price_by_size(name, table, usage)
    return round(dollars * factor, 12)


def _make_tariff(price: Price) -> Tariff:
    cached = price.input if price.cached_input is None else price.cached_input
    return Tariff(price.input, price.output, cached)


@lru_cache(maxsize=1024)
def find_reference(model: str, version: str | None, table: str) -> str | None:
    """Return the name by which the table knows this model and version, or None.

    Name and version together first; the name alone only when every version of it that the table
    knows costs the same. OpenAI's own API takes bare names, so there a bare name is exact.
    """
    name = _spell_as_openai(model)
    if version is not None and version not in {"", "default"}:
        full = f"{name}-{version.lower()}"
        if find_listed(full, table) is not None:
            return full
    elif table == "openai" and find_listed(name, table) is not None:
        return name
    found = find_listed(name, table)
    if found is None or _do_versions_differ(name, found.id, table):
        return None
    return name


def _spell_as_openai(model: str) -> str:
    """Return OpenAI's name of a model: Azure writes ``gpt-35-turbo`` where OpenAI writes ``3.5``.

    Source: https://learn.microsoft.com/azure/ai-services/openai/concepts/models (2024-02).
    """
    return re.sub(r"^gpt-35-", "gpt-3.5-", model.lower())


def _do_versions_differ(name: str, found_id: str, table: str) -> bool:
    """Tell whether the table prices some version of this name as another model.

    A version is what follows ``name-`` and starts with a digit: ``gpt-4-0613``, never
    ``gpt-4-turbo``, which is a name of its own.
    """
    version = re.compile(re.escape(name) + r"-\d")
    return any(
        model_id != found_id and version.match(spelling)
        for model_id, spelling in list_spellings(table)
    )


@lru_cache(maxsize=4)
def list_spellings(table: str) -> tuple[tuple[str, str], ...]:
    """Return every exact spelling in a table, OpenAI's own included, after its model's name."""
    wanted = {table, "openai"}
    return tuple(
        (model.id, spelling)
        for provider in load_table().data_snapshot.get_snapshot().providers
        if provider.id in wanted
        for model in provider.models
        for spelling in (model.id, *_list_literals(model.match))
    )


def _list_literals(clause: Any) -> Iterator[str]:
    """Return the literal names inside a match clause, however it nests."""
    for name in ("equals", "starts_with"):
        value = getattr(clause, name, None)
        if isinstance(value, str):
            yield value
    for inner in getattr(clause, "or_", None) or ():
        yield from _list_literals(inner)


@lru_cache(maxsize=1024)
def find_listed(name: str, table: str) -> Any:
    """Return the table's own description of a model of this name; None where it has none."""
    try:
        _, model = (
            load_table().data_snapshot.get_snapshot().find_provider_model(name, None, table, None)
        )
    except LookupError:
        return None
    return model


@lru_cache(maxsize=1024)
def _find_tariff(name: str, table: str) -> Tariff | None:
    """Return the flat price of a model; None when it depends on the size of the request."""
    price = _calculate(name, table, Usage(1, 1)).model_price
    values = (price.input_mtok, price.output_mtok, price.cache_read_mtok)
    if any(value is not None and not hasattr(value, "as_tuple") for value in values):
        return None
    input_, output, cached = values
    fresh = float(input_ or 0)
    return Tariff(fresh, float(output or 0), fresh if cached is None else float(cached))


def _price_by_size(name: str, table: str, usage: Usage) -> float:
    return round(float(_calculate(name, table, usage).total_price), 12)


def _calculate(name: str, table: str, usage: Usage) -> Any:
    genai_prices = load_table()
    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
    )
    return genai_prices.calc_price(counted, name, provider_id=table)
