"""Write what ``harness upgrade`` shows: the retirement, the successors, the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from harness.app.upgrading.outlook import Outlook
from harness.plan.preflight.successors import Successor
from harness.plan.resources.fields import name_capacity_unit
from harness.prices.list_price import find_price
from harness.text.safe import flatten

MOST_SHOWN = 8
"""More successors than these are a number; ``--json`` has all of them."""

_WHY = {
    "model_retired": "retired",
    "model_deprecating": "takes no new deployments",
    "capacity_invalid": "not in this size",
    "quota_exceeded": "not enough quota",
    "sku_not_offered": "data would be processed more widely",
}


def format_outlook(outlook: Outlook) -> str:
    """Return the page of what retires and what could follow, ending in a newline."""
    return "\n".join([*_tell_retirement(outlook), "", *_list_successors(outlook)]) + "\n"


def _tell_retirement(outlook: Outlook) -> Iterator[str]:
    old, end = outlook.old, outlook.retirement
    label = flatten(f"{old.model} {old.version} as {old.sku} in {outlook.region}")
    if end.state == "retired":
        when = f" on {end.day}" if end.day else ""
        yield f"{outlook.target.name}: {label} retired{when}: nothing answers any more"
    elif end.day is not None:
        yield f"{outlook.target.name}: {label} retires on {end.day}, in {end.days_left} days"
    else:
        yield f"{outlook.target.name}: {label}; no day is known on which it retires"
    if end.state == "deprecating":
        yield "  it takes no new deployments"
    if end.source:
        yield f"  source: {flatten(end.source)}"


def _list_successors(outlook: Outlook) -> Iterator[str]:
    found = outlook.successors
    chosen = outlook.chosen
    if chosen is not None and chosen not in found:
        found = (chosen, *found)
    if not found:
        yield f"no successor is known in {outlook.region}: --to MODEL@VERSION takes one"
        return
    rows: list[tuple[str, ...]] = [
        ("", "model", "version", "sku", "capacity", "quota left", "retires", "usd/M in, out", "")
    ]
    rows += [_format_row(outlook, each) for each in found[:MOST_SHOWN]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    if len(found) > MOST_SHOWN:
        yield f"and {len(found) - MOST_SHOWN} more: --json has them all"


def _format_row(outlook: Outlook, each: Successor) -> tuple[str, ...]:
    remarks = [_WHY.get(code, code) for code in each.obstacles]
    remarks += ["named by Azure"] if each.named else []
    return (
        ">" if each == outlook.chosen else "",
        flatten(each.model),
        flatten(each.version),
        flatten(each.sku),
        f"{each.capacity} {name_capacity_unit(each.sku)}",
        "unknown" if each.left is None else str(each.left),
        "no date" if each.retires is None else str(each.retires),
        _format_price(outlook, each),
        ", ".join(remarks),
    )


def _format_price(outlook: Outlook, each: Successor) -> str:
    read, written = find_price(each.model, each.version, each.sku)
    if read is None or written is None:
        return "unknown"
    old = find_price(outlook.old.model, outlook.old.version, outlook.old.sku)
    return f"{read:.2f}{_compare(read, old[0])}, {written:.2f}{_compare(written, old[1])}"


def _compare(price: float, before: float | None) -> str:
    """Write by how much it is dearer than what is paid now: `` (+50%)``; "" where unknown."""
    if not before:
        return ""
    change = round((price / before - 1) * 100)
    return f" ({change:+d}%)" if change else " (=)"
