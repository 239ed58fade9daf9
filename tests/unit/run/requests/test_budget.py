from __future__ import annotations

import asyncio

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Failure, Message, Reply, Usage
from harness.run.requests.budget import BudgetTracker, Reservation, find_unpriced
from harness.run.targets import Target
from harness.spec.model.spec import Budget, Price

PLACE = Place("t", "c", None, "default", 1, 1)
TARGET = Target("t", "provider", "t", price=Price(input=1.0, output=1.0))


def request(max_output_tokens: int = 100) -> Request:
    messages = (Message("user", "x" * 384),)  # 96 tokens, and 4 for being a message
    return Request(PLACE, messages, {"max_output_tokens": max_output_tokens})


def tracker(ends_at: float | None = None, **limits: float) -> BudgetTracker:
    return BudgetTracker(Budget.model_validate(limits), ends_at)


async def admitted(tracker: BudgetTracker, now: float = 0.0) -> Reservation | str:
    return await asyncio.wait_for(tracker.admit(request(), TARGET, now), timeout=1)


def test_requests_are_counted_and_the_limit_is_never_passed() -> None:
    async def work() -> None:
        counted = tracker(requests=2)
        assert isinstance(await admitted(counted), Reservation)
        assert isinstance(await admitted(counted), Reservation)
        assert await admitted(counted) == "requests: 2"

    asyncio.run(work())


def test_the_time_ends() -> None:
    async def work() -> None:
        timed = tracker(minutes=1, ends_at=60.0)
        assert isinstance(await admitted(timed, now=59.9), Reservation)
        assert await admitted(timed, now=60.0) == "minutes: 1"

    asyncio.run(work())


def test_a_request_that_could_break_the_limit_is_not_sent() -> None:
    async def work() -> None:
        assert await admitted(tracker(tokens=199)) == "tokens: 199; the next request may take 200"
        assert await admitted(tracker(tokens=200)) == Reservation(0.0002, 200)
        assert await admitted(tracker(usd=0.00019)) == (
            "usd: 0.00019; the next request may cost up to $0.0002"
        )

    asyncio.run(work())


def test_what_an_answer_did_not_take_is_there_for_the_next() -> None:
    async def work() -> None:
        shared = tracker(tokens=300)
        first = await admitted(shared)
        assert isinstance(first, Reservation)
        second = asyncio.create_task(shared.admit(request(), TARGET, 0.0))
        await asyncio.sleep(0.01)
        assert not second.done(), "it waits: what is reserved may come back"
        shared.settle(first, Reply("ok", "stop", usage=Usage(90, 10)), TARGET)
        assert isinstance(await second, Reservation)

    asyncio.run(work())


def test_a_request_that_may_have_been_billed_counts_in_full() -> None:
    async def work() -> None:
        for failure, left in (
            (None, False),  # interrupted before anything came back
            (Failure("timeout", ""), False),
            (Failure("connection", ""), False),
            (Failure("protocol", ""), False),
            (Failure("rate_limit", ""), True),
        ):
            one = tracker(tokens=399)
            reserved = await admitted(one)
            assert isinstance(reserved, Reservation)
            one.settle(reserved, failure, TARGET)
            assert isinstance(await admitted(one), Reservation) is left

    asyncio.run(work())


def test_an_answer_that_does_not_say_what_it_took_counts_in_full() -> None:
    async def work() -> None:
        one = tracker(tokens=399)
        reserved = await admitted(one)
        assert isinstance(reserved, Reservation)
        one.settle(reserved, Reply("ok", "stop", usage=None), TARGET)
        assert await admitted(one) == "tokens: 399; the next request may take 200"

    asyncio.run(work())


def test_a_target_whose_price_nobody_knows_is_named() -> None:
    assert find_unpriced([TARGET, Target("laptop", "provider", "laptop")]) == ("laptop",)
