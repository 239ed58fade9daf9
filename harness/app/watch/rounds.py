"""One look at a spec while it is being written: the outcome of each cell, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from harness.compare.figures import WORST_FIRST
from harness.results.model import Outcome
from harness.run.narrowing import CellName, sort_cells

if TYPE_CHECKING:
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
    results: Iterable[Result], left_over: tuple[str, ...] = (), cost_usd: float | None = 0.0
) -> Round:
    """Return what a run's results come to, read one by one."""
    cells: dict[CellName, PlayedCell] = {}
    for result in results:
        trial = result.trial
        name = (trial.conversation, trial.case, trial.target, trial.variant)
        played = _read_cell(result)
        worst = cells.get(name)
        if worst is None or _WORST.index(played.state) < _WORST.index(worst.state):
            cells[name] = played
    # What is not as it was recorded is told by its cell; what is left are recordings alone.
    told = {one.reason for one in cells.values() if one.state == "stale"}
    left_over = tuple(one for one in left_over if one.partition("\n")[0] not in told)
    return Round(cells, left_over, cost_usd)


def _read_cell(result: Result) -> PlayedCell:
    failure = result.failure
    state: State = result.outcome
    if failure is not None and failure.kind == "stale_recording":
        return PlayedCell("stale", failure.message.partition("\n")[0])
    first = result.reason.partition("\n")[0]
    return PlayedCell(state, first)


def list_changes(before: Round, after: Round) -> list[CellChange]:
    """List the cells whose state, or whose reason not to pass, is another than before."""
    changes = [
        CellChange(name, before.cells.get(name), one)
        for name, one in after.cells.items()
        if before.cells.get(name) != one
    ]
    gone = sort_cells(before.cells.keys() - after.cells.keys())
    return [*changes, *(CellChange(name, before.cells[name], None) for name in gone)]
