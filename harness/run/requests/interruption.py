"""The end of a run before its time: the first signal lets it drain, the next one does not wait."""

from __future__ import annotations

import asyncio
import math
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from harness.run.events import Event, Halting
from harness.run.requests.request_executor import Halt
from harness.run.requests.spent import EndedBudget
from harness.spec.model.spec import Budget

DRAIN_S = 10.0
"""Seconds that an interrupted run waits for what is in flight, so that no paid answer is lost."""

TERMINATED_DRAIN_S = 3.0
"""The same after SIGTERM: whoever sends it kills soon, and the report is still to be written.

Source: GitHub's runner sends SIGINT, SIGTERM 7.5 seconds later, and kills after 2.5 more.
"""

IDLE_S = 0.4
"""Seconds without anything in flight after which nobody is waited for: whoever has just had an
answer may be about to finish the trial.
"""

LOOK_S = 0.2

WISH_TO_STOP: ContextVar[threading.Event | None] = ContextVar("wish_to_stop", default=None)
"""Set by whoever waits for a run in another thread, to which no signal is told: an event that
stops it as Ctrl-C does.
"""


@contextmanager
def handle_signals(halt: Halt, workers: Sequence[asyncio.Task[None]]) -> Iterator[None]:
    """Halt the run at Ctrl-C, SIGTERM and a closed terminal; a second one ends what is in flight.

    Afterwards signals do what they did before. In a thread that is not the main one nothing is
    caught: signals are not told to it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        if halt.signal:
            for worker in workers:
                worker.cancel()
        elif number == signal.SIGINT:
            halt.reason, halt.signal = "interrupted", number
        else:
            halt.reason, halt.signal = "terminated", signal.SIGTERM

    before = {}
    for number in _list_signals():
        usual = signal.getsignal(number)
        # Windows has no signal handlers in its loops; Ctrl-C then ends the run at once.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, on_signal, number)
            before[number] = usual
    try:
        yield
    finally:
        for number, usual in before.items():
            loop.remove_signal_handler(number)
            if usual is not None:  # None: set by a program that embeds Python
                signal.signal(number, usual)


def _list_signals() -> list[signal.Signals]:
    """List the signals that end a run: what a closed terminal sends counts, unless under nohup."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        numbers.append(hangup)
    return numbers


async def wait_until_done(
    workers: Sequence[asyncio.Task[None]],
    halt: Halt,
    limits: tuple[Budget, float | None],
    show: Callable[[Event], None],
    look: Callable[[], None],
) -> None:
    """Wait for the workers; once halted, for what is in flight, and no longer than it may drain.

    A worker that only waits for its turn, after a 429 for example, is not waited for. ``limits``
    are the budget, and when its minutes end by the loop's clock; ``look`` is called now and then.
    """
    loop = asyncio.get_running_loop()
    budget, ends_at = limits
    pending = set(workers)
    drain_until = math.inf
    idle_since: float | None = None
    wish = WISH_TO_STOP.get()
    while pending:
        now = loop.time()
        if wish is not None and wish.is_set():
            halt.set("interrupted", signal.SIGINT)
        if ends_at is not None and now >= ends_at:
            ended = EndedBudget("minutes", f"minutes: {budget.minutes:g}")
            halt.set(str(ended), ended=ended)
        if halt.reason:
            if drain_until == math.inf:
                show(Halting(halt.reason))
            drain_s = TERMINATED_DRAIN_S if halt.signal == signal.SIGTERM else DRAIN_S
            drain_until = min(drain_until, now + drain_s)  # SIGTERM may come while it drains
            idle_since = None if halt.in_flight else idle_since or now
            if now >= drain_until or (idle_since is not None and now >= idle_since + IDLE_S):
                return
        done, pending = await asyncio.wait(
            pending, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED
        )
        for worker in done:
            if not worker.cancelled():
                worker.result()
        look()
