"""A summary as plain text, for a terminal or a log: aligned, without colour, safe to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice

from harness.compare.columns import select_columns
from harness.compare.summary import Cell, Row, Summary
from harness.results.model import Judging
from harness.text import numbers
from harness.text.safe import printable

MOST_CELLS = 10
"""Conversations that are listed by name; the report has them all."""


def lines(summary: Summary, *, width: int = 100) -> list[str]:
    """The table of targets, what did not pass, the sentence, the verdict.

    ``width`` is the terminal's; prose is left to wrap by itself, names in the table are cut.
    """
    said = [
        *_table(summary.rows, width),
        "",
        *_not_passed(summary.cells),
        printable(summary.sentence),
        *_judging(summary.judging),
    ]
    if summary.verdict.word is not None:
        said.append(f"gate: {summary.verdict.word}")
    return said + [f"  {printable(reason)}" for reason in summary.verdict.reasons]


def _table(rows: Sequence[Row], width: int) -> list[str]:
    shown = select_columns("terminal", rows)
    columns = [(one.terminal, [one.value(row) for row in rows]) for one in shown]
    left = {one.terminal for one in shown if not one.numeric}
    # Names give way first: without its numbers a table says nothing.
    others = sum(_column_width(head, cells) + 2 for head, cells in columns if head != "target")
    columns[0] = ("target", _cut(columns[0][1], max(12, width - others)))
    return [_line(columns, left, number) for number in (None, *range(len(rows)))]


def _line(columns: Sequence[tuple[str, list[str]]], left: set[str], number: int | None) -> str:
    said = []
    for head, cells in columns:
        text = head if number is None else printable(cells[number])
        gap = " " * (_column_width(head, cells) - columns_of(text))
        said.append(text + gap if head in left else gap + text)
    return "  ".join(said).rstrip()


def _column_width(head: str, cells: Iterable[str]) -> int:
    return max(map(columns_of, [head, *map(printable, cells)]))


def _judging(judging: Judging) -> list[str]:
    """Describe what stands in no row and was paid for all the same."""
    if not judging.requests:
        return []
    cost = "cost unknown" if judging.cost_usd is None else numbers.money(judging.cost_usd)
    return [f"checks asked judges and embeddings: {judging.requests:,} requests, {cost}"]


def _not_passed(cells: Sequence[Cell]) -> list[str]:
    wrong = [cell for cell in cells if cell.outcome not in ("passed", "skipped")]
    if not wrong:
        return []
    said = [_cell(cell) for cell in islice(wrong, MOST_CELLS)]
    if len(wrong) > MOST_CELLS:
        said.append(f"  and {len(wrong) - MOST_CELLS:,} more, in the report")
    return ["not passed:", *said, ""]


def _cell(cell: Cell) -> str:
    case = f" ({cell.case})" if cell.case is not None else ""
    variant = f" · {cell.variant}" if cell.variant != "default" else ""
    share = f", {cell.passed} of {cell.repeats} passed" if cell.repeats > 1 else ""
    name = f"{cell.conversation}{case} on {cell.target}{variant}"
    return f"  {cell.outcome:<9} {printable(name)}{share}"


def columns_of(text: str) -> int:
    """Count a text's columns in a terminal: two for wide letters, none for marks on others."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _cut(names: Sequence[str], width: int) -> list[str]:
    """The names within this width; whole after all where two of them could not be told apart."""
    for shortened in (_without_end, _without_middle):
        cut = {name: shortened(name, width) for name in names}
        if len(set(cut.values())) == len(cut):
            return [cut[name] for name in names]
    return list(names)


def _without_end(text: str, width: int) -> str:
    return text if columns_of(text) <= width else f"{_first(text, width - 1)}…"


def _without_middle(text: str, width: int) -> str:
    if columns_of(text) <= width:
        return text
    end = _first(text[::-1], (width - 1) * 2 // 3)[::-1]
    return f"{_first(text, width - 1 - columns_of(end))}…{end}"


def _first(text: str, width: int) -> str:
    kept = text
    while kept and columns_of(kept) > width:
        kept = kept[:-1]
    return kept
