"""A deployment in this process that refuses by the simulator's own counters, at the loop's time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.azure.offers_data import RateLimit
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Reply, Usage
from harness.providers.failures import classify, read_service_error
from harness.providers.limits import read_limit_headers
from harness.simulator.dataplane import ServedModel
from harness.simulator.inference.headers import make_rate_headers
from harness.simulator.inference.limits import Allowance, RateWindow, count_request
from harness.simulator.inference.model_profile import ModelProfile

MINI = ModelProfile("gpt-4.1-mini", "2025-04-14", "x", False, None, None, "Sweden Central")
ASKED = (MINI, ServedModel("mini", "gpt-4.1-mini", "2025-04-14", "p/a", ()), "2024-10-21")


@dataclass(frozen=True, slots=True)
class Load:
    """The work of a storm.

    Attributes:
        calls: requests that have to be answered.
        prompt: tokens that each sends, as the service counts them.
        estimated: tokens that they look like, at four characters each.
        most: tokens that it reserves for its answer.
        answer: tokens of the answer.
        latency_s: seconds of an answer, at least and at most.
        limits: the deployment's.
    """

    limits: tuple[RateLimit, ...]
    calls: int = 2_000
    prompt: int = 800
    estimated: int = 800
    most: int = 1_000
    answer: int = 150
    latency_s: tuple[float, float] = (1.0, 4.0)

    def compute_bound_s(self) -> float:
        """Return the seconds that so much work takes at the rate of the limits."""
        return max(
            self.calls * self.count_amount(limit.key) * limit.period_s / limit.count
            for limit in self.limits
        )

    def count_amount(self, key: str) -> int:
        """Count what one request takes of a limit in requests, or in tokens."""
        return self.prompt + self.most if key == "token" else 1


@dataclass(slots=True)
class LimitedService:
    """A deployment under a load; counts what it answers and what it refuses.

    Attributes:
        change: returns the factor on the limits at a second since the start: 0.5 halves them.
        busy: returns the share of each window that others use at that second.
        outage: tells whether everything is refused at that second, for want of capacity.
    """

    load: Load
    change: Callable[[float], float] = lambda _: 1.0
    busy: Callable[[float], float] = lambda _: 0.0
    outage: Callable[[float], bool] = lambda _: False
    seed: int = 7
    answered: int = 0
    refused: int = 0
    refused_at: list[float] = field(default_factory=list)
    last_s: float = 0.0
    _began: float | None = None
    _allowance: Allowance | None = None
    _chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        """Begin the windows at moments that nobody knows."""
        self._chance = random.Random(self.seed)
        since = -60 * self._chance.random()
        windows = {
            limit.key: RateWindow(limit.count, limit.period_s, since=since)
            for limit in self.load.limits
        }
        self._allowance = Allowance(windows.get("request"), windows.get("token"))

    def admit(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers in lower case and body of the answer to one more request."""
        assert self._allowance is not None
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        second = now - self._began
        self._adjust(second, now)
        if self.outage(second):
            self._note_refusal(second)
            body = b'{"error":{"code":"429","message":"The system is currently experiencing high '
            return 429, {"retry-after": "5"}, body + b'demand. Please retry after 5 seconds."}}'
        load = self.load
        error = count_request(self._allowance, load.prompt, load.most, now, asked=ASKED)
        if error is not None:
            self._note_refusal(second)
            headers = {name.lower(): value for name, value in error.headers.items()}
            return 429, headers, error.render("azure")
        return 200, make_rate_headers("mini", self._allowance), b""

    async def answer(self) -> None:
        """Take the time of an answer."""
        await asyncio.sleep(self._chance.uniform(*self.load.latency_s))
        self.answered += 1
        assert self._began is not None
        self.last_s = asyncio.get_running_loop().time() - self._began

    def count_refusals(self, since: float, until: float) -> int:
        """Count what was refused between two seconds."""
        return sum(since <= one < until for one in self.refused_at)

    def compute_bound_s(self) -> float:
        """Return the seconds that the work takes at what the limits leave to it, and no less."""
        second, left = 0, self.load.compute_bound_s()
        while left > 0:
            if not self.outage(second):
                left -= self.change(second) - self.busy(second)
            second += 1
        return second

    @property
    def refused_share(self) -> float:
        """Return the share of requests that were answered 429."""
        return self.refused / max(1, self.refused + self.answered)

    def _adjust(self, second: float, now: float) -> None:
        """Set the limits of this second, and take what others take as their window begins."""
        assert self._allowance is not None
        limits = {limit.key: limit.count for limit in self.load.limits}
        pairs = (("request", self._allowance.requests), ("token", self._allowance.tokens))
        for key, window in pairs:
            if window is not None:
                window.limit = int(limits[key] * self.change(second))
                if now - window.since >= window.period_s:
                    window.count(int(limits[key] * self.busy(second)), now)

    def _note_refusal(self, second: float) -> None:
        self.refused += 1
        self.refused_at.append(second)


class LimitedModel:
    """A ``ChatModel`` of a limited service, with the real reading of refusals and headers."""

    def __init__(self, service: LimitedService) -> None:
        self._service = service

    async def complete(self, request: Request) -> Answer:
        """Answer one request, or refuse it."""
        del request
        service, load = self._service, self._service.load
        await asyncio.sleep(0.05)
        status, headers, body = service.admit()
        if status != 200:
            return classify(status, headers, read_service_error(body))
        began = asyncio.get_running_loop().time()
        await service.answer()
        return Reply(
            "yes",
            "stop",
            model="gpt-4.1-mini-2025-04-14",
            usage=Usage(load.prompt, load.answer),
            latency_s=asyncio.get_running_loop().time() - began,
            limits=read_limit_headers(headers, refused=False),
        )

    async def close(self) -> None:
        """Do nothing: nothing is open."""
