"""The accounting of requests: each is entered before it is sent, and when it is answered.

Journal and budget in one: an executor asks no other place. They may be kept by another process, so
whatever is entered is awaited: it is entered when the call returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from harness.conversation.ports import EmbeddingRequest, Place, Request
from harness.conversation.transcript import AnswerT, EmbeddingReply, Failure, Reply
from harness.run.ports import Clock, Recalled, RequestLog
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.spent import Amount, EndedBudget
from harness.run.targets import Target
from harness.spec.model.spec import Budget


class Accounting(Protocol):
    """The journal and the budget of a run, wherever they are kept."""

    async def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        """Return what was noted of this request before; None when nothing was.

        ``kind`` is what answers to such a request are, where they do not fail.
        """
        ...

    async def admit(
        self, request: Request | EmbeddingRequest, target: Target
    ) -> Amount | EndedBudget:
        """Reserve the most that a request may take, or return the limit that does not allow it."""
        ...

    def give_back(self, reserved: Amount) -> None:
        """Give back what was reserved for a request that was not sent after all."""
        ...

    async def note_sent(self, place: Place, attempt: int, reserved: Amount) -> None:
        """Note that a request is about to be sent, and the most that it may take."""
        ...

    def settle(
        self, reserved: Amount, answer: Reply | EmbeddingReply | Failure | None, target: Target
    ) -> Amount:
        """Return what a request took, in place of what was reserved; None: there is no answer."""
        ...

    async def keep_answer(
        self,
        place: Place,
        attempt: int,
        answer: Reply | EmbeddingReply | Failure,
        *,
        final: bool,
        queued_s: float,
        took: Amount,
    ) -> None:
        """Keep an answer before anybody uses it; ``final`` unless it will be asked again."""
        ...


@dataclass(frozen=True, slots=True)
class LocalAccounting:
    """Accounting that this process does itself."""

    log: RequestLog
    tracker: BudgetTracker
    clock: Clock

    @classmethod
    def of(cls, log: RequestLog, budget: Budget, clock: Clock) -> LocalAccounting:
        """Begin accounting with nothing spent yet."""
        return cls(log, BudgetTracker(budget, clock.monotonic()), clock)

    async def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        """Return what an earlier process noted of this request; None when it noted nothing."""
        return self.log.recall(place, kind)

    async def admit(
        self, request: Request | EmbeddingRequest, target: Target
    ) -> Amount | EndedBudget:
        """Reserve the most that a request may take, or return the limit that does not allow it."""
        return await self.tracker.admit(request, target, self.clock.monotonic())

    def give_back(self, reserved: Amount) -> None:
        """Give back what was reserved for a request that was not sent after all."""
        self.tracker.give_back(reserved)

    async def note_sent(self, place: Place, attempt: int, reserved: Amount) -> None:
        """Note that a request is about to be sent, and the most that it may take."""
        self.log.note_sent(place, attempt, reserved)

    def settle(
        self, reserved: Amount, answer: Reply | EmbeddingReply | Failure | None, target: Target
    ) -> Amount:
        """Return what a request took, in place of what was reserved; None: there is no answer."""
        return self.tracker.settle(reserved, answer, target)

    async def keep_answer(
        self,
        place: Place,
        attempt: int,
        answer: Reply | EmbeddingReply | Failure,
        *,
        final: bool,
        queued_s: float,
        took: Amount,
    ) -> None:
        """Keep an answer before anybody uses it; ``final`` unless it will be asked again."""
        self.log.keep_answer(place, attempt, answer, final=final, queued_s=queued_s, took=took)
