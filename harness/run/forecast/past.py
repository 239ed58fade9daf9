"""Replies of a past run as the next one's forecast needs them: how long they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.conversation.transcript import Usage
from harness.results.model import Result

TurnKey: TypeAlias = tuple[str, str | None, str, int]
"""Conversation, case, variant and the number of the turn, from 1."""


@dataclass(slots=True)
class PastTurn:
    """Sums over the times that a turn was played: tokens and requests."""

    plays: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def add(self, usage: Usage, requests: int) -> None:
        """Add one play of the turn."""
        self.plays += 1
        self.requests += requests
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.reasoning_tokens += usage.reasoning_tokens


@dataclass(frozen=True, slots=True)
class PastReplies:
    """A target's replies in a past run.

    Attributes:
        run_id: the run.
        simulated: True where the simulator gave them.
        turns: by turn.
        whole: all of them together.
        asked: the system text and the hash of the question that each conversation's case had, by
            conversation, case and variant.
        latency_s: seconds a turn took, in the middle and at the 95th percentile; None is unknown.
    """

    run_id: str
    simulated: bool
    turns: Mapping[TurnKey, PastTurn]
    whole: PastTurn
    asked: Mapping[tuple[str, str | None, str], tuple[str | None, str]]
    latency_s: tuple[float, float] | None = None


@dataclass(slots=True)
class PastGatherer:
    """Gathers a run's replies by target."""

    run_id: str
    turns: dict[str, dict[TurnKey, PastTurn]] = field(default_factory=dict)
    asked: dict[str, dict[tuple[str, str | None, str], tuple[str | None, str]]] = field(
        default_factory=dict
    )

    def add(self, results: Iterable[Result]) -> None:
        """Take in results; what has no usage says nothing."""
        for result in results:
            trial = result.trial
            place = (trial.conversation, trial.case, trial.variant)
            turns = self.turns.setdefault(trial.target, {})
            self.asked.setdefault(trial.target, {})[place] = (
                result.system,
                result.question_sha256,
            )
            for turn in result.turns:
                exchange = turn.exchange
                usage = exchange.reply.usage if exchange.reply is not None else None
                if exchange.scripted or usage is None:
                    continue
                key = (*place, exchange.number)
                turns.setdefault(key, PastTurn()).add(usage, max(1, exchange.effort.requests))

    def make_past(
        self, target: str, *, simulated: bool, latency_s: tuple[float, float] | None
    ) -> PastReplies | None:
        """Return one target's replies; None where it has none whose tokens were counted."""
        turns = self.turns.get(target, {})
        if not turns:
            return None
        whole = PastTurn()
        for turn in turns.values():
            whole.plays += turn.plays
            whole.requests += turn.requests
            whole.input_tokens += turn.input_tokens
            whole.output_tokens += turn.output_tokens
            whole.reasoning_tokens += turn.reasoning_tokens
        asked = self.asked.get(target, {})
        return PastReplies(self.run_id, simulated, turns, whole, asked, latency_s)
