"""A run and its summary to what stands on the page, as text and marks.

The templates draw these values and decide nothing; nothing here is a number of its own making.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.compare.columns import Column, select_columns
from harness.compare.summary import GateVerdict, Quantiles, Row, Summary
from harness.report import text
from harness.report.charts import (
    LatencyBar,
    RateBar,
    Segment,
    draw_latency,
    draw_outcomes,
    draw_rate,
)
from harness.report.conversations import (
    FailureView,
    MatrixRow,
    count_failing,
    is_split,
    view_failures,
    view_rows,
)
from harness.report.differences import DifferencesView, view_differences
from harness.report.plays import PlayColumn, group_cells, list_columns
from harness.report.provenance import Provenance, describe_provenance, find_at, write_simulated_note
from harness.results.model import Judging, Outcome, Run, RunInfo, Shard
from harness.text import numbers, safe

REPLAYED = "Answers, tokens, costs and latencies are those of the recording; nothing was called."


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The banner. ``tone`` is one of good, bad, unsure, broken: its colour."""

    tone: str
    symbol: str
    word: str
    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """The number of results with an outcome, with its sign."""

    outcome: Outcome
    symbol: str
    count: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A target × variant in the table of targets."""

    column: int
    label: str
    model: str
    place: str
    simulated: bool
    pass_rate: str
    interval: str
    rate_bar: RateBar | None
    metrics: tuple[tuple[str, str], ...]
    tallies: tuple[OutcomeCount, ...]
    outcome_bar: tuple[Segment, ...]
    errors: tuple[str, ...]
    p50: str
    p95: str
    latency_bar: LatencyBar | None
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page shows."""

    title: str
    name: str
    description: str
    when: str
    run_id: str
    simulated: str
    replayed: bool
    unfinished: str
    verdict: VerdictView
    tiles: tuple[tuple[str, str], ...]
    columns: tuple[PlayColumn, ...]
    table: tuple[Column, ...]
    rows: tuple[RowView, ...]
    differences: DifferencesView | None
    conversations: int
    differing: int
    matrix: tuple[MatrixRow, ...]
    failing: int
    failures: tuple[FailureView, ...]
    provenance: Provenance


def view_page(run: Run, summary: Summary, spec: Mapping[str, Any] | None) -> Page:
    """Make the whole page as values."""
    columns = list_columns(summary)
    shown = tuple(select_columns("page", summary.rows))
    groups = group_cells(summary, columns)
    longest = max((row.latency.p95 for row in summary.rows if row.latency), default=0.0)
    info = run.info
    verdict = view_verdict(summary.verdict, summary.sentence, info.shard)
    simulated = write_simulated_note(info)
    marks = " (simulated)" if simulated else " (replayed)" if info.replayed else ""
    return Page(
        title=f"{verdict.symbol} {verdict.word}: {safe.clip_line(info.spec_name, 60)}{marks}",
        name=safe.clip_line(info.spec_name),
        description=safe.clip_line(text.write_value(find_at(spec, "description")), 400),
        when=numbers.format_moment(info.started_at),
        run_id=safe.clip_line(info.id),
        simulated=simulated,
        replayed=info.replayed,
        unfinished=_describe_unfinished(info),
        verdict=verdict,
        tiles=_list_tiles(info, summary.judging),
        columns=columns,
        table=shown,
        rows=tuple(
            _view_row(row, column, longest, shown)
            for row, column in zip(summary.rows, columns, strict=True)
        ),
        differences=view_differences(summary.comparison),
        conversations=len(groups),
        differing=sum(map(is_split, groups.values())),
        matrix=view_rows(groups, columns, run.results),
        failing=count_failing(groups.values()),
        failures=view_failures(groups, columns, run.results, summary.comparison),
        provenance=describe_provenance(info, spec),
    )


_WORDS = {
    "passed": ("good", "✓", "Gate passed"),
    "regressed": ("bad", "✗", "Regressed"),
    "below_floor": ("bad", "✗", "Below the floor"),
    "inconclusive": ("unsure", "?", "Inconclusive"),
    "incomplete": ("broken", "!", "Incomplete"),
}

