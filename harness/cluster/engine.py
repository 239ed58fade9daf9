"""The engine of a cluster: divides a run into tasks, and lets Dask's workers play them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness._version import __version__
from harness.cluster.channels import CoordinatorChannel
from harness.cluster.connecting import open_cluster, require_dask
from harness.cluster.coordinator import Rules, TaskCoordinator
from harness.cluster.messages import CoordinatorMessage, TaskOrder, WorkerMessage, decode, encode
from harness.cluster.send_queue import SendQueue
from harness.cluster.worker_check import WorkerNeeds, check_workers, describe_worker
from harness.errors import Diagnostic, HarnessError, OutsideError
from harness.run.engines.dividing import choose_task_size, divide_into_tasks, share_widths
from harness.run.engines.engine import (
    Looking,
    RunConfig,
    TrialsOutcome,
    TrialsRunner,
    list_portions,
)
from harness.run.events import Event, Looked, Spread
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix
from harness.run.ports import RunLog, RunPorts, SharedQuota
from harness.run.requests.budget import BudgetTracker, compute_end
from harness.run.requests.interruption import handle_signals, wait_until_done
from harness.run.requests.request_executor import Halt
from harness.run.targets import every_target

if TYPE_CHECKING:
    from distributed import Client

NO_WORKERS, LOST = "H862", "H866"
BEAT_S = 2.0
"""Seconds between two words to each worker, so that it knows that home is there."""
WATCH_S = 1.0
GRACE_S = 15.0
"""Seconds without any worker after which the run ends: a new one may be on its way until then."""
FIRST_WORKER_S = 5.0
MOST_MOVES = 3
"""Times that a task is handed out again by us; Dask itself gives one up that kills four workers."""
AHEAD = 2
"""Tasks handed out for each place: a worker that is done finds the next one there."""

PlayOrder = Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class DaskEngine:
    """Plays trials on the workers of a Dask cluster.

    Attributes:
        scheduler: its address; None to start a cluster on this machine.
        play: the function that plays an order on a worker; Dask sends its name.
        pack: makes the digest and the text of the spec and its files.
        needs: what each worker needs.
    """

    scheduler: str | None
    play: PlayOrder
    pack: Callable[[Matrix], tuple[str, str]]
    needs: WorkerNeeds
    name: str = field(default="dask", init=False)

    def make_ready(self, matrix: Matrix, config: RunConfig, ports: RunPorts) -> TrialsRunner:
        """Look whether the cluster can play the run.

        Raises:
            RequestError: Dask is not installed; a worker has another version of harness.
            OutsideError: nobody answers, there is no worker, or one lacks what it needs.
        """
        require_dask()
        package = self.pack(matrix)
        if self.scheduler is not None:
            asyncio.run(self._check_workers())

        async def run(
            log: RunLog, show: Callable[[Event], None], looking: Looking | None
        ) -> TrialsOutcome:
            async with open_cluster(self.scheduler) as client:
                threads = await _wait_for_workers(client, self.address)
                played = _Played(self, client, matrix, config, ports=ports, log=log, show=show)
                show(Spread(len(threads), self.scheduler))
                return await played.run(package, sum(threads.values()), looking)

        return run

    @property
    def address(self) -> str:
        """The cluster in words: its scheduler's address, or this machine."""
        return self.scheduler or "this machine"

    async def _check_workers(self) -> None:
        async with open_cluster(self.scheduler) as client:
            await _wait_for_workers(client, self.address)
            needs = self.needs
            told = await client.run(
                describe_worker, list(needs.variables), needs.simulator, on_error="return"
            )
            check_workers(told, needs)


