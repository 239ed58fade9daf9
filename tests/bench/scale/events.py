"""A run event by event, against which the closed form is held: nothing is averaged but by chance.

Conversations are played by so many workers; a request waits for its deployment's window, then for
the process's CPU, then for its answer, whose seconds are drawn. Others on the machine, refusals and
faults are left out.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass, field

from tests.bench.scale import constants as known
from tests.bench.scale.profile import Profile, Quota


@dataclass(slots=True)
class Window:
    """At most ``most`` within any period; who came first goes first."""

    most: float
    used: float = 0.0
    last_s: float = 0.0
    taken: deque[tuple[float, int]] = field(default_factory=deque)

    def find_time(self, ready_s: float, amount: int) -> float:
        """Return the second from which on so much more may be taken, not before ``ready_s``."""
        at = max(ready_s, self.last_s)
        self._forget(at)
        while self.used + amount > self.most and self.taken:
            at = max(at, self.taken[0][0] + known.PERIOD_S)
            self._forget(at)
        return at

    def take(self, at: float, amount: int) -> None:
        """Take so much at a second."""
        self.last_s = at
        self.used += amount
        self.taken.append((at, amount))

    def _forget(self, at: float) -> None:
        while self.taken and self.taken[0][0] + known.PERIOD_S <= at:
            self.used -= self.taken.popleft()[1]


def simulate_one(profile: Profile, count: int, quota: Quota, *, width: int, seed: int) -> float:
    """Return the seconds of a run in one process."""
    chance = random.Random(seed)
    tokens, requests = Window(known.SHARE * quota.tokens), Window(known.SHARE * quota.requests)
    cpu_s = known.CPU_S / known.USUAL_TURNS
    ready: list[tuple[float, int, int]] = []
    left, order = count, 0
    for _ in range(min(width, count)):
        heapq.heappush(ready, (0.0, order, 0))
        left, order = left - 1, order + 1
    cpu_free, ended = 0.0, 0.0
    while ready:
        now, _, turn = heapq.heappop(ready)
        amount = profile.count_prompt(turn) + profile.most
        at = requests.find_time(tokens.find_time(now, amount), 1)
        tokens.take(at, amount)
        requests.take(at, 1)
        cpu_free = max(cpu_free, at) + cpu_s
        answered = cpu_free + profile.latency_s * chance.lognormvariate(0, profile.spread)
        ended = max(ended, answered)
        turn += 1
        if turn == profile.turns:
            if not left:
                continue
            left, turn = left - 1, 0
        order += 1
        heapq.heappush(ready, (answered, order, turn))
    return known.START_S + ended
