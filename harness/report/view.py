"""A run and its summary to what stands on the page, as text and marks.

The templates draw these values and decide nothing; nothing here is a number of its own making.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.compare.summary import Cell, GateVerdict, Quantiles, Row, Summary
from harness.report import text
from harness.report.charts import (
    LatencyBar,
    RateBar,
    Segment,
    latency_bar,
    outcome_bar,
    rate_bar,
)
from harness.report.provenance import Provenance, at, provenance
from harness.report.transcripts import (
    Column,
    Play,
    Prose,
    Side,
    TurnView,
    reason_of,
    shared_system,
    sides_of,
    tally,
    turns_of,
)
from harness.results.model import Outcome, Result, Run, RunInfo

MOST_CONVERSATIONS = 2_000
"""Rows of the matrix; beyond, a browser takes seconds to lay the page out."""

MOST_CHARACTERS = 10_000_000
"""Of transcripts on the page, markup included (estimated): the file stays under some 15 MB."""

_MARKUP_OF_ANSWER = 900
"""Characters of markup around one answer, measured on a typical run and rounded up."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The banner. ``tone`` is one of good, bad, unsure, broken: its colour."""

    tone: str
    symbol: str
    word: str
    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of an outcome, with its sign."""

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
    score: str
    metrics: tuple[str, ...]
    tallies: tuple[Tally, ...]
    outcome_bar: tuple[Segment, ...]
    errors: tuple[str, ...]
    cost: str
    cost_each: str
    p50: str
    p95: str
    latency_bar: LatencyBar | None
    ttft: str
    tokens_in: str
    tokens_out: str
    requests: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One conversation on one target; ``outcome`` is empty where it was not played."""

    column: int
    outcome: Outcome | None
    symbol: str
    tally: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A row of the matrix; its transcript too, unless ``written`` is false: the page was full.

    ``state`` is the row for the page's filters: an outcome and a tally per column.
    """

    index: int
    name: str
    case: str
    tags: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
    failing: bool
    differs: bool
    written: bool
    system: Prose | None
    sides: tuple[Side, ...]
    turns: tuple[TurnView, ...]

    @property
    def whole(self) -> bool:
        """Whether anything is said of the conversation as a whole: checks, an end, repeats."""
        return any(side.failure or side.checks or side.others for side in self.sides)

    @property
    def state(self) -> str:
        """``passed-3/3 failed-1/3``, a dash for what was not played."""
        return " ".join(f"{c.outcome}-{c.tally}" if c.outcome else "-" for c in self.cells)


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
    verdict: Verdict
    tiles: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    metric_names: tuple[str, ...]
    has_ttft: bool
    rows: tuple[RowView, ...]
    conversations: tuple[ConversationView, ...]
    failing: int
    differing: int
    unlisted: int
    unwritten: int
    provenance: Provenance


def page(run: Run, summary: Summary, spec: Mapping[str, Any] | None) -> Page:
    """The whole page as values."""
    columns = columns_of(summary)
    groups = plays_of(run, summary, columns)
    kept = _most_telling(groups, MOST_CONVERSATIONS)
    conversations = _conversations(groups, kept, columns)
    metric_names = tuple(dict.fromkeys(name for row in summary.rows for name in row.metrics))
    longest = max((row.latency.p95 for row in summary.rows if row.latency), default=0.0)
    verdict = verdict_view(summary.verdict, summary.sentence)
    info = run.info
    simulated = _simulated(info)
    marks = " (simulated)" if simulated else " (replayed)" if info.replayed else ""
    return Page(
        title=f"{verdict.symbol} {verdict.word}: {text.line(info.spec_name, 60)}{marks}",
        name=text.line(info.spec_name),
        description=text.line(text.jsonish(at(spec, "description")), 400),
        when=text.moment(info.started_at),
        run_id=text.line(info.id),
        simulated=simulated,
        replayed=info.replayed,
        unfinished=_unfinished(info),
        verdict=verdict,
        tiles=_tiles(info),
        columns=columns,
        metric_names=tuple(text.line(name, 60) for name in metric_names),
        has_ttft=any(row.ttft for row in summary.rows),
        rows=tuple(
            _row(row, column, metric_names, longest)
            for row, column in zip(summary.rows, columns, strict=True)
        ),
        conversations=conversations,
        failing=sum(c.failing for c in conversations),
        differing=sum(c.differs for c in conversations),
        unlisted=len(groups) - len(conversations),
        unwritten=sum(not c.written for c in conversations),
        provenance=provenance(info, spec),
    )


def columns_of(summary: Summary) -> tuple[Column, ...]:
    """A column per row of the summary, in its order."""
    several = len({row.variant for row in summary.rows}) > 1
    return tuple(
        Column(
            index=index,
            target=row.target.name,
            variant=row.variant,
            label=text.line(f"{row.target.name} · {row.variant}" if several else row.target.name),
            simulated=row.target.simulated,
        )
        for index, row in enumerate(summary.rows)
    )


_Name = tuple[str, str | None]


def plays_of(
    run: Run, summary: Summary, columns: Sequence[Column]
) -> dict[_Name, dict[int, Play]]:
    """Conversation (and case) to column to its repeats, in the order of the summary's cells."""
    index = {(column.target, column.variant): column for column in columns}
    groups: dict[_Name, dict[int, Play]] = {}
    for cell in summary.cells:
        column = index[cell.target, cell.variant]
        plays = groups.setdefault((cell.conversation, cell.case), {})
        plays[column.index] = _play(cell, column, run.results)
    return groups


