"""Find how many requests to have in flight to one target, where nobody says it.

Where the rate is known, by Little's law: as many as arrive in the time that one takes, and half as
many again. Where it is not, by trying: the width doubles as long as that brings more answers, and
goes back where it does not, as with a model on this machine.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from statistics import mean, median

from harness.run.requests.quota import FILL, Quota

MOST_IN_FLIGHT = 128
"""The most requests in flight of one process, to all its targets.

Measured: a client process gets some 650 to 1,300 answers a second (docs/performance.md), which at
a fifth of a second each are 128 in flight; and macOS lets a process have 256 files open.
"""
ASSUMED_WIDTH = 32
"""The width that a forecast assumes, and a replay keeps to."""
FIRST_WIDTH = 4
SPARE, SPARE_OF_MEAN = 1.5, 1.2
"""Requests in flight for each that Little's law asks for: by the median latency, and the mean."""
GROWTH = 1.15
"""The growth of throughput that a doubled width has to bring, to be doubled again."""
ROUNDS_TO_SETTLE = 2
"""Rounds without growth before the width goes back: one may be slow by chance."""
ROUNDS_TO_RETRY = 12
"""Rounds after which a wider one is tried again: servers change."""
REMEMBERED = 51
"""Latencies whose median counts."""


@dataclass(slots=True)
class AdaptiveWidth:
    """The width of one target, found while it is asked.

    Attributes:
        most: it is never wider.
        now: requests that may be in flight.
    """

    most: int = MOST_IN_FLIGHT
    now: int = FIRST_WIDTH
    _latencies: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _tokens: float = 0.0
    _began: float | None = None
    _answers: int = 0
    _best: float = 0.0
    _flat: int = 0
    _steady: int | None = None

    def note_answer(self, latency_s: float, tokens: int, now: float, *, full: bool) -> None:
        """Take an answer into account.

        Args:
            latency_s: seconds that it took, waiting not included.
            tokens: what its request took of the token limit.
            now: seconds of the run's clock.
            full: whether more were waiting than could be sent: else nothing is learned of widths.
        """
        self._latencies.append(latency_s)
        self._tokens += (tokens - self._tokens) * (0.1 if self._tokens else 1.0)
        if not full:
            self._began = None
            return
        if self._began is None:
            self._began, self._answers = now - latency_s, 0
        self._answers += 1
        if self._answers >= max(self.now, FIRST_WIDTH):
            self._end_round(self._answers / max(now - self._began, 1e-9))
            self._began, self._answers = now, 0

    def fit(self, quota: Quota) -> bool:
        """Set the width by what the quota lets through; False where its rate is not known."""
        rate = find_rate(quota, self._tokens)
        if rate is None:
            return False
        if self._latencies:
            # A few slow answers can hold many places: then the mean says more than the median.
            slow = max(median(self._latencies) * SPARE, mean(self._latencies) * SPARE_OF_MEAN)
            wanted = math.ceil(rate * slow)
            self.now = max(1, min(self.most, wanted))
        else:
            self.now = 1  # what it takes of the limits, and how long, is learned from the first
        return True

    def cut(self) -> None:
        """Halve the width: the service refuses, and nobody knows its limits."""
        self.now = max(1, self.now // 2)
        self._steady, self._best, self._began = 0, 0.0, None

    def _end_round(self, throughput: float) -> None:
        if self._steady is not None:
            self._steady += 1
            if self._steady >= ROUNDS_TO_RETRY:
                self._steady, self._best, self._flat = None, 0.0, 0
            return
        if throughput >= self._best * GROWTH:
            self._best, self._flat = throughput, 0
            if self.now < self.most:
                self.now = min(self.most, self.now * 2)
            return
        self._flat += 1
        if self._flat >= ROUNDS_TO_SETTLE:
            self.now = max(1, self.now // 2)
            self._steady, self._flat = 0, 0


def find_rate(quota: Quota, tokens: float) -> float | None:
    """Return the requests a second that a quota lets through; None where it has no windows.

    ``tokens`` is what a request takes of it, on average.
    """
    rates = [each.count / each.period_s for each in quota.requests]
    rates += [each.count / each.period_s / max(1.0, tokens) for each in quota.tokens]
    return min(rates) * FILL * quota.factor if rates else None
