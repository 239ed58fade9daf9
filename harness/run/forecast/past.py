"""Replies of a past run as the next one's forecast needs them: how long they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.conversation.transcript import Usage
from harness.results.model import Result

TurnKey: TypeAlias = tuple[str, str | None, str, int]
"""Conversation, case, variant and the number of the turn, from 1."""
Asked: TypeAlias = tuple[str, str | None, str]
"""Conversation, case and variant."""


@dataclass(slots=True)
class PastTurn:
    """Sums over the times that a turn was played: tokens and requests."""

    plays: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def add(self, usage: Usage, *, requests: int = 1, plays: int = 1) -> None:
        """Add a play of the turn, or with no ``plays`` one more request of it."""
        self.plays += plays
        self.requests += requests
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.reasoning_tokens += usage.reasoning_tokens


@dataclass(frozen=True, slots=True)
class PastReplies:
    """A target's replies in a past run, or in a recording.

    Attributes:
        source: which it is, in words: ``run 20260901-120000-abcdef``.
        simulated: True where the simulator gave them.
        turns: by turn.
        whole: all of them together.
        asked: the system text and the hash of the question that each conversation's case had, by
            conversation, case and variant.
        latency_s: seconds a turn took, in the middle and at the 95th percentile; None is unknown.
    """

    source: str
    simulated: bool
    turns: Mapping[TurnKey, PastTurn]
    whole: PastTurn
    asked: Mapping[Asked, tuple[str | None, str]] = field(default_factory=dict)
    latency_s: tuple[float, float] | None = None


@dataclass(slots=True)
class PastTurns:
    """Gathers the replies of one target, turn by turn."""

    turns: dict[TurnKey, PastTurn] = field(default_factory=dict)
    asked: dict[Asked, tuple[str | None, str]] = field(default_factory=dict)

    def add(self, key: TurnKey, usage: Usage, *, requests: int = 1, plays: int = 1) -> None:
        """Add a play of a turn, or with no ``plays`` one more request of it."""
        self.turns.setdefault(key, PastTurn()).add(usage, requests=requests, plays=plays)

    def make_past(
        self, source: str, *, simulated: bool, latency_s: tuple[float, float] | None = None
    ) -> PastReplies | None:
        """Return the replies; None where there is none whose tokens were counted."""
        if not self.turns:
            return None
        whole = PastTurn()
        for turn in self.turns.values():
            whole.plays += turn.plays
            whole.requests += turn.requests
            whole.input_tokens += turn.input_tokens
            whole.output_tokens += turn.output_tokens
            whole.reasoning_tokens += turn.reasoning_tokens
        return PastReplies(source, simulated, self.turns, whole, self.asked, latency_s)


def gather_results(results: Iterable[Result]) -> dict[str, PastTurns]:
    """Gather a run's replies by target; what has no usage says nothing."""
    found: dict[str, PastTurns] = {}
    for result in results:
        trial = result.trial
        place = (trial.conversation, trial.case, trial.variant)
        turns = found.setdefault(trial.target, PastTurns())
        turns.asked[place] = (result.system, result.question_sha256)
        for turn in result.turns:
            exchange = turn.exchange
            usage = exchange.reply.usage if exchange.reply is not None else None
            if usage is not None and not exchange.scripted:
                requests = max(1, exchange.effort.requests)
                turns.add((*place, exchange.number), usage, requests=requests)
    return found
