"""One file of a wave: who waits for its answers, and what has come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure
from harness.run.requests.spent import Amount
from harness.run.targets import Target
from harness.run.waves.idle import IdleDetector
from harness.run.waves.ports import OutputLine


@dataclass(frozen=True, slots=True)
class WaveAnswer:
    """An answer that came; ``confirm`` is called once it is in the journal."""

    answer: Answer
    confirm: Callable[[], None]


@dataclass(slots=True)
class WaveRequest:
    """A request that waits for a wave; ``most`` is what it may take of the budget."""

    request: Request
    attempt: int
    custom_id: str
    most: Amount
    future: asyncio.Future[WaveAnswer]


@dataclass(slots=True)
class WaveFile:
    """A file on its way.

    Attributes:
        label: names it within the run.
        name: the input file's.
        order: the ``custom_id`` of each line.
        tokens: about how many it sends.
        understand: reads a line as the answer to a request.
        on_closed: called when every answer is in the journal.
        file: the uploaded file's id, "" until it is known.
        batch: the batch's id, likewise.
        is_submitting: True while a step is under way that has to be finished.
        fate: what comes of those without a line, once the batch is over.
        is_left: True for one that an earlier process left.
    """

    label: str
    target: Target
    name: str
    url: str
    order: list[str]
    tokens: int
    idle: IdleDetector
    understand: Callable[[OutputLine, Request], Answer]
    on_closed: Callable[[WaveFile], None]
    file: str = ""
    batch: str = ""
    is_submitting: bool = False
    is_left: bool = False
    fate: Failure | None = None
    waiting: dict[str, WaveRequest] = field(default_factory=dict)
    _early: dict[str, OutputLine] = field(default_factory=dict)
    _absent: set[str] = field(default_factory=set)
    _open: int = 0

    def __post_init__(self) -> None:
        """Begin with nobody who asks."""
        self._absent = set(self.order)
        self._open = len(self.order)

    def wait_only_for(self, custom_ids: Iterable[str]) -> None:
        """Pass over the lines of all others, whose answers are in the journal already."""
        self._absent = set(custom_ids)
        self._open = len(self._absent)

    def join(self, asked: WaveRequest) -> None:
        """Let a request wait; where its answer has come before, it has it at once."""
        self._absent.discard(asked.custom_id)
        self.waiting[asked.custom_id] = asked
        line = self._early.pop(asked.custom_id, None)
        if line is not None:
            self.take(line)
        elif self.fate is not None:
            self.deliver(asked, self.fate)

    def take(self, line: OutputLine) -> None:
        """Take in a line of an output file; a second one for a request is passed over."""
        asked = self.waiting.get(line.custom_id)
        if asked is not None:
            self.deliver(asked, self.understand(line, asked.request))
        elif line.custom_id in self._absent:
            self._early[line.custom_id] = line

    def deliver(self, asked: WaveRequest, answer: Answer) -> None:
        """Give an answer to who waits for it."""
        del self.waiting[asked.custom_id]
        self.idle.end_waiting()
        if not asked.future.done():
            asked.future.set_result(WaveAnswer(answer, self._confirm))

    def deliver_rest(self, fate: Failure) -> None:
        """Give a failure to all who have no answer, and to those who ask later."""
        self.fate = fate
        for asked in tuple(self.waiting.values()):
            self.deliver(asked, fate)

    def fail(self, error: BaseException) -> None:
        """Raise an error wherever somebody waits."""
        fail_all(self.waiting.values(), error, self.idle)
        self.waiting.clear()

    def _confirm(self) -> None:
        self._open -= 1
        if self._open == 0:
            self.on_closed(self)


def fail_all(waiting: Iterable[WaveRequest], error: BaseException, idle: IdleDetector) -> None:
    """Raise an error in all who wait."""
    for asked in waiting:
        idle.end_waiting()
        if not asked.future.done():
            asked.future.set_exception(error)
