"""Ask by waves until there is a final answer: the journal, the budget and patience of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from harness.conversation.play import FinalAnswer
from harness.conversation.ports import Request
from harness.conversation.transcript import Failure, Reply
from harness.run.ports import Clock, RequestLog
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.patience import LAST_KINDS
from harness.run.requests.request_executor import UNKNOWN_REQUEST, Halt, RunHaltedError
from harness.run.requests.spent import EndedBudget
from harness.run.targets import Target
from harness.run.waves.waves import Waves

MOST_WAVES: Final = 3
"""Waves that a request is in, at most, before it has failed: each may take a day."""


@dataclass(slots=True)
class WaveExecutor:
    """Sends requests to one target by waves; an ``Executor``.

    Attributes:
        stopped: why nothing more is sent to the target: it would fail alike.
    """

    target: Target
    waves: Waves
    log: RequestLog
    tracker: BudgetTracker
    clock: Clock
    halt: Halt
    unknown: Literal["retry", "skip"] = "retry"
    stopped: Failure | None = None

    async def __call__(self, request: Request) -> FinalAnswer[Reply]:
        """Return the final answer: recalled, or asked for in as many waves as patience lasts.

        Raises:
            RunHaltedError: the run sends nothing more.
        """
        recalled = self.log.recall(request.place, Reply)
        if recalled == "unknown":
            if self.unknown == "skip":
                return FinalAnswer(UNKNOWN_REQUEST)
        elif recalled is not None:
            return recalled
        left = self.waves.find_attempt(request.place)
        attempt, queued_s = left or 1, 0.0
        while True:
            if self.stopped is not None:
                return FinalAnswer(self.stopped, attempt - 1, queued_s)
            began = self.clock.monotonic()
            answer, is_last = await self._ask(request, attempt, began, is_sent=left == attempt)
            queued_s += self.clock.monotonic() - began
            if is_last:
                return FinalAnswer(answer, attempt, queued_s)
            attempt += 1

    async def _ask(
        self, request: Request, attempt: int, began: float, *, is_sent: bool
    ) -> tuple[Reply | Failure, bool]:
        """Ask in one wave; return what came of it, and whether it is final."""
        self._refuse_halted()
        reserved = await self.tracker.admit(
            request, self.target, began, is_sent=is_sent, is_patient=True
        )
        if isinstance(reserved, EndedBudget):
            self.halt.set(str(reserved), ended=reserved)
            raise RunHaltedError
        try:
            self._refuse_halted()  # while the budget made us wait
            delivery = await self.waves.ask(self.target, request, attempt, reserved)
        except BaseException:
            self.tracker.give_back(reserved)  # what is in a batch is spent when its answer comes
            raise
        answer = delivery.answer
        took = self.tracker.settle(reserved, answer, self.target)
        failure = answer if isinstance(answer, Failure) else None
        is_last = failure is None or not failure.retryable or attempt >= MOST_WAVES
        self.log.keep_answer(
            request.place,
            attempt,
            answer,
            final=is_last,
            queued_s=self.clock.monotonic() - began,
            took=took,
        )
        delivery.confirm()
        if failure is not None and failure.kind in LAST_KINDS and self.stopped is None:
            self.stopped = failure
            self.waves.tell_stopped(self.target, failure)
        return answer, is_last

    def _refuse_halted(self) -> None:
        if self.halt.reason:
            raise RunHaltedError
