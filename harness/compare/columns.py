"""The columns of the table of targets: one row each, for the terminal, the summary and the page.

A column is in the views that it has a heading for. A new one is one row of ``COLUMNS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.compare.summary import Rate, Row
from harness.compare.wording import SHOWN_FIRST, SYMBOLS, format_percent
from harness.text import numbers

View = Literal["terminal", "summary", "page"]


def _is_always_needed(rows: Sequence[Row]) -> bool:
    del rows
    return True


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of targets.

    Attributes:
        value: a row's text in it, of numbers and our own words; the terminal and the page also make
            names of others safe, Markdown does not, so they are in no column of its own.
        terminal: its heading in the terminal, "" where it is not shown there.
        summary: its heading in Markdown, likewise.
        page: its heading on the page, likewise.
        page_note: what stands small beside that heading.
        note: what stands small below the value on the page.
        numeric: aligned to the right.
        needed: whether it says anything about these rows; else it is left out.
        drawing: the picture that the page draws in place of the value, "" for none.
    """

    value: Callable[[Row], str]
    terminal: str = ""
    summary: str = ""
    page: str = ""
    page_note: str = ""
    note: Callable[[Row], str] | None = None
    numeric: bool = True
    needed: Callable[[Sequence[Row]], bool] = _is_always_needed
    drawing: str = ""

    def heading(self, view: View) -> str:
        """Return the heading in a view, "" where the column is not shown."""
        match view:
            case "terminal":
                return self.terminal
            case "summary":
                return self.summary
            case "page":
                return self.page


def select_columns(view: View, rows: Sequence[Row]) -> list[Column]:
    """Return the columns that a view shows for these rows, in order."""
    return [column for column in COLUMNS if column.heading(view) and column.needed(rows)]


def _write_passed(row: Row) -> str:
    """Write what the rate is made of: a trial with nothing to check is in neither."""
    passed = row.outcomes["passed"] - row.unchecked
    return f"{passed}/{passed + row.outcomes['failed']}"


def _write_interval(rate: Rate | None) -> str:
    return f"{format_percent(rate.low)} to {format_percent(rate.high)}" if rate else numbers.NOTHING


def _write_rate_and_interval(row: Row) -> str:
    rate = row.pass_rate
    if rate is None:
        return numbers.NOTHING
    return f"{numbers.format_share(rate.value)} ({numbers.format_span(rate.low, rate.high)})"


def _write_other(row: Row) -> str:
    named = ("blocked", "truncated", "errored", "skipped")
    counts: dict[str, int] = {n: count for n, count in row.outcomes.items() if n in named}
    counts |= {"unchecked": row.unchecked, "known to fail": row.known_failing}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _write_outcomes(row: Row) -> str:
    counts = {name: count for name, count in row.outcomes.items() if count}
    said = [f"{SYMBOLS[name]} {counts[name]:,}" for name in SHOWN_FIRST if name in counts]
    said += [f"{row.known_failing:,} known to fail"] if row.known_failing else []
    return " ".join(said) or numbers.NOTHING


def _write_metrics(row: Row) -> str:
    """Write the text in place of which the page draws a list."""
    return ", ".join(f"{name} {numbers.format_number(row.metrics[name])}" for name in row.metrics)


def _write_percentile(row: Row, name: Literal["p50", "p95"]) -> str:
    """Write a percentile of the turns' latency with its interval, where that is estimable."""
    latency = row.times.latency if row.times else None
    if latency is None:
        return numbers.format_seconds(getattr(row.latency, name) if row.latency else None)
    found = latency.p50 if name == "p50" else latency.p95
    low, high = (
        "not estimable" if end is None else numbers.format_seconds(end)
        for end in (found.low, found.high)
    )
    return f"{numbers.format_seconds(found.value)} ({low} to {high})"


def _write_tokens(row: Row) -> str:
    if row.input_tokens is None or row.output_tokens is None:
        return numbers.NOTHING
    return f"{row.input_tokens:,} + {row.output_tokens:,}"


def _write_tokens_in_and_out(row: Row) -> str:
    return f"{numbers.format_count(row.input_tokens)} → {numbers.format_count(row.output_tokens)}"


COLUMNS = (
    Column(lambda row: row.target.name, terminal="target", numeric=False),
    Column(
        lambda row: row.variant,
        terminal="variant",
        numeric=False,
        needed=lambda rows: len({row.variant for row in rows}) > 1,
    ),
    Column(_write_passed, terminal="passed"),
    Column(
        lambda row: format_percent(row.pass_rate.value) if row.pass_rate else numbers.NOTHING,
        terminal="rate",
    ),
    Column(lambda row: _write_interval(row.pass_rate), terminal="95% interval", numeric=False),
    Column(
        _write_other,
        terminal="other",
        numeric=False,
        needed=lambda rows: any(map(_write_other, rows)),
    ),
    Column(
        _write_rate_and_interval,
        summary="Pass rate (95 %)",
        page="Pass rate",
        page_note="95 % interval",
        numeric=False,
        drawing="rate",
    ),
    Column(_write_outcomes, summary="Outcomes", page="Trials", numeric=False, drawing="trials"),
    Column(lambda row: numbers.format_number(row.score), summary="Score", page="Mean score"),
    Column(
        _write_metrics,
        page="Metrics",
        numeric=False,
        needed=lambda rows: any(row.metrics for row in rows),
        drawing="metrics",
    ),
    Column(
        lambda row: numbers.NOTHING if row.cost_usd is None else numbers.format_money(row.cost_usd),
        terminal="cost",
    ),
    Column(
        lambda row: numbers.format_money(row.cost_usd),
        summary="Cost",
        page="Cost",
        page_note="per conversation",
        note=lambda row: numbers.format_money(row.cost_per_conversation_usd),
    ),
    Column(
        lambda row: numbers.format_seconds(row.latency.p50 if row.latency else None),
        terminal="p50",
    ),
    Column(lambda row: _write_percentile(row, "p50"), summary="p50 (95 %)"),
    Column(
        lambda row: numbers.format_seconds(row.latency.p95 if row.latency else None),
        terminal="p95",
    ),
    Column(lambda row: _write_percentile(row, "p95"), summary="p95 (95 %)"),
    Column(
        lambda row: numbers.format_seconds(row.latency.p50 if row.latency else None),
        page="Turn latency",
        page_note="p50 – p95",
        numeric=False,
        drawing="latency",
    ),
    Column(
        lambda row: numbers.format_seconds(row.ttft.p50 if row.ttft else None),
        page="First token",
        page_note="p50",
        needed=lambda rows: any(row.ttft for row in rows),
    ),
    Column(_write_tokens, terminal="tokens"),
    Column(
        _write_tokens_in_and_out,
        summary="Tokens in → out",
        page="Tokens",
        page_note="in → out",
        note=lambda row: f"{numbers.format_count(row.requests)} requests",
    ),
)
