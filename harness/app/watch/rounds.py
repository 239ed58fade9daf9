"""One look at a spec while it is being written: the outcome of each cell, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from harness.compare.figures import WORST_FIRST
from harness.results.model import Outcome
from harness.run.narrowing import CellName, sort_cells

if TYPE_CHECKING:
    from harness.app.ports import StaleEntry
    from harness.conversation.ports import Place
    from harness.results.model import Result

State = Outcome | Literal["stale"]
"""An outcome, or that the recording has no answer to what is asked now."""

_WORST: tuple[State, ...] = ("stale", *WORST_FIRST)


@dataclass(frozen=True, slots=True)
class PlayedCell:
    """A cell after a round: the worst of its repeats, and the reason where it did not pass."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """The state of everything that is selected.

    Attributes:
        cells: by name, in the order of the trials.
        left_over: what the recording holds and nobody asks any more, a text each.
        cost_usd: what was spent on it, 0 for a replay; None where nobody knows.
        recorded: False where there is no recording at all, and nothing could be played.
    """

    cells: Mapping[CellName, PlayedCell] = field(default_factory=dict)
    left_over: tuple[str, ...] = ()
    cost_usd: float | None = 0.0
    recorded: bool = True

    @property
    def stale(self) -> frozenset[CellName]:
        """The cells that only the models themselves can answer."""
        return frozenset(name for name, one in self.cells.items() if one.state == "stale")

    @property
    def needs_asking(self) -> bool:
        """True where something is not answered by the recording."""
        return bool(self.stale) or not self.recorded

    def count(self) -> dict[State, int]:
        """Count the cells by their state, those that passed first and the stale ones last."""
        states = [one.state for one in self.cells.values()]
        order: tuple[State, ...] = (
            "passed", "failed", "truncated", "blocked", "errored", "skipped", "stale",
        )  # fmt: skip
        return {state: states.count(state) for state in order if state in states}

    def update(self, others: Round) -> Round:
        """Return this round with what was played since, of the same spec."""
        return Round({**self.cells, **others.cells}, self.left_over, others.cost_usd)


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that is otherwise than in the round before; None where it was not, or is no more."""

    name: CellName
    before: PlayedCell | None
    after: PlayedCell | None


def read_round(
    results: Iterable[Result], amiss: Iterable[StaleEntry] = (), cost_usd: float | None = 0.0
) -> Round:
    """Return what a run's results come to, read one by one.

    Args:
        results: one a trial.
        amiss: everything that the recording has otherwise than it was asked for, or has an error
            in the place of. Where it kept a trial, or its judge, from an answer, the cell is stale;
            the rest is left over.
        cost_usd: what was spent on them.
    """
    cells: dict[CellName, PlayedCell] = {}
    found = [(_name_cell(one.place), one.text.partition("\n")[0]) for one in amiss]
    missing = {name: text for name, text in reversed(found) if name is not None}
    for result in results:
        trial = result.trial
        name = (trial.conversation, trial.case, trial.target, trial.variant)
        played = PlayedCell(result.outcome, result.reason.partition("\n")[0])
        if result.outcome == "errored" and name in missing:
            played = PlayedCell("stale", missing[name])
        worst = cells.get(name)
        if worst is None or _WORST.index(played.state) < _WORST.index(worst.state):
            cells[name] = played
    stale = {name for name, one in cells.items() if one.state == "stale"}
    left_over = tuple(dict.fromkeys(text for name, text in found if name not in stale))
    return Round(cells, left_over, cost_usd)


def _name_cell(place: Place | None) -> CellName | None:
    if place is None:
        return None
    return place.conversation, place.case, place.target, place.variant


def list_changes(before: Round, after: Round) -> list[CellChange]:
    """List the cells whose state, or whose reason not to pass, is another than before."""
    changes = [
        CellChange(name, before.cells.get(name), one)
        for name, one in after.cells.items()
        if before.cells.get(name) != one
    ]
    gone = sort_cells(before.cells.keys() - after.cells.keys())
    return [*changes, *(CellChange(name, before.cells[name], None) for name in gone)]
