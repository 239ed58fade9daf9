"""The conversations of a run in its order, and which of them are worth their room on the page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from harness.compare.comparison.model import Comparison
from harness.compare.summary import Cell, Summary
from harness.report.plays import Name, PlayColumn, group_cells


@dataclass(frozen=True, slots=True)
class PlayedConversation:
    """A conversation (and case): ``cells`` pairs a column's index with the cell, in order."""

    index: int
    id: str
    case: str | None
    cells: tuple[tuple[int, Cell], ...]

    @property
    def name(self) -> Name:
        """Its id and its case, by which it is known in other runs."""
        return self.id, self.case

    @property
    def results(self) -> tuple[int, ...]:
        """The places of its results among the run's, cell by cell."""
        return tuple(trial.index for _, cell in self.cells for trial in cell.trials)

    @property
    def is_dull(self) -> bool:
        """True where every repeat passed, or was skipped, on every column alike."""
        return all(
            cell.outcome == "skipped" or (cell.outcome == "passed" and cell.passed == cell.repeats)
            for _, cell in self.cells
        )


def list_conversations(
    summary: Summary, columns: Sequence[PlayColumn]
) -> tuple[PlayedConversation, ...]:
    """List the conversations in the order of the results."""
    groups = group_cells(summary, columns)
    return tuple(
        PlayedConversation(index, name, case, tuple(sorted(cells.items(), key=lambda one: one[0])))
        for index, ((name, case), cells) in enumerate(groups.items())
    )


def find_changed(comparison: Comparison | None) -> frozenset[Name]:
    """Find the conversations that are not as they were in the base of a comparison."""
    return frozenset(
        (case.conversation, case.case)
        for pair in (comparison.pairs if comparison else ())
        for case in pair.cases
        if case.kind != "same"
    )


def sort_by_interest(
    conversations: Sequence[PlayedConversation], changed: Collection[Name]
) -> list[PlayedConversation]:
    """Sort those first that failed, are flaky or changed; else the run's order stays."""
    return sorted(conversations, key=lambda one: one.is_dull and one.name not in changed)
