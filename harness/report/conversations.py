"""The rows of the matrix with their transcripts, and which of them a page can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.report import text
from harness.report.plays import Column, Name, Play, reason_of, tally
from harness.report.transcripts import (
    Prose,
    Side,
    TurnView,
    shared_system,
    sides_of,
    turns_of,
)
from harness.results.model import Outcome

MOST_CONVERSATIONS = 2_000
"""Rows of the matrix; beyond, a browser takes seconds to lay the page out."""

MOST_CHARACTERS = 10_000_000
"""Of transcripts on the page, markup included (estimated): the file stays under some 15 MB."""

_MARKUP_OF_ANSWER = 900
"""Characters of markup around one answer, measured on a typical run and rounded up."""


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

    ``gist`` is how the conversation begins, for names that say little.
    ``state`` is the row for the page's filters: an outcome and a tally per column.
    """

    index: int
    name: str
    case: str
    tags: tuple[str, ...]
    gist: str
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


def _is_failing(plays: Mapping[int, Play]) -> bool:
    return any(play.outcome not in ("passed", "skipped") for play in plays.values())


def _differs(plays: Mapping[int, Play]) -> bool:
    return len({(play.outcome, play.passed) for play in plays.values()}) > 1


def _most_telling(groups: Mapping[Name, Mapping[int, Play]], most: int) -> list[Name]:
    """The names to show, differences first, then failures, then the rest; each in its order."""
    return sorted(groups, key=lambda n: (not _differs(groups[n]), not _is_failing(groups[n])))[
        :most
    ]


def conversations_of(
    groups: Mapping[Name, Mapping[int, Play]], columns: Sequence[Column]
) -> tuple[ConversationView, ...]:
    """The rows that a page can hold, in the run's order; numbers count from 1 over all of them.

    Where not everything fits, conversations on which targets differ come first, then those that
    did not pass; first the transcripts are left out, then the rows.
    """
    kept = _most_telling(groups, MOST_CONVERSATIONS)
    left = MOST_CHARACTERS
    written: set[Name] = set()
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
    name: Name,
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
        gist=_gist(present[0]),
        cells=tuple(_cell(column, plays.get(column.index)) for column in columns),
        failing=_is_failing(plays),
        differs=_differs(plays),
        written=written,
        system=shared_system(present) if written else None,
        sides=sides_of(present) if written else (),
        turns=turns_of(present) if written else (),
    )


def _gist(play: Play) -> str:
    turns = play.representative.turns
    return text.line(turns[0].exchange.user, 100) if turns else ""


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
