"""One request on its way: what holds it back at the last moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from harness.conversation.ports import ChatModel, Place, Request
from harness.conversation.transcript import Answer, AnswerT, Failure, Message, Reply, Usage
from harness.run.asking.accounting import LocalAccounting
from harness.run.clock import SystemClock
from harness.run.ports import Recalled
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.rate_limiter import RateLimiter
from harness.run.requests.request_executor import Halt, RequestExecutor, RunHaltedError
from harness.run.requests.spent import Amount
from harness.run.targets import Target
from harness.spec.model.spec import Budget, Price

TARGET = Target("sweden/mini", "deployment", "sweden", price=Price(input=0, output=100))


class Log:
    """Remembers what was about to be sent."""

    def __init__(self) -> None:
        self.turns: list[int] = []

    def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        return None

    def note_sent(self, place: Place, attempt: int, most: Amount) -> None:
        self.turns.append(place.turn)

    def keep_answer(self, *_: object, **__: object) -> None:
        pass


class Slow:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def complete(self, request: Request) -> Answer:
        await self.may_answer.wait()
        return Reply("Paul Allen", "stop", usage=Usage(0, 1))

    async def close(self) -> None:
        pass


def request(turn: int) -> Request:
    place = Place("sweden/mini", "founders", None, "default", 1, turn)
    return Request(place, (Message("user", "Who?"),), {"max_output_tokens": 10_000})


def make_executor(
    model: ChatModel, limiter: RateLimiter, log: Log, tracker: BudgetTracker, halt: Halt
) -> RequestExecutor[Request, Reply]:
    return RequestExecutor(
        target=TARGET,
        send=model.complete,
        kind=Reply,
        limiter=limiter,
        accounting=LocalAccounting(log, tracker, SystemClock()),
        clock=SystemClock(),
        chance=lambda: 0.5,
        halt=halt,
        show=lambda _: None,
    )


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - what is awaited has no event
        await asyncio.sleep(0)


async def halted_while_the_budget_made_it_wait(log: Log) -> None:
    halt, model = Halt(), Slow()
    tracker = BudgetTracker(Budget(usd=1.5))  # room for one reply of 10,000 tokens at a time
    limiter = RateLimiter(SystemClock(), 2)
    ask = make_executor(model, limiter, log, tracker, halt)
    first = asyncio.ensure_future(ask(request(1)))
    await until(lambda: log.turns == [1])
    second = asyncio.ensure_future(ask(request(2)))
    await until(lambda: limiter.in_flight == 2)
    halt.set("interrupted", 2)
    model.may_answer.set()
    assert isinstance((await first).answer, Reply)
    await second


def test_a_request_that_waited_for_its_budget_is_not_sent_after_the_run_halted() -> None:
    log = Log()
    with pytest.raises(RunHaltedError):
        asyncio.run(halted_while_the_budget_made_it_wait(log))
    assert log.turns == [1]


async def halted_while_two_waited_for_the_budget(log: Log) -> list[object]:
    halt, model = Halt(), Slow()
    tracker = BudgetTracker(Budget(usd=1.5))
    limiter = RateLimiter(SystemClock(), 3)
    ask = make_executor(model, limiter, log, tracker, halt)
    first = asyncio.ensure_future(ask(request(1)))
    await until(lambda: log.turns == [1])
    others = [asyncio.ensure_future(ask(request(turn))) for turn in (2, 3)]
    await until(lambda: limiter.in_flight == 3)
    halt.set("interrupted", 2)
    model.may_answer.set()
    await first
    waited = asyncio.gather(*others, return_exceptions=True)
    return list(await asyncio.wait_for(waited, timeout=5))


def test_a_request_that_is_not_sent_after_a_halt_gives_its_reservation_back() -> None:
    """Whoever waits for the room that it took would wait for ever."""
    ends = asyncio.run(halted_while_two_waited_for_the_budget(Log()))
    assert [type(end) for end in ends] == [RunHaltedError, RunHaltedError]


def test_after_a_halt_no_request_waits_for_its_budget() -> None:
    async def work() -> None:
        halt, tracker = Halt(), BudgetTracker(Budget(usd=1.5))
        await tracker.admit(request(1), TARGET, 0.0)  # in flight, and never to come back
        ask = make_executor(Slow(), RateLimiter(SystemClock(), 2), Log(), tracker, halt)
        halt.set("interrupted", 2)
        with pytest.raises(RunHaltedError):
            await asyncio.wait_for(ask(request(2)), timeout=5)

    asyncio.run(work())


class Throttled:
    """Refuses the first request for its rate, and answers the others."""

    def __init__(self) -> None:
        self.refused = False

    async def complete(self, request: Request) -> Answer:
        await asyncio.sleep(0)
        if not self.refused:
            self.refused = True
            return Failure("rate_limit", "slow down", 429, retryable=True, retry_after_s=0.0)
        return Reply("Paul Allen", "stop", usage=Usage(0, 1))

    async def close(self) -> None:
        pass


def test_a_refusal_for_its_rate_does_not_let_more_follow() -> None:
    async def work() -> list[bool]:
        took: list[bool] = []

        class Watched(RateLimiter):
            def leave(self, *, answered: bool = False) -> None:
                took.append(answered)
                super().leave(answered=answered)

        limiter, tracker = Watched(SystemClock(), 8), BudgetTracker(Budget())
        ask = make_executor(Throttled(), limiter, Log(), tracker, Halt())
        assert isinstance((await ask(request(1))).answer, Reply)
        return took

    assert asyncio.run(work()) == [False, True]