def _play(cell: Cell, column: Column, results: Sequence[Result]) -> Play:
    return Play(column, cell.outcome, cell.passed, tuple(results[i] for i in cell.results))


_WORDS = {
    "passed": ("good", "✓", "Passed"),
    "regressed": ("bad", "✗", "Regressed"),
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


def verdict_view(verdict: GateVerdict, sentence: str) -> Verdict:
    """The gate's word, or what the outcomes come to where no gate is declared."""
    tone, symbol, word = (
        _WORDS[verdict.word]
        if verdict.word
        else _EXITS.get(verdict.exit_code, ("broken", "!", "Interrupted"))
    )
    return Verdict(
        tone=tone,
        symbol=symbol,
        word=word,
        sentence=text.line(sentence, 600),
        reasons=tuple(text.line(reason, 600) for reason in verdict.reasons),
    )


def _simulated(info: RunInfo) -> str:
    simulated = [target.name for target in info.targets if target.simulated]
    if not (info.simulated or simulated):
        return ""
    if info.simulated or len(simulated) == len(info.targets):
        return (
            "Azure was not called. Answers, tokens, costs and latencies are the simulator's: "
            "they show that the spec works, not how good a model is."
        )
    names = text.line(", ".join(simulated), 300)
    return f"The simulator answered for {names}: no model was called there."


def _unfinished(info: RunInfo) -> str:
    if info.status == "complete":
        return ""
    how = "was interrupted" if info.status == "interrupted" else "is not complete"
    return f"This run {how}: what follows is what it had. --resume {text.line(info.id)} goes on."


def _tiles(info: RunInfo) -> tuple[tuple[str, str], ...]:
    totals = info.totals
    tokens = (
        text.UNKNOWN
        if totals.input_tokens is None or totals.output_tokens is None
        else f"{text.count(totals.input_tokens)} → {text.count(totals.output_tokens)}"
    )
    return (
        ("Trials", text.count(totals.trials)),
        ("Passed", text.count(totals.passed)),
        ("Requests", text.count(totals.requests)),
        ("Tokens, in → out", tokens),
        ("Cost, US dollars", text.money(totals.cost_usd)),
        ("Wall time", text.seconds(totals.wall_s)),
    )


def _row(row: Row, column: Column, metric_names: Sequence[str], longest: float) -> RowView:
    target = row.target
    model = " ".join(filter(None, (target.model, target.version)))
    place = " · ".join(filter(None, (target.region, target.sku)))
    return RowView(
        column=column.index,
        label=column.label,
        model=text.line(model, 80),
        place=text.line(place, 80),
        simulated=target.simulated,
        pass_rate=text.share(row.pass_rate.value) if row.pass_rate else text.NOTHING,
        interval=text.span(row.pass_rate.low, row.pass_rate.high) if row.pass_rate else "",
        rate_bar=rate_bar(row.pass_rate) if row.pass_rate else None,
        score=text.number(row.score),
        metrics=tuple(text.number(row.metrics.get(name)) for name in metric_names),
        tallies=tuple(
            Tally(outcome, text.SYMBOLS[outcome], text.count(row.outcomes[outcome]))
            for outcome in text.OUTCOMES
            if row.outcomes.get(outcome)
        ),
        outcome_bar=outcome_bar(row.outcomes),
        errors=tuple(f"{text.line(kind, 60)} {n:,}" for kind, n in row.errors.items()),
        cost=text.money(row.cost_usd),
        cost_each=text.money(row.cost_per_conversation_usd),
        p50=_quantile(row.latency, "p50"),
        p95=_quantile(row.latency, "p95"),
        latency_bar=latency_bar(row.latency, longest) if row.latency else None,
        ttft=_quantile(row.ttft, "p50"),
        tokens_in=text.count(row.input_tokens),
        tokens_out=text.count(row.output_tokens),
        requests=text.count(row.requests),
    )


def _quantile(quantiles: Quantiles | None, name: str) -> str:
    return text.seconds(getattr(quantiles, name)) if quantiles else text.NOTHING


def _is_failing(plays: Mapping[int, Play]) -> bool:
    return any(play.outcome not in ("passed", "skipped") for play in plays.values())


def _differs(plays: Mapping[int, Play]) -> bool:
    return len({(play.outcome, play.passed) for play in plays.values()}) > 1


def _most_telling(groups: Mapping[_Name, Mapping[int, Play]], most: int) -> list[_Name]:
    """The names to show, differences first, then failures, then the rest; each in its order."""
    return sorted(groups, key=lambda n: (not _differs(groups[n]), not _is_failing(groups[n])))[
        :most
    ]


def _conversations(
    groups: Mapping[_Name, Mapping[int, Play]], kept: Sequence[_Name], columns: Sequence[Column]
) -> tuple[ConversationView, ...]:
    left = MOST_CHARACTERS
    written: set[_Name] = set()
    for name in kept:
        left -= _size(groups[name])
        if left < 0 and written:
            break
        written.add(name)
    listed = set(kept)
    return tuple(
        _conversation(index, name, plays, columns, written=name in written)
        for index, (name, plays) in enumerate(groups.items(), start=1)
        if name in listed
    )


def _size(plays: Mapping[int, Play]) -> int:
    return sum(
        _MARKUP_OF_ANSWER + len(turn.exchange.user)
        + (len(turn.exchange.reply.text) if turn.exchange.reply else 0)
        for play in plays.values()
        for result in play.repeats
        for turn in result.turns
    )  # fmt: skip


def _conversation(
    index: int,
    name: _Name,
    plays: Mapping[int, Play],
    columns: Sequence[Column],
    *,
    written: bool,
) -> ConversationView:
    present = [plays[column.index] for column in columns if column.index in plays]
    return ConversationView(
        index=index,
        name=text.line(name[0]),
        case=text.line(name[1]) if name[1] is not None else "",
        tags=tuple(text.line(tag, 40) for tag in present[0].repeats[0].tags),
        cells=tuple(_cell(column, plays.get(column.index)) for column in columns),
        failing=_is_failing(plays),
        differs=_differs(plays),
        written=written,
        system=shared_system(present) if written else None,
        sides=sides_of(present) if written else (),
        turns=turns_of(present) if written else (),
    )


def _cell(column: Column, play: Play | None) -> MatrixCell:
    if play is None:
        return MatrixCell(column.index, None, "", "", "")
    return MatrixCell(
        column=column.index,
        outcome=play.outcome,
        symbol=text.SYMBOLS[play.outcome],
        tally=tally(play.passed, len(play.repeats)),
        reason=reason_of(play.representative),
    )
