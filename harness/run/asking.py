"""Ask until there is a final answer: queue, journal, budget and patience around one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harness.conversation.play import FinalAnswer
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
    """Where the asking of one request stands.

    Attributes:
        queued_s: seconds that it stood in a queue, or waited.
        waited_s: seconds between its tries that were not its target's pauses.
        forgiven: tries that do not count against it: others were answered meanwhile.
        seen: how many answers its target had given when it was last held off.
        next_s: seconds until the next try, None when there will be none.
    """

    number: int = 1
    queued_s: float = 0.0
    waited_s: float = 0.0
    forgiven: int = 0
    seen: int = 0
    next_s: float | None = None

    def after(self, failure: Failure, lane: Lane, chance: float) -> None:
        """Decide when to try again, if at all.

        Under a rate limit the wait grows with the target's pauses, and only the tries count since
        anybody was answered, and the time.
        """
        if failure.kind != "rate_limit":
            self.next_s = wait_before(failure, self.number, self.waited_s, chance)
            return
        if lane.replies > self.seen:
            self.forgiven, self.seen = self.number - 1, lane.replies
        own = self.number - self.forgiven
        tries = max(own, lane.held_off + 1)
        self.next_s = wait_before(failure, tries, lane.barren_s, chance, forgiven=tries - own)


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

    async def __call__(self, request: Request) -> FinalAnswer:
        """The final answer: recalled, or asked for as often as patience lasts.

        Raises:
            HaltedError: the run sends nothing more.
        """
        recalled = self.log.recall(request.place)
        if recalled == "unknown":
            if self.unknown == "skip":
                return FinalAnswer(UNKNOWN_REQUEST)
        elif recalled is not None:
            return recalled
        attempt = Attempt(seen=self.lane.replies)
        while True:
            answer = await self._once(request, attempt)
            if answer is None:
                cause = self.lane.stopped or UNKNOWN_REQUEST
                return FinalAnswer(cause, attempt.number - 1, attempt.queued_s)
            if isinstance(answer, Reply):
                return FinalAnswer(answer, attempt.number, attempt.queued_s)
            wait = attempt.next_s
            if wait is None:
                return FinalAnswer(answer, attempt.number, attempt.queued_s)
            attempt.number += 1
            if answer.kind == "rate_limit":
                if self.lane.pause(wait):
                    self.show(Paused(self.target.name, wait, answer.message))
            else:
                await self.clock.sleep(wait)
                attempt.queued_s += wait
                attempt.waited_s += wait

    async def _once(self, request: Request, attempt: Attempt) -> Answer | None:
        """One attempt, when its turn has come; no answer when the target was stopped."""
        answer: Answer | None = None
        attempt.queued_s += await self.lane.enter(again=attempt.number > 1)
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
        if isinstance(answer, Reply):
            self.lane.replied()
            attempt.next_s = None
        else:
            attempt.after(answer, self.lane, self.chance())
        final = attempt.next_s is None
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
