"""A run by batches: each turn of all conversations is a wave of files, and the next waits for it.

So many conversations are in play at once and the others come after them, so that a large run has
more waves than turns. Files of a wave go side by side as far as the queue has room; how long the
service takes for one is drawn. That time is told by nobody but as a target: see ``TYPICAL_S``.
"""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass
from statistics import quantiles

from tests.bench.scale import constants as known
from tests.bench.scale.profile import Profile, Quota

RUNS = 200
"""Runs of which the middle and the nine in ten are told."""


@dataclass(frozen=True, slots=True)
class Wave:
    """The files of one wave; ``rounds`` is how often the queue is filled."""

    files: int
    tokens: int
    at_a_time: int
    limit: str

    @property
    def rounds(self) -> int:
        """Files one after the other, where all of them take the same time."""
        return math.ceil(self.files / self.at_a_time)


@dataclass(frozen=True, slots=True)
class BatchEstimate:
    """An estimate of a run by batches: seconds as they are drawn, and where each file takes 24 h.

    ``waves`` are those of the conversations that are in play at once, of which there are
    ``groups``; ``limit`` says what the run waits for.
    """

    waves: tuple[Wave, ...]
    groups: int
    middle_s: float
    most_s: float
    target_s: float
    limit: str


def divide_wave(profile: Profile, count: int, turn: int, quota: Quota) -> Wave:
    """Divide the requests of a turn into files, by lines, bytes and the deployment's queue."""
    prompt = profile.count_prompt(turn)
    by_lines = known.LINES
    by_bytes = int(known.FILE_BYTES / (prompt * known.TOKEN_BYTES + known.LINE_BYTES))
    by_queue = int(known.QUEUE_SHARE * quota.queued / prompt)
    lines = max(1, min(by_lines, by_bytes, by_queue, count))
    files = math.ceil(count / lines)
    at_a_time = max(1, int(quota.queued / (lines * prompt)))
    limit = "lines in a file" if lines == by_lines else "bytes of a file"
    if files > at_a_time:
        limit = "tokens in the queue"
    elif files == 1:
        limit = "24 h target × turns"
    return Wave(files, count * prompt, min(files, at_a_time), limit)


def estimate_batch(
    profile: Profile, count: int, quota: Quota, seed: int, *, in_play: int = known.IN_PLAY
) -> BatchEstimate:
    """Return the estimate of a run by batches."""
    together, groups = min(count, in_play), math.ceil(count / in_play)
    waves = tuple(divide_wave(profile, together, turn, quota) for turn in range(profile.turns))
    ours_s = known.START_S + count * profile.turns * known.BATCH_CPU_S
    chance = random.Random(seed)
    drawn = [sum(_draw_wave(wave, chance) for wave in waves * groups) for _ in range(RUNS)]
    cuts = quantiles(drawn, n=10)
    target_s = groups * sum(wave.rounds for wave in waves) * known.TARGET_S
    limit = max(waves, key=lambda wave: wave.rounds).limit
    if groups > 1:
        limit = "conversations in play"
    times = (ours_s + cuts[4], ours_s + cuts[8], ours_s + target_s)
    return BatchEstimate(waves, groups, *times, limit=limit)


def _draw_wave(wave: Wave, chance: random.Random) -> float:
    """Draw the seconds of a wave: a file begins when the queue has room for it."""
    busy = [0.0] * wave.at_a_time
    for _ in range(wave.files):
        took = known.TYPICAL_S * chance.lognormvariate(0, known.TYPICAL_SPREAD)
        looked = math.ceil(took / known.POLL_S) * known.POLL_S
        heapq.heapreplace(busy, busy[0] + looked)
    return max(busy)