_EXITS = {
    0: ("good", "✓", "Everything held"),
    1: ("bad", "✗", "Not everything held"),
    3: ("broken", "!", "Not everything was answered"),
    4: ("broken", "!", "Incomplete"),
}
"""Without a gate the exit code follows the outcomes; its meaning is the contract's, section 3."""


def view_verdict(verdict: GateVerdict, sentence: str, shard: Shard | None = None) -> VerdictView:
    """Show the gate's word, or what the outcomes come to where no gate is declared.

    A shard that is done is called so: nothing is decided by it.
    """
    tone, symbol, word = (
        _WORDS[verdict.word]
        if verdict.word
        else _EXITS.get(verdict.exit_code, ("broken", "!", "Interrupted"))
    )
    if shard is not None and not verdict.exit_code:
        tone, symbol, word = "unsure", "?", f"{shard} is done".capitalize()
    return VerdictView(
        tone=tone,
        symbol=symbol,
        word=word,
        sentence=safe.clip_line(sentence, 600),
        reasons=tuple(safe.clip_line(reason, 600) for reason in verdict.reasons),
    )


def _describe_unfinished(info: RunInfo) -> str:
    if info.status == "complete":
        return ""
    how = "was interrupted" if info.status == "interrupted" else "is not complete"
    if info.status == "partial" and info.halted:
        how += f" ({safe.clip_line(info.halted)})"
    return (
        f"This run {how}: what follows is what it had. --resume {safe.clip_line(info.id)} goes on."
    )


def _list_tiles(info: RunInfo, judging: Judging) -> tuple[tuple[str, str], ...]:
    totals = info.totals
    tokens = [numbers.format_count(one) for one in (totals.input_tokens, totals.output_tokens)]
    both = numbers.UNKNOWN if numbers.UNKNOWN in tokens else " → ".join(tokens)
    return (
        ("Trials", numbers.format_count(totals.trials)),
        ("Passed", numbers.format_count(totals.passed)),
        ("Requests", numbers.format_count(totals.requests)),
        ("Tokens, in → out", both),
        ("Cost, US dollars", numbers.format_money(totals.cost_usd)),
        *(
            [("Of it for checks", numbers.format_money(judging.cost_usd))]
            if judging.requests
            else []
        ),
        ("Wall time", numbers.format_seconds(totals.wall_s)),
    )


def _view_row(row: Row, column: PlayColumn, longest: float, shown: Sequence[Column]) -> RowView:
    target = row.target
    model = " ".join(filter(None, (target.model, target.version)))
    place = " · ".join(filter(None, (target.region, target.sku)))
    return RowView(
        column=column.index,
        label=column.label,
        model=safe.clip_line(model, 80),
        place=safe.clip_line(place, 80),
        simulated=target.simulated,
        pass_rate=numbers.format_share(row.pass_rate.value) if row.pass_rate else numbers.NOTHING,
        interval=numbers.format_span(row.pass_rate.low, row.pass_rate.high)
        if row.pass_rate
        else "",
        rate_bar=draw_rate(row.pass_rate) if row.pass_rate else None,
        metrics=tuple(
            (safe.clip_line(name, 60), numbers.format_number(row.metrics[name]))
            for name in row.metrics
        ),
        tallies=tuple(
            OutcomeCount(
                outcome, text.SYMBOLS[outcome], numbers.format_count(row.outcomes[outcome])
            )
            for outcome in text.OUTCOMES
            if row.outcomes.get(outcome)
        ),
        outcome_bar=draw_outcomes(row.outcomes),
        errors=tuple(f"{safe.clip_line(kind, 60)} {n:,}" for kind, n in row.errors.items()),
        p50=_write_quantile(row.latency, "p50"),
        p95=_write_quantile(row.latency, "p95"),
        latency_bar=draw_latency(row.latency, longest) if row.latency else None,
        cells=tuple(
            (safe.clip_line(one.value(row)), one.note(row) if one.note else "") for one in shown
        ),
    )


def _write_quantile(quantiles: Quantiles | None, name: str) -> str:
    return numbers.format_seconds(getattr(quantiles, name)) if quantiles else numbers.NOTHING
