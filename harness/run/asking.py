"""Ask until there is a final answer: queue, journal, budget and patience around one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harness.conversation.play import Asked
from harness.conversation.ports import ChatModel, Request
from harness.conversation.transcript import Answer, Failure, Reply
from harness.run.budget import Purse
from harness.run.events import Event, Paused, Stopped
from harness.run.lane import Lane
from harness.run.patience import is_last, wait_before
from harness.run.ports import Clock, RequestLog
from harness.run.targets import Target

UNKNOWN_REQUEST = Failure(
    kind="connection",
    code="unknown_request",
    message="the request was sent before the run stopped, and its answer was never recorded; "
    "it was not sent again (--unknown skip)",
)


class HaltedError(Exception):
    """The run sends nothing more: a trial that is not finished stays so, to be resumed."""


@dataclass(slots=True)
class Halt:
    """Whether and why the run sends nothing more; set once, read by everybody."""

    reason: str = ""
    signal: int = 0

    def set(self, reason: str, signal: int = 0) -> None:
        """The first reason stands."""
        if not self.reason:
            self.reason, self.signal = reason, signal


@dataclass(slots=True)
class Attempt:
    """Where the asking of one request stands: seconds queued, and seconds waited between tries."""

    number: int = 1
    queued_s: float = 0.0
    waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Asker:
    """The way to one target; calling it is an ``Ask``.

    ``gate`` bounds requests in flight over all targets, None where the lanes' widths do.
    """

    target: Target
    model: ChatModel
    lane: Lane
    log: RequestLog
    purse: Purse
    clock: Clock
    chance: Callable[[], float]
    halt: Halt
    show: Callable[[Event], None]
    unknown: Literal["retry", "skip"] = "retry"
    gate: Lane | None = None

    async def __call__(self, request: Request) -> Asked:
        """The final answer: recalled, or asked for as often as patience lasts.

        Raises:
            HaltedError: the run sends nothing more.
        """
        recalled = self.log.recall(request.place)
        if recalled == "unknown":
            if self.unknown == "skip":
                return Asked(UNKNOWN_REQUEST)
        elif recalled is not None:
            return recalled
        attempt = Attempt()
        while True:
            answer = await self._once(request, attempt)
            if answer is None:
                cause = self.lane.stopped or UNKNOWN_REQUEST
                return Asked(cause, attempt.number - 1, attempt.queued_s)
            if isinstance(answer, Reply):
                return Asked(answer, attempt.number, attempt.queued_s)
            wait = wait_before(answer, attempt.number, attempt.waited_s, self.chance())
            if wait is None:
                return Asked(answer, attempt.number, attempt.queued_s)
            attempt.number += 1
            attempt.waited_s += wait
            if answer.kind == "rate_limit":
                if self.lane.pause(wait):
                    self.show(Paused(self.target.name, wait, answer.message))
            else:
                await self.clock.sleep(wait)
                attempt.queued_s += wait

    async def _once(self, request: Request, attempt: Attempt) -> Answer | None:
        """One attempt, when its turn has come; no answer when the target was stopped."""
        answer: Answer | None = None
        attempt.queued_s += await self.lane.enter()
        try:
            if self.gate is None:
                answer = await self._admitted(request, attempt)
            else:
                attempt.queued_s += await self.gate.enter()
                try:
                    answer = await self._admitted(request, attempt)
                finally:
                    self.gate.leave(answered=True)
        finally:
            throttled = isinstance(answer, Failure) and answer.kind == "rate_limit"
            self.lane.leave(answered=answer is not None and not throttled)
        return answer

    async def _admitted(self, request: Request, attempt: Attempt) -> Answer | None:
        if self._halted():
            raise HaltedError
        if self.lane.stopped is not None:
            return None
        reserved = await self.purse.admit(request, self.target, self.clock.monotonic())
        if isinstance(reserved, str):
            self.halt.set(f"the budget ended ({reserved})")
            raise HaltedError
        if self._halted():  # while the purse made us wait
            self.purse.settle(reserved, None, self.target)
            raise HaltedError
        answer: Answer | None = None
        try:
            self.log.sent(request.place, attempt.number)
            answer = await self.model.complete(request)
        finally:
            self.purse.settle(reserved, answer, self.target)
        final = (
            isinstance(answer, Reply)
            or wait_before(answer, attempt.number, attempt.waited_s, 0.0) is None
        )
        self.log.answered(
            request.place, attempt.number, answer, final=final, queued_s=attempt.queued_s
        )
        if isinstance(answer, Failure) and final and is_last(answer):
            self._stop(answer)
        return answer

    def _halted(self) -> bool:
        return bool(self.halt.reason)

    def _stop(self, failure: Failure) -> None:
        if self.lane.stopped is None:
            self.lane.stop(failure)
            self.show(Stopped(self.target.name, failure, self.target.kind == "deployment"))
