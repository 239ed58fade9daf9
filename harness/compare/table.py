"""A summary as plain text, for a terminal or a log: aligned, without colour, safe to print."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from harness.compare.columns import select_columns
from harness.compare.summary import Cell, Row, Summary
from harness.compare.views.comparison_table import format_comparison_lines
from harness.compare.wording import describe_judging, describe_mark, name_case, name_verdict
from harness.text.safe import printable
from harness.text.tables import align_columns

MOST_CELLS = 10
"""Conversations that are listed by name; the report has them all."""


def format_lines(
    summary: Summary, *, width: int = 100, not_passed: Sequence[str] | None = None
) -> list[str]:
    """Write the table of targets, what did not pass, the comparison, and the verdict.

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
    if summary.comparison is not None:
        said += ["", *format_comparison_lines(summary.comparison, width=width), ""]
    if summary.verdict.word is not None:
        said.append(f"gate: {name_verdict(summary.verdict.word)}")
    return said + [f"  {printable(reason)}" for reason in summary.verdict.reasons]


def _format_table(rows: Sequence[Row], width: int) -> list[str]:
    shown = select_columns("terminal", rows)
    columns = [(one.terminal, [one.value(row) for row in rows]) for one in shown]
    return align_columns(columns, {one.terminal for one in shown if not one.numeric}, width)


def _list_not_passed(cells: Sequence[Cell]) -> list[str]:
    wrong = [cell for cell in cells if cell.outcome not in ("passed", "skipped")]
    if not wrong:
        return []
    said = [_format_cell(cell) for cell in islice(wrong, MOST_CELLS)]
    if len(wrong) > MOST_CELLS:
        said.append(f"  and {len(wrong) - MOST_CELLS:,} more, in the report")
    return ["not passed:", *said]


def _format_cell(cell: Cell) -> str:
    variant = f" · {cell.variant}" if cell.variant != "default" else ""
    share = f", {cell.passed} of {cell.repeats} passed" if cell.repeats > 1 else ""
    name = f"{name_case(cell.conversation, cell.case)} on {cell.target}{variant}"
    mark = f", {describe_mark(cell.known_failing)}" if cell.known_failing is not None else ""
    return f"  {cell.outcome:<9} {printable(name)}{share}{printable(mark)}"
