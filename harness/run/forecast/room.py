"""The room on a disk that a run takes: its journal, its results and its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.run.matrix import Matrix

LEAST_BYTES, LIKELY_BYTES = 1_000, 6_000
"""Of each request, in the journal, the results and the page: without its texts, and with texts of
usual lengths. Source: measured on the runs of the tests and of docs/performance.md."""
DOCUMENTS_BYTES: Final = 500_000
"""The page's own application, and what the other documents begin with."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that a run writes: at least, and as is likely."""

    least: int
    likely: int


def estimate_room(matrix: Matrix, done: int) -> Room:
    """Estimate the bytes that the trials of a run still write, of which so many are done."""
    requests = sum(matrix.requests.values()) + sum(matrix.advice.values())
    left = requests * max(0, matrix.count - done) // max(1, matrix.count)
    return Room(left * LEAST_BYTES, left * LIKELY_BYTES + DOCUMENTS_BYTES)
