"""The queues of a run: one for each target, and what they have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from harness.run.events import Event, HeldUp
from harness.run.ports import RunPorts, SharedQuota
from harness.run.requests.concurrency import ConcurrencyLimit
from harness.run.requests.quota import Quota
from harness.run.requests.rate_limiter import RateLimiter
from harness.run.requests.width import ASSUMED_WIDTH, MOST_IN_FLIGHT, AdaptiveWidth
from harness.run.targets import Target

MOSTLY = 0.5
"""The share of its time from which a run is said to wait for a quota."""
LONGEST_SILENCE_S = 600.0
WORTH_TELLING_S = 10.0
"""Seconds of a run before anything is said of its waiting."""


@dataclass(frozen=True, slots=True)
class Widths:
    """Limits of requests in flight: to one target, and to all together (None: no such limit).

    Attributes:
        adapts: they are found while the run goes on; ``per_target`` is then what is assumed.
    """

    per_target: int
    total: int | None
    adapts: bool = False

    @classmethod
    def of(cls, concurrency: Literal["auto"] | int, targets: int) -> Widths:
        """Compute the limits that ``evaluation.concurrency`` means for so many targets."""
        if concurrency == "auto":
            share = max(1, min(ASSUMED_WIDTH, MOST_IN_FLIGHT // max(1, targets)))
            return cls(share, None, adapts=True)
        return cls(concurrency, concurrency if targets > 1 else None)


@dataclass(slots=True)
class _Told:
    """The time of a target's last word about waiting, what it had waited until then, and a silence.

    Each silence is twice as long as the one before.
    """

    at: float
    held_s: float = 0.0
    silence_s: float = WORTH_TELLING_S


@dataclass(slots=True)
class Limiters:
    """Makes the queues of a run's targets, and says where it mostly waits for them.

    Attributes:
        ports: the run's; a replay finds no widths, so that it is the same every time.
        widths: the run's.
        is_halted: tells whether the run was stopped.
    """

    ports: RunPorts
    widths: Widths
    is_halted: Callable[[], bool]
    _made: dict[str, RateLimiter] = field(default_factory=dict)
    _lines: dict[int, asyncio.Lock] = field(default_factory=dict)
    _told: dict[str, _Told] = field(default_factory=dict)
    _total: ConcurrencyLimit | None = None
    _began: float = 0.0

    def __post_init__(self) -> None:
        """Begin to count."""
        self._began = self.ports.clock.monotonic()
        total = MOST_IN_FLIGHT if self.adapts else self.widths.total
        self._total = None if total is None else ConcurrencyLimit(total)

    @property
    def adapts(self) -> bool:
        """Say whether widths are found while the run goes on."""
        return self.widths.adapts and not self.ports.replays

    @property
    def pool_size(self) -> int:
        """Trials of one target that are played beside each other, at most."""
        return MOST_IN_FLIGHT if self.adapts else self.widths.per_target

    def find(self, target: Target) -> RateLimiter:
        """Return the queue of a target; two names of one deployment wait in one line."""
        made = self._made.get(target.name)
        if made is None:
            quota = self.ports.quota(target)
            made = self._made[target.name] = RateLimiter(
                self.ports.clock,
                AdaptiveWidth() if self.adapts else self.widths.per_target,
                quota,
                None if self._total is None else self._total.add_share(),
                self.is_halted,
                self._find_line(quota),
            )
            self._told[target.name] = _Told(self._began)
        return made

    def tell_held_up(self, show: Callable[[Event], None]) -> None:
        """Say now and then which targets mostly waited for their quota since it was said last."""
        now = self.ports.clock.monotonic()
        for name, limiter in self._made.items():
            told = self._told[name]
            elapsed = now - told.at
            if elapsed < told.silence_s:
                continue
            held, silence = limiter.held_s - told.held_s, told.silence_s
            if held >= MOSTLY * elapsed:
                show(_describe(name, limiter, min(held, elapsed), elapsed))
                silence = min(LONGEST_SILENCE_S, 2 * silence)
            self._told[name] = _Told(now, limiter.held_s, silence)

    def conclude(self, show: Callable[[Event], None]) -> None:
        """Say which targets mostly waited for their quota in the whole run."""
        elapsed = self.ports.clock.monotonic() - self._began
        for name, limiter in self._made.items():
            held = min(limiter.held_s, elapsed)
            if elapsed >= WORTH_TELLING_S and held >= MOSTLY * elapsed:
                show(_describe(name, limiter, held, elapsed, ended=True))

    def _find_line(self, quota: SharedQuota | None) -> asyncio.Lock:
        if quota is None:
            return asyncio.Lock()
        return self._lines.setdefault(id(quota), asyncio.Lock())


def _describe(
    name: str, limiter: RateLimiter, held_s: float, elapsed_s: float, *, ended: bool = False
) -> HeldUp:
    seen = Quota() if limiter.quota is None else limiter.quota.seen
    kind = limiter.refused_by or seen.binding or "quota"
    return HeldUp(name, held_s, elapsed_s, describe_quota(seen), kind, ended)


def describe_quota(quota: Quota) -> str:
    """Return its windows in words: ``50,000 tokens and 50 requests a minute``; "" for none."""
    said = [
        f"{round(each.count * 60 / each.period_s):,} {what}"
        for what, windows in (("tokens", quota.tokens), ("requests", quota.requests))
        for each in windows[:1]
    ]
    return f"{' and '.join(said)} a minute" if said else ""
