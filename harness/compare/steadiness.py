"""The agreement of the repeats of a conversation: pass^K, pass@K and the flaky ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.compare.statistics import Share


@dataclass(frozen=True, slots=True)
class Steadiness:
    """The agreement of repeats over the conversations of a row that were judged.

    Attributes:
        every: the share of conversations that passed in every repeat (pass^K), in [0, 1].
        any: the share that passed in at least one repeat (pass@K), in [0, 1].
        flaky: how many conversations passed in some repeats and not in others.
        repeats: the most repeats of one conversation that were judged; with 1 nothing is told.
    """

    every: float
    any: float
    flaky: int
    repeats: int


def measure_steadiness(shares: Sequence[Share]) -> Steadiness | None:
    """Measure how the repeats of conversations agree; None where none was judged."""
    judged = [share for share in shares if share.judged]
    if not judged:
        return None
    return Steadiness(
        every=sum(share.passed == share.judged for share in judged) / len(judged),
        any=sum(share.passed > 0 for share in judged) / len(judged),
        flaky=sum(0 < share.passed < share.judged for share in judged),
        repeats=max(share.judged for share in judged),
    )
