"""Conversations of two sides in pairs: by name, or by question where they have no name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.compare.comparison.scores import CaseName, CellScore

UNNAMED = re.compile(r"#\d+")
"""The name of a row without an id: its place, which is another once a row is put in before it."""

REPHRASED = "its question is another: turns or checks have changed"
UNANSWERED = "it errored in every repeat"
UNCHECKED = "nothing in it was judged"


@dataclass(frozen=True, slots=True)
class CellPair:
    """One conversation on both sides; ``name`` is the head's."""

    name: CaseName
    a: CellScore
    b: CellScore


@dataclass(slots=True)
class PairedCells:
    """The conversations of two sides: what is compared, and what is on one side only.

    Attributes:
        compared: those that were judged on both sides.
        broken: those that are there on both sides and not judged on one at least.
        rephrased: those whose question is another; the head's cell.
        new: those of the head alone.
        missing: those of the base alone.
    """

    compared: list[CellPair] = field(default_factory=list)
    broken: list[CellPair] = field(default_factory=list)
    rephrased: list[tuple[CaseName, CellScore]] = field(default_factory=list)
    new: list[tuple[CaseName, CellScore]] = field(default_factory=list)
    missing: list[tuple[CaseName, CellScore]] = field(default_factory=list)


def pair_cells(
    base: Mapping[CaseName, CellScore], head: Mapping[CaseName, CellScore]
) -> PairedCells:
    """Pair the conversations of two sides, in the order of the head."""
    paired = PairedCells()
    left = dict(base)
    by_question = _index_unnamed(base)
    for name, cell in head.items():
        if is_unnamed(name):
            alike = by_question.get((name[0], cell.question))
            before = next(alike, None) if alike else None
        else:
            before = name if name in left else None
        if before is None:
            paired.new.append((name, cell))
            continue
        then = left.pop(before)
        if then.question != cell.question and then.question and cell.question:
            paired.rephrased.append((name, cell))
            continue
        pair = CellPair(name, then, cell)
        judged = then.played and cell.played
        (paired.compared if judged else paired.broken).append(pair)
    paired.missing.extend(left.items())
    return paired


def is_unnamed(name: CaseName) -> bool:
    """Return whether a case has no name of its own: a row of a data set without an id."""
    return name[1] is not None and UNNAMED.fullmatch(name[1]) is not None


def _index_unnamed(
    cells: Mapping[CaseName, CellScore],
) -> Mapping[tuple[str, str], Iterator[CaseName]]:
    """List the cases without a name by their question; equal ones are taken in turn."""
    alike: dict[tuple[str, str], list[CaseName]] = defaultdict(list)
    for name, cell in cells.items():
        if is_unnamed(name):
            alike[name[0], cell.question].append(name)
    return {question: iter(names) for question, names in alike.items()}


def explain_broken(pair: CellPair) -> str:
    """Say why a conversation that is there on both sides is not compared."""
    for cell in (pair.b, pair.a):
        if not cell.played and cell.errored:
            return UNANSWERED
    return UNCHECKED
