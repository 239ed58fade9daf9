"""Run trials: many at once, none of them kept in memory once its result is on disk."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from harness.conversation.play import play
from harness.conversation.ports import ChatModel
from harness.conversation.transcript import Exchange
from harness.results.model import JudgedExchange, Result
from harness.run.asking import Asker, Halt, HaltedError
from harness.run.budget import Purse
from harness.run.events import Event, Finished, Halting
from harness.run.lane import DEFAULT_TOTAL, DEFAULT_WIDTH, Lane
from harness.run.matrix import Matrix, Trial
from harness.run.outcome import conclude, judge_turn, turn_failed
from harness.run.ports import Doors, RunLog
from harness.run.targets import Target
from harness.spec.model import Budget

DRAIN_S = 10.0
"""How long an interrupted run waits for what is in flight, so that nothing is paid for unseen."""


@dataclass(frozen=True, slots=True)
class Widths:
    """Requests in flight: to one target, and to all together (None: the lanes say it all)."""

    lane: int
    total: int | None

    @classmethod
    def of(cls, concurrency: Literal["auto"] | int, targets: int) -> Widths:
        """What ``evaluation.concurrency`` means for so many targets."""
        if concurrency == "auto":
            return cls(max(1, min(DEFAULT_WIDTH, DEFAULT_TOTAL // max(1, targets))), None)
        return cls(concurrency, concurrency if targets > 1 else None)


@dataclass(frozen=True, slots=True)
class Course:
    """How trials are run: what belongs together on the way from the spec to the workers."""

    budget: Budget
    widths: Widths
    stop_at_failure: bool
    unknown: Literal["retry", "skip"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the running ended: what every target's model was adapted to, and why it halted if so."""

    halt: Halt
    adapted: dict[str, tuple[str, ...]]


async def run_trials(
    matrix: Matrix,
    models: Mapping[str, ChatModel],
    course: Course,
    log: RunLog,
    doors: Doors,
    show: Callable[[Event], None],
) -> Ended:
    """Run every trial that has no result yet; returns when all have one, or when it halts.

    Halting (a signal, the budget) sends nothing more and waits up to ten seconds for what is in
    flight; a second signal waits no more.

    Raises:
        OutsideError: the disk refused; nothing more is sent.
    """
    halt = Halt()
    minutes = course.budget.minutes
    purse = Purse(
        course.budget, None if minutes is None else doors.clock.monotonic() + 60 * minutes
    )
    gate = Lane(doors.clock, course.widths.total) if course.widths.total else None
    workers: list[asyncio.Task[None]] = []
    try:
        for target in matrix.targets:
            asker = Asker(
                target=target,
                model=models[target.name],
                lane=Lane(doors.clock, course.widths.lane),
                log=log,
                purse=purse,
                clock=doors.clock,
                chance=doors.chance,
                halt=halt,
                show=show,
                unknown=course.unknown,
                gate=gate,
            )
            trials = matrix.trials(target)
            crew = min(course.widths.lane, matrix.count // len(matrix.targets))
            workers += [
                asyncio.create_task(_work(trials, asker, course, log, show)) for _ in range(crew)
            ]
        with _signals(halt, workers):
            await _until_done(workers, halt, minutes, show)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        adapted = {name: tuple(getattr(model, "adapted", ())) for name, model in models.items()}
        for model in models.values():
            await model.close()
        await doors.closing()
    return Ended(halt, adapted)


async def _work(
    trials: Iterator[Trial],
    asker: Asker,
    course: Course,
    log: RunLog,
    show: Callable[[Event], None],
) -> None:
    """Take the target's next trial until there is none; colleagues share the iterator."""
    for trial in trials:
        if asker.halt.reason:
            return
        if log.finished(trial.index):
            continue
        try:
            result = await run_trial(trial, asker, stop_at_failure=course.stop_at_failure)
        except HaltedError:
            return
        log.append(trial.index, result)
        show(Finished(result))
        if asker.lane.stopped is not None:
            await asyncio.sleep(0)  # nothing is awaited any more: let the others have the loop


async def run_trial(trial: Trial, asker: Asker, *, stop_at_failure: bool) -> Result:
    """Play one trial and judge it, turn by turn.

    Raises:
        HaltedError: the run sends nothing more; the trial has no result.
    """
    target: Target = trial.target
    judged: dict[int, JudgedExchange] = {}

    def keep_going(exchange: Exchange) -> bool:
        turn = trial.question.turns[exchange.number - 1]
        judged[exchange.number] = judge_turn(exchange, turn, target)
        return not (stop_at_failure and turn_failed(judged[exchange.number], turn))

    transcript = await play(trial.script, asker, keep_going=keep_going)
    turns = [
        judged.get(exchange.number)
        or judge_turn(exchange, trial.question.turns[exchange.number - 1], target)
        for exchange in transcript.exchanges
    ]
    return conclude(trial, transcript, turns)


async def _until_done(
    workers: Sequence[asyncio.Task[None]],
    halt: Halt,
    minutes: float | None,
    show: Callable[[Event], None],
) -> None:
    """Wait for the workers; once halted, for ten more seconds."""
    loop = asyncio.get_running_loop()
    ends_at = None if minutes is None else loop.time() + 60 * minutes
    pending = set(workers)
    drain_until: float | None = None
    while pending:
        now = loop.time()
        if ends_at is not None and now >= ends_at:
            halt.set(f"the budget ended (minutes: {minutes:g})")
        if halt.reason and drain_until is None:
            drain_until = now + DRAIN_S
            show(Halting(halt.reason))
        if drain_until is not None and now >= drain_until:
            return
        done, pending = await asyncio.wait(
            pending, timeout=0.2, return_when=asyncio.FIRST_COMPLETED
        )
        for worker in done:
            if not worker.cancelled():
                worker.result()


@contextmanager
def _signals(halt: Halt, workers: Sequence[asyncio.Task[None]]) -> Iterator[None]:
    """Ctrl-C and SIGTERM halt the run; a second one ends it where it stands."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int) -> None:
        if halt.signal:
            for worker in workers:
                worker.cancel()
            return
        name = "interrupted" if number == signal.SIGINT else "terminated"
        halt.reason, halt.signal = name, number

    caught = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers in its loops; Ctrl-C then ends the run at once.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, on_signal, number)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
