from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.run.lane import Lane


class SteppedClock:
    """A clock on which sleeping takes no time and only sleeping makes time pass."""

    def __init__(self) -> None:
        self.time = 100.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.time)

    async def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        await asyncio.sleep(0)
        self.time = max(self.time, until)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, timeout=5))


def test_as_many_are_let_through_as_the_lane_is_wide() -> None:
    async def work() -> None:
        lane = Lane(SteppedClock(), 2)
        await lane.enter()
        await lane.enter()
        third = asyncio.create_task(lane.enter())
        await asyncio.sleep(0.01)
        assert not third.done()
        lane.leave(answered=True)
        await third
        assert lane.in_flight == 2

    run(work())


def test_who_waits_first_goes_first() -> None:
    async def work() -> None:
        lane, order = Lane(SteppedClock(), 1), []
        await lane.enter()

        async def visit(name: str) -> None:
            await lane.enter()
            order.append(name)
            lane.leave(answered=True)

        visits = [asyncio.create_task(visit(name)) for name in "abc"]
        await asyncio.sleep(0.01)
        lane.leave(answered=True)
        await asyncio.gather(*visits)
        assert order == ["a", "b", "c"]

    run(work())


def test_after_a_pause_one_tries_and_each_success_lets_twice_as_many_through() -> None:
    async def work() -> None:
        clock = SteppedClock()
        lane, inside, most = Lane(clock, 32), 0, []
        for _ in range(10):
            await lane.enter()
        assert lane.pause(7.0), "a new episode"
        assert not lane.pause(5.0), "the same episode: they were in flight together"
        for _ in range(10):
            lane.leave()

        async def visit() -> None:
            nonlocal inside
            await lane.enter()
            inside += 1
            most.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1
            lane.leave(answered=True)

        await asyncio.gather(*(visit() for _ in range(15)))
        assert clock.time == 107.0
        assert most[0] == 1
        assert max(most[:2]) <= 2
        assert max(most) > 2

    run(work())


def test_time_in_the_queue_is_told() -> None:
    async def work() -> None:
        lane = Lane(SteppedClock(), 4)
        assert await lane.enter() == 0.0
        lane.pause(3.0)
        lane.leave()
        assert await lane.enter() == 3.0

    run(work())


def test_nobody_is_forgotten_when_a_waiter_is_cancelled() -> None:
    async def work() -> None:
        lane = Lane(SteppedClock(), 1)
        await lane.enter()
        first, second = (asyncio.create_task(lane.enter()) for _ in range(2))
        await asyncio.sleep(0.01)
        lane.leave(answered=True)
        first.cancel()
        await second

    run(work())


def test_who_was_held_off_stands_behind_those_who_wait() -> None:
    async def work() -> None:
        lane, order = Lane(SteppedClock(), 1), []

        async def visit(name: str, *, held_off: bool) -> None:
            await lane.enter()
            order.append(name)
            await asyncio.sleep(0)
            lane.leave()
            if held_off:
                lane.pause(10)
                await lane.enter(again=True)
                order.append(name)
                lane.leave(answered=True)

        await asyncio.gather(visit("a", held_off=True), *(visit(n, held_off=False) for n in "bcd"))
        assert order == ["a", "b", "c", "d", "a"]

    run(work())


def test_a_lane_is_barren_from_the_first_refusal_to_the_next_reply() -> None:
    async def work() -> None:
        clock = SteppedClock()
        lane = Lane(clock, 4)
        assert (lane.barren_s, lane.held_off) == (0.0, 0)
        lane.pause(10)
        lane.pause(10)
        await lane.enter()
        lane.leave()
        lane.pause(20)
        assert (lane.barren_s, lane.held_off) == (10.0, 2)
        lane.replied()
        assert (lane.barren_s, lane.held_off, lane.replies) == (0.0, 0, 1)

    run(work())
