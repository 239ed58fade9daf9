"""The port to engines: what plays the trials of a run, in this process or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from harness.run.events import Event
from harness.run.looks.portions import Portions
from harness.run.matrix import Matrix
from harness.run.ports import RunLog, RunPorts
from harness.run.requests.limiters import Widths
from harness.run.requests.request_executor import Halt
from harness.run.requests.spent import NOTHING_SPENT, Spent
from harness.spec.model.spec import Budget


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Limits and rules for running trials, read from the spec once.

    ``spent`` is what earlier processes took of the budget; ``by_default`` says that nobody set it.
    """

    budget: Budget
    widths: Widths
    stop_at_failure: bool
    unknown: Literal["retry", "skip"]
    spent: Spent = NOTHING_SPENT
    by_default: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks at a run while it goes on.

    Attributes:
        portions: what is asked before each look.
        is_settled: tells of a look, from 1, whether what is known by then settles the gate.
    """

    portions: Portions
    is_settled: Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class TrialsOutcome:
    """The end of running trials.

    Attributes:
        halt: why it sent nothing more, if so.
        adapted: what each model was adapted to, by its target's name.
        looks: how many looks were taken at it.
        spent: what it took of the budget, earlier processes included.
    """

    halt: Halt
    adapted: dict[str, tuple[str, ...]]
    looks: int = 0
    spent: Spent = NOTHING_SPENT


class TrialsRunner(Protocol):
    """A function that runs the trials of one run, in the event loop that awaits it."""

    async def __call__(
        self, log: RunLog, show: Callable[[Event], None], looking: Looking | None
    ) -> TrialsOutcome:
        """Run every trial that has no result yet; return when all have one, or when it halts.

        With ``looking`` it stops after the first look that settles the gate: all that is asked
        before a look is finished when it is taken, so that it sees the same however many requests
        are in flight.

        Halting (a signal, the budget) sends nothing more and waits up to ten seconds for what is in
        flight, see ``run/requests/interruption``; a second signal waits no more.

        Raises:
            OutsideError: the disk refused, or where trials are played is gone; nothing more is
                sent.
        """
        ...


class Engine(Protocol):
    """Plays the trials of a run: it decides who asks and where, and nothing else."""

    @property
    def name(self) -> str:
        """The name of the engine, as ``--engine`` takes it."""
        ...

    def make_ready(self, matrix: Matrix, config: RunConfig, ports: RunPorts) -> TrialsRunner:
        """Make ready to run trials, before the run's files are opened; spends nothing.

        Raises:
            RequestError: a target cannot be reached as declared, or not from there.
            OutsideError: where trials would be played nobody answers.
        """
        ...


def list_portions(looking: Looking | None) -> Iterator[Callable[[int], bool]]:
    """List what is asked before each look, as a choice of questions; all at once without any."""
    if looking is None:
        yield lambda _: True
        return
    portions = looking.portions
    for look in range(1, portions.planned + 1):
        yield partial(portions.is_asked_before, look)
