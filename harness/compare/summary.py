"""The summary of a run: the numbers that the report, JUnit, the summary and the terminal show.

Everything that is shown is computed here (or in ``harness.compare.statistics``); views only format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.compare.comparison.model import Comparison, Parity
from harness.compare.figures import GateVerdict, Quantiles, Rate, VerdictWord
from harness.compare.steadiness import Steadiness
from harness.compare.times import Times
from harness.results.model import Judging, Outcome, TargetInfo
from harness.spec.model.spec import KnownFailing

__all__ = ["Cell", "GateVerdict", "Quantiles", "Rate", "Repeat", "Row", "Summary", "VerdictWord"]


@dataclass(frozen=True, slots=True)
class Row:
    """A target under one variant.

    ``pass_rate`` counts passed and failed trials only and is None when there are none;
    costs and tokens are None while any part of them is unknown. ``cost_per_conversation_usd`` is
    per trial. ``unchecked`` of the passed trials had nothing to check, and are in no rate.
    ``known_failing`` trials are of conversations that are known to fail: they are in no other count
    and in no rate, and what they cost is in the cost. ``steadiness`` tells how repeats agree, None
    where nothing was judged. ``times`` tells more of the latency: by turn, waiting.
    ``answered_by`` are the names that models gave themselves, sorted; ``spilled`` turns were
    answered by another deployment than was asked. ``unmeasured`` prompts were stopped by the
    filter, which bills them and does not say how many tokens that were.
    """

    target: TargetInfo
    variant: str
    outcomes: Mapping[Outcome, int]
    conversations: int
    pass_rate: Rate | None
    score: float | None
    metrics: Mapping[str, float]
    cost_usd: float | None
    cost_per_conversation_usd: float | None
    latency: Quantiles | None
    ttft: Quantiles | None
    input_tokens: int | None
    output_tokens: int | None
    requests: int
    errors: Mapping[str, int] = field(default_factory=dict)
    unchecked: int = 0
    known_failing: int = 0
    steadiness: Steadiness | None = None
    times: Times | None = None
    answered_by: tuple[str, ...] = ()
    spilled: int = 0
    unmeasured: int = 0

    @property
    def trials(self) -> int:
        """The number of its trials, those that are known to fail among them."""
        return sum(self.outcomes.values()) + self.known_failing


@dataclass(frozen=True, slots=True)
class Repeat:
    """One trial of a cell, without its transcript.

    ``index`` is its place among the run's results; ``number`` counts a cell's repeats from 1;
    ``latency_s`` is the sum over its turns, 0 where nothing was answered.
    """

    index: int
    number: int
    outcome: Outcome
    latency_s: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One conversation (and case) on one target under one variant, over its repeats.

    ``outcome`` is the worst of the repeats in the contract's order (errored, blocked, truncated,
    failed, passed, skipped); ``passed`` of ``repeats`` passed; ``trials`` are those repeats.
    ``played`` repeats came to an answer, usable or not: they neither errored nor were skipped.
    ``known_failing`` is the mark of a conversation that may fail on the day of the run, else None.
    """

    conversation: str
    case: str | None
    target: str
    variant: str
    outcome: Outcome
    passed: int
    repeats: int
    trials: tuple[Repeat, ...]
    played: int = 0
    known_failing: KnownFailing | None = None

    @property
    def results(self) -> tuple[int, ...]:
        """The places of its results among the run's."""
        return tuple(trial.index for trial in self.trials)


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers: rows by target and variant, cells in the order of the results.

    ``judging`` is what checks took that asked judges or for embeddings: no row holds it, for it
    says nothing about a target. ``comparison`` is None where the run was held against no other;
    ``parities`` hold targets, and variants, of the run itself against each other.
    """

    rows: tuple[Row, ...]
    cells: tuple[Cell, ...]
    verdict: GateVerdict
    sentence: str
    judging: Judging = field(default_factory=Judging)
    comparison: Comparison | None = None
    parities: tuple[Parity, ...] = ()
