"""A batch service of the test's own behind the port: it does what a script says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Reply, Usage
from harness.run.waves.ports import (
    TOKEN_LIMIT,
    Batch,
    BatchLimits,
    BatchProblem,
    BatchTroubleError,
    InputLine,
    OutputLine,
)
from tests.unit.run.stepped_clock import SteppedClock

DOWN = Failure("server", "down", 503, retryable=True)
STATES = ("validating", "in_progress", "finalizing", "completed")


def answer_all(custom_id: str, said: str) -> OutputLine | None:
    """Answer what was said last."""
    return OutputLine(custom_id, 200, f"{said}!".encode(), "req-1")


@dataclass
class BatchDesk:
    """Takes files and batches.

    Attributes:
        answer: makes the line of a request; None leaves it out.
        end: how each batch ends, in their order; completed where nothing is said.
        problems: of those that fail.
        troubles: what operations raise, by name, first the first.
        after: the same, once the operation has been done.
        looked: the times at which batches were looked at.
    """

    clock: SteppedClock
    limits: BatchLimits = field(default_factory=BatchLimits)
    poll_s: float = 60.0
    adapted: tuple[str, ...] = ()
    answer: Callable[[str, str], OutputLine | None] = answer_all
    end: list[str] = field(default_factory=list)
    problems: list[tuple[BatchProblem, ...]] = field(default_factory=list)
    troubles: dict[str, list[Failure]] = field(default_factory=dict)
    after: dict[str, list[Failure]] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    outputs: dict[str, list[OutputLine]] = field(default_factory=dict)
    looked: list[float] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    room: int | None = None
    stays: str = ""

    @property
    def submitted(self) -> list[list[str]]:
        """The last words of each request, by batch that was not refused for room."""
        return [
            [json.loads(line)["said"] for line in self.files_ever[one.input_file].splitlines()]
            for one in self.batches.values()
            if not one.is_refused_for_room
        ]

    def __post_init__(self) -> None:
        self.files_ever: dict[str, bytes] = {}

    def _raise(self, plan: dict[str, list[Failure]], name: str) -> None:
        if plan.get(name):
            raise BatchTroubleError(plan[name].pop(0))

    def write(self, request: Request, custom_id: str) -> InputLine:
        line = {"id": custom_id, "said": request.messages[-1].content or ""}
        return InputLine("/v1/chat/completions", json.dumps(line).encode() + b"\n")

    def understand(self, line: OutputLine, request: Request) -> Answer:
        if line.status == 429:
            return Failure("rate_limit", "slow", 429, "429", retryable=True)
        if line.status != 200:
            return Failure("bad_request", line.message, line.status, line.code)
        return Reply(line.body.decode(), "stop", model="gpt-4.1-mini", usage=Usage(7, 3))

    async def upload(self, name: str, content: bytes) -> str:
        self._raise(self.troubles, "upload")
        file = f"file-{len(self.files_ever)}"
        self.files[file] = (name, content)
        self.files_ever[file] = content
        self._raise(self.after, "upload")
        return file

    async def find_file(self, name: str) -> str | None:
        return next((file for file, (own, _) in self.files.items() if own == name), None)

    async def delete_file(self, file: str) -> None:
        self.files.pop(file, None)
        self.deleted.append(file)

    async def create(self, file: str, url: str, labels: Mapping[str, str]) -> Batch:
        self._raise(self.troubles, "create")
        identity = f"batch-{len(self.batches)}"
        lines = self.files[file][1].count(b"\n")
        batch = Batch(identity, STATES[0], file, labels=dict(labels), total=lines)
        if self.room is not None and lines > self.room:
            said = "The number of enqueued tokens has surpassed the configured limit"
            batch = replace(batch, status="failed", problems=(BatchProblem(TOKEN_LIMIT, said),))
        self.batches[identity] = batch
        self._raise(self.after, "create")
        return batch

    async def find_batch(self, file: str) -> Batch | None:
        found = (one for one in self.batches.values() if one.input_file == file)
        return next((one for one in found if not one.is_refused_for_room), None)

    async def look(self, batch: str) -> Batch:
        self.looked.append(self.clock.time)
        self._raise(self.troubles, "look")
        if batch not in self.batches:
            raise BatchTroubleError(Failure("not_found", "no such batch", 404))
        found = self.batches[batch]
        if found.is_over or found.status == self.stays:
            return found
        status = STATES[STATES.index(found.status) + 1]
        if status == "completed":
            status = self.end.pop(0) if self.end else status
            found = self._finish(found, status)
        self.batches[batch] = replace(found, status=status)
        return self.batches[batch]

    def _finish(self, batch: Batch, status: str) -> Batch:
        if status == "failed":
            return replace(batch, problems=self.problems.pop(0))
        asked = [json.loads(line) for line in self.files[batch.input_file][1].splitlines()]
        made = [self.answer(one["id"], one["said"]) for one in asked]
        lines = [line for line in reversed(made) if line is not None]
        output = f"out-{batch.id}"
        self.outputs[output] = lines
        return replace(batch, output_file=output, completed=len(lines))

    async def read(self, file: str) -> AsyncIterator[OutputLine]:
        for number, line in enumerate(self.outputs[file]):
            if number == 1:
                self._raise(self.troubles, "read")
            yield line

    def describe_cancelling(self, batch: str) -> str:
        return f"POST /batches/{batch}/cancel"

    async def close(self) -> None:
        return
