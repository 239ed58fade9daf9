"""Play one task on a worker: as in one process, with accounting and quotas at home."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from harness.cluster.connection import Channel, CoordinatorConnection
from harness.cluster.messages import (
    Assignment,
    PackageRequested,
    TargetHeldUp,
    TargetPaused,
    TargetStopped,
    TaskEnded,
    TaskRefused,
    TrialEnded,
    WorkerJoined,
)
from harness.cluster.remote import RemoteAccounting, RemoteQuota
from harness.errors import HarnessError
from harness.results.codec import encode_result
from harness.results.model import Result
from harness.results.parts import failure_as_json, failure_from_json
from harness.run.engines.engine import RunConfig
from harness.run.engines.trial_pool import Models, TrialPool, TrialSink
from harness.run.events import Event, HeldUp, Paused, Stopped
from harness.run.matrix import Matrix
from harness.run.ports import RunPorts
from harness.run.requests.interruption import wait_until_done
from harness.run.requests.limiters import Widths
from harness.run.requests.request_executor import Halt, RunHaltedError
from harness.run.targets import Target
from harness.spec.model.spec import Budget


@dataclass(frozen=True, slots=True)
class RunOnWorker:
    """The run as a worker knows it: all trials, and the ports to whoever answers them."""

    matrix: Matrix
    ports: RunPorts


OpenRun = Callable[[str, Callable[[], Awaitable[str]]], Awaitable[RunOnWorker]]
"""Opens the setting of a package: its digest, and what fetches its text from home.

Raises:
    HarnessError: this worker cannot play it.
"""


async def play_task(
    task: int, name: str, worker: str, channel: Channel, open_setting: OpenRun
) -> str:
    """Play a task, and return how it ended: ``ended``, ``refused``, or ``cut``.

    It was cut where nobody at home listens any more: then nothing more is sent.

    Args:
        task: its number.
        name: the connection's.
        worker: what this worker is called.
        channel: carries messages.
        open_setting: opens the run on this worker.
    """
    halt, workers = Halt(), list[asyncio.Task[None]]()

    def cut() -> None:
        halt.set("nobody at home listens any more")
        for one in workers:
            one.cancel()

    connection = CoordinatorConnection(name, channel, on_halt=halt.set, on_cut=cut)
    try:
        assignment = await connection.ask(WorkerJoined(task, worker), Assignment)
        try:
            setting = await open_setting(
                assignment.package, lambda: connection.ask(PackageRequested(), str)
            )
            models = Models.of(setting.matrix, setting.ports)
        except HarnessError as error:
            connection.tell(_make_refusal(error))
            return "refused"
        await _play(assignment, setting, models, connection, halt, workers)
        await connection.confirm(TaskEnded(models.adapted))
    except RunHaltedError:
        return "cut"
    finally:
        await connection.close()
    return "ended"


async def _play(
    assignment: Assignment,
    setting: RunOnWorker,
    models: Models,
    connection: CoordinatorConnection,
    halt: Halt,
    workers: list[asyncio.Task[None]],
) -> None:
    matrix, finished = setting.matrix, frozenset(assignment.finished)
    quotas = [RemoteQuota(connection, number, seen) for number, seen in enumerate(assignment.seen)]

    def find_quota(target: Target) -> RemoteQuota | None:
        number = assignment.quotas.get(target.name)
        return None if number is None else quotas[number]

    def keep(index: int, result: Result) -> None:
        connection.tell(TrialEnded(index, encode_result(result)))

    def show(event: Event) -> None:
        _tell(connection, event)

    rows = frozenset(assignment.rows)
    config = RunConfig(
        budget=Budget(),
        widths=Widths(assignment.per_target, assignment.total, assignment.adapts),
        stop_at_failure=matrix.spec.evaluation.on_turn_failure == "stop",
        unknown=assignment.unknown,
    )
    try:
        pool = TrialPool(
            matrix,
            models,
            config,
            ports=replace(setting.ports, quota=find_quota),
            accounting=RemoteAccounting(connection, assignment.recalls, assignment.limited),
            halt=halt,
            sink=TrialSink(finished.__contains__, keep, show),
        )
        pool.stop({name: failure_from_json(one) for name, one in assignment.stopped.items()})
        workers[:] = pool.begin(rows.__contains__, len(rows) * matrix.plays)
        await wait_until_done(
            workers,
            halt,
            (Budget(), None),
            lambda _: None,
            lambda: pool.limiters.tell_held_up(show),
        )
    finally:
        for one in workers:
            one.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await models.close()
        await setting.ports.closing()


def _tell(connection: CoordinatorConnection, event: Event) -> None:
    """Tell home what concerns all workers; the rest it knows by itself."""
    match event:
        case Paused():
            connection.tell(
                TargetPaused(event.target, event.seconds, event.reason, event.kind, event.waiting)
            )
        case Stopped():
            failure = failure_as_json(event.failure)
            connection.tell(TargetStopped(event.target, failure, event.deployed))
        case HeldUp():
            connection.tell(
                TargetHeldUp(event.target, event.held_s, event.elapsed_s, event.limits, event.kind)
            )
        case _:
            pass


def _make_refusal(error: HarnessError) -> TaskRefused:
    first = error.diagnostics[0]
    return TaskRefused(error.exit_code, first.code, first.summary, first.detail, first.hint)
