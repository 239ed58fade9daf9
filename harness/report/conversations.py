"""The part of the static page that is about single conversations: a table, and what failed.

The page reads without JavaScript up to some hundred rows; the application shows the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.compare.comparison.model import Comparison
from harness.compare.summary import Cell
from harness.conversation.transcript import Failure
from harness.report import text
from harness.report.plays import Name, PlayColumn, explain_result, find_telling, write_tally
from harness.results.model import JudgedExchange, Outcome, Result
from harness.text import safe

MOST_ROWS = 200
"""Of the table, and of the list of failures: beyond, the static page would slow the application."""

LONGEST_USER, LONGEST_REPLY = 500, 1_500
"""Characters of a failure's texts; the application and results.jsonl have the whole."""

Cells = Mapping[int, Cell]
"""A conversation's cells by column."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One conversation on one target; ``outcome`` is None where it was not played."""

    column: int
    outcome: Outcome | None
    symbol: str
    tally: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row of the table; ``gist`` is how it begins, ``known`` until when it is known to fail."""

    index: int
    name: str
    case: str
    tags: tuple[str, ...]
    gist: str
    known: str
    issue: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that somebody else wrote, safe to show; ``omitted`` characters were cut off."""

    text: str
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class FailureView:
    """A cell that did not pass: the turn that tells most of why, as it was said.

    ``change`` is the word for what became of it since the base, "" where it is as it was.
    """

    name: str
    case: str
    label: str
    outcome: Outcome
    symbol: str
    tally: str
    change: str
    reason: str
    user: Prose | None
    reply: Prose | None


def is_failing(cells: Cells) -> bool:
    """Return whether a conversation did not pass on some column."""
    return any(cell.outcome not in ("passed", "skipped") for cell in cells.values())


def is_split(cells: Cells) -> bool:
    """Return whether a conversation went differently on its columns."""
    return len({(cell.outcome, cell.passed) for cell in cells.values()}) > 1


def view_rows(
    groups: Mapping[Name, Cells], columns: Sequence[PlayColumn], results: Sequence[Result]
) -> tuple[MatrixRow, ...]:
    """Make the rows of the table, in the run's order; numbers count all from 1.

    Where not everything fits, conversations on which columns differ come first, then those that
    did not pass.
    """
    numbered = list(enumerate(groups.items(), start=1))
    first = sorted(numbered, key=lambda one: (not is_split(one[1][1]), not is_failing(one[1][1])))
    return tuple(
        _view_row(index, name, cells, columns, results)
        for index, (name, cells) in sorted(first[:MOST_ROWS], key=lambda one: one[0])
    )


def view_failures(
    groups: Mapping[Name, Cells],
    columns: Sequence[PlayColumn],
    results: Sequence[Result],
    comparison: Comparison | None,
) -> tuple[FailureView, ...]:
    """Make the list of what did not pass, what regressed before all else."""
    changes = _find_changes(comparison)
    failing = [
        (name, columns[index], cell)
        for name, cells in groups.items()
        for index, cell in cells.items()
        if cell.outcome not in ("passed", "skipped")
    ]
    failing.sort(key=lambda one: _find_change(changes, one[0], one[1]) != "regressed")
    return tuple(
        _view_failure(name, column, cell, results, _find_change(changes, name, column))
        for name, column, cell in failing[:MOST_ROWS]
    )


Changes = Mapping[tuple[Name, str, str], str]


def _find_changes(comparison: Comparison | None) -> Changes:
    return {
        ((case.conversation, case.case), pair.b.target.name, pair.b.variant): case.kind
        for pair in (comparison.pairs if comparison else ())
        for case in pair.cases
        if case.kind != "same"
    }


def _find_change(changes: Changes, name: Name, column: PlayColumn) -> str:
    return changes.get((name, column.target, column.variant), "")


def _view_row(
    index: int,
    name: Name,
    cells: Cells,
    columns: Sequence[PlayColumn],
    results: Sequence[Result],
) -> MatrixRow:
    one = next(iter(cells.values()))
    first = results[one.results[0]]
    mark = one.known_failing
    return MatrixRow(
        index=index,
        name=safe.clip_line(name[0]),
        case=safe.clip_line(name[1]) if name[1] is not None else "",
        tags=tuple(safe.clip_line(tag, 40) for tag in first.tags),
        gist=safe.clip_line(first.turns[0].exchange.asked, 100) if first.turns else "",
        known=f"known to fail until {mark.until}" if mark is not None else "",
        issue=safe.clip_line(mark.issue) if mark is not None else "",
        cells=tuple(_view_cell(column, cells.get(column.index), results) for column in columns),
    )


def _view_cell(column: PlayColumn, cell: Cell | None, results: Sequence[Result]) -> MatrixCell:
    if cell is None:
        return MatrixCell(column.index, None, "", "", "")
    return MatrixCell(
        column=column.index,
        outcome=cell.outcome,
        symbol=text.SYMBOLS[cell.outcome],
        tally=write_tally(cell.passed, cell.repeats),
        reason=explain_result(find_telling(cell, results)),
    )


def _view_failure(
    name: Name, column: PlayColumn, cell: Cell, results: Sequence[Result], change: str
) -> FailureView:
    result = find_telling(cell, results)
    reason = explain_result(result)
    turn = _find_deciding_turn(result.turns)
    said = turn.exchange.reply if turn else None
    failure = result.failure or (turn.exchange.failure if turn else None)
    return FailureView(
        name=safe.clip_line(name[0]),
        case=safe.clip_line(name[1]) if name[1] is not None else "",
        label=column.label,
        outcome=cell.outcome,
        symbol=text.SYMBOLS[cell.outcome],
        tally=write_tally(cell.passed, cell.repeats),
        change=change,
        reason=reason,
        user=_clip(turn.exchange.asked, LONGEST_USER) if turn else None,
        reply=_clip(said.text, LONGEST_REPLY) if said else _write_failure(failure, reason),
    )


def _write_failure(failure: Failure | None, reason: str) -> Prose | None:
    """Write why there is no answer, unless the reason holds all of it."""
    if failure is None or reason.endswith(safe.clip_line(failure.message)):
        return None
    return _clip(failure.message, LONGEST_REPLY)


def _find_deciding_turn(turns: Sequence[JudgedExchange]) -> JudgedExchange | None:
    """Find the first turn with a check that does not hold; the last one where none has."""
    return next((turn for turn in turns if _is_amiss(turn)), turns[-1] if turns else None)


def _is_amiss(turn: JudgedExchange) -> bool:
    return any(verdict.outcome == "failed" for verdict in turn.verdicts)


def _clip(value: str, limit: int) -> Prose:
    return Prose(*safe.clip(value, limit))


def count_failing(groups: Iterable[Cells]) -> int:
    """Count the cells that did not pass."""
    return sum(
        cell.outcome not in ("passed", "skipped") for cells in groups for cell in cells.values()
    )
