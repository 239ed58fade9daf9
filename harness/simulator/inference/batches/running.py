"""The life of a batch: validated, answered line by line, finalized; expired, cancelled or failed.

A task carries it as long as the server lives. One that the world kept and nobody carries is carried
from its beginning by whoever asks for it next. ``batch_s`` of the simulator's settings is how long
it takes. A declared fault of the operation ``batches.run`` lets it fail with the fault's ``code``,
or expire halfway (``batch_expired``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from harness.simulator.dataplane import DataPlaneCall, ServedModel
from harness.simulator.inference.batches.files import find_owner, read_file
from harness.simulator.inference.batches.objects import (
    TERMINAL,
    keep_answers,
    write_expired_line,
    write_line,
)
from harness.simulator.inference.batches.validation import (
    BatchTask,
    InvalidFileError,
    validate,
)
from harness.simulator.inference.refusals import DataPlaneError, Dialect
from harness.simulator.inference.tokens import estimate_tokens
from harness.simulator.world import Body

AnswerLine = Callable[[ServedModel, dict[str, Any]], Awaitable[tuple[int, bytes]]]
"""Answers the body of a line as a request of its own would be: a status and a body."""
TOKENS_A_UNIT: Final = 1000
"""Tokens in the queue for each unit of a batch deployment's capacity. Assumed: recorded is a queue
of 24,487,000 tokens, whose deployment's capacity is not."""
_AT_A_TIME: Final = 50
_STEPS: Final = 10


@dataclass(frozen=True, slots=True)
class BatchRun:
    """The run of one batch.

    Attributes:
        record: what the world keeps of it.
        answer: answers a line.
    """

    call: DataPlaneCall
    dialect: Dialect
    record: Body
    answer: AnswerLine

    @property
    def batch(self) -> Body:
        """The batch as it is told."""
        found: Body = self.record["batch"]
        return found

    async def carry(self) -> None:
        """Carry the batch to its end."""
        part_s = self.call.session.simulator.batch_s / 4
        await asyncio.sleep(part_s)
        try:
            served, tasks = self._validate()
        except InvalidFileError as why:
            self._fail(why)
            return
        fault = self.call.session.faults.select("batches.run", served.names)
        code = (fault.code or "") if fault is not None else ""
        if fault is not None and code != "batch_expired":
            self._fail(InvalidFileError(code or "failed", fault.message or "A declared fault."))
            return
        self._move("in_progress", "in_progress_at")
        self.batch["request_counts"] = {"total": len(tasks), "completed": 0, "failed": 0}
        last = len(tasks) // 2 if code == "batch_expired" else len(tasks)
        answered, refused = await self._answer(served, tasks[:last], 2 * part_s)
        if self.batch["status"] == "cancelling":
            self._cancel(answered, refused)
            return
        if code == "batch_expired":
            refused += [write_expired_line(one.custom_id) for one in tasks[last:]]
            self._end("expired", "expired_at", answered, refused)
            return
        self._move("finalizing", "finalizing_at")
        await asyncio.sleep(part_s)
        self._end("completed", "completed_at", answered, refused)

    def _validate(self) -> tuple[ServedModel, list[BatchTask]]:
        batch, call = self.batch, self.call
        try:
            content = read_file(call, batch["input_file_id"])
        except DataPlaneError as gone:
            raise InvalidFileError("input_modified", "The input file is gone.") from gone
        served, tasks = validate(content, batch["endpoint"], self.dialect, call.find)
        tokens = estimate_tokens(content.decode("utf-8", "replace"))
        self.record["deployment"] = served.name
        most = find_queue(served)
        self.record["tokens"] = 0
        waiting = count_queued(call, served.name)
        enforced = call.session.simulator.limits == "enforced"
        if enforced and most is not None and waiting + tokens > most:
            limit = f"{most // 1000}K" if most % 1000 == 0 else str(most)
            # Source: quoted, 2025-06.
            raise InvalidFileError(
                "token_limit_exceeded",
                f"The number of enqueued tokens has surpassed the configured limit of {limit} for "
                f"the deployment '{served.name}'. Please either increase the limit or try again "
                "once the current jobs have finished.",
            )
        self.record["tokens"] = tokens
        return served, tasks

    async def _answer(
        self, served: ServedModel, tasks: list[BatchTask], takes_s: float
    ) -> tuple[list[bytes], list[bytes]]:
        answered, refused = list[bytes](), list[bytes]()
        counts = self.batch["request_counts"]
        every = max(1, min(_AT_A_TIME, len(tasks) // _STEPS))
        for number, task in enumerate(tasks, start=1):
            if self.batch["status"] == "cancelling":
                break
            status, body = await self.answer(served, task.body)
            fine = 200 <= status < 300
            (answered if fine else refused).append(write_line(task.custom_id, status, body))
            counts["completed" if fine else "failed"] += 1
            if number % every == 0:
                await asyncio.sleep(takes_s * every / len(tasks))
        return answered, refused

    def _move(self, status: str, moment: str) -> None:
        with self.call.world.writing():
            now = self.batch["status"]  # one that is carried anew does not go back
            if now != "cancelling" and not (now == "finalizing" and status == "in_progress"):
                self.batch["status"] = status
            self.batch[moment] = self._now()

    def _end(self, status: str, moment: str, answered: list[bytes], refused: list[bytes]) -> None:
        keep_answers(self.call, self.dialect, self.batch, answered, refused)
        self._move(status, moment)
        self.record["tokens"] = 0

    def _cancel(self, answered: list[bytes], refused: list[bytes]) -> None:
        batch = self.batch
        if answered or refused:
            keep_answers(self.call, self.dialect, batch, answered, refused)
        else:
            batch["output_file_id"] = batch["error_file_id"] = None
        with self.call.world.writing():
            batch["status"], batch["cancelled_at"] = "cancelled", self._now()
            self.record["tokens"] = 0

    def _fail(self, why: InvalidFileError) -> None:
        with self.call.world.writing():
            self.batch["status"], self.batch["failed_at"] = "failed", self._now()
            self.batch["errors"] = {"object": "list", "data": [why.describe()]}

    def _now(self) -> int:
        return int(self.call.session.now.timestamp())


def ensure_running(run: BatchRun) -> None:
    """Carry a batch that is not over and that nobody carries."""
    running: dict[str, asyncio.Task[None]] = run.call.world.running
    identity = run.batch["id"]
    if run.batch["status"] in TERMINAL or identity in running:
        return
    task = asyncio.get_running_loop().create_task(run.carry())
    running[identity] = task
    task.add_done_callback(lambda _: running.pop(identity, None))


def find_queue(served: ServedModel) -> int | None:
    """Return how many tokens may wait in the queue of a deployment; None where there is none."""
    if served.body is None:
        return None
    capacity = (served.body.get("sku") or {}).get("capacity") or 1
    return int(capacity) * TOKENS_A_UNIT


def count_queued(call: DataPlaneCall, deployment: str) -> int:
    """Count the tokens that wait in the queue of a deployment."""
    owner = find_owner(call)
    with call.world.reading() as state:
        return sum(
            one["tokens"]
            for one in state.batches.values()
            if one["owner"] == owner and one["deployment"] == deployment
        )
