"""Render what a plan's deployments cost to have, and what an evaluation of its spec costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.app.costs.plan import PlannedCosts
from harness.app.costs.standing import StandingCost, find_factor
from harness.azure.standing.rates import UNUSED_DAYS
from harness.run.forecast.wording import say_forecast
from harness.text.safe import flatten
from harness.text.tables import align_columns

WIDE = 200
"""Columns of the table: a plan is told whole, whoever's terminal it is."""
_MILLION = 1_000_000


def format_costs(costs: PlannedCosts, *, spec: str) -> Iterator[str]:
    """Yield the lines that a plan shows of its costs; none where nothing is deployed.

    ``spec`` is what the person called the spec.
    """
    if not costs.standing:
        return
    yield ""
    yield "Costs, in US dollars at list prices:"
    yield from (f"  {line}" for line in _format_table(costs.standing))
    yield from (f"  {note}" for note in _list_notes(costs.standing))
    if costs.run is not None:
        yield f"  one eval: {say_forecast(costs.run)}"
        yield f"  harness eval {spec} --dry-run shows it by deployment"


def _format_table(standing: Sequence[StandingCost]) -> list[str]:
    columns = [
        ("deployment", [flatten(one.target.name) for one in standing]),
        ("as", [_describe(one) for one in standing]),
        ("an hour", [_format_hourly(one, one.usd_an_hour) for one in standing]),
        ("a month", [_format_hourly(one, one.usd_a_month) for one in standing]),
        ("million tokens in, out", [_format_tokens(one) for one in standing]),
    ]
    return align_columns(columns, {"deployment", "as", "million tokens in, out"}, WIDE)


def _describe(one: StandingCost) -> str:
    target = one.target
    units = f"{target.capacity} PTU, " if one.is_by_unit else ""
    return flatten(f"{units}{target.sku}")


def _format_hourly(one: StandingCost, dollars: float | None) -> str:
    if dollars is None:
        return "unknown"
    if dollars == 0:
        return "–" if one.hourly is None else "$0"
    mark = "" if one.hourly is None or one.hourly.is_verified else "*"
    return f"${dollars:,.2f}{mark}"


def _format_tokens(one: StandingCost) -> str:
    if one.is_by_unit:
        return "nothing"
    if one.tokens is None:
        return "unknown"
    times = find_factor(one) * _MILLION
    said = ", ".join(f"${_cut(price * times)}" for price in (one.tokens.input, one.tokens.output))
    if one.is_batch:
        return f"{said} (half)"
    more = one.factor.value if one.factor is not None else 1.0
    return f"{said}, or {100 * (more - 1):.0f} % more*" if more > 1 else said


def _cut(dollars: float) -> str:
    text = f"{dollars:.4f}".rstrip("0")
    return text if len(text.partition(".")[2]) >= 2 else f"{dollars:.2f}"


def _list_notes(standing: Sequence[StandingCost]) -> Iterator[str]:
    if any(one.usd_an_hour == 0 and one.hourly is None for one in standing):
        yield "–: nothing while idle"
    by_hour = [one.usd_an_hour or 0.0 for one in standing]
    if sum(by_hour) and len(standing) > 1:
        month = sum(one.usd_a_month or 0.0 for one in standing)
        more = ", and what is unknown" if any(one.usd_an_hour is None for one in standing) else ""
        mark = "*" if any(one.hourly and not one.hourly.is_verified for one in standing) else ""
        total = f"${sum(by_hour):,.2f}{mark} an hour, ${month:,.2f}{mark} a month"
        yield f"together {total}{more}, idle or not"
    for one in standing:
        name = flatten(one.target.name)
        if one.usd_a_month_reserved is not None:
            yield f"{name}: ${one.usd_a_month_reserved:,.2f}* a month if the units are reserved"
        if one.is_fine_tuned and one.is_developer:
            yield f"{name}: a fine-tuned model; Azure deletes this deployment after 24 hours"
        elif one.is_fine_tuned and not one.is_by_unit:
            yield (
                f"{name}: a fine-tuned model; Azure deletes this deployment, and not the model, "
                f"when nobody called it for {UNUSED_DAYS} days"
            )
        if one.is_batch:
            yield f"{name}: batches are answered within 24 hours: eval --engine batch"
        if one.tokens is None and not one.is_by_unit:
            yield f"{name}: `price:` beside its model says what its tokens cost (harness prices)"
    if any(_is_uncertain(one) for one in standing):
        yield "*: not read from Azure's own price list: https://aka.ms/oai/pricing"


def _is_uncertain(one: StandingCost) -> bool:
    if one.hourly is not None and not one.hourly.is_verified:
        return True
    factor = one.factor
    return factor is not None and factor.value > 1 and one.tokens is not None
