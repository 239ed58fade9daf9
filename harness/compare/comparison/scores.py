"""Everything that comparisons need of a run, gathered result by result: no transcript is kept."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from harness.compare.figures import WORST_FIRST
from harness.compare.statistics import Share
from harness.results.model import Outcome, RunInfo, TargetInfo
from harness.results.scored import ScoredTrial, ScoredTurn

MOST_POLICIES = 1_000
"""Annotations of filters that are remembered as read: they repeat, but for severities."""

MOST_SYSTEMS = 3
"""System texts that a side keeps whole; of the others it knows that they are others."""

CaseName = tuple[str, str | None]
SideName = tuple[str, str]


@dataclass(slots=True)
class CellScore:
    """The repeats of one conversation (and case) on one target under one variant, in figures.

    Attributes:
        question: its SHA-256, "" where an old run does not say.
        passed: repeats that passed, of ``played``.
        played: repeats that were answered and judged; blocked and truncated ones among them.
        outcomes: its repeats by how they ended, in the order of ``WORST_FIRST``.
        errors: those that errored, by what went wrong; None where none did.
        system: the system texts of its repeats, as Python hashes them.
        turns_s: the latency of each turn that was measured, in seconds.
        took_s: their sum over the ``timed`` trials whose every turn was measured.
        cost_usd: the sum over the ``priced`` trials whose every turn has a price.
    """

    question: str
    passed: int = 0
    played: int = 0
    outcomes: array[int] = field(default_factory=lambda: array("I", bytes(4 * len(WORST_FIRST))))
    errors: dict[str, int] | None = None
    system: int = 0
    turns_s: array[float] = field(default_factory=lambda: array("d"))
    took_s: float = 0.0
    timed: int = 0
    cost_usd: float = 0.0
    priced: int = 0
    unpriced: int = 0

    def add(self, trial: ScoredTrial) -> None:
        """Add one repeat."""
        self.outcomes[WORST_FIRST.index(trial.outcome)] += 1
        if trial.outcome == "errored":
            kind = trial.error.kind if trial.error else "check"
            self.errors = self.errors or {}
            self.errors[kind] = self.errors.get(kind, 0) + 1
        if trial.judged:
            self.played += 1
            self.passed += trial.outcome == "passed"
            self._measure(trial.turns)

    def _measure(self, turns: Iterable[ScoredTurn]) -> None:
        times = [turn.latency_s or 0.0 for turn in turns if turn.answered]
        if times and all(times):
            self.turns_s.extend(times)
            self.took_s += sum(times)
            self.timed += 1
        costs = [turn.cost_usd for turn in turns if turn.paid]
        known = [cost for cost in costs if cost is not None]
        if known and len(known) == len(costs):
            self.cost_usd += sum(known)
            self.priced += 1
        elif costs:
            self.unpriced += 1

    def count(self, outcome: Outcome) -> int:
        """Count the repeats that ended so."""
        return self.outcomes[WORST_FIRST.index(outcome)]

    @property
    def repeats(self) -> int:
        """The number of its repeats."""
        return sum(self.outcomes)

    @property
    def outcome(self) -> Outcome:
        """The worst of the repeats."""
        return next(name for name, n in zip(WORST_FIRST, self.outcomes, strict=True) if n)

    @property
    def errored(self) -> int:
        """The repeats that have no answer, or none that could be judged."""
        return self.count("errored")

    @property
    def share(self) -> Share:
        """The repeats that passed, of those that were played."""
        return Share(self.passed, self.played)

    @property
    def mean_s(self) -> float | None:
        """Seconds a trial, waiting not included; None where nothing was measured."""
        return self.took_s / self.timed if self.timed else None

    @property
    def mean_usd(self) -> float | None:
        """US dollars a trial; None where they are not all known."""
        return self.cost_usd / self.priced if self.priced and not self.unpriced else None


@dataclass(slots=True)
class SideScore:
    """A target under one variant: its cells, and what the service said of itself by the turn.

    ``models``, ``fingerprints``, ``tiers`` and ``policies`` count turns; a policy is the names of
    the categories that a content filter annotated. ``systems`` holds the first system texts by
    their hash.
    """

    cells: dict[CaseName, CellScore] = field(default_factory=dict)
    models: Counter[str] = field(default_factory=Counter)
    fingerprints: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    policies: Counter[str] = field(default_factory=Counter)
    systems: dict[int, str] = field(default_factory=dict)


class Scores:
    """A run in the figures that it is compared by; add the results in any order.

    Memory: about half a kilobyte a conversation and target, whatever the transcripts hold.
    """

    def __init__(self, info: RunInfo, spec: Mapping[str, Any] | None = None) -> None:
        """Begin with a run's description and its spec as it was decoded, where that is there."""
        self.info = info
        self.spec = spec
        self._sides: dict[SideName, SideScore] = {}
        self._policies: dict[bytes, str] = {}

    @classmethod
    def gather(
        cls, info: RunInfo, trials: Iterable[ScoredTrial], spec: Mapping[str, Any] | None = None
    ) -> Self:
        """Return the scores of a run from all of its trials."""
        scores = cls(info, spec)
        for trial in trials:
            scores.add(trial)
        return scores

    def add(self, trial: ScoredTrial) -> None:
        """Add one trial."""
        side = self._sides.get((trial.target, trial.variant))
        if side is None:
            side = self._sides[trial.target, trial.variant] = SideScore()
        cell = side.cells.get((trial.conversation, trial.case))
        if cell is None:
            cell = CellScore(trial.question_sha256)
            side.cells[trial.conversation, trial.case] = cell
        cell.add(trial)
        if trial.system is not None:
            cell.system = hash(trial.system)
            if len(side.systems) < MOST_SYSTEMS:
                side.systems.setdefault(cell.system, trial.system)
        for turn in trial.turns:
            if turn.answered:
                self._note_service(side, turn)

    def _note_service(self, side: SideScore, turn: ScoredTurn) -> None:
        if model := turn.served_model or turn.model:
            side.models[model] += 1
        if turn.system_fingerprint:
            side.fingerprints[turn.system_fingerprint] += 1
        if turn.service_tier:
            side.tiers[turn.service_tier] += 1
        written = bytes(turn.content_filter)
        policy = self._policies.get(written)
        if policy is None:
            if len(self._policies) >= MOST_POLICIES:
                self._policies.clear()
            policy = self._policies[written] = _read_policy(written)
        if policy:
            side.policies[policy] += 1

    @property
    def sides(self) -> Mapping[SideName, SideScore]:
        """Everything that was played, by target and variant, in the order of the results."""
        return self._sides

    def find_target(self, name: str) -> TargetInfo:
        """Return a target as the run describes it."""
        for target in self.info.targets:
            if target.name == name:
                return target
        return TargetInfo(name)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A run that others are compared with: its name and its figures."""

    name: str
    scores: Scores


def _read_policy(written: bytes) -> str:
    """Name the policy of annotations as they stand in their line; "" where nobody can read them."""
    try:
        return name_policy(json.loads(written))
    except (ValueError, RecursionError):  # a line's figures are read without looking into these
        return ""


def name_policy(annotations: object) -> str:
    """Name the categories that a content filter annotated: ``hate, jailbreak, violence``; or ""."""
    return ", ".join(sorted(set(_list_categories(annotations))))


def _list_categories(annotations: object) -> Iterator[str]:
    if isinstance(annotations, Mapping):
        for name, found in annotations.items():
            if isinstance(found, Mapping) and "filtered" in found:
                yield str(name)
            else:
                yield from _list_categories(found)
    elif isinstance(annotations, list):
        for each in annotations:
            yield from _list_categories(each)
