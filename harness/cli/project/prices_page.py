"""Render what ``harness prices`` shows: tables for a terminal, and a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from harness.app.costs.prices import TargetPrice
from harness.azure.standing.rates import (
    RateKind,
    StandingRate,
    find_batch_factor,
    list_rates,
)
from harness.prices.listing import TIERS_READ, PriceEntry, describe_source
from harness.text.safe import flatten
from harness.text.tables import align_columns

UNIT = "US dollars per million tokens"
WIDE = 200
"""Columns of a page: names are told whole, whoever's terminal it is."""


def format_prices(found: Sequence[PriceEntry]) -> str:
    """Write a row for each version of each model, then where the prices come from."""
    known = [entry for entry in found if entry.is_known]
    several = len({entry.table for entry in known}) > 1
    columns = [
        ("model", [flatten(entry.model) for entry in known]),
        ("version", [flatten(entry.version or "") for entry in known]),
        *([("by", [entry.table for entry in known])] if several else []),
        *_list_amounts([(each.input, each.cached_input, each.output) for each in known]),
        ("other tiers", [_format_tiers(entry) for entry in known]),
        ("checked", [str(entry.checked or "") for entry in known]),
    ]
    left = {"model", "version", "by", "other tiers", "checked"}
    lines = [*align_columns(columns, left, WIDE), "", f"{UNIT}, as Global deployments."]
    if any(entry.rises for entry in known):
        lines.append("+: long prompts cost more.")
    if several or len(known) <= 2:
        lines += [f"{_label(entry)}: {entry.reason}" for entry in known]
    lines += _describe_unknown([entry for entry in found if not entry.is_known])
    return "\n".join([*lines, *_describe_rest(list_rates())]) + "\n"


def format_target_prices(found: Sequence[TargetPrice]) -> str:
    """Write what each target costs, and by which entry or line of the spec."""
    amounts = [_read_amounts(each) for each in found]
    columns = [
        ("target", [flatten(each.target.name) for each in found]),
        ("model", [_name_model(each) for each in found]),
        ("sku", [flatten(each.target.sku or "") for each in found]),
        *_list_amounts(amounts),
        ("who says so", [_explain(each) for each in found]),
    ]
    left = {"target", "model", "sku", "who says so"}
    lines = [*align_columns(columns, left, WIDE), "", f"{UNIT}."]
    for each in found:
        if each.hourly is not None and each.hourly.kind == "hosting":
            lines.append(f"{each.target.name}: {describe_rate(each.hourly)} to host, idle or not")
        if not each.is_known:
            lines.append(f"{each.target.name}: unknown until the spec says it, beside its model:")
            lines.append("  price: {input: …, output: …}     # US dollars per million tokens")
    skus = {each.target.sku for each in found if each.target.price is None}
    rates = [
        rate
        for rate in list_rates()
        if rate.sku in skus and rate.kind == "factor" and find_batch_factor(rate.sku) == 1
    ]
    return "\n".join([*lines, *_describe_rest(rates)]) + "\n"


def make_prices_document(
    found: Sequence[PriceEntry], targets: Sequence[TargetPrice], today: date
) -> dict[str, Any]:
    """Return the document that ``--json`` prints."""
    source = describe_source()
    return {
        "format_version": 1,
        "unit": "USD per million tokens",
        "table": {
            "package": source.package,
            "version": source.version,
            "checked": None if source.checked is None else source.checked.isoformat(),
            "stale": source.is_stale(today),
        },
        "prices": [_make_entry(entry) for entry in found],
        "targets": [_make_target(each) for each in targets],
        "rates": [asdict(rate) for rate in list_rates()],
    }


def warn_of_age(today: date) -> str:
    """Return a warning where the table is old; "" where it is not."""
    source = describe_source()
    if not source.is_stale(today) or source.checked is None:
        return ""
    days = (today - source.checked).days
    return (
        f"warning: the newest of these prices was looked at {days} days ago: a newer "
        f"{source.package} may know better (pip install --upgrade {source.package})"
    )


def describe_rate(rate: StandingRate) -> str:
    """Write a price by the hour, saying where it is not Azure's own word."""
    about = "" if rate.is_verified else "about "
    return f"{about}${rate.value:.2f} an hour"


