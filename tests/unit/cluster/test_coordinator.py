"""The home end of all connections: what workers note is entered once, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from harness.cluster.coordinator import Rules, TaskCoordinator
from harness.cluster.messages import (
    AnswerKept,
    AnyNote,
    QuotaRequested,
    RecallRequested,
    RequestSent,
    ReservationAnswer,
    ReservationRequested,
    ReservationReturned,
    TaskEnded,
    WorkerJoined,
    WorkerMessage,
    answer_as_json,
    decode,
    encode,
)
from harness.conversation.ports import Place
from harness.conversation.transcript import EmbeddingReply, Failure, Reply, Usage
from harness.results.model import RunInfo
from harness.run.clock import SystemClock
from harness.run.events import Event, Moved
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.limiters import Widths
from harness.run.requests.quota import LocalQuota, Quota, QuotaWindow
from harness.run.requests.request_executor import Halt
from harness.run.requests.spent import Amount
from harness.spec.model.spec import Budget
from harness.store.runs import DiskRuns

REPLY = Reply("Paul Allen \ud83d", "stop", usage=Usage(10, 5))


def place(turn: int) -> Place:
    return Place("sweden/mini", "founders", None, "default", 1, turn)


class Home:
    """A coordinator over real files, and what it answered, by connection and number of the note."""

    def __init__(
        self,
        coordinator: TaskCoordinator,
        tracker: BudgetTracker,
        halt: Halt,
        answers: dict[tuple[str, int], Any],
        events: list[Event],
    ) -> None:
        self.coordinator, self.tracker, self.halt = coordinator, tracker, halt
        self.answers, self.events = answers, events

    async def hear(self, connection: str, *notes: AnyNote) -> bool:
        """Let home read a message; its notes are numbered from 1."""
        message = WorkerMessage(connection, list(enumerate(notes, start=1)))
        taken = self.coordinator.receive(decode(encode(message), WorkerMessage))
        await asyncio.sleep(0.01)
        return taken


def at_home(
    folder: Path, work: Callable[[Home], Awaitable[None]], limit: int | None = None
) -> None:
    async def play() -> None:
        clock, halt = SystemClock(), Halt()
        tracker = BudgetTracker(Budget(requests=limit))
        info = RunInfo("drill", "drill", "", "", "", (), planned_trials=4)
        events: list[Event] = []
        answers: dict[tuple[str, int], Any] = {}
        quota = LocalQuota(Quota([QuotaWindow(20, 60)], learns=False))
        with DiskRuns(folder, clock.now).begin(info, {}, folder / "run") as log:
            coordinator = TaskCoordinator(
                log,
                tracker,
                clock,
                halt=halt,
                show=events.append,
                answer=lambda connection, told: answers.update({(connection, told[0]): told[1]}),
                rules=Rules(
                    ("digest", "text"), 1, False, limit is not None, Widths(4, None), "retry",
                    {"sweden/mini": quota, "sweden/other": quota},
                ),
            )  # fmt: skip
            home = Home(coordinator, tracker, halt, answers, events)
            await work(home)

    asyncio.run(play())


def test_requests_of_a_lost_worker_are_in_doubt_and_its_answers_are_known(tmp_path: Path) -> None:
    async def work(home: Home) -> None:
        ended = home.coordinator.expect(1, (0, 1))
        await home.hear("first", WorkerJoined(1, "a"))
        most = Amount(0.5, 100)
        sent = [RequestSent(place(turn), 1, most, reserved=False) for turn in (1, 2)]
        kept = AnswerKept(place(1), 1, answer_as_json(REPLY), True, 0.0, Amount(0.1, 15))
        await home.hear("first", *sent, kept)
        assert home.halt.in_flight == 1
        await home.hear(
            "second", WorkerJoined(1, "b"), RecallRequested(place(1)), RecallRequested(place(2))
        )
        assert home.events == [Moved("a", "b", 1)]
        assert home.halt.in_flight == 0
        assert home.tracker.spent.usd == 0.6, "what is in doubt counts at the most"
        assert home.answers["second", 1].recalls
        assert home.answers["second", 2].known == "answered"
        assert home.answers["second", 2].answer["reply"]["text"] == REPLY.text
        assert home.answers["second", 3].known == "sent"
        assert not await home.hear("first", sent[1]), "the lost worker, if it lives, is cut off"
        await home.hear("second", TaskEnded({"sweden/mini": ["temperature"]}))
        assert ended.done()
        assert home.coordinator.adapted == {"sweden/mini": ("temperature",)}

    at_home(tmp_path, work)


def test_room_that_a_lost_worker_was_granted_and_did_not_use_is_given_back(tmp_path: Path) -> None:
    async def work(home: Home) -> None:
        _ = home.coordinator.expect(1, (0,))
        await home.hear("first", WorkerJoined(1), *[ReservationRequested(Amount(0.0, 10))] * 2)
        assert home.answers["first", 2] == home.answers["first", 3] == ReservationAnswer()
        await home.hear("second", WorkerJoined(1), *[ReservationRequested(Amount(0.0, 10))] * 3)
        assert home.answers["second", 3] == ReservationAnswer()
        ended = home.answers["second", 4].ended
        assert str(ended) == home.halt.reason == "the budget ended (requests: 2)"
        await home.hear(
            "second", ReservationReturned(Amount(0.0, 10)), ReservationRequested(Amount(0.0, 10))
        )
        assert home.answers["second", 2] == ReservationAnswer()

    at_home(tmp_path, work, limit=2)


def test_all_workers_draw_on_one_quota(tmp_path: Path) -> None:
    async def work(home: Home) -> None:
        for number in (1, 2):
            _ = home.coordinator.expect(number, (number,))
            await home.hear(
                f"connection {number}", WorkerJoined(number), *[QuotaRequested(0, 1)] * 15
            )
        assert home.answers["connection 1", 1].quotas == {"sweden/mini": 0, "sweden/other": 0}
        drawn = [
            home.answers[f"connection {connection}", number]
            for connection in (1, 2)
            for number in range(2, 17)
        ]
        assert sum(one.wait_s == 0 for one in drawn) == 19, "95 % of twenty"

    at_home(tmp_path, work)


def test_a_task_that_nobody_expects_is_not_played(tmp_path: Path) -> None:
    async def work(home: Home) -> None:
        assert not await home.hear("connection", WorkerJoined(7))

    at_home(tmp_path, work)


def test_answers_of_each_kind_travel_whole() -> None:
    from harness.cluster.messages import answer_from_json

    vectors = EmbeddingReply(((0.5, 0.25),), "embed", Usage(3, 0), 0.1, "id")
    failure = Failure("rate_limit", "slow down", status=429, code="429")
    for answer in (REPLY, failure, vectors):
        travelled = decode(encode(answer_as_json(answer)), dict[str, Any])
        assert answer_from_json(travelled) == answer
