from __future__ import annotations

import asyncio

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Failure, Message, Reply, Usage
from harness.run.requests.budget import BudgetTracker, find_unpriced, restore_budget
from harness.run.requests.spent import Amount, EndedBudget, Spent, find_ended, say_spent
from harness.run.targets import Target
from harness.spec.model.spec import Budget, Price

PLACE = Place("t", "c", None, "default", 1, 1)
TARGET = Target("t", "provider", "t", price=Price(input=1.0, output=1.0))


def request(max_output_tokens: int = 100) -> Request:
    messages = (Message("user", "x" * 384),)  # 96 tokens, and 4 for being a message
    return Request(PLACE, messages, {"max_output_tokens": max_output_tokens})


def tracker(before: Spent = Spent(), **limits: float) -> BudgetTracker:  # noqa: B008
    return BudgetTracker(Budget.model_validate(limits), 0.0, before)


async def admitted(tracker: BudgetTracker, now: float = 0.0) -> Amount | str:
    given = await asyncio.wait_for(tracker.admit(request(), TARGET, now), timeout=1)
    return given.said if isinstance(given, EndedBudget) else given


def test_requests_are_counted_and_the_limit_is_never_passed() -> None:
    async def work() -> None:
        counted = tracker(requests=2)
        assert isinstance(await admitted(counted), Amount)
        assert isinstance(await admitted(counted), Amount)
        assert await admitted(counted) == "requests: 2"

    asyncio.run(work())


def test_the_time_ends() -> None:
    async def work() -> None:
        timed = tracker(minutes=1)
        assert isinstance(await admitted(timed, now=59.9), Amount)
        assert await admitted(timed, now=60.0) == "minutes: 1"

    asyncio.run(work())


def test_a_request_that_could_break_the_limit_is_not_sent() -> None:
    async def work() -> None:
        assert await admitted(tracker(tokens=199)) == "tokens: 199; the next request may take 200"
        assert await admitted(tracker(tokens=200)) == Amount(0.0002, 200)
        assert await admitted(tracker(usd=0.00019)) == (
            "usd: 0.00019; the next request may cost up to $0.0002"
        )

    asyncio.run(work())


@pytest.mark.parametrize("limits", [{"tokens": 300}, {"usd": 0.0003}], ids=["tokens", "dollars"])
def test_what_an_answer_did_not_take_is_there_for_the_next(limits: dict[str, float]) -> None:
    async def work() -> None:
        shared = BudgetTracker(Budget.model_validate(limits))
        first = await admitted(shared)
        assert isinstance(first, Amount)
        second = asyncio.create_task(shared.admit(request(), TARGET, 0.0))
        await asyncio.sleep(0.01)
        assert not second.done(), "it waits: what is reserved may come back"
        shared.settle(first, Reply("ok", "stop", usage=Usage(90, 10)), TARGET)
        assert isinstance(await second, Amount)

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
            assert isinstance(reserved, Amount)
            one.settle(reserved, failure, TARGET)
            assert isinstance(await admitted(one), Amount) is left

    asyncio.run(work())


def test_an_answer_that_does_not_say_what_it_took_counts_in_full() -> None:
    async def work() -> None:
        one = tracker(tokens=399)
        reserved = await admitted(one)
        assert isinstance(reserved, Amount)
        one.settle(reserved, Reply("ok", "stop", usage=None), TARGET)
        assert await admitted(one) == ("tokens: 399; 200 spent, and the next request may take 200")

    asyncio.run(work())


def test_a_target_whose_price_nobody_knows_is_named() -> None:
    assert find_unpriced([TARGET, Target("laptop", "provider", "laptop")]) == ("laptop",)


