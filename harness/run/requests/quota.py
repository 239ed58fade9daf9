"""The quota of a deployment: windows of requests and tokens, and the pauses that it asked for.

Values that compute: ``now`` is an argument, in seconds of a monotonic clock that all share who
share the quota. Nothing here waits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.azure.offers_data import RateLimit
from harness.conversation.limits import LimitHeaders, LimitKind, WindowHeaders
from harness.run.requests.calibration import find_stated
from harness.run.requests.throttle import ThrottleKind

FILL = 0.95
"""The share of a window that is used: what others count otherwise has to fit in as well."""
FEW = 20
"""Of fewer requests than this a twentieth is less than one: the period is longer instead."""
STEPS = 200
"""A window's memory is so many steps to a period: what was taken within one counts as one."""
KEPT_PERIODS = 2
"""Periods for which a window remembers: slow answers tell of what was taken a period ago."""
CUT, RISE = 0.7, 0.02
"""The factor on the rate after a refusal, and its rise for each period without any."""
LEAST_FACTOR = 0.05
PROBE_S = 30.0
"""Seconds after which a request that tries out the end of a pause counts as lost."""
ASK_AGAIN_S = 0.5
"""Seconds until others ask again while one request tries out whether a pause is over."""
SHORTEST_WAIT_S = 0.001
"""A shorter wait may be nothing at all on a clock that has counted for long."""
USUAL_PERIOD_S = 60.0
ON_ITS_WAY_S = 2.0
"""Seconds that a request may take to the service, where its window begins."""
TOLERANCE = 0.02
"""The share by which a service may count more than we took, before others are suspected."""


@dataclass(frozen=True, slots=True)
class QuotaSign:
    """News of a deployment's quota, as one answer tells it.

    Attributes:
        taken: tokens that were taken for its request.
        taken_at: when they were, by the quota's clock.
        headers: what the answer's headers say; None where they say nothing.
        refused: the limit that refused it, None for an answer or any other failure.
        wait_s: seconds for which everybody is held off from now on.
    """

    taken: int
    taken_at: float
    headers: LimitHeaders | None = None
    refused: ThrottleKind | None = None
    wait_s: float = 0.0


@dataclass(slots=True)
class QuotaWindow:
    """A limit of ``count`` in any ``period_s`` seconds, and what was taken of it when.

    It slides: nobody knows when the service's own windows begin. Times are counted in steps of
    ``period_s / STEPS``, and a step is over a period after its end, so never too soon.

    Attributes:
        taken: amounts by the number of their step, the oldest first.
    """

    count: float
    period_s: float
    taken: dict[int, float] = field(default_factory=dict)

    def wait(self, amount: float, now: float, factor: float = 1.0) -> float:
        """Return the seconds until so much may be taken, 0.0 for now.

        What is larger than the window passes when the window is empty.
        """
        most = self.count * FILL * factor
        over = min(amount, most) + self.count_used(now) - most
        if over <= 1e-6:
            return 0.0
        for step, much in self.taken.items():
            left = self._expires(step) - now
            if left <= 0:
                continue
            over -= much
            if over <= 1e-6:
                return left
        return self.period_s

    def take(self, amount: float, now: float) -> None:
        """Note that so much was taken now, whether it fits or not."""
        oldest = math.floor(now / self._step_s) - KEPT_PERIODS * STEPS
        for step in list(self.taken):
            if step >= oldest:
                break
            del self.taken[step]
        step = math.floor(now / self._step_s)
        self.taken[step] = self.taken.get(step, 0.0) + amount

    def count_used(self, now: float) -> float:
        """Return how much of the window is used now."""
        total = 0.0
        for step in reversed(self.taken):
            if self._expires(step) <= now:
                break
            total += self.taken[step]
        return total

    def count_since(self, since: float) -> float:
        """Return what was taken since then; no more is known than of two periods."""
        return sum(much for step, much in self.taken.items() if (step + 1) * self._step_s > since)

    @property
    def _step_s(self) -> float:
        return self.period_s / STEPS

    def _expires(self, step: int) -> float:
        return (step + 1) * self._step_s + self.period_s


