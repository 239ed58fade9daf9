"""The run's accounting and quotas as a worker has them: at the other end of a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from harness.cluster.connection import CoordinatorConnection
from harness.cluster.messages import (
    AnswerKept,
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
    answer_as_json,
    answer_from_json,
)
from harness.conversation.play import FinalAnswer
from harness.conversation.ports import EmbeddingRequest, Place, Request
from harness.conversation.transcript import AnswerT, EmbeddingReply, Failure, Reply
from harness.run.ports import Recalled
from harness.run.requests.budget import estimate_most, find_amount_taken
from harness.run.requests.quota import Quota, QuotaSign
from harness.run.requests.spent import Amount, EndedBudget
from harness.run.targets import Target


@dataclass(frozen=True, slots=True)
class RemoteAccounting:
    """Accounting that is kept at home.

    Attributes:
        recalls: whether home may know of requests that were sent before.
        limited: whether the budget has to be asked for room.
    """

    connection: CoordinatorConnection
    recalls: bool
    limited: bool

    async def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        """Return what was noted of this request before; None when nothing was."""
        if not self.recalls:
            return None
        told = await self.connection.ask(
            RecallRequested(place, kind is EmbeddingReply), RecallAnswer
        )
        if told.known == "nothing":
            return None
        if told.known == "sent":
            return "unknown"
        answer = answer_from_json(told.answer)
        if not isinstance(answer, Failure | kind):
            return None
        return FinalAnswer(cast("AnswerT | Failure", answer), told.attempts, told.queued_s)

    async def admit(
        self, request: Request | EmbeddingRequest, target: Target
    ) -> Amount | EndedBudget:
        """Reserve the most that a request may take, or return the limit that does not allow it."""
        most = estimate_most(request, target)
        if not self.limited:
            return most
        told = await self.connection.ask(ReservationRequested(most), ReservationAnswer)
        return told.ended or most

    def give_back(self, reserved: Amount) -> None:
        """Give back what was reserved for a request that was not sent after all."""
        if self.limited:
            self.connection.tell(ReservationReturned(reserved))

    async def note_sent(self, place: Place, attempt: int, reserved: Amount) -> None:
        """Note that a request is about to be sent; it is in the journal when this returns."""
        await self.connection.confirm(RequestSent(place, attempt, reserved, reserved=self.limited))

    def settle(
        self, reserved: Amount, answer: Reply | EmbeddingReply | Failure | None, target: Target
    ) -> Amount:
        """Return what a request took; home enters it with the answer, or the connection's end."""
        return find_amount_taken(reserved, answer, target)

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
        """Keep an answer; it is in the journal when this returns."""
        written = answer_as_json(answer)
        await self.connection.confirm(AnswerKept(place, attempt, written, final, queued_s, took))


class RemoteQuota:
    """A ``SharedQuota`` that home draws from, for all workers.

    Args:
        connection: the connection home.
        number: which quota.
        seen: the quota as it was.
    """

    def __init__(self, connection: CoordinatorConnection, number: int, seen: QuotaSnapshot) -> None:
        self._connection, self._number = connection, number
        self.seen: Quota = seen.restore()

    async def take(self, tokens: int, now: float) -> float:
        """Take a request of so many tokens; 0.0 when taken, else seconds until to ask again."""
        del now  # home's clock counts
        drawn = await self._connection.ask(QuotaRequested(self._number, tokens), QuotaAnswer)
        self.seen = drawn.seen.restore()
        return drawn.wait_s

    async def observe(self, sign: QuotaSign, now: float) -> None:
        """Take in what an answer tells: its headers, and the limit that refused it."""
        age_s = max(0.0, now - sign.taken_at)
        # A moment is told as an age: a clock that starts with a machine means nothing elsewhere.
        told = QuotaSign(sign.taken, 0.0, sign.headers, sign.refused, sign.wait_s)
        drawn = await self._connection.ask(QuotaSignNoted(self._number, told, age_s), QuotaAnswer)
        self.seen = drawn.seen.restore()
