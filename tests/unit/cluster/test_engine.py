"""The engine of a cluster hands out tasks: one that was cut off is handed out again as itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, cast
from unittest.mock import Mock

from harness.cluster.engine import DaskEngine, _Played
from harness.cluster.messages import TaskOrder, decode
from harness.cluster.worker_check import WorkerNeeds
from harness.spec.model.spec import Budget


class Desk:
    """Expects tasks, and knows when each has ended."""

    def __init__(self) -> None:
        self.ends: dict[int, asyncio.Future[None]] = {}
        self.refused = None

    def expect(self, number: int, rows: tuple[int, ...]) -> asyncio.Future[None]:
        del rows
        self.ends[number] = asyncio.get_running_loop().create_future()
        return self.ends[number]


class Workers:
    """Play each task, but are cut off the first time."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.orders = desk, Counter[int]()

    def submit(self, play: object, order: str, **named: object) -> Any:
        del play, named
        number = decode(order, TaskOrder).task
        self.orders[number] += 1
        return Handed(self.desk, number, is_cut=self.orders[number] == 1)


class Handed:
    """A task that was handed out."""

    def __init__(self, desk: Desk, number: int, *, is_cut: bool) -> None:
        self.desk, self.number, self.is_cut = desk, number, is_cut

    async def result(self) -> str:
        await asyncio.sleep(0.01)
        if self.is_cut:
            return "cut"
        ended = self.desk.ends[self.number]
        if not ended.done():
            ended.set_result(None)
        return "ended"

    def release(self) -> None:
        """Do nothing."""


def test_a_task_that_was_cut_off_is_handed_out_again_as_itself() -> None:
    async def play() -> Counter[int]:
        desk = Desk()
        workers = Workers(desk)
        engine = DaskEngine("tcp://nowhere", Mock(), Mock(), WorkerNeeds())
        played = _Played(
            engine,
            cast("Any", workers),
            Mock(),
            Mock(budget=Budget()),
            ports=Mock(),
            log=Mock(),
            show=print,
        )
        played._desk = cast("Any", desk)
        queue = iter([(0,), (1,), (2,)])
        await asyncio.gather(*(played._hand_out(queue) for _ in range(3)))
        return workers.orders

    assert asyncio.run(play()) == {1: 2, 2: 2, 3: 2}