class _Played:
    """A run that is played on a cluster. Not for use from several threads."""

    def __init__(
        self,
        engine: DaskEngine,
        client: Client,
        matrix: Matrix,
        config: RunConfig,
        *,
        ports: RunPorts,
        log: RunLog,
        show: Callable[[Event], None],
    ) -> None:
        self._engine, self._client = engine, client
        self._matrix, self._config, self._ports = matrix, config, ports
        self._log, self._show = log, show
        self._halt = Halt()
        self._tracker = BudgetTracker(config.budget, ports.clock.monotonic(), config.spent)
        self._queue = f"harness-{uuid.uuid4().hex}"
        self._send_queues: dict[str, SendQueue[tuple[int, Any]]] = {}
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._told_halt: set[str] = set()
        self._sending: list[asyncio.Future[None]] = []
        self._number = 0

    async def run(
        self, package: tuple[str, str], places: int, looking: Looking | None
    ) -> TrialsOutcome:
        """Run all trials, as a ``TrialsRunner`` does."""
        config, matrix, halt = self._config, self._matrix, self._halt
        widths, places = share_widths(config.widths, places)
        budget = config.budget
        rules = Rules(
            package=package,
            plays=matrix.plays,
            resumed=config.spent.requests > 0,
            limited=(budget.usd, budget.requests, budget.tokens) != (None, None, None),
            widths=widths,
            unknown=config.unknown,
            quotas=self._find_quotas(),
        )
        self._mail = await CoordinatorChannel.open(self._client, self._queue)
        self._desk = TaskCoordinator(
            self._log,
            self._tracker,
            self._ports.clock,
            halt=halt,
            show=self._show,
            answer=self._answer,
            rules=rules,
        )
        self._reader = asyncio.create_task(self._attend(self._read_mail))
        attendants = [
            self._reader,
            *(asyncio.create_task(self._attend(work)) for work in (self._beat, self._watch)),
        ]
        workers: list[asyncio.Task[None]] = []
        ends_at = compute_end(budget, asyncio.get_running_loop().time(), config.spent)
        looks = 0
        try:
            with handle_signals(halt, workers):
                for wanted in list_portions(looking):
                    tasks = self._divide(wanted, places)
                    queue = iter(tasks)
                    hands = places * (AHEAD if config.widths.adapts else 1)
                    workers[:] = [asyncio.create_task(self._hand_out(queue)) for _ in range(hands)]
                    await wait_until_done(
                        workers, halt, (budget, ends_at), self._show, self._pass_halt_on
                    )
                    if halt.reason or looking is None:
                        break
                    looks += 1
                    settled = looking.is_settled(looks)
                    self._show(Looked(looks, looking.portions.planned, settled))
                    if settled:
                        break
        finally:
            await self._end([*workers, *attendants, *self._sending])
        return TrialsOutcome(halt, self._desk.adapted, looks, self._tracker.spent)

    async def _end(self, tasks: Sequence[asyncio.Future[None]]) -> None:
        with suppress(Exception):  # the scheduler may be gone
            async with asyncio.timeout(BEAT_S):
                for connection in self._desk.connections:
                    await self._mail.send(connection, encode(CoordinatorMessage(over=True)))
                await self._mail.wake()
                await asyncio.wait([self._reader])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._desk.close()
        self._mail.close()
        if self._failed.done():
            self._failed.exception()
        await self._ports.closing()

    # --- tasks ------------------------------------------------------------------------------------

    def _divide(self, wanted: Callable[[int], bool], places: int) -> list[tuple[int, ...]]:
        """Divide the questions of which a trial has no result yet."""
        matrix, plays = self._matrix, self._matrix.plays
        rows = [
            row
            for row in range(matrix.questions)
            if wanted(row)
            and not all(map(self._log.is_finished, range(row * plays, (row + 1) * plays)))
        ]
        size = choose_task_size(len(rows) * plays, places)
        return list(divide_into_tasks(rows, plays, size))

    async def _hand_out(self, queue: Iterator[tuple[int, ...]]) -> None:
        """Hand out the next task, and see to it until it has ended; colleagues share the queue."""
        for rows in queue:
            if self._halt.reason:
                return
            self._number += 1
            number = self._number  # colleagues count on while this one waits
            ended = self._desk.expect(number, rows)
            for _ in range(MOST_MOVES):
                await self._see_to(number, ended)
                if ended.done() or self._halt.reason:
                    break
            else:
                raise self._make_loss(f"a task was cut off {MOST_MOVES} times")

    async def _see_to(self, number: int, ended: asyncio.Future[None]) -> None:
        """Wait until a task has ended, or nobody plays it any more."""
        order = TaskOrder(__version__, self._queue, number)
        key = f"{self._queue}-{number}-{uuid.uuid4().hex[:8]}"
        future = self._client.submit(self._engine.play, encode(order), key=key, pure=False)
        played = asyncio.ensure_future(future.result())
        try:
            await asyncio.wait([ended, played, self._failed], return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                self._failed.result()
            if not ended.done() and played.done():
                self._require_played(played)
        finally:
            played.cancel()
            await asyncio.gather(played, return_exceptions=True)
            future.release()

    def _require_played(self, played: asyncio.Future[str]) -> None:
        if self._desk.refused is not None:
            raise self._desk.refused
        error = asyncio.CancelledError() if played.cancelled() else played.exception()
        if error is not None:
            raise self._make_loss(f"{type(error).__name__}: {error}")

    # --- attendants -------------------------------------------------------------------------------

    async def _attend(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something for as long as the run lasts; where it fails, the run has."""
        try:
            await work()
        except HarnessError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever Dask meets
            self._fail(self._make_loss(str(error) or type(error).__name__))

    async def _read_mail(self) -> None:
        while True:
            text = await self._mail.receive()
            if not text:
                return
            message = decode(text, WorkerMessage)
            if not self._desk.receive(message):
                await self._mail.send(message.connection, encode(CoordinatorMessage(over=True)))
                self._mail.forget(message.connection)
            if self._desk.refused is not None:
                raise self._desk.refused

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for connection in self._desk.connections:
                await self._mail.send(connection, encode(CoordinatorMessage()))

    async def _watch(self) -> None:
        """See whether the scheduler is there, and any worker."""
        loop, seen_at = asyncio.get_running_loop(), None
        while True:
            async with asyncio.timeout(GRACE_S):
                threads = await self._client.nthreads()
            now = loop.time()
            if threads or seen_at is None:
                seen_at = now
            elif now - seen_at > GRACE_S:
                raise make_no_workers_error(self._engine.address)
            await asyncio.sleep(WATCH_S)

    def _fail(self, error: HarnessError) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    def _make_loss(self, why: str) -> OutsideError:
        address = self._engine.address
        return OutsideError(
            Diagnostic(
                LOST,
                f"the cluster of {address} does not play any more",
                why.splitlines()[0][:300] if why else "",
                hint="start it again and go on; or go on here, without --engine",
            )
        )

    # --- answers ----------------------------------------------------------------------------------

    def _answer(self, connection: str, answer: tuple[int, Any]) -> None:
        send_queue = self._send_queues.get(connection)
        if send_queue is None:

            async def send(told: Sequence[tuple[int, Any]]) -> None:
                over = (
                    connection not in self._desk.connections
                )  # the last of these told that it has ended
                await self._mail.send(connection, encode(CoordinatorMessage(told, over=over)))
                if over:
                    self._mail.forget(connection)
                    self._send_queues.pop(connection, None)

            def fail(error: Exception) -> None:
                self._fail(self._make_loss(str(error)))

            send_queue = self._send_queues[connection] = SendQueue(send, fail)
        send_queue.put(answer)

    def _pass_halt_on(self) -> None:
        """Tell every worker, once, that nothing more is sent."""
        if not self._halt.reason:
            return
        for connection in self._desk.connections:
            if connection not in self._told_halt:
                self._told_halt.add(connection)
                message = CoordinatorMessage(halts=self._halt.reason, signal=self._halt.signal)
                self._sending.append(
                    asyncio.ensure_future(self._mail.send(connection, encode(message)))
                )

    def _find_quotas(self) -> dict[str, SharedQuota]:
        """Find what each target of the run draws on."""
        judges = Judges.of(self._matrix.spec).names
        names = {one.name for one in self._matrix.targets}.union(judges)
        asked = [one for one in every_target(self._matrix.spec) if one.name in names]
        found = ((target.name, self._ports.quota(target)) for target in asked)
        return {name: quota for name, quota in found if quota is not None}


async def _wait_for_workers(client: Client, address: str) -> dict[str, int]:
    """Return the threads of each worker, once there is one.

    Raises:
        OutsideError: there is none within a few seconds.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + FIRST_WORKER_S
    while True:
        threads: dict[str, int] = await client.nthreads()
        if threads:
            return threads
        if loop.time() > until:
            raise make_no_workers_error(address)
        await asyncio.sleep(0.2)


def make_no_workers_error(address: str) -> OutsideError:
    """Make the error for a scheduler without workers."""
    return OutsideError(
        Diagnostic(
            NO_WORKERS,
            f"the scheduler at {address} has no workers",
            hint=f"`dask worker {address}` starts one, on any machine that has harness",
        )
    )
