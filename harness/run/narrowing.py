"""A part of a run's trials: those that did not pass in another run, or a sample drawn by a seed."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.run.asking.question import Rows, is_compared, list_cases
from harness.run.sharding import QuestionName, ShardPlan
from harness.run.targets import every_target
from harness.spec.model.spec import Spec

Side = tuple[str, str]
"""A target's name and a variant's."""

CellName = tuple[str, str | None, str, str]
"""A conversation's id, its case, a target and a variant: all repeats of one thing that is asked."""


@dataclass(frozen=True, slots=True)
class FailedTrials:
    """The trials of a run that did not pass, to be played again.

    Attributes:
        run: the run, by the name that finds it again.
        cells: what was asked of whom, each with at least one repeat that did not pass.
        targets: all targets of that run.
    """

    run: str
    cells: frozenset[CellName]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The questions that are asked, and of whom; by default all, of everybody.

    Attributes:
        cells: the sides that are asked each question; None where all are asked all of them.
        last: the digest of the last question that belongs to the sample; None without a sample.
        seed: of the sample.
        drawn_from: how many questions the sample was drawn from.
        plan: the shard that is asked of all that is selected; None where all of it is.
    """

    cells: Mapping[QuestionName, frozenset[Side]] | None = None
    last: bytes | None = None
    seed: int = 0
    drawn_from: int = 0
    plan: ShardPlan | None = None

    @property
    def is_whole(self) -> bool:
        """True where every question is asked."""
        return self.cells is None and self.last is None and self.plan is None

    def has(self, name: QuestionName) -> bool:
        """Return whether anybody is asked this question."""
        if self.cells is not None and name not in self.cells:
            return False
        if self.plan is not None and not self.plan.span.has(name):
            return False
        return self.last is None or digest_name(self.seed, *name) <= self.last

    def is_asked(self, name: QuestionName, side: Side) -> bool:
        """Return whether one side is asked this question, which is among the part's."""
        return self.cells is None or side in self.cells[name]


def choose_cells(
    cells: Collection[CellName], spec: Spec, targets: Collection[str], variants: Collection[str]
) -> dict[QuestionName, frozenset[Side]]:
    """Arrange cells by their questions, as far as these targets and variants have them.

    Where replies are compared with each other, all of them are asked, or nothing could be chosen.
    """
    contests = {c.id for c in spec.conversations if is_compared(c, spec.defaults.assertions)}
    everybody = frozenset((target, variant) for target in targets for variant in variants)
    chosen: dict[QuestionName, frozenset[Side]] = {}
    for conversation, case, *side in cells:
        mine = everybody & {(side[0], side[1])}
        if mine:
            name = conversation, case
            more = everybody if conversation in contests else mine
            chosen[name] = chosen.get(name, frozenset()) | more
    return chosen


def draw_sample(names: Iterable[QuestionName], size: int, seed: int) -> tuple[bytes | None, int]:
    """Draw so many questions; return the digest of the last, None where that is all of them.

    The sample is made of the questions with the least digests: the same seed draws the same ones on
    every machine, and most of the same ones after others were added. Also returns how many there
    are.
    """
    total = 0

    def count() -> Iterator[bytes]:
        nonlocal total
        for name in names:
            total += 1
            yield digest_name(seed, *name)

    least = heapq.nsmallest(size, count())
    return (least[-1] if total > size else None), total


def list_gone(cells: Collection[CellName], spec: Spec, rows: Rows) -> list[CellName]:
    """List the cells that the spec no longer has, whatever is selected of it, in their order."""
    asked = {conversation for conversation, *_ in cells}
    there = {
        (conversation.id, case.name)
        for conversation in spec.conversations
        if conversation.id in asked
        for case in list_cases(conversation, rows)
    }
    variants = set(spec.variants) or {"default"}
    targets = {target.name for target in every_target(spec)}
    return sort_cells(cell for cell in cells if not _is_there(cell, there, targets, variants))


def sort_cells(cells: Iterable[CellName]) -> list[CellName]:
    """Sort cells by their names, for people."""
    return sorted(cells, key=lambda cell: (cell[0], cell[1] or "", *cell[2:]))


def name_cells(cells: Sequence[CellName], most: int) -> str:
    """Name cells for a message: the first ones, and how many more there are."""
    said = [
        f"{conversation}{f'[{case}]' if case is not None else ''} on {target}"
        + (f" · {variant}" if variant != "default" else "")
        for conversation, case, target, variant in cells[:most]
    ]
    more = [f"{len(cells) - most:,} more"] if len(cells) > most else []
    return ", ".join([*said, *more])


def _is_there(
    cell: CellName, there: set[QuestionName], targets: set[str], variants: set[str]
) -> bool:
    conversation, case, target, variant = cell
    return (conversation, case) in there and target in targets and variant in variants


def digest_name(seed: int, name: str, case: str | None) -> bytes:
    """Return a digest that orders questions at random, and no version of Python changes."""
    return hashlib.sha256(f"{seed}\0{name}\0{case or ''}".encode("utf-8", "replace")).digest()
