"""A run's results by conversation and target: the grid that every part of a report walks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.checks.verdict import Verdict
from harness.compare.summary import Cell, Summary
from harness.results.model import Result
from harness.text import safe

Name = tuple[str, str | None]
"""A conversation's id and, where it is played once per case, the case's name."""


@dataclass(frozen=True, slots=True)
class PlayColumn:
    """A target under a variant; ``label`` names the variant only where there are several."""

    index: int
    target: str
    variant: str
    label: str
    simulated: bool


def list_columns(summary: Summary) -> tuple[PlayColumn, ...]:
    """List a column per row of the summary, in its order."""
    several = len({row.variant for row in summary.rows}) > 1
    return tuple(
        PlayColumn(
            index=index,
            target=row.target.name,
            variant=row.variant,
            label=safe.clip_line(
                f"{row.target.name} · {row.variant}" if several else row.target.name
            ),
            simulated=row.target.simulated,
        )
        for index, row in enumerate(summary.rows)
    )


def group_cells(summary: Summary, columns: Sequence[PlayColumn]) -> dict[Name, dict[int, Cell]]:
    """Map conversation (and case) to column to its cell, in the order of the summary's cells."""
    index = {(column.target, column.variant): column for column in columns}
    groups: dict[Name, dict[int, Cell]] = {}
    for cell in summary.cells:
        column = index[cell.target, cell.variant]
        groups.setdefault((cell.conversation, cell.case), {})[column.index] = cell
    return groups


def find_telling(cell: Cell, results: Sequence[Result]) -> Result:
    """Find the first repeat with the cell's outcome: a failure is what one came to see."""
    places = [trial.index for trial in cell.trials if trial.outcome == cell.outcome]
    return results[places[0] if places else cell.results[0]]


def write_tally(passed: int, repeats: int) -> str:
    """Write that ``2/3`` of the repeats passed; nothing when there is one."""
    return f"{passed}/{repeats}" if repeats > 1 else ""


def explain_result(result: Result) -> str:
    """Say what decided a result, in a line: its error, or the first check that does not hold.

    Empty for an ordinary pass.
    """
    if result.outcome == "passed":
        return "" if result.score is not None else "nothing to check"
    failure = result.failure or next(
        (t.exchange.failure for t in result.turns if t.exchange.failure), None
    )
    if failure is not None:
        message = failure.message
        if failure.kind == "stale_recording":  # its first line is the whole story in short
            message = message.partition("\n")[0]
        return safe.clip_line(f"{failure.kind}: {message}")
    if decisive := _find_decisive(result):
        verdict, number = decisive
        place = f"turn {number}: " if number and len(result.turns) > 1 else ""
        return safe.clip_line(f"{place}{verdict.reason or verdict.type}")
    for turn in result.turns:
        reply = turn.exchange.reply
        if reply and reply.finish_reason in ("length", "content_filter"):
            return f"turn {turn.exchange.number}: ended by {reply.finish_reason}"
    return ""


def find_reply(result: Result) -> str:
    """Find the reply that ``explain_result`` speaks of: that of its turn, else the last one.

    Empty where it speaks of a turn that has none.
    """
    decisive = _find_decisive(result)
    number = decisive[1] if decisive else None
    if any(turn.exchange.failure for turn in result.turns):
        return ""
    for turn in result.turns:
        reply = turn.exchange.reply
        cut = decisive is None and reply and reply.finish_reason in ("length", "content_filter")
        if reply and (cut or turn.exchange.number == number):
            return reply.text
    return (result.reply or "") if number is None else ""


def find_first_line(result: Result) -> str:
    """Find the first line of that reply; empty where the reason quotes it already."""
    lines = (line for line in find_reply(result).splitlines() if line.strip())
    first = next(lines, "")
    return "" if f'"{safe.clip_line(first)}' in explain_result(result) else first


def _find_decisive(result: Result) -> tuple[Verdict, int | None] | None:
    """Find the check that decided a result, with the number of its turn; None of the whole."""
    amiss = [one for one in _list_verdicts(result) if one[0].outcome in ("failed", "errored")]
    if result.outcome == "failed":  # an error beside a failure did not decide
        amiss.sort(key=lambda one: (one[0].outcome == "errored", one[0].weight == 0))
    return amiss[0] if amiss else None


def _list_verdicts(result: Result) -> Iterator[tuple[Verdict, int | None]]:
    for turn in result.turns:
        for verdict in turn.verdicts:
            yield verdict, turn.exchange.number
    for verdict in result.verdicts:
        yield verdict, None
