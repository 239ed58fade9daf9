"""A summary as plain text, for a terminal or a log: aligned, without colour, safe to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice

from harness.compare.columns import select_columns
from harness.compare.summary import Cell, Row, Summary
from harness.compare.wording import describe_judging, describe_mark
from harness.text.safe import printable

MOST_CELLS = 10
"""Conversations that are listed by name; the report has them all."""


def format_lines(
    summary: Summary, *, width: int = 100, not_passed: Sequence[str] | None = None
) -> list[str]:
    """Write the table of targets, what did not pass, the sentence and the verdict.

    ``width`` is the terminal's; prose is left to wrap by itself, names in the table are cut.
    ``not_passed`` are lines that tell what did not pass; without them it is only named.
    """
    if not_passed is None:
        not_passed = _list_not_passed(summary.cells)
    said = [
        *_format_table(summary.rows, width),
        "",
        *not_passed,
        *([""] if not_passed else []),
        printable(summary.sentence),
        *filter(None, [describe_judging(summary.judging)]),
    ]
    if summary.verdict.word is not None:
        said.append(f"gate: {summary.verdict.word}")
    return said + [f"  {printable(reason)}" for reason in summary.verdict.reasons]


def _format_table(rows: Sequence[Row], width: int) -> list[str]:
    shown = select_columns("terminal", rows)
    columns = [(one.terminal, [one.value(row) for row in rows]) for one in shown]
    left = {one.terminal for one in shown if not one.numeric}
    # Names give way first: without its numbers a table says nothing.
    others = sum(_measure_column(head, cells) + 2 for head, cells in columns if head != "target")
    columns[0] = ("target", _cut(columns[0][1], max(12, width - others)))
    return [_format_line(columns, left, number) for number in (None, *range(len(rows)))]


def _format_line(
    columns: Sequence[tuple[str, list[str]]], left: set[str], number: int | None
) -> str:
    said = []
    for head, cells in columns:
        text = head if number is None else printable(cells[number])
        gap = " " * (_measure_column(head, cells) - count_columns(text))
        said.append(text + gap if head in left else gap + text)
    return "  ".join(said).rstrip()


def _measure_column(head: str, cells: Iterable[str]) -> int:
    return max(map(count_columns, [head, *map(printable, cells)]))


def _list_not_passed(cells: Sequence[Cell]) -> list[str]:
    wrong = [cell for cell in cells if cell.outcome not in ("passed", "skipped")]
    if not wrong:
        return []
    said = [_format_cell(cell) for cell in islice(wrong, MOST_CELLS)]
    if len(wrong) > MOST_CELLS:
        said.append(f"  and {len(wrong) - MOST_CELLS:,} more, in the report")
    return ["not passed:", *said]


def _format_cell(cell: Cell) -> str:
    case = f" ({cell.case})" if cell.case is not None else ""
    variant = f" · {cell.variant}" if cell.variant != "default" else ""
    share = f", {cell.passed} of {cell.repeats} passed" if cell.repeats > 1 else ""
    name = f"{cell.conversation}{case} on {cell.target}{variant}"
    mark = f", {describe_mark(cell.known_failing)}" if cell.known_failing is not None else ""
    return f"  {cell.outcome:<9} {printable(name)}{share}{printable(mark)}"


def count_columns(text: str) -> int:
    """Count a text's columns in a terminal: two for wide letters, none for marks on others."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _cut(names: Sequence[str], width: int) -> list[str]:
    """Cut names to this width; leave them whole where two could not be told apart."""
    for shortened in (_cut_end, _cut_middle):
        cut = {name: shortened(name, width) for name in names}
        if len(set(cut.values())) == len(cut):
            return [cut[name] for name in names]
    return list(names)


def _cut_end(text: str, width: int) -> str:
    return text if count_columns(text) <= width else f"{_take_first(text, width - 1)}…"


def _cut_middle(text: str, width: int) -> str:
    if count_columns(text) <= width:
        return text
    end = _take_first(text[::-1], (width - 1) * 2 // 3)[::-1]
    return f"{_take_first(text, width - 1 - count_columns(end))}…{end}"


def _take_first(text: str, width: int) -> str:
    kept = text
    while kept and count_columns(kept) > width:
        kept = kept[:-1]
    return kept