@dataclass(slots=True)
class Quota:
    """The windows of one deployment, the factor on their rate, and the pause it asked for.

    Attributes:
        requests: windows in requests; none where that limit is unknown, or does not exist.
        tokens: windows in tokens.
        factor: of the windows' rate, from 0.05 to 1: cut by refusals, rising without them.
        held_until: when the pause that the deployment asked for is over; None for none.
        probed_at: when a request was let through to try whether it is; None: no one was.
        cut_at: when the factor was cut last.
        changed_at: when the factor was last cut, or raised.
        answered: whether anything was answered since the last cut.
        learns: whether windows that nobody knew are learned from headers.
        binding: the window that made somebody wait last; None: nobody waited.
        parts: into how many equal parts the deployment's limits are divided, of which this is one.
    """

    requests: list[QuotaWindow] = field(default_factory=list)
    tokens: list[QuotaWindow] = field(default_factory=list)
    factor: float = 1.0
    held_until: float | None = None
    probed_at: float | None = None
    cut_at: float = -math.inf
    changed_at: float = -math.inf
    answered: bool = True
    learns: bool = True
    binding: LimitKind | None = None
    parts: int = 1

    @classmethod
    def of(cls, limits: Sequence[RateLimit], parts: int = 1) -> Quota:
        """Return the quota of a deployment with these limits; with none, headers may tell them.

        Of less than one request a period it is one, in a period that is longer.
        """
        windows: dict[str, list[QuotaWindow]] = {"request": [], "token": []}
        for limit in limits:
            count, faster = limit.count / parts, 1.0
            if limit.key == "request" and count < FEW:
                count, faster = max(1.0, count) / FILL, FILL * min(1.0, count)
            windows[limit.key].append(QuotaWindow(count, limit.period_s / faster))
        return cls(windows["request"], windows["token"], parts=parts)

    def take(self, requests: int, tokens: int, now: float) -> float:
        """Take so much if it may be taken; return the seconds until it is worth asking again.

        0.0 means that it was taken. After a pause one request is let through alone.
        """
        if self.held_until is not None:
            if now < self.held_until:
                return self.held_until - now
            if self.probed_at is not None and now < self.probed_at + PROBE_S:
                return ASK_AGAIN_S
        by_requests = max(
            (one.wait(requests, now, self.factor) for one in self.requests), default=0.0
        )
        by_tokens = max((one.wait(tokens, now, self.factor) for one in self.tokens), default=0.0)
        wait = max(by_requests, by_tokens)
        if wait > 0:
            self.binding = "tokens" if by_tokens >= by_requests else "requests"
            return max(wait, SHORTEST_WAIT_S)
        for window in self.requests:
            window.take(requests, now)
        for window in self.tokens:
            window.take(tokens, now)
        if self.held_until is not None:
            self.probed_at = now
        return 0.0

    def observe(self, sign: QuotaSign, now: float) -> None:
        """Take in what an answer tells."""
        if sign.headers is not None:
            self._read(self.requests, sign.headers.requests, sign.taken_at, now)
            self._read(self.tokens, sign.headers.tokens, sign.taken_at, now)
        if sign.refused is not None or sign.wait_s > 0:
            self._hold(sign, now)
        elif self.held_until is None or sign.taken_at >= self.held_until:
            self.held_until = self.probed_at = None
            self._rise(now)

    def _read(
        self, windows: list[QuotaWindow], headers: WindowHeaders, taken_at: float, now: float
    ) -> None:
        """Take a limit over from headers, and take as taken what others must have used of it."""
        known = min(windows, key=lambda one: abs(one.period_s - USUAL_PERIOD_S), default=None)
        if known is None:
            stated = find_stated(headers)
            if stated is not None and self.learns:
                windows.append(QuotaWindow(stated.count / self.parts, stated.period_s))
                windows[0].take((stated.used or 0.0) / self.parts, now)
            return
        if self.parts > 1:  # what they say is used is mostly the use of the other parts
            return
        stated = find_stated(headers, known.count, known.period_s)
        if stated is None:
            return
        known.count = stated.count
        if stated.used is None or now > taken_at + known.period_s:
            return
        # What we took before this one's window cannot be in it, but for what was on its way.
        ours = known.count_since(taken_at - known.period_s - ON_ITS_WAY_S)
        if stated.used > ours * (1 + TOLERANCE) + 1:
            known.take(stated.used - ours, now)

    def _hold(self, sign: QuotaSign, now: float) -> None:
        """Pause, and cut the rate once an episode: until something is answered it is the same."""
        self.held_until = max(self.held_until or now, now + sign.wait_s)
        self.probed_at = None
        if sign.refused in (None, "capacity") or sign.taken_at < self.cut_at or not self.answered:
            return
        self.factor = max(LEAST_FACTOR, self.factor * CUT)
        self.cut_at = self.changed_at = now
        self.answered = False

    def _rise(self, now: float) -> None:
        self.answered = True
        period = max((each.period_s for each in (*self.requests, *self.tokens)), default=60.0)
        periods = (now - self.changed_at) // period
        if self.factor < 1.0 and periods >= 1:
            self.factor, self.changed_at = min(1.0, self.factor + RISE * periods), now


class LocalQuota:
    """A ``SharedQuota`` that only this process draws on."""

    def __init__(self, quota: Quota) -> None:
        self.seen = quota

    async def take(self, tokens: int, now: float) -> float:
        """Take a request of so many tokens; 0.0 when taken, else seconds until to ask again."""
        return self.seen.take(1, tokens, now)

    async def observe(self, sign: QuotaSign, now: float) -> None:
        """Take in what an answer tells."""
        self.seen.observe(sign, now)
