"""A run as a page of a terminal: its verdict, its targets, and every conversation, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.compare.figures import WORST_FIRST
from harness.compare.summary import Cell, Summary
from harness.compare.table import format_lines
from harness.compare.wording import describe_mark, name_case
from harness.report.plays import Name
from harness.report.terminal.failures import PASSED
from harness.results.model import Outcome, RunInfo
from harness.text import numbers
from harness.text.safe import printable
from harness.text.tables import count_columns

MOST_LISTED = 200
WIDEST_NAME = 50
MOST_PLACES = 4
"""Targets of one conversation that are named."""

Group = tuple[Name, tuple[Cell, ...]]
"""A conversation (and case) with its cells."""


def group_worst_first(cells: Sequence[Cell]) -> list[Group]:
    """Return the conversations of these cells: those that did not pass first, else in order."""
    groups: dict[Name, list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.conversation, cell.case), []).append(cell)
    found: list[Group] = [(name, tuple(held)) for name, held in groups.items()]
    return sorted(found, key=lambda group: WORST_FIRST.index(find_worst(group[1])))


def find_worst(cells: Sequence[Cell]) -> Outcome:
    """Return the worst outcome of these cells."""
    return min((cell.outcome for cell in cells), key=WORST_FIRST.index)


def list_run(
    info: RunInfo, summary: Summary, cells: Sequence[Cell], *, width: int, most: int = MOST_LISTED
) -> Iterator[str]:
    """Yield the lines of a run.

    Args:
        info: the run.
        summary: its numbers, all of them.
        cells: those that are listed.
        width: the terminal's, in columns.
        most: so many conversations are listed; the others are counted.
    """
    yield from describe_run(info)
    yield ""
    yield from format_lines(summary, width=width, not_passed=())
    groups = group_worst_first(cells)
    if not groups:
        return
    selected = " that were selected" if len(cells) < len(summary.cells) else ""
    yield ""
    yield f"conversations{selected}, those that did not pass first:"
    names = [printable(name_case(*name)) for name, _ in groups[:most]]
    wide = min(WIDEST_NAME, max(map(count_columns, names), default=0))
    for name, (_, held) in zip(names, groups, strict=False):
        gap = " " * max(0, wide - count_columns(name))
        yield f"  {find_worst(held):<9} {name}{gap}  {printable(_describe_cells(held))}".rstrip()
    if len(groups) > most:
        yield f"  and {len(groups) - most:,} more: -k and -t choose, -v lists all"


def describe_run(info: RunInfo) -> Iterator[str]:
    """Yield a line that says which run this is, and what must not be overlooked in it."""
    marks = [word for word, holds in (("simulated", info.simulated), ("replayed", info.replayed))
             if holds]  # fmt: skip
    said = [info.spec_name, numbers.format_moment(info.started_at), info.status, *marks]
    yield printable(f"run {info.id}: {' · '.join(said)}")


def _describe_cells(cells: Sequence[Cell]) -> str:
    """Describe how many trials passed, and where not."""
    passed, trials = sum(cell.passed for cell in cells), sum(cell.repeats for cell in cells)
    skipped = sum(trial.outcome == "skipped" for cell in cells for trial in cell.trials)
    said = f"{passed:,} of {trials:,} passed" + (f", {skipped:,} skipped" if skipped else "")
    wrong = [cell for cell in cells if cell.outcome not in PASSED]
    if wrong and len(cells) > 1:
        several = len({cell.variant for cell in cells}) > 1
        places = [
            f"{cell.target}{f' · {cell.variant}' if several else ''} {cell.passed}/{cell.repeats}"
            for cell in wrong[:MOST_PLACES]
        ]
        more = f" and {len(wrong) - MOST_PLACES} more" if len(wrong) > MOST_PLACES else ""
        said += f"; not on {', '.join(places)}{more}"
    mark = next((cell.known_failing for cell in cells if cell.known_failing is not None), None)
    return f"{said}; {describe_mark(mark)}" if mark is not None else said
