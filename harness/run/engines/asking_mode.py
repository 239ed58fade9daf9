"""The ways in which the trials of a pool ask models: directly, or in batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from harness.run.events import Event
from harness.run.judging.check_executor import ChatExecutor, CheckExecutor
from harness.run.ports import RunLog
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.request_executor import Halt


@dataclass(frozen=True, slots=True)
class RunState:
    """The terms of a run that begins: its journal, its budget, what stops it."""

    log: RunLog
    tracker: BudgetTracker
    halt: Halt
    show: Callable[[Event], None]


class AskingMode(Protocol):
    """A way of asking, for one run."""

    @property
    def executors(self) -> Mapping[str, ChatExecutor]:
        """The executors of those who are asked otherwise than directly, by their targets' names."""
        ...

    @property
    def adapted(self) -> Mapping[str, tuple[str, ...]]:
        """The adaptations to each of them, by its target's name."""
        ...

    def prepare_checks(self, checks: CheckExecutor) -> CheckExecutor:
        """Return what carries out checks, as it has to where judges are asked otherwise."""
        ...

    def choose_pool_size(self, usual: int) -> int:
        """Return how many trials of a target are in play at once."""
        ...

    def choose_ahead(self, usual: int) -> int:
        """Return by how many questions a target may be ahead of others it is compared with."""
        ...

    def activity(self) -> AbstractContextManager[None]:
        """Count what a worker does within as one thing that goes on."""
        ...

    async def begin(self) -> None:
        """Make ready, before the first request."""
        ...

    def watch(self) -> None:
        """Look now and then whether the run is halted."""
        ...

    def conclude(self) -> None:
        """Tell what goes on though the run has ended."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


class DirectAsking:
    """Asks everybody directly."""

    executors: Mapping[str, ChatExecutor] = {}
    adapted: Mapping[str, tuple[str, ...]] = {}

    def prepare_checks(self, checks: CheckExecutor) -> CheckExecutor:
        """Return it as it is."""
        return checks

    def choose_pool_size(self, usual: int) -> int:
        """Return the usual."""
        return usual

    def choose_ahead(self, usual: int) -> int:
        """Return the usual."""
        return usual

    def activity(self) -> AbstractContextManager[None]:
        """Count nothing."""
        return nullcontext()

    async def begin(self) -> None:
        """Do nothing."""

    def watch(self) -> None:
        """Do nothing: who waits for its turn looks itself."""

    def conclude(self) -> None:
        """Tell nothing."""

    async def close(self) -> None:
        """Do nothing."""
