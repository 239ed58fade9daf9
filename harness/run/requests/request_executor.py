"""Ask until there is a final answer: queue, accounting and patience around one model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, Literal, Protocol, TypeVar

from harness.conversation.play import FinalAnswer
from harness.conversation.ports import EmbeddingRequest, Place, Request, RequestT
from harness.conversation.transcript import NOT_SENT, AnswerT, EmbeddingReply, Failure, Reply
from harness.run.asking.accounting import Accounting
from harness.run.events import Event, Paused, Stopped
from harness.run.ports import Clock
from harness.run.requests.patience import RetryState, is_last
from harness.run.requests.rate_limiter import Admission, RateLimiter
from harness.run.requests.spent import Amount, EndedBudget
from harness.run.requests.throttle import explain_throttle, read_throttle
from harness.run.requests.token_estimate import TokenDemand, TokenEstimate
from harness.run.targets import Target

UNKNOWN_REQUEST = Failure(
    kind="connection",
    code="unknown_request",
    message="the request was sent before the run stopped, and its answer was never recorded; "
    "it was not sent again (--unknown skip)",
)


class RunHaltedError(Exception):
    """The run sends nothing more: a trial that is not finished stays so, to be resumed."""


@dataclass(slots=True)
class Halt:
    """A flag that stops a run, with its reason; set once, read by every worker.

    Attributes:
        reason: why nothing more is sent; "" while the run goes on.
        signal: the number of the signal that stopped it, 0 where none did.
        ended: the limit of the budget that stopped it, None for any other reason.
        in_flight: requests that are sent and not answered.
    """

    reason: str = ""
    signal: int = 0
    ended: EndedBudget | None = None
    in_flight: int = 0

    def set(self, reason: str, signal: int = 0, ended: EndedBudget | None = None) -> None:
        """Stop the run, unless it is stopped: the first reason stands."""
        if not self.reason:
            self.reason, self.signal, self.ended = reason, signal, ended


AskedT_contra = TypeVar("AskedT_contra", bound=Request | EmbeddingRequest, contravariant=True)
GivenT = TypeVar("GivenT", bound=Reply | EmbeddingReply)


class Executor(Protocol[AskedT_contra, GivenT]):
    """Asks one target until there is a final answer, by whichever engine."""

    @property
    def target(self) -> Target:
        """The target that it asks."""
        ...

    @property
    def halt(self) -> Halt:
        """The flag that stops the run."""
        ...

    @property
    def stopped(self) -> Failure | None:
        """The reason why the target is not asked any more; None while it is."""
        ...

    async def __call__(self, request: AskedT_contra) -> FinalAnswer[GivenT]:
        """Return the final answer.

        Raises:
            RunHaltedError: the run sends nothing more.
        """
        ...


@dataclass(frozen=True, slots=True)
class RequestExecutor(Generic[RequestT, AnswerT]):
    """Sends requests to one target until there is a final answer; calling it is an ``Ask``.

    Attributes:
        send: sends one request once: a ``ChatModel``'s ``complete``, an ``Embedder``'s ``embed``.
        kind: what comes back where it does not fail.
        estimate: of what a request takes of the target's token limit; None where it has no quota.
    """

    target: Target
    send: Callable[[RequestT], Awaitable[AnswerT | Failure]]
    kind: type[AnswerT]
    limiter: RateLimiter
    accounting: Accounting
    clock: Clock
    chance: Callable[[], float]
    halt: Halt
    show: Callable[[Event], None]
    unknown: Literal["retry", "skip"] = "retry"
    estimate: TokenEstimate | None = None

    @property
    def stopped(self) -> Failure | None:
        """The reason why the target is not asked any more; None while it is."""
        return self.limiter.stopped

    async def __call__(self, request: RequestT) -> FinalAnswer[AnswerT]:
        """Return the final answer: recalled, or asked for as often as patience lasts.

        Raises:
            RunHaltedError: the run sends nothing more.
        """
        recalled = await self.accounting.recall(request.place, self.kind)
        if recalled == "unknown":
            if self.unknown == "skip":
                return FinalAnswer(UNKNOWN_REQUEST)
        elif recalled is not None:
            return recalled
        attempt = RetryState()
        while True:
            demand = None if self.estimate is None else self.estimate.measure(request)
            answer = await self._try_once(request, attempt, demand)
            if answer is None:
                cause = self._find_end(demand) or UNKNOWN_REQUEST
                return FinalAnswer(cause, attempt.number - 1, attempt.queued_s)
            wait = attempt.next_s
            if wait is None or not isinstance(answer, Failure):
                return FinalAnswer(answer, attempt.number, attempt.queued_s)
            attempt.number += 1
            if answer.kind != "rate_limit":  # else everybody pauses: see `_note`
                await self.clock.sleep(wait)
                attempt.queued_s += wait
                attempt.waited_s += wait

    async def _try_once(
        self, request: RequestT, attempt: RetryState, demand: TokenDemand | None
    ) -> AnswerT | Failure | None:
        """Try once, when the turn has come; no answer when nothing like it is sent any more."""
        admission = await self.limiter.enter(
            int if demand is None else demand.count,
            again=attempt.number > 1,
            ahead=_goes_on(request.place),
        )
        attempt.queued_s += admission.waited_s
        answer: AnswerT | Failure | None = None
        try:
            answer = await self._send_when_admitted(request, attempt, demand)
            await self._note(answer, admission, attempt, demand)
        finally:
            throttled = isinstance(answer, Failure) and answer.kind == "rate_limit"
            self.limiter.leave(answered=answer is not None and not throttled)
        return answer

    async def _note(
        self,
        answer: AnswerT | Failure | None,
        admission: Admission,
        attempt: RetryState,
        demand: TokenDemand | None,
    ) -> None:
        """Tell the queue how it went: what it learns, and whether everybody pauses."""
        if answer is not None and not isinstance(answer, Failure):
            await self.limiter.note_reply(admission, answer.limits)
            if self.estimate is not None and demand is not None:
                self.estimate.learn(demand, answer.usage, answer.limits)
            return
        kind = None if answer is None else read_throttle(answer)
        if answer is None or kind is None or attempt.next_s is None:
            await self.limiter.note_other(admission)
            return
        if self.estimate is not None and kind == "tokens":
            self.estimate.learn_refusal()
        began = await self.limiter.note_refusal(admission, kind, attempt.next_s, answer.limits)
        if began:
            waiting = self.limiter.queued + self.limiter.in_flight
            paused = Paused(self.target.name, attempt.next_s, answer.message, kind, waiting)
            self.show(paused)

    async def _send_when_admitted(
        self, request: RequestT, attempt: RetryState, demand: TokenDemand | None
    ) -> AnswerT | Failure | None:
        if self._is_halted():
            raise RunHaltedError
        if self._find_end(demand) is not None:
            return None
        reserved = await self.accounting.admit(request, self.target)
        if isinstance(reserved, EndedBudget):
            self.halt.set(str(reserved), ended=reserved)
            raise RunHaltedError
        if self._is_halted():  # while the budget made us wait
            self.accounting.give_back(reserved)
            raise RunHaltedError
        answer: AnswerT | Failure | None = None
        took: Amount = reserved
        try:
            await self.accounting.note_sent(request.place, attempt.number, reserved)
            self.halt.in_flight += 1
            try:
                answer = await self.send(request)
            finally:
                self.halt.in_flight -= 1
        finally:
            took = self.accounting.settle(reserved, answer, self.target)
        attempt.next_s = None
        if not isinstance(answer, Failure) or answer.code != NOT_SENT:
            self.limiter.is_reached = True
        if isinstance(answer, Failure):
            attempt.after(answer, self.limiter, self.chance())
            if attempt.next_s is None:
                answer = self._explain_last(answer, request, demand)
        await self.accounting.keep_answer(
            request.place,
            attempt.number,
            answer,
            final=attempt.next_s is None,
            queued_s=attempt.queued_s,
            took=took,
        )
        return answer

    def _explain_last(
        self, failure: Failure, request: RequestT, demand: TokenDemand | None
    ) -> Failure:
        """Say which limit was the end of a request, and what helps; stop where all end so."""
        if failure.kind == "rate_limit":
            tokens = sum(request.most_tokens) if demand is None else demand.count()
            explained = explain_throttle(failure, self.target, tokens)
            if demand is not None and read_throttle(failure) == "too_large":
                self.limiter.note_too_large(tokens, replace(failure, message=explained))
            failure = replace(failure, message=explained)
        if is_last(failure, reached=self.limiter.is_reached):
            self._stop(failure)
        return failure

    def _find_end(self, demand: TokenDemand | None) -> Failure | None:
        return self.limiter.find_end(0 if demand is None else demand.count())

    def _is_halted(self) -> bool:
        return bool(self.halt.reason)

    def _stop(self, failure: Failure) -> None:
        if self.limiter.stopped is None:
            self.limiter.stop(failure)
            self.show(Stopped(self.target.name, failure, self.target.kind == "deployment"))


def _goes_on(place: Place) -> bool:
    """Return whether a request goes on with a trial that has begun."""
    return place.turn != 1 or place.round > 1 or bool(place.check)
