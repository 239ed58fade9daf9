"""The questions of a run divided among its looks: in a random order that a seed makes again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from harness.run.matrix import Matrix
from harness.run.narrowing import digest_name


@dataclass(frozen=True, slots=True)
class Portions:
    """A division of the questions among the looks; a question comes with all of its trials.

    Attributes:
        planned: how many looks there are.
        seed: the seed of the order.
        by_row: the look before which each question is asked, from 1, by the question's number.
        first: how many looks it takes until every question that must pass was asked; 0 without any.
    """

    planned: int
    seed: int
    by_row: bytes
    first: int = 0

    def is_asked_before(self, look: int, row: int) -> bool:
        """Tell whether a question is asked after the look before this one, and before this one."""
        return self.by_row[row] == look

    def count(self, look: int) -> int:
        """Count the questions that are asked before this look, those of earlier looks included."""
        return sum(self.by_row.count(number) for number in range(1, look + 1))


def divide(matrix: Matrix, looks: int, seed: int, must_pass: Collection[str]) -> Portions:
    """Divide a run's questions among so many looks, or fewer where there are fewer questions.

    Conversations that must pass come first: a run that stops early has asked them. All others come
    in the order of a digest of the seed and their names, which no version of Python changes, and
    which stays as it is when others are added.
    """
    keys = [
        (b"\1" if conversation not in must_pass else b"\0") + digest_name(seed, conversation, case)
        for conversation, case in matrix.names()
    ]
    ranked = sorted(range(len(keys)), key=keys.__getitem__)
    planned = min(looks, len(ranked))
    by_row = bytearray(len(ranked))
    first = 0
    for place, row in enumerate(ranked):
        by_row[row] = place * planned // len(ranked) + 1
        if keys[row].startswith(b"\0"):
            first = by_row[row]
    return Portions(planned, seed, bytes(by_row), first)


def make_seed(spec_sha256: str, baseline_id: str) -> int:
    """Make the seed of a run that names none: another baseline or spec gives another order."""
    return int.from_bytes(digest_name(0, spec_sha256, baseline_id)[:4])
