"""The home end of all connections: it enters requests of workers in the journal and the budget.

What a worker notes is entered at once, in the order in which it was noted; its answer goes out when
it is. A task belongs to the connection that joined last: of one that joined before, requests
without an answer are in doubt, as those of a process that was killed, and what comes of it is left
aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.cluster.messages import (
    AnswerKept,
    AnyNote,
    Assignment,
    Json,
    PackageRequested,
    QuotaAnswer,
    QuotaRequested,
    QuotaSignNoted,
    QuotaSnapshot,
    RecallAnswer,
    RecallRequested,
    RequestSent,
    ReservationAnswer,
    ReservationRequested,
    ReservationReturned,
    TargetHeldUp,
    TargetPaused,
    TargetStopped,
    TaskEnded,
    TaskRefused,
    TrialEnded,
    WorkerJoined,
    WorkerMessage,
    answer_as_json,
    answer_from_json,
)
from harness.conversation.play import FinalAnswer
from harness.conversation.ports import Place
from harness.conversation.transcript import EmbeddingReply, Reply
from harness.errors import Diagnostic, HarnessError, OutsideError, RequestError
from harness.results.codec import decode_result
from harness.results.parts import failure_from_json
from harness.run.events import Event, Finished, HeldUp, Moved, Paused, Stopped
from harness.run.ports import Clock, Recalled, RunLog, SharedQuota
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.limiters import WORTH_TELLING_S, Widths
from harness.run.requests.quota import QuotaSign
from harness.run.requests.request_executor import Halt
from harness.run.requests.spent import Amount, EndedBudget

Answered = Callable[[str, tuple[int, Any]], None]
"""Sends the answer to a note over a connection: the connection, the note's number, the answer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whatever is the same for all tasks of a run.

    Attributes:
        package: the digest of the spec and its files, and these as a text.
        plays: how many trials a question has.
        resumed: whether the journal holds requests of earlier processes.
        limited: whether the budget limits money, requests or tokens.
        widths: a task's share of what may be in flight.
        unknown: what to do with requests whose answer is not known.
        quotas: the quota that each target draws on; two of them may draw on one.
    """

    package: tuple[str, str]
    plays: int
    resumed: bool
    limited: bool
    widths: Widths
    unknown: Any
    quotas: Mapping[str, SharedQuota]


@dataclass(slots=True)
class _Connection:
    """A connection over which a worker plays a task.

    Attributes:
        task: its number.
        granted: room of the budget for requests that are not noted as sent yet.
        in_flight: requests that are sent and not answered, and what was reserved for each.
        waiting: what is answered later.
    """

    task: int
    worker: str
    granted: list[Amount] = field(default_factory=list)
    in_flight: dict[Place, Amount] = field(default_factory=dict)
    waiting: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(slots=True)
class _Task:
    """A task that is under way: its questions, what is known of its requests, and its end."""

    rows: tuple[int, ...]
    ended: asyncio.Future[None]
    connection: str = ""
    known: dict[Place, Recalled[Any]] = field(default_factory=dict)
    begun: int = 0


class TaskCoordinator:
    """Enters what workers note. Not for use from several threads.

    Args:
        log: the run's files.
        tracker: the budget.
        clock: the run's.
        halt: the run's; its requests in flight are counted here.
        show: gets what happens.
        answer: sends an answer over a connection.
        rules: what is the same for all tasks.
    """

    def __init__(
        self,
        log: RunLog,
        tracker: BudgetTracker,
        clock: Clock,
        *,
        halt: Halt,
        show: Callable[[Event], None],
        answer: Answered,
        rules: Rules,
    ) -> None:
        self.adapted: dict[str, tuple[str, ...]] = {}
        self.refused: HarnessError | None = None
        self._log, self._tracker, self._clock = log, tracker, clock
        self._halt, self._show, self._answer, self._rules = halt, show, answer, rules
        self._tasks: dict[int, _Task] = {}
        self._connections: dict[str, _Connection] = {}
        self._stopped: dict[str, Json] = {}
        self._waited: dict[str, float] = {}
        self._quotas = list({id(one): one for one in rules.quotas.values()}.values())

    @property
    def connections(self) -> tuple[str, ...]:
        """The names of the connections over which tasks are played now."""
        return tuple(self._connections)

    def expect(self, task: int, rows: tuple[int, ...]) -> asyncio.Future[None]:
        """Expect a worker to play a task; return what is done when it has ended."""
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks[task] = _Task(rows, ended)
        return ended

    def receive(self, message: WorkerMessage) -> bool:
        """Take in a message; False when it is of a connection that is over.

        Raises:
            OutsideError: the disk refused.
        """
        for number, note in message.notes:
            if isinstance(note, WorkerJoined):
                if not self._join(message.connection, number, note):
                    return False
                continue
            connection = self._connections.get(message.connection)
            if connection is None:
                return False
            self._take(message.connection, connection, number, note)
        return True

    def close(self) -> None:
        """Take nothing more: what is in flight stays in doubt, and counts at the most."""
        for name in self.connections:
            self._drop(name)

    def _join(self, name: str, number: int, note: WorkerJoined) -> bool:
        task = self._tasks.get(note.task)
        if task is None:
            return False
        if task.connection:
            lost = self._drop(task.connection)
            if lost is not None:
                again = self._rules.unknown == "retry"
                self._show(Moved(lost.worker, note.worker, len(lost.in_flight), again))
        task.connection, task.begun = name, task.begun + 1
        self._connections[name] = _Connection(note.task, note.worker)
        rules, plays = self._rules, self._rules.plays
        numbers = (row * plays + play for row in task.rows for play in range(plays))
        position = {id(quota): at for at, quota in enumerate(self._quotas)}
        assignment = Assignment(
            package=rules.package[0],
            rows=task.rows,
            finished=[index for index in numbers if self._log.is_finished(index)],
            recalls=rules.resumed or task.begun > 1,
            limited=rules.limited,
            per_target=rules.widths.per_target,
            total=rules.widths.total,
            adapts=rules.widths.adapts,
            unknown=rules.unknown,
            quotas={target: position[id(quota)] for target, quota in rules.quotas.items()},
            seen=[QuotaSnapshot.of(quota.seen) for quota in self._quotas],
            stopped=dict(self._stopped),
        )
        self._reply(name, number, assignment)
        return True

    def _drop(self, name: str) -> _Connection | None:
        """End a connection: what it sent and has no answer to may have been answered, and paid."""
        connection = self._connections.pop(name, None)
        if connection is None:
            return None
        for waiting in connection.waiting:
            waiting.cancel()
        for amount in connection.granted:
            self._tracker.give_back(amount)
        for amount in connection.in_flight.values():
            self._tracker.enter(amount, amount)
        self._halt.in_flight -= len(connection.in_flight)
        return connection

    def _take(self, name: str, connection: _Connection, number: int, note: AnyNote) -> None:  # noqa: C901, PLR0912 - a table
        match note:
            case RecallRequested():
                self._reply(name, number, self._recall(connection, note))
            case ReservationRequested():
                self._later(connection, self._grant(name, connection, number, note.most))
            case ReservationReturned():
                connection.granted.remove(note.most)
                self._tracker.give_back(note.most)
            case RequestSent():
                self._note_sent(connection, note)
                self._reply(name, number, None)
            case AnswerKept():
                self._keep_answer(connection, note)
                self._reply(name, number, None)
            case QuotaRequested():
                self._later(connection, self._draw(name, number, note))
            case QuotaSignNoted():
                self._later(connection, self._observe(name, number, note))
            case TrialEnded():
                self._keep_result(note)
            case PackageRequested():
                self._reply(name, number, self._rules.package[1])
            case TaskEnded():
                self._end(name, connection, note)
                self._reply(name, number, None)
            case TaskRefused():
                kind = RequestError if note.exit_code == RequestError.exit_code else OutsideError
                said = Diagnostic(note.code, note.summary, note.detail, hint=note.hint)
                self.refused = kind(said)
            case WorkerJoined():
                pass  # it was taken when the connection began
            case TargetPaused() | TargetStopped() | TargetHeldUp():
                self._tell(note)

    # --- the journal and the budget ---------------------------------------------------------------

    def _recall(self, connection: _Connection, note: RecallRequested) -> RecallAnswer:
        """Return what this process noted, or an earlier one."""
        kind = EmbeddingReply if note.embeds else Reply
        known: Recalled[Any] | None = self._tasks[connection.task].known.get(note.place)
        if known is None:
            known = self._log.recall(note.place, kind)
        if known is None:
            return RecallAnswer()
        if known == "unknown":
            return RecallAnswer("sent")
        return RecallAnswer(
            "answered", answer_as_json(known.answer), known.attempts, known.queued_s
        )

    async def _grant(self, name: str, connection: _Connection, number: int, most: Amount) -> None:
        reserved = await self._tracker.reserve(most, self._clock.monotonic())
        if isinstance(reserved, EndedBudget):
            self._halt.set(str(reserved), ended=reserved)
            self._reply(name, number, ReservationAnswer(reserved))
            return
        connection.granted.append(reserved)
        self._reply(name, number, ReservationAnswer())

    def _note_sent(self, connection: _Connection, note: RequestSent) -> None:
        if note.reserved:
            connection.granted.remove(note.most)
        else:
            self._tracker.hold(note.most)
        connection.in_flight[note.place] = note.most
        self._halt.in_flight += 1
        self._log.note_sent(note.place, note.attempt, note.most)
        self._tasks[connection.task].known[note.place] = "unknown"

    def _keep_answer(self, connection: _Connection, note: AnswerKept) -> None:
        answer = answer_from_json(note.answer)
        self._log.keep_answer(
            note.place,
            note.attempt,
            answer,
            final=note.final,
            queued_s=note.queued_s,
            took=note.took,
        )
        self._tracker.enter(connection.in_flight.pop(note.place), note.took)
        self._halt.in_flight -= 1
        known = self._tasks[connection.task].known
        if note.final:
            known[note.place] = FinalAnswer(answer, note.attempt, note.queued_s)
        else:
            known.pop(note.place, None)

    def _keep_result(self, note: TrialEnded) -> None:
        """Keep a trial's result, once."""
        if not self._log.is_finished(note.index):
            result = decode_result(note.result)
            self._log.append(note.index, result)
            self._show(Finished(result))

    def _end(self, name: str, connection: _Connection, note: TaskEnded) -> None:
        for target, adapted in note.adapted.items():
            before = self.adapted.get(target, ())
            self.adapted[target] = tuple(dict.fromkeys((*before, *adapted)))
        self._drop(name)
        task = self._tasks.pop(connection.task)
        if not task.ended.done():
            task.ended.set_result(None)

    # --- quotas -----------------------------------------------------------------------------------

    async def _draw(self, name: str, number: int, note: QuotaRequested) -> None:
        quota = self._quotas[note.quota]
        wait_s = await quota.take(note.tokens, self._clock.monotonic())
        self._reply(name, number, QuotaAnswer(wait_s, QuotaSnapshot.of(quota.seen)))

    async def _observe(self, name: str, number: int, note: QuotaSignNoted) -> None:
        """Take in an answer's news; its time is told as an age, for clocks differ."""
        quota, now, sign = self._quotas[note.quota], self._clock.monotonic(), note.sign
        here = QuotaSign(sign.taken, now - note.age_s, sign.headers, sign.refused, sign.wait_s)
        await quota.observe(here, now)
        self._reply(name, number, QuotaAnswer(0.0, QuotaSnapshot.of(quota.seen)))

    # --- what happens -----------------------------------------------------------------------------

    def _tell(self, note: TargetPaused | TargetStopped | TargetHeldUp) -> None:
        """Show what a worker tells; what all of them notice is shown once."""
        match note:
            case TargetPaused():
                kind: Any = note.kind
                self._show(Paused(note.target, note.seconds, note.reason, kind, note.waiting))
            case TargetStopped():
                if note.target not in self._stopped:
                    self._stopped[note.target] = note.failure
                    failure = failure_from_json(note.failure)
                    self._show(Stopped(note.target, failure, note.deployed))
            case TargetHeldUp():
                now, limit = self._clock.monotonic(), self._waited.get(note.target, 0.0)
                if now >= limit:
                    self._waited[note.target] = now + max(WORTH_TELLING_S, 2 * note.elapsed_s)
                    why: Any = note.kind
                    held = (note.held_s, note.elapsed_s, note.limits, why)
                    self._show(HeldUp(note.target, *held))

    def _reply(self, name: str, number: int, answer: object) -> None:
        if number:
            self._answer(name, (number, answer))

    @staticmethod
    def _later(connection: _Connection, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        connection.waiting.add(task)
        task.add_done_callback(connection.waiting.discard)
