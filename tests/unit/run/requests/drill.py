"""Drills of the queue against a service with limits, on a clock that jumps to what comes next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Literal

from harness.azure.offers_data import RateLimit
from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, AnswerT, Failure, Message, Reply, Usage
from harness.providers.failures import ServiceError, classify
from harness.providers.limits import read_limit_headers
from harness.run.asking.accounting import LocalAccounting
from harness.run.events import Event
from harness.run.ports import Recalled, RunPorts, SharedQuota
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.limiters import Limiters, Widths
from harness.run.requests.quota import LocalQuota, Quota
from harness.run.requests.request_executor import Halt, RequestExecutor
from harness.run.requests.spent import Amount
from harness.run.requests.token_estimate import TokenEstimate
from harness.run.targets import Target
from harness.spec.model.spec import Budget


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose time jumps to the next timer when nothing is left to do before it."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped = 1_000.0

    def time(self) -> float:
        return self.jumped

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.jumped = max(self.jumped, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


class JumpingClock:
    """The loop's time as a run's clock."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def measure_elapsed(self) -> float:
        return monotonic()

    def now(self) -> datetime:
        return datetime(2026, 11, 28, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_jumping(work: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)


class Unkept:
    def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        return None

    def note_sent(self, place: Place, attempt: int, most: Amount) -> None:
        pass

    def keep_answer(self, *_: object, **__: object) -> None:
        pass


@dataclass
class CountedWindow:
    """A window as Azure documents it: a counter that begins again; refused calls count too."""

    limit: int
    period_s: int
    phase: float = 0.0
    used: int = 0
    number: int = -1

    def admit(self, amount: int, now: float) -> bool:
        number = int((now + self.phase) // self.period_s)
        if number != self.number:
            self.number, self.used = number, 0
        self.used += amount
        return self.used <= self.limit

    def wait(self, now: float) -> int:
        return max(1, round(self.period_s - (now + self.phase) % self.period_s + 0.5))


@dataclass
class Service:
    """A deployment with limits of its own, which counts tokens in its own way.

    ``takes`` are the seconds of an answer by its number; ``refuse`` says more of a moment.
    """

    tokens: CountedWindow | None = None
    requests: CountedWindow | None = None
    prompt_tokens: int = 40
    takes: Callable[[int], float] = lambda _: 1.0
    tells: bool = True
    refuse: Callable[[float], Failure | None] = lambda _: None
    asked: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    in_flight: int = 0
    most: int = 0

    async def complete(self, request: Request) -> Answer:
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        counted = self.prompt_tokens + int(request.parameters["max_output_tokens"])
        refusal = self.refuse(now)
        for window, amount, what in (
            (self.requests, 1, "call"), (self.tokens, counted, "token"),
        ):  # fmt: skip
            if window is not None and not window.admit(amount, now) and refusal is None:
                words = f"have exceeded the {what} rate limit"
                wait = {"retry-after": str(window.wait(now))}
                refusal = classify(429, wait, ServiceError("429", words))
        if refusal is not None:
            self.refused.append(now)
            await asyncio.sleep(0.05)
            return refusal
        headers = self._write_headers() if self.tells else {}
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(self.takes(len(self.asked)))
        self.in_flight -= 1
        limits = read_limit_headers(headers, refused=False)
        return Reply("Paul", "stop", usage=Usage(self.prompt_tokens, 5), limits=limits)

    async def close(self) -> None:
        pass

    def _write_headers(self) -> Mapping[str, str]:
        headers = {}
        for name, window in (("requests", self.requests), ("tokens", self.tokens)):
            if window is not None:
                headers[f"x-ratelimit-limit-{name}"] = str(window.limit)
                headers[f"x-ratelimit-remaining-{name}"] = str(max(0, window.limit - window.used))
                headers[f"x-ratelimit-renewalperiod-{name}"] = str(window.period_s)
        return headers

    def share_refused(self, since: float = 0.0) -> float:
        asked = sum(at >= since for at in self.asked)
        return sum(at >= since for at in self.refused) / max(1, asked)


def name_target(name: str) -> Target:
    return Target(name, "deployment", name, name, model="gpt-4.1-mini", version="2025-04-14")


@dataclass
class Drill:
    """So many requests to each service at once, paced by the limits that are known of it."""

    services: Mapping[str, Service]
    limits: Mapping[str, Sequence[RateLimit]] = field(default_factory=dict)
    concurrency: Literal["auto"] | int = "auto"
    count: int = 200
    most_tokens: int = 100
    events: list[Event] = field(default_factory=list)
    lost: list[Failure] = field(default_factory=list)
    ended: dict[str, float] = field(default_factory=dict)
    queued_s: dict[str, float] = field(default_factory=dict)
    quotas: dict[str, SharedQuota] = field(default_factory=dict)

    def run(self) -> Drill:
        run_jumping(self._play())
        return self

    def find_quota(self, target: Target) -> SharedQuota | None:
        if target.name not in self.limits:
            return None
        if target.name not in self.quotas:
            self.quotas[target.name] = LocalQuota(Quota.of(self.limits[target.name]))
        return self.quotas[target.name]

    async def _play(self) -> None:
        clock, halt = JumpingClock(), Halt()
        ports: Any = RunPorts(
            model=lambda target: self.services[target.name],
            simulated=lambda _: False,
            cases=lambda _: (),
            store=None,  # type: ignore[arg-type]
            clock=clock,
            chance=lambda: 0.5,
            quota=self.find_quota,
        )
        widths = Widths.of(self.concurrency, len(self.services))
        limiters = Limiters(ports, widths, lambda: bool(halt.reason))
        began = clock.monotonic()

        async def work(name: str, numbers: Any, ask: RequestExecutor[Request, Reply]) -> None:
            for number in numbers:
                place = Place(name, "founders", str(number), "default", 1, 1)
                said = (Message("user", "Who founded Microsoft, and when was that? " * 4),)
                final = await ask(Request(place, said, {"max_output_tokens": self.most_tokens}))
                self.queued_s[name] = self.queued_s.get(name, 0.0) + final.queued_s
                if isinstance(final.answer, Failure):
                    self.lost.append(final.answer)
            self.ended[name] = clock.monotonic() - began

        async with asyncio.TaskGroup() as group:
            for name, service in self.services.items():
                target = name_target(name)
                executor = RequestExecutor(
                    target=target,
                    send=service.complete,
                    kind=Reply,
                    limiter=limiters.find(target),
                    accounting=LocalAccounting(Unkept(), BudgetTracker(Budget()), clock),
                    clock=clock,
                    chance=lambda: 0.5,
                    halt=halt,
                    show=self.events.append,
                    estimate=TokenEstimate.of(target) if name in self.limits else None,
                )
                numbers = iter(range(self.count))
                for _ in range(min(limiters.pool_size, self.count)):
                    group.create_task(work(name, numbers, executor))
        limiters.conclude(self.events.append)
