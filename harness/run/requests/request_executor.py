"""Ask until there is a final answer: queue, journal, budget and patience around one model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Literal

from harness.conversation.play import FinalAnswer
from harness.conversation.ports import RequestT
from harness.conversation.transcript import AnswerT, Failure
from harness.run.events import Event, Paused, Stopped
from harness.run.ports import Clock, RequestLog
from harness.run.requests.budget import BudgetTracker, estimate_most_usd
from harness.run.requests.patience import RetryState, is_last
from harness.run.requests.rate_limiter import RateLimiter
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
        in_flight: requests that are sent and not answered.
    """

    reason: str = ""
    signal: int = 0
    in_flight: int = 0

    def set(self, reason: str, signal: int = 0) -> None:
        """Stop the run, unless it is stopped: the first reason stands."""
        if not self.reason:
            self.reason, self.signal = reason, signal


@dataclass(frozen=True, slots=True)
class RequestExecutor(Generic[RequestT, AnswerT]):
    """Sends requests to one target until there is a final answer; calling it is an ``Ask``.

    Attributes:
        send: sends one request once: a ``ChatModel``'s ``complete``, an ``Embedder``'s ``embed``.
        kind: what comes back where it does not fail.
        gate: bounds requests in flight over all targets, None where the limit of each target does.
    """

    target: Target
    send: Callable[[RequestT], Awaitable[AnswerT | Failure]]
    kind: type[AnswerT]
    limiter: RateLimiter
    log: RequestLog
    tracker: BudgetTracker
    clock: Clock
    chance: Callable[[], float]
    halt: Halt
    show: Callable[[Event], None]
    unknown: Literal["retry", "skip"] = "retry"
    gate: RateLimiter | None = None

    async def __call__(self, request: RequestT) -> FinalAnswer[AnswerT]:
        """Return the final answer: recalled, or asked for as often as patience lasts.

        Raises:
            HaltedError: the run sends nothing more.
        """
        recalled = self.log.recall(request.place, self.kind)
        if recalled == "unknown":
            if self.unknown == "skip":
                return FinalAnswer(UNKNOWN_REQUEST)
        elif recalled is not None:
            return recalled
        attempt = RetryState(seen=self.limiter.replies)
        while True:
            answer = await self._try_once(request, attempt)
            if answer is None:
                cause = self.limiter.stopped or UNKNOWN_REQUEST
                return FinalAnswer(cause, attempt.number - 1, attempt.queued_s)
            if not isinstance(answer, Failure):
                return FinalAnswer(answer, attempt.number, attempt.queued_s)
            wait = attempt.next_s
            if wait is None:
                return FinalAnswer(answer, attempt.number, attempt.queued_s)
            attempt.number += 1
            if answer.kind == "rate_limit":
                if self.limiter.pause(wait):
                    self.show(Paused(self.target.name, wait, answer.message))
            else:
                await self.clock.sleep(wait)
                attempt.queued_s += wait
                attempt.waited_s += wait

    async def _try_once(self, request: RequestT, attempt: RetryState) -> AnswerT | Failure | None:
        """Try once, when the turn has come; no answer when the target was stopped."""
        answer: AnswerT | Failure | None = None
        attempt.queued_s += await self.limiter.enter(again=attempt.number > 1)
        try:
            if self.gate is None:
                answer = await self._send_when_admitted(request, attempt)
            else:
                attempt.queued_s += await self.gate.enter()
                try:
                    answer = await self._send_when_admitted(request, attempt)
                finally:
                    self.gate.leave(answered=True)
        finally:
            throttled = isinstance(answer, Failure) and answer.kind == "rate_limit"
            self.limiter.leave(answered=answer is not None and not throttled)
        return answer

    async def _send_when_admitted(
        self, request: RequestT, attempt: RetryState
    ) -> AnswerT | Failure | None:
        if self._is_halted():
            raise RunHaltedError
        if self.limiter.stopped is not None:
            return None
        reserved = await self.tracker.admit(request, self.target, self.clock.monotonic())
        if isinstance(reserved, str):
            self.halt.set(f"the budget ended ({reserved})")
            raise RunHaltedError
        if self._is_halted():  # while the budget made us wait
            self.tracker.settle(reserved, None, self.target)
            raise RunHaltedError
        answer: AnswerT | Failure | None = None
        try:
            most_usd = estimate_most_usd(request, self.target)
            self.log.note_sent(request.place, attempt.number, most_usd)
            answer = await self.send(request)
        finally:
            self.tracker.settle(reserved, answer, self.target)
        if isinstance(answer, Failure):
            attempt.after(answer, self.limiter, self.chance())
        else:
            self.limiter.note_reply()
            attempt.next_s = None
        final = attempt.next_s is None
        self.log.keep_answer(
            request.place, attempt.number, answer, final=final, queued_s=attempt.queued_s
        )
        if isinstance(answer, Failure) and final and is_last(answer, self.limiter.replies):
            self._stop(answer)
        return answer

    def _is_halted(self) -> bool:
        return bool(self.halt.reason)

    def _stop(self, failure: Failure) -> None:
        if self.limiter.stopped is None:
            self.limiter.stop(failure)
            self.show(Stopped(self.target.name, failure, self.target.kind == "deployment"))
