"""A run stands still exactly when every activity of it waits."""

from __future__ import annotations

import asyncio

import pytest

from harness.run.waves.idle import IdleDetector


def test_it_is_still_only_when_the_last_strand_waits() -> None:
    async def play() -> list[int]:
        idle, stills = IdleDetector(), list[int]()
        idle.on_still = lambda: stills.append(idle.waiting)
        idle.enter(3)
        idle.begin_waiting()
        idle.begin_waiting()
        await asyncio.sleep(0)
        assert not stills
        idle.begin_waiting()
        await asyncio.sleep(0)
        return stills

    assert asyncio.run(play()) == [3]


@pytest.mark.parametrize("blocked", [0, 1, 2])
def test_those_who_wait_for_the_budget_count_as_waiting(blocked: int) -> None:
    idle = IdleDetector()
    idle.blocked = lambda: blocked
    idle.activities, idle.waiting = 3, 1
    assert idle.is_still == (blocked == 2)


def test_a_strand_that_ends_may_leave_the_others_waiting() -> None:
    async def play() -> bool:
        idle, told = IdleDetector(), asyncio.Event()
        idle.on_still = told.set
        with idle.activity():
            idle.enter()
            idle.begin_waiting()
            await asyncio.sleep(0)
            assert not told.is_set()
        await asyncio.sleep(0)
        return told.is_set()

    assert asyncio.run(play())


def test_one_that_goes_on_before_the_loop_came_round_is_not_still() -> None:
    async def play() -> bool:
        idle, told = IdleDetector(), asyncio.Event()
        idle.on_still = told.set
        idle.enter()
        idle.begin_waiting()
        idle.end_waiting()
        await asyncio.sleep(0)
        return told.is_set()

    assert not asyncio.run(play())


def test_checks_beside_each_other_are_strands_and_their_answers_keep_their_order() -> None:
    async def play() -> tuple[list[int], list[int], int]:
        idle, stills = IdleDetector(), list[int]()
        doors = [asyncio.Event() for _ in range(3)]

        def open_doors() -> None:
            stills.append(idle.waiting)
            for door in reversed(doors):
                idle.end_waiting()
                door.set()

        idle.on_still = open_doors

        async def check(number: int) -> int:
            idle.begin_waiting()
            await doors[number].wait()
            return number

        idle.enter()
        tasks = [lambda n=n: check(n) for n in range(3)]
        found = await idle.gather(tasks)
        return found, stills, idle.activities

    assert asyncio.run(play()) == ([0, 1, 2], [3], 1)


def test_an_error_among_checks_is_raised_when_all_have_ended() -> None:
    async def play() -> int:
        idle = IdleDetector()
        idle.enter()
        ended = list[int]()

        async def fail() -> None:
            raise ValueError("first")

        async def end() -> None:
            await asyncio.sleep(0)
            ended.append(1)

        with pytest.raises(ValueError, match="first"):
            await idle.gather([fail, end])
        assert ended == [1]
        return idle.activities

    assert asyncio.run(play()) == 1