def _describe_rest(rates: Sequence[StandingRate]) -> Iterator[str]:
    """Write where the prices come from, what SKUs make of them, and what costs by the hour."""
    source = describe_source()
    yield f"Prices: {source.package} {source.version}, the newest checked {source.checked}."
    yield f"Tiers: LiteLLM 1.110.2, read {TIERS_READ}."
    said: dict[RateKind, str] = {
        "factor": "Other SKUs",
        "unit": "By the hour and throughput unit (PTU)",
        "hosting": "By the hour, to host a fine-tuned model",
    }
    for kind, words in said.items():
        sign = "×" if kind == "factor" else "$"
        told = [f"{rate.sku} {sign}{rate.value:.2f}{_mark(rate)}" for rate in rates
                if rate.kind == kind]  # fmt: skip
        if told:
            yield f"{words}: {', '.join(told)}."
    if not all(rate.is_verified for rate in rates):
        yield "*: not read from Azure's own price list: https://aka.ms/oai/pricing"


def _mark(rate: StandingRate) -> str:
    return "" if rate.is_verified else "*"


def _describe_unknown(unknown: Sequence[PriceEntry]) -> list[str]:
    if not unknown:
        return []
    if len(unknown) <= 2:
        return [f"{_label(entry)}: unknown: {entry.reason}" for entry in unknown]
    names = [" ".join(filter(None, (entry.model, entry.version))) for entry in unknown]
    return [f"No price is known of {flatten(', '.join(names))}."]


def _label(entry: PriceEntry) -> str:
    return " ".join(filter(None, (entry.table, flatten(entry.model), flatten(entry.version or ""))))


Amounts = tuple[float | None, float | None, float | None]


def _list_amounts(rows: Sequence[Amounts]) -> list[tuple[str, Sequence[str]]]:
    names = ("input", "cached", "output")
    return [(name, [_format(row[place]) for row in rows]) for place, name in enumerate(names)]


def _format(dollars: float | None) -> str:
    """Write an amount with two decimals, and more where it has them; a dash for unknown."""
    if dollars is None:
        return "–"
    text = f"{dollars:.4f}".rstrip("0")
    return text if len(text.partition(".")[2]) >= 2 else f"{dollars:.2f}"


def _format_tiers(entry: PriceEntry) -> str:
    tiers = [f"{name} ×{factor:.3g}" for name, factor in entry.tiers.items()]
    return ", ".join([*tiers, *(["+"] if entry.rises else [])])


def _name_model(each: TargetPrice) -> str:
    target = each.target
    return flatten(" ".join(filter(None, (target.model, target.version))))


def _read_amounts(each: TargetPrice) -> Amounts:
    price, entry = each.target.price, each.entry
    if price is not None:
        cached = price.input if price.cached_input is None else price.cached_input
        return price.input, cached, price.output
    if entry is not None:
        times = find_batch_factor(each.target.sku or "")
        return (
            _multiply(entry.input, times),
            _multiply(entry.cached_input, times),
            _multiply(entry.output, times),
        )
    return None, None, None


def _multiply(dollars: float | None, times: float) -> float | None:
    return None if dollars is None else round(dollars * times, 9)


def _explain(each: TargetPrice) -> str:
    if each.target.price is not None:
        return f"the spec, {each.span}" if each.span is not None else "the spec"
    if each.entry is not None:
        times = find_batch_factor(each.target.sku or "")
        batch = f"; ×{times:.2f} as a batch" if each.entry.is_known and times != 1 else ""
        return f"{each.entry.table}: {each.entry.reason}{batch}"
    if each.hourly is not None and each.hourly.kind == "unit":
        capacity = each.target.capacity or 1
        return f"nothing a token; {capacity} PTU, {describe_rate(each.hourly)} each"
    return "nobody: no table prices it"


def _make_entry(entry: PriceEntry) -> dict[str, Any]:
    return {
        "provider": entry.table,
        "model": entry.model,
        "version": entry.version,
        "entry": entry.listed_as,
        "input": entry.input,
        "cached_input": entry.cached_input,
        "output": entry.output,
        "tiers": dict(entry.tiers),
        "long_prompts_cost_more": entry.rises,
        "checked": None if entry.checked is None else entry.checked.isoformat(),
        "reason": entry.reason,
    }


def _make_target(each: TargetPrice) -> dict[str, Any]:
    input_, cached, output = _read_amounts(each)
    return {
        "target": each.target.name,
        "model": each.target.model,
        "version": each.target.version,
        "sku": each.target.sku,
        "input": input_,
        "cached_input": cached,
        "output": output,
        "entry": None if each.entry is None else each.entry.listed_as,
        "place": None if each.span is None else str(each.span),
        "reason": _explain(each),
        "usd_an_hour": _compute_hourly(each),
    }


def _compute_hourly(each: TargetPrice) -> float | None:
    if each.hourly is None:
        return None
    units = (each.target.capacity or 1) if each.hourly.kind == "unit" else 1
    return each.hourly.value * units
