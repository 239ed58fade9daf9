"""The times of a row's turns: how long they took, turn by turn, and how often they had to wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from harness.compare.percentiles import Percentiles, find_percentiles
from harness.conversation.transcript import Exchange

QUEUED_S = 0.05
"""A turn that waited longer than this for a rate limit or a free slot was queued."""


@dataclass(frozen=True, slots=True)
class TurnTime:
    """The latency of the turns that came at the same place, counted from 1, in a conversation."""

    number: int
    latency: Percentiles


@dataclass(frozen=True, slots=True)
class Times:
    """The times of the turns that were asked; scripted ones are not.

    Attributes:
        latency: seconds to the last byte, waiting for rate limits not included; None where nobody
            measured.
        ttft: seconds to the first token of turns that were streamed; None where none was.
        turns: the latency by the turn's place; one that nobody measured is not there.
        asked: how many turns were asked, answered or not.
        queued: how many of them waited more than 50 ms for a rate limit or a free slot.
        queued_s: seconds that all of them waited together.
        repeated: how many were sent more than once: the service refused, or the line broke.
    """

    latency: Percentiles | None
    ttft: Percentiles | None
    turns: tuple[TurnTime, ...]
    asked: int
    queued: int
    queued_s: float
    repeated: int


@dataclass(slots=True)
class TimesTally:
    """The times of turns while they come in."""

    latencies: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    _by_turn: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    _asked: int = 0
    _queued: int = 0
    _queued_s: float = 0.0
    _repeated: int = 0

    def add(self, exchange: Exchange) -> None:
        """Count a turn that was asked."""
        effort, reply = exchange.effort, exchange.reply
        self._asked += 1
        self._queued += effort.queued_s > QUEUED_S
        self._queued_s += effort.queued_s
        self._repeated += effort.attempts > effort.requests
        if reply is None:
            return
        if reply.took_s is not None:
            self.latencies.append(reply.took_s)
            self._by_turn[exchange.number].append(reply.took_s)
        if reply.ttft_s is not None:
            self.waits.append(reply.ttft_s)

    def times(self) -> Times:
        """Return the times of the turns counted so far."""
        found = (
            (number, find_percentiles(self._by_turn[number])) for number in sorted(self._by_turn)
        )
        return Times(
            latency=find_percentiles(self.latencies),
            ttft=find_percentiles(self.waits),
            turns=tuple(TurnTime(number, latency) for number, latency in found if latency),
            asked=self._asked,
            queued=self._queued,
            queued_s=self._queued_s,
            repeated=self._repeated,
        )
