"""Trends as text: a table a target, with a line of bars above it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.trend import Trend, TrendPoint, describe_model, draw_sparkline, is_part
from harness.results.measured import Rate
from harness.text.numbers import format_money, format_seconds, format_share, format_span
from harness.text.safe import printable

HEADINGS = ("run", "pass rate", "95 %", "trials", "cost", "p50")


def format_trend(trend: Trend) -> Iterator[str]:
    """Write a trend, oldest run first: rates with their intervals, cost, median latency of a turn.

    Before a run stands what changed since the one above it.
    """
    variant = "" if trend.variant == "default" else f" · {trend.variant}"
    model = describe_model(trend.points[-1].info, trend.target)
    yield printable(f"{trend.target}{variant}{' · ' * bool(model)}{model}")
    rates = [point.column.pass_rate for point in trend.points]
    bars = draw_sparkline([rate.value if rate else None for rate in rates])
    known = [rate.value for rate in rates if rate is not None]
    if known:
        low, high = format_share(min(known)), format_share(max(known))
        yield f"  {bars}  {low if low == high else f'{low} to {high}'}"
    rows = [HEADINGS, *(_write_row(point) for point in trend.points)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    yield _join(HEADINGS, widths)
    for point, row in zip(trend.points, rows[1:], strict=True):
        for phrase in point.changed:
            yield printable(f"  ─ {phrase}")
        yield _join(row, widths) + _write_marks(point)


def _write_row(point: TrendPoint) -> tuple[str, ...]:
    column = point.column
    rate = column.pass_rate
    return (
        printable(point.info.id),
        "–" if rate is None else format_share(rate.value),
        "–" if rate is None else _write_interval(rate),
        f"{column.trials:,}",
        "unknown" if column.cost_usd is None else format_money(column.cost_usd),
        format_seconds(column.p50_s),
    )


def _write_interval(rate: Rate) -> str:
    return format_span(rate.low, rate.high)


def _join(row: tuple[str, ...], widths: list[int]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return f"  {first.strip().ljust(widths[0])}  {'  '.join(others)}"


def _write_marks(point: TrendPoint) -> str:
    info = point.info
    words = [f"gate {info.verdict}"] if info.verdict else []
    words += [info.status] * (info.status != "complete")
    words += ["part of the conversations"] * is_part(info)
    words += ["replayed"] * info.replayed + ["simulated"] * info.simulated
    return "".join(f" · {printable(word)}" for word in words)
