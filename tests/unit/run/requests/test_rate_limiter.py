from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from harness.run.requests.rate_limiter import RateLimiter
from tests.unit.run.stepped_clock import SteppedClock


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, timeout=5))


def test_as_many_are_let_through_as_the_lane_is_wide() -> None:
    async def work() -> None:
        limiter = RateLimiter(SteppedClock(), 2)
        await limiter.enter()
        await limiter.enter()
        third = asyncio.create_task(limiter.enter())
        await asyncio.sleep(0.01)
        assert not third.done()
        limiter.leave(answered=True)
        await third
        assert limiter.in_flight == 2

    run(work())


def test_who_waits_first_goes_first() -> None:
    async def work() -> None:
        limiter, order = RateLimiter(SteppedClock(), 1), []
        await limiter.enter()

        async def visit(name: str) -> None:
            await limiter.enter()
            order.append(name)
            limiter.leave(answered=True)

        visits = [asyncio.create_task(visit(name)) for name in "abc"]
        await asyncio.sleep(0.01)
        limiter.leave(answered=True)
        await asyncio.gather(*visits)
        assert order == ["a", "b", "c"]

    run(work())


def test_after_a_pause_one_tries_and_each_success_lets_twice_as_many_through() -> None:
    async def work() -> None:
        clock = SteppedClock()
        limiter, inside, most = RateLimiter(clock, 32), 0, []
        for _ in range(10):
            await limiter.enter()
        assert limiter.pause(7.0), "a new episode"
        assert not limiter.pause(5.0), "the same episode: they were in flight together"
        for _ in range(10):
            limiter.leave()

        async def visit() -> None:
            nonlocal inside
            await limiter.enter()
            inside += 1
            most.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1
            limiter.leave(answered=True)

        await asyncio.gather(*(visit() for _ in range(15)))
        assert clock.time == 107.0
        assert most[0] == 1
        assert max(most[:2]) <= 2
        assert max(most) > 2

    run(work())


def test_after_a_pause_each_success_doubles_what_may_be_in_flight() -> None:
    async def work() -> None:
        limiter, most = RateLimiter(SteppedClock(), 32), []
        await limiter.enter()
        limiter.pause(7.0)
        limiter.leave()
        for _ in range(7):
            while await enters_at_once(limiter):
                pass
            most.append(limiter.in_flight)
            limiter.leave(answered=True)
        assert most == [1, 2, 4, 8, 16, 32, 32]

    run(work())


def test_who_was_in_flight_when_the_pause_began_does_not_lengthen_the_ramp() -> None:
    async def work() -> None:
        limiter = RateLimiter(SteppedClock(), 32)
        for _ in range(3):
            await limiter.enter()
        limiter.pause(7.0)
        for _ in range(3):
            limiter.leave(answered=True)
        while await enters_at_once(limiter):
            pass
        assert limiter.in_flight == 1

    run(work())


async def enters_at_once(limiter: RateLimiter) -> bool:
    entering = asyncio.create_task(limiter.enter())
    for _ in range(12):  # a pause is slept through a second at a time
        await asyncio.sleep(0)
    return entering.done() or not entering.cancel()


def test_who_comes_back_at_once_does_not_overtake_those_who_wait() -> None:
    async def work() -> None:
        limiter, order = RateLimiter(SteppedClock(), 1), []

        async def visit(name: str) -> None:
            for _ in range(3):
                await limiter.enter()
                order.append(name)
                await asyncio.sleep(0)
                limiter.leave(answered=True)

        await asyncio.gather(visit("a"), visit("b"))
        assert order == ["a", "b"] * 3

    run(work())


def test_who_goes_on_with_a_trial_stands_before_those_who_begin_one() -> None:
    async def work() -> None:
        limiter, order = RateLimiter(SteppedClock(), 1), []
        await limiter.enter()

        async def visit(name: str, *, ahead: bool) -> None:
            await limiter.enter(ahead=ahead)
            order.append(name)
            limiter.leave(answered=True)

        visits = [visit("new", ahead=False), visit("newer", ahead=False), visit("old", ahead=True)]
        waiting = [asyncio.create_task(one) for one in visits]
        await asyncio.sleep(0.01)
        limiter.leave(answered=True)
        await asyncio.gather(*waiting)
        assert order == ["old", "new", "newer"]

    run(work())


def test_time_in_the_queue_is_told() -> None:
    async def work() -> None:
        limiter = RateLimiter(SteppedClock(), 4)
        assert (await limiter.enter()).waited_s == 0.0
        limiter.pause(3.0)
        limiter.leave()
        assert (await limiter.enter()).waited_s == 3.0

    run(work())


def test_nobody_is_forgotten_when_a_waiter_is_cancelled() -> None:
    async def work() -> None:
        limiter = RateLimiter(SteppedClock(), 1)
        await limiter.enter()
        first, second = (asyncio.create_task(limiter.enter()) for _ in range(2))
        await asyncio.sleep(0.01)
        limiter.leave(answered=True)
        first.cancel()
        await second

    run(work())


def test_a_turn_is_handed_on_when_whoever_has_it_is_cancelled_in_a_pause() -> None:
    class LongClock(SteppedClock):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(0.05)
            await super().sleep(seconds)

    async def work() -> None:
        limiter = RateLimiter(LongClock(), 1)
        await limiter.enter()
        first, second = (asyncio.create_task(limiter.enter()) for _ in range(2))
        await asyncio.sleep(0)
        limiter.pause(1.0)
        limiter.leave()
        await asyncio.sleep(0.01)
        first.cancel()
        await second

    run(work())


def test_who_was_held_off_stands_behind_those_who_wait() -> None:
    async def work() -> None:
        limiter, order = RateLimiter(SteppedClock(), 1), []

        async def visit(name: str, *, held_off: bool) -> None:
            await limiter.enter()
            order.append(name)
            await asyncio.sleep(0)
            limiter.leave()
            if held_off:
                limiter.pause(10)
                await limiter.enter(again=True)
                order.append(name)
                limiter.leave(answered=True)

        await asyncio.gather(visit("a", held_off=True), *(visit(n, held_off=False) for n in "bcd"))
        assert order == ["a", "b", "c", "d", "a"]

    run(work())


def test_a_lane_is_barren_from_the_first_refusal_to_the_next_reply() -> None:
    async def work() -> None:
        clock = SteppedClock()
        limiter = RateLimiter(clock, 4)
        assert (limiter.barren_s, limiter.held_off) == (0.0, 0)
        limiter.pause(10)
        limiter.pause(10)
        admission = await limiter.enter()
        limiter.leave()
        limiter.pause(20)
        assert (limiter.barren_s, limiter.held_off) == (10.0, 2)
        await limiter.note_reply(admission, None)
        assert (limiter.barren_s, limiter.held_off) == (0.0, 0)

    run(work())
