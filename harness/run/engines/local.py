"""Run trials in this process: many at once, none kept in memory once its result is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from harness.conversation.ports import Place
from harness.results.model import Result
from harness.run.asking.accounting import LocalAccounting
from harness.run.engines.asking_mode import AskingMode, DirectAsking, RunState
from harness.run.engines.engine import (
    Looking,
    RunConfig,
    TrialsOutcome,
    TrialsRunner,
    list_portions,
)
from harness.run.engines.trial_pool import Models, TrialPool, TrialSink
from harness.run.events import Event, Finished, Looked
from harness.run.matrix import Matrix
from harness.run.ports import RunLog, RunPorts
from harness.run.requests.budget import BudgetTracker, compute_end
from harness.run.requests.interruption import handle_signals, wait_until_done
from harness.run.requests.request_executor import Halt


class LocalEngine:
    """The engine that plays everything in this process."""

    name = "local"

    def make_ready(self, matrix: Matrix, config: RunConfig, ports: RunPorts) -> TrialsRunner:
        """Open the models.

        Raises:
            RequestError: a target cannot be reached as declared.
        """
        models = Models.of(matrix, ports)

        async def run(
            log: RunLog, show: Callable[[Event], None], looking: Looking | None
        ) -> TrialsOutcome:
            return await run_trials(matrix, models, config, log, ports, show, looking=looking)

        return run


async def run_trials(
    matrix: Matrix,
    models: Models,
    config: RunConfig,
    log: RunLog,
    ports: RunPorts,
    show: Callable[[Event], None],
    *,
    looking: Looking | None = None,
    mode: Callable[[RunState], AskingMode] | None = None,
) -> TrialsOutcome:
    """Run every trial that has no result yet, as a ``TrialsRunner`` does.

    ``mode`` makes what asks otherwise than directly; None: everybody is asked so.

    Raises:
        OutsideError: the disk refused; nothing more is sent.
    """
    halt = Halt()
    tracker = BudgetTracker(config.budget, ports.clock.monotonic(), config.spent)
    asking: AskingMode = (
        DirectAsking() if mode is None else mode(RunState(log, tracker, halt, show))
    )
    workers: list[asyncio.Task[None]] = []
    looks = 0

    def keep(index: int, result: Result) -> None:
        log.append(index, result)
        if ports.recording is not None:
            ports.recording.finish(_make_place(result), answered=result.outcome != "errored")
        show(Finished(result))

    try:
        accounting = LocalAccounting(log, tracker, ports.clock)
        sink = TrialSink(log.is_finished, keep, show)
        pool = TrialPool(
            matrix,
            models,
            config,
            ports=ports,
            accounting=accounting,
            halt=halt,
            sink=sink,
            mode=asking,
        )
        await asking.begin()
        most = matrix.size // len(matrix.targets)
        ends_at = compute_end(config.budget, asyncio.get_running_loop().time(), config.spent)
        with handle_signals(halt, workers):
            for wanted in list_portions(looking):
                workers[:] = pool.begin(wanted, most)
                watch = partial(_watch, pool, asking, show)
                await wait_until_done(workers, halt, (config.budget, ends_at), show, watch)
                if halt.reason or looking is None:
                    break
                looks += 1
                settled = looking.is_settled(looks)
                show(Looked(looks, looking.portions.planned, settled))
                if settled:
                    break
        pool.limiters.conclude(show)
        asking.conclude()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        adapted = {**models.adapted, **asking.adapted}
        await asking.close()
        await models.close()
        await ports.closing()
    return TrialsOutcome(halt, adapted, looks, tracker.spent)


def _watch(pool: TrialPool, mode: AskingMode, show: Callable[[Event], None]) -> None:
    """Look now and then at what is waited for."""
    pool.limiters.tell_held_up(show)
    mode.watch()


def _make_place(result: Result) -> Place:
    """Return a trial's place, of no turn in particular."""
    trial = result.trial
    return Place(trial.target, trial.conversation, trial.case, trial.variant, trial.repeat, turn=0)
