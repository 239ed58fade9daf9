"""The rows of the matrix with their transcripts, and which of them a page can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.compare.summary import Cell
from harness.report import text
from harness.report.pictures import Album
from harness.report.plays import Name, Play, PlayColumn, explain_result, read_play, write_tally
from harness.report.transcripts import (
    Prose,
    Side,
    TurnView,
    find_shared_system,
    view_sides,
    view_turns,
)
from harness.results.model import Outcome, Result
from harness.spec.model.spec import KnownFailing
from harness.text import safe

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
    ``known`` says until when it is known to fail, "" where it is not; ``issue`` is a link to it.
    ``state`` is the row for the page's filters: an outcome and a tally per column.
    """

    index: int
    name: str
    case: str
    tags: tuple[str, ...]
    gist: str
    known: str
    issue: str
    cells: tuple[MatrixCell, ...]
    failing: bool
    differs: bool
    written: bool
    system: Prose | None
    sides: tuple[Side, ...]
    turns: tuple[TurnView, ...]

    @property
    def whole(self) -> bool:
        """True when anything is said of the conversation as a whole: checks, an end, repeats."""
        return any(side.failure or side.checks or side.others for side in self.sides)

    @property
    def state(self) -> str:
        """``passed-3/3 failed-1/3``, a dash for what was not played."""
        return " ".join(f"{c.outcome}-{c.tally}" if c.outcome else "-" for c in self.cells)


def _is_failing(cells: Mapping[int, Cell]) -> bool:
    return any(cell.outcome not in ("passed", "skipped") for cell in cells.values())


def _differs(cells: Mapping[int, Cell]) -> bool:
    return len({(cell.outcome, cell.passed) for cell in cells.values()}) > 1


def _choose_names(groups: Mapping[Name, Mapping[int, Cell]], most: int) -> list[Name]:
    """Choose the names to show: differences first, then failures, then the rest, in order."""
    return sorted(groups, key=lambda n: (not _differs(groups[n]), not _is_failing(groups[n])))[
        :most
    ]


def view_conversations(
    groups: Mapping[Name, Mapping[int, Cell]],
    columns: Sequence[PlayColumn],
    results: Sequence[Result],
    album: Album,
) -> tuple[ConversationView, ...]:
    """Make the rows that a page can hold, in the run's order; numbers count all from 1.

    Where not everything fits, conversations on which targets differ come first, then those that
    did not pass; first the transcripts are left out, then the rows. Results are read a
    conversation at a time, those of the rows that are shown only.
    """
    numbers = {name: number for number, name in enumerate(groups, start=1)}
    left, full = MOST_CHARACTERS, False
    shown: list[ConversationView] = []
    for name in _choose_names(groups, MOST_CONVERSATIONS):
        cells = groups[name]
        plays = {
            column.index: read_play(cells[column.index], column, results)
            for column in columns
            if column.index in cells
        }
        left -= _estimate_size(plays)
        full = full or (left < 0 and bool(shown))
        shown.append(
            _view_conversation(
                _Head(
                    numbers[name],
                    name,
                    _is_failing(cells),
                    _differs(cells),
                    next(iter(cells.values())).known_failing,
                ),
                plays,
                columns,
                None if full else album,
            )
        )
    return tuple(sorted(shown, key=lambda conversation: conversation.index))


@dataclass(frozen=True, slots=True)
class _Head:
    """The parts of a row that are known before its results are read."""

    index: int
    name: Name
    failing: bool
    differs: bool
    mark: KnownFailing | None


def _estimate_size(plays: Mapping[int, Play]) -> int:
    return sum(
        _MARKUP_OF_ANSWER + len(turn.exchange.asked)
        + (len(turn.exchange.reply.text) if turn.exchange.reply else 0)
        for play in plays.values()
        for result in play.repeats
        for turn in result.turns
    )  # fmt: skip


def _view_conversation(
    head: _Head, plays: Mapping[int, Play], columns: Sequence[PlayColumn], album: Album | None
) -> ConversationView:
    """Make a row; without an ``album`` the page is full, and the transcript is left out."""
    conversation, case = head.name
    present = list(plays.values())
    return ConversationView(
        index=head.index,
        name=safe.clip_line(conversation),
        case=safe.clip_line(case) if case is not None else "",
        tags=tuple(safe.clip_line(tag, 40) for tag in present[0].repeats[0].tags),
        gist=_clip_gist(present[0]),
        known=f"known to fail until {head.mark.until}" if head.mark is not None else "",
        issue=safe.clip_line(head.mark.issue) if head.mark is not None else "",
        cells=tuple(_view_cell(column, plays.get(column.index)) for column in columns),
        failing=head.failing,
        differs=head.differs,
        written=album is not None,
        system=find_shared_system(present) if album is not None else None,
        sides=view_sides(present) if album is not None else (),
        turns=view_turns(present, album) if album is not None else (),
    )


def _clip_gist(play: Play) -> str:
    turns = play.representative.turns
    return safe.clip_line(turns[0].exchange.asked, 100) if turns else ""


def _view_cell(column: PlayColumn, play: Play | None) -> MatrixCell:
    if play is None:
        return MatrixCell(column.index, None, "", "", "")
    return MatrixCell(
        column=column.index,
        outcome=play.outcome,
        symbol=text.SYMBOLS[play.outcome],
        tally=write_tally(play.passed, len(play.repeats)),
        reason=explain_result(play.representative),
    )
