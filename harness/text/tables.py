"""Tables of plain text, for a terminal or a log."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from harness.text.safe import printable


def align_columns(
    columns: Sequence[tuple[str, Sequence[str]]], left: AbstractSet[str], width: int
) -> list[str]:
    """Write a table: a line of headings and a line a row, the first column cut to make room.

    Args:
        columns: the heading and the cells of each; the first one holds names.
        left: headings of columns that are aligned to the left.
        width: of the terminal, in columns.
    """
    # Names give way first: without its numbers a table says nothing.
    names, *others = columns
    taken = sum(_measure_column(head, cells) + 2 for head, cells in others)
    cut = [(names[0], _cut(names[1], max(12, width - taken))), *others]
    return [_format_line(cut, left, number) for number in (None, *range(len(names[1])))]


def _format_line(
    columns: Sequence[tuple[str, Sequence[str]]], left: AbstractSet[str], number: int | None
) -> str:
    said = []
    for head, cells in columns:
        text = head if number is None else printable(cells[number])
        gap = " " * (_measure_column(head, cells) - count_columns(text))
        said.append(text + gap if head in left else gap + text)
    return "  ".join(said).rstrip()


def _measure_column(head: str, cells: Iterable[str]) -> int:
    return max(map(count_columns, [head, *map(printable, cells)]))


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
