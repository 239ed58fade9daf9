"""One transcript to read: what was said, turn by turn, and what the checks made of it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.compare.summary import Cell
from harness.compare.wording import name_case
from harness.report.terminal.telling import write_transcript
from harness.results.model import Result
from harness.text.numbers import format_money, format_number, format_seconds
from harness.text.safe import printable, visible

EVERYTHING = 2
"""The loudness that leaves nothing out."""


def title_trial(cell: Cell, result: Result) -> str:
    """Write who answered and how it ended: ``sweden/mini, repeat 2 of 3: failed, score 0.5``."""
    trial = result.trial
    where = trial.target if trial.variant == "default" else f"{trial.target} · {trial.variant}"
    repeat = f", repeat {trial.repeat} of {cell.repeats}" if cell.repeats > 1 else ""
    return f"{where}{repeat}: {', '.join(_list_facts(cell, result))}"


def show_transcript(cell: Cell, result: Result) -> Iterator[str]:
    """Yield the lines of a transcript, its texts whole."""
    name = name_case(result.trial.conversation, result.trial.case)
    yield printable(f"{name} on {title_trial(cell, result)}")
    yield ""
    if result.system:
        yield "system"
        yield from (f"  {line}" for line in visible(result.system).split("\n"))
    yield from write_transcript(None, result, EVERYTHING)


def _list_facts(cell: Cell, result: Result) -> Iterator[str]:
    yield result.outcome
    if cell.repeats > 1:
        yield f"{cell.passed} of {cell.repeats} passed"
    if result.score is not None:
        yield f"score {format_number(result.score)}"
    asked = [turn for turn in result.turns if not turn.exchange.scripted]
    took = [turn.exchange.reply.latency_s for turn in asked if turn.exchange.reply is not None]
    if any(took):
        yield format_seconds(sum(took))
    costs = [turn.cost_usd for turn in asked if turn.exchange.paid is not None]
    known = [cost for cost in costs if cost is not None]
    if costs:
        yield format_money(sum(known)) if len(known) == len(costs) else "cost unknown"