def test_what_earlier_processes_spent_is_spent() -> None:
    async def work() -> None:
        before = Spent(usd=0.0009, requests=2, tokens=900, minutes=1.5, processes=1)
        assert await admitted(tracker(before, requests=2)) == "requests: 2"
        assert isinstance(await admitted(tracker(before, requests=3)), Amount)
        assert await admitted(tracker(before, tokens=1000)) == (
            "tokens: 1000; 900 spent, and the next request may take 200"
        )
        assert await admitted(tracker(before, usd=0.001)) == (
            "usd: 0.001; $0.0009 spent, and the next request may cost up to $0.0002"
        )
        assert isinstance(await admitted(tracker(before, minutes=2), now=29.9), Amount)
        assert await admitted(tracker(before, minutes=2), now=30.0) == "minutes: 2"

    asyncio.run(work())


def test_a_request_that_was_not_sent_after_all_costs_nothing() -> None:
    async def work() -> None:
        one = tracker(tokens=200, requests=1)
        reserved = await admitted(one)
        assert isinstance(reserved, Amount)
        one.give_back(reserved)
        assert one.spent == Spent()
        assert isinstance(await admitted(one), Amount)

    asyncio.run(work())


def test_a_request_without_a_known_price_is_counted_and_never_as_nothing() -> None:
    async def work() -> None:
        one, laptop = tracker(usd=1.0), Target("laptop", "provider", "laptop")
        reserved = await one.admit(request(), laptop, 0.0)
        assert reserved == Amount(None, 200)
        assert isinstance(reserved, Amount)
        one.settle(reserved, Reply("ok", "stop", usage=Usage(90, 10)), laptop)
        assert one.spent.unpriced == 1
        said = say_spent(Budget(usd=1.0), one.spent)
        assert said.endswith("$0 of $1.00 ($1.00 left), and 1 request at an unknown price")

    asyncio.run(work())


def test_a_limit_that_is_used_up_is_found() -> None:
    spent = Spent(usd=0.5, requests=10, tokens=5, minutes=1.0, processes=2)
    assert find_ended(Budget(usd=0.5, requests=11, tokens=5), spent) == ("usd", "tokens")
    assert say_spent(Budget(requests=11, minutes=3.0), spent) == (
        "spent so far in 2 processes: 10 requests of 11 requests (1 request left), "
        "1 minutes of 3 minutes (2 minutes left)"
    )
    assert say_spent(Budget(), spent) == ""


def test_what_was_said_last_of_a_runs_dollars_holds() -> None:
    declared = Budget(usd=2.0, requests=5)
    for said, selection, usd in (
        (None, {}, 2.0),
        (None, {"max_usd": 1.0}, 1.0),
        (None, {"max_usd": 3.0}, 2.0),
        (None, {"max_usd": 1.0, "resumed_max_usd": 10}, 10.0),
        (5.0, {"max_usd": 1.0, "resumed_max_usd": 10}, 5.0),
        (None, {"max_usd": "a lot"}, 2.0),
    ):
        assert restore_budget(declared, said, selection) == Budget(usd=usd, requests=5)


def test_those_who_wait_for_room_are_counted_until_there_may_be_some() -> None:
    async def work() -> tuple[list[int], int]:
        shared, told = tracker(requests=1), list[int]()
        shared.on_blocked = lambda: told.append(shared.blocked)
        first = await shared.admit(request(), TARGET, 0.0)
        assert isinstance(first, Amount)
        waiting = [
            asyncio.create_task(shared.admit(request(), TARGET, 0.0, is_patient=True))
            for _ in range(2)
        ]
        await asyncio.sleep(0)
        shared.settle(first, Failure("server", "down", 503), TARGET)
        left = shared.blocked
        given = [await one for one in waiting]
        assert all(isinstance(one, EndedBudget) for one in given)
        return told, left

    assert asyncio.run(work()) == ([1, 2], 0)


def test_what_was_sent_before_is_admitted_whatever_is_left() -> None:
    async def work() -> None:
        spent = tracker(requests=1)
        assert isinstance(await admitted(spent), Amount)
        given = await spent.admit(request(), TARGET, 0.0, is_sent=True)
        assert isinstance(given, Amount)

    asyncio.run(work())
