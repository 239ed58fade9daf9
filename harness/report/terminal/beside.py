"""Two transcripts beside each other, with the words in which they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from harness.compare.wording import name_case
from harness.report.terminal.telling import write_ending, write_verdict
from harness.report.terminal.word_diff import TextPart, compare_words
from harness.results.model import JudgedExchange, Result
from harness.text.safe import printable, visible
from harness.text.tables import count_columns

NARROWEST = 24
"""Columns of a text beside another; in a terminal with less room they stand above each other."""
BETWEEN = " | "
SIGNS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "": ("", "")}
"""The signs around what only one side has: it is read without colour."""
LONGEST_LINE = 100_000

Paint = Callable[[str, str], str]
"""Colours a text by what it is: ``removed``, ``added`` or ``heading``."""

Block = tuple[str, str, bool]
"""A title, its text, and whether the words of its two sides are compared."""

_WORDS = re.compile(r"\n|[^\S\n]+|\S+")


def write_plainly(text: str, kind: str) -> str:
    """Return the text as it is: for whoever wants no colour."""
    del kind
    return text


def show_beside(
    a: Result, b: Result, titles: tuple[str, str], *, width: int, paint: Paint = write_plainly
) -> Iterator[str]:
    """Yield the lines of two transcripts, turn by turn; what is the same on both sides stands once.

    Args:
        a: the left one: what only it says is marked ``[-…-]``.
        b: the right one: what only it says is marked ``{+…+}``.
        titles: names them, one each.
        width: the terminal's, in columns.
        paint: colours the marks, for a terminal that shows colours.
    """
    trial = a.trial
    yield printable(name_case(trial.conversation, trial.case))
    yield from _lay_out([[TextPart(printable(title))] for title in titles], width, paint)
    yield "-" * (2 * _measure_side(width) + len(BETWEEN) if _has_room(width) else width)
    for title, left, right, compared in _pair_blocks(_list_blocks(a), _list_blocks(b)):
        if title:
            yield paint(title, "heading")
        if left == right:
            yield from left.split("\n") if left else ()
        elif compared:
            yield from _lay_out(compare_words(left, right), width, paint)
        else:
            yield from _lay_out(([TextPart(left)], [TextPart(right)]), width, paint)


def _measure_side(width: int) -> int:
    return (width - len(BETWEEN)) // 2


def _has_room(width: int) -> bool:
    return _measure_side(width) >= NARROWEST


def _list_blocks(result: Result) -> dict[str, Block]:
    """Return the parts of a transcript by a name that the other side's part has too."""
    blocks = {"system": ("system", _clean(result.system or ""), True)}
    for turn in result.turns:
        blocks |= _list_turn(turn)
    whole = [line for each in result.verdicts for line in write_verdict(each, None, "", 1)]
    blocks["whole"] = ("checks of the whole conversation", "\n".join(whole), False)
    failure = result.failure
    if failure is not None and not any(turn.exchange.failure for turn in result.turns):
        blocks["failure"] = ("error", _clean(f"{failure.kind}: {failure.message}"), False)
    return {name: block for name, block in blocks.items() if block[1]}


def _list_turn(turn: JudgedExchange) -> dict[str, Block]:
    exchange, number = turn.exchange, turn.exchange.number
    said = exchange.reply.text if exchange.reply is not None else ""
    checks = [line for each in turn.verdicts for line in write_verdict(each, None, said, 1)]
    return {
        f"{number} user": (f"turn {number}, user", _clean(exchange.asked), True),
        f"{number} reply": (f"turn {number}, assistant", _clean(said), True),
        f"{number} ending": ("", "\n".join(write_ending(exchange, LONGEST_LINE)), False),
        f"{number} checks": ("", "\n".join(checks), False),
    }


def _clean(text: str) -> str:
    return visible(text).expandtabs(4).rstrip()


def _pair_blocks(
    left: dict[str, Block], right: dict[str, Block]
) -> Iterator[tuple[str, str, str, bool]]:
    """Yield title, left text, right text and whether they are compared, in the order of turns."""
    last = ["whole", "failure"]
    names = [name for name in {**left, **right} if name not in last]
    names.sort(key=lambda name: (name != "system", _read_number(name)))
    for name in [*names, *last]:
        a, b = left.get(name), right.get(name)
        known = a or b
        if known is not None:
            compared = known[2] and a is not None and b is not None
            yield known[0], a[1] if a else "", b[1] if b else "", compared


PARTS = ("user", "reply", "ending", "checks")


def _read_number(name: str) -> tuple[int, int]:
    number, _, part = name.partition(" ")
    return (int(number), PARTS.index(part)) if part else (0, 0)


def _lay_out(sides: Sequence[Iterable[TextPart]], width: int, paint: Paint) -> Iterator[str]:
    """Write two texts in columns, or where there is no room above each other, with A and B."""
    if not _has_room(width):
        for name, parts in zip("AB", sides, strict=True):
            for number, line in enumerate(_wrap(_add_signs(parts), width - 3)):
                yield f"{'   ' if number else f'{name}: '}{_paint_line(line, paint)}".rstrip()
        return
    room = _measure_side(width)
    columns = [list(_wrap(_add_signs(parts), room)) for parts in sides]
    for left, right in zip_longest(*columns, fillvalue=[]):
        gap = " " * (room - sum(count_columns(part.text) for part in left))
        yield f"{_paint_line(left, paint)}{gap}{BETWEEN}{_paint_line(right, paint)}".rstrip()


def _add_signs(parts: Iterable[TextPart]) -> Iterator[TextPart]:
    for text, mark in parts:
        first, last = SIGNS[mark]
        body = text.rstrip()
        yield TextPart(f"{first}{body}{last}" if body else text, mark)
        if body and len(body) < len(text):
            yield TextPart(text[len(body) :])


def _paint_line(line: Iterable[TextPart], paint: Paint) -> str:
    said = []
    for mark, parts in groupby(line, key=lambda part: part.mark):
        text = "".join(part.text for part in parts)
        said.append(paint(text, mark) if mark else text)
    return "".join(said)


def _wrap(parts: Iterable[TextPart], width: int) -> Iterator[list[TextPart]]:
    """Yield lines of this many columns at most, broken at white space where there is some."""
    line: list[TextPart] = []
    used = 0
    begins = True
    for text, mark in parts:
        for word in _split_words(text, width):
            if word == "\n":
                yield line
                line, used, begins = [], 0, True
                continue
            columns = count_columns(word)
            if used + columns > width:
                yield line
                line, used, begins = [], 0, False
            if word.isspace() and used == 0 and not begins:
                continue  # where a line was broken, not where the text indents
            line.append(TextPart(word, mark))
            used += columns
    if line:
        yield line


def _split_words(text: str, width: int) -> Iterator[str]:
    """Yield words, white space and line ends; what is wider than a line comes in pieces."""
    for word in _WORDS.findall(text):
        begin = used = 0
        for end, letter in enumerate(word):
            columns = count_columns(letter)
            if used + columns > width:
                yield word[begin:end]
                begin, used = end, 0
            used += columns
        yield word[begin:]
