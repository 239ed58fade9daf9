"""Render what ``harness models`` shows: an overview, a table, a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from harness.plan.preflight.offering import Offering, Search
from harness.plan.preflight.offers import count_left
from harness.plan.preflight.successors import NEVER
from harness.plan.resources.fields import name_capacity_unit
from harness.prices.list_price import find_price
from harness.text.safe import flatten

_WHY = {
    "model_retired": "retired",
    "model_deprecating": "takes no new deployments",
    "capacity_invalid": "not in this size",
    "quota_exceeded": "not enough quota",
}


def format_table(found: Sequence[Offering]) -> str:
    """Write a row for each way of deploying the model."""
    rows: list[tuple[str, ...]] = [
        ("fits", "region", "version", "sku", "capacity", "quota left", "context", "retires", "")
    ]
    rows += [_format_row(each) for each in found]
    lines = _align(rows)
    good = sum(each.fits for each in found)
    regions = len({each.region for each in found if each.fits})
    lines += ["", *_format_prices(found)]
    lines += [f"{good} of {len(found)} fit, in {regions} region{'' if regions == 1 else 's'}."]
    if any(each.assumed for each in found):
        lines += ["assumed: no list of that region was recorded for the simulated Azure."]
    return "\n".join(lines) + "\n"


def format_overview(found: Sequence[Offering]) -> str:
    """Write a line for each version of each model: how it is served, in how many regions."""
    groups: dict[tuple[str, str], list[Offering]] = {}
    for each in found:
        groups.setdefault((each.row.name, each.row.version), []).append(each)
    rows = [("model", "version", "fits", "retires", "usd/M in, out", "as")]
    ordered = sorted(groups.items(), key=lambda item: item[0][1], reverse=True)
    # OpenAI's models first: they are what this tool is for.
    for (name, version), ways in sorted(
        ordered, key=lambda item: (item[1][0].row.format != "OpenAI", item[0][0].casefold())
    ):
        good = [each for each in ways if each.fits]
        if not good:
            continue
        rows.append(
            (
                flatten(name),
                flatten(version) + (" (default)" if good[0].row.default else ""),
                _format_regions(len({each.region for each in good})),
                _format_retirement(max(good, key=lambda each: each.retires or date.max)),
                _format_price(name, version),
                ", ".join(dict.fromkeys(flatten(each.sku.name) for each in good)),
            )
        )
    lines = _align(rows)
    lines += ["", "`harness models --model NAME` shows regions, quota and sizes."]
    return "\n".join(lines) + "\n"


def make_models_document(search: Search, found: Sequence[Offering], today: date) -> dict[str, Any]:
    """Return the same for programs (provisional)."""
    return {
        "format_version": 1,
        "today": today.isoformat(),
        "asked": {"model": search.model, "sku": search.sku, "capacity": search.capacity},
        "offers": [_make_entry(each) for each in found],
    }


def _align(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _make_entry(each: Offering) -> dict[str, Any]:
    window, quota = each.window, each.quota
    input_, output = find_price(each.row.name, each.row.version, each.sku.name)
    return {
        "region": each.region,
        "model": each.row.name,
        "format": each.row.format,
        "version": each.row.version,
        "default": each.row.default,
        "sku": each.sku.name,
        "fits": each.fits,
        "obstacles": list(each.obstacles),
        "capacity": {
            "asked": each.capacity,
            "unit": name_capacity_unit(each.sku.name),
            "minimum": each.sku.minimum,
            "maximum": each.sku.maximum,
            "step": each.sku.step,
        },
        "quota": None
        if quota is None
        else {"name": quota.name, "left": count_left(quota), "limit": quota.limit},
        "context": None if window is None else window.context,
        "max_output": None if window is None else window.output,
        "retires": None if each.retires is None else each.retires.isoformat(),
        "days_left": each.days_left,
        "price": {"input": input_, "output": output},
        "assumed": each.assumed,
    }


def _format_price(model: str, version: str) -> str:
    input_, output = find_price(model, version, "GlobalStandard")
    if input_ is None or output is None:
        return "unknown"
    return f"{input_:.2f}, {output:.2f}"


def _format_prices(found: Sequence[Offering]) -> list[str]:
    """Write a line for each version that has a known price."""
    known = dict.fromkeys((each.row.name, each.row.version) for each in found)
    return [
        f"{flatten(name)} {flatten(version)}: {text} USD per million tokens in, out (list)"
        for name, version in known
        if (text := _format_price(name, version)) != "unknown"
    ]


def _format_row(each: Offering) -> tuple[str, ...]:
    version = flatten(each.row.version) + (" (default)" if each.row.default else "")
    unit = name_capacity_unit(each.sku.name)
    remarks = [_WHY[code] for code in each.obstacles] + (["assumed"] if each.assumed else [])
    quota = each.quota
    return (
        "yes" if each.fits else "no",
        each.region,
        version,
        flatten(each.sku.name),
        f"{each.capacity} {unit}{_format_bounds(each)}",
        "unknown" if quota is None else f"{count_left(quota)} of {quota.limit}",
        f"{each.window.context:,}" if each.window else "unknown",
        _format_retirement(each),
        ", ".join(remarks),
    )


def _format_bounds(each: Offering) -> str:
    """Write the least and the step, where they are not 1."""
    step = each.sku.step or 1
    return f" (from {each.sku.minimum} by {step})" if step > 1 or each.sku.minimum > 1 else ""


def _format_retirement(each: Offering) -> str:
    if each.retires is None or each.retires.year >= NEVER:
        return "no date"
    days = each.days_left or 0
    return f"{each.retires} ({days} days)" if days > 0 else f"{each.retires}"


def _format_regions(number: int) -> str:
    return f"{number} region{'' if number == 1 else 's'}"
