"""The ports of asking in batches: the service that takes files, and the journal of waves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure
from harness.run.requests.spent import Amount

TOKEN_LIMIT: Final = "token_limit_exceeded"  # noqa: S105 - the service's code
"""The service's code where more tokens wait in its queue than a deployment may have there."""
ENDED: Final = frozenset({"completed", "expired", "cancelled", "failed"})
"""States of a batch that are its last."""
CANCELLED: Final = "cancelled"
FAILED: Final = "failed"
EXPIRED: Final = "expired"


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """Limits of one input file. Source: azure-ai-docs, global-batch-limits.md, 2026-03.

    Attributes:
        lines: requests in it.
        size: bytes of it.
        queue: tokens of input that may wait in the deployment's queue, None where nobody says.
    """

    lines: int = 100_000
    size: int = 200_000_000
    queue: int | None = None


@dataclass(frozen=True, slots=True)
class BatchProblem:
    """An entry of a batch's ``errors``; ``line`` counts from 1, None where it is about all."""

    code: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the service tells of it; files are "" where there is none.

    ``queued`` and ``most_queued`` are tokens in the deployment's queue and how many may be there,
    None where no header says.
    """

    id: str
    status: str
    input_file: str = ""
    output_file: str = ""
    error_file: str = ""
    total: int = 0
    completed: int = 0
    failed: int = 0
    problems: tuple[BatchProblem, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    queued: int | None = None
    most_queued: int | None = None

    @property
    def is_over(self) -> bool:
        """True once nothing more happens to it."""
        return self.status in ENDED

    @property
    def is_refused_for_room(self) -> bool:
        """True where it failed because the queue was full."""
        return self.status == FAILED and any(one.code == TOKEN_LIMIT for one in self.problems)


@dataclass(frozen=True, slots=True)
class InputLine:
    """A line of an input file: the operation that it names, and its bytes with the line feed."""

    url: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutputLine:
    """A line of an output or error file, its body not looked at yet."""

    custom_id: str
    status: int
    body: bytes
    request_id: str | None = None
    code: str = ""
    message: str = ""


class BatchTroubleError(Exception):
    """The service did not do what it was asked; ``failure`` says why, as a request's would."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class BatchService(Protocol):
    """The batches of one deployment. What goes wrong outside is a ``BatchTroubleError``."""

    @property
    def limits(self) -> BatchLimits:
        """The limits of a file."""
        ...

    @property
    def poll_s(self) -> float:
        """Seconds between two looks at a batch."""
        ...

    @property
    def adapted(self) -> tuple[str, ...]:
        """Everything that was sent otherwise than asked, so far."""
        ...

    def write(self, request: Request, custom_id: str) -> InputLine:
        """Write a request as a line of an input file."""
        ...

    def understand(self, line: OutputLine, request: Request) -> Answer:
        """Return the answer that a line is; a failure that asking otherwise mends is retryable."""
        ...

    async def upload(self, name: str, content: bytes) -> str:
        """Upload an input file; return its id."""
        ...

    async def find_file(self, name: str) -> str | None:
        """Return the id of an input file by its name; None where there is none."""
        ...

    async def delete_file(self, file: str) -> None:
        """Delete a file."""
        ...

    async def create(self, file: str, url: str, labels: Mapping[str, str]) -> Batch:
        """Submit a file."""
        ...

    async def find_batch(self, file: str) -> Batch | None:
        """Return the newest batch of a file that the queue took; None where there is none."""
        ...

    async def look(self, batch: str) -> Batch:
        """Look at a batch."""
        ...

    def read(self, file: str) -> AsyncIterator[OutputLine]:
        """Read the lines of an output file as they come."""
        ...

    def describe_cancelling(self, batch: str) -> str:
        """Return the request that cancels a batch, in words: a method and a URL."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(slots=True)
class OpenWave:
    """A file of a wave that an earlier process left, as the journal tells of it.

    Attributes:
        label: names it within the run: ``3.1`` is the first file of the third wave.
        name: the input file's.
        file: the uploaded file's id, "" before that was known.
        batch: the batch's id, likewise.
        members: the try that each request in it was, of those that have no answer.
        order: all requests in it, as its lines are.
    """

    label: str
    target: str
    name: str = ""
    url: str = ""
    file: str = ""
    batch: str = ""
    members: dict[Place, int] = field(default_factory=dict)
    order: list[tuple[Place, int]] = field(default_factory=list)


class WaveLog(Protocol):
    """The journal of a run, as far as waves are concerned."""

    @property
    def open_waves(self) -> Sequence[OpenWave]:
        """Files of waves that earlier processes left; every member that has no answer yet."""
        ...

    @property
    def last_wave(self) -> int:
        """The number of the last wave of earlier processes; 0 before the first."""
        ...

    def note_queued(self, place: Place, attempt: int, most: Amount, wave: str) -> None:
        """Note that a request is in the file of a wave, and the most that it may take."""
        ...

    def note_wave(self, wave: str, state: str, **facts: object) -> None:
        """Note how far the file of a wave has come."""
        ...
