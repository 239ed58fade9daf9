"""Carry one file through: upload, submit, look at its batch until it is over, hand out answers.

Each step is in the journal before the next one begins, so that whatever kills the process, what was
submitted is found again and nothing is submitted twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from harness.conversation import transcript
from harness.conversation.transcript import ErrorKind, Failure
from harness.run.events import BatchSeen, Event
from harness.run.ports import Clock
from harness.run.requests.patience import MAX_TRIES
from harness.run.requests.request_executor import Halt, RunHaltedError
from harness.run.waves.dividing import FilePart, read_queue_limit
from harness.run.waves.history import BEGUN, SUBMITTED, UPLOADED
from harness.run.waves.ports import (
    CANCELLED,
    EXPIRED,
    FAILED,
    TOKEN_LIMIT,
    Batch,
    BatchProblem,
    BatchService,
    BatchTroubleError,
    WaveLog,
)
from harness.run.waves.queue import EnqueuedTokens
from harness.run.waves.wave_file import WaveFile, WaveRequest

LONGEST_SILENCE_S: Final = 3600.0
"""Seconds for which a batch cannot be looked at, after which the run stops and may be resumed."""
LONGEST_WAIT_S: Final = 600.0
"""The longest wait for room in a queue that others fill, before it is tried again."""
ENOUGH_REFUSALS: Final = 3
"""Refusals, with nothing of ours in the queue, after which a file is halved."""
GONE: Final = "gone"
_AT_A_TIME: Final = 256
_KINDS: Final[dict[str, ErrorKind]] = {
    "model_not_found": "not_found",
    "input_no_permissions": "auth",
    TOKEN_LIMIT: "rate_limit",
}
T = TypeVar("T")


class SplitError(Exception):
    """The file does not fit into the queue, and its halves may."""


@dataclass(slots=True)
class FileRunner:
    """Carries the files of one target.

    Attributes:
        labels: what the service keeps beside each batch, so that it is recognised.
        queue: the deployment's.
    """

    service: BatchService
    log: WaveLog
    clock: Clock
    halt: Halt
    show: Callable[[Event], None]
    labels: dict[str, str]
    queue: EnqueuedTokens = field(default_factory=EnqueuedTokens)

    async def carry(self, wave: WaveFile, part: FilePart[WaveRequest]) -> None:
        """Carry a new file.

        Raises:
            SplitError: the queue takes only smaller ones; the file is deleted.
            RunHaltedError: the run sends nothing more.
        """
        await self.queue.take(wave.tokens)
        try:
            with self._submitting(wave):
                await self._upload(wave, part)
        except BaseException:
            self.queue.give_back(wave.tokens)
            raise
        await self._see_through(wave, taken=True)

    async def carry_on(self, wave: WaveFile) -> None:
        """Carry on with a file that an earlier process uploaded.

        Raises:
            SplitError, RunHaltedError: as for ``carry``.
        """
        await self._see_through(wave, taken=False)

    async def drop(self, wave: WaveFile) -> None:
        """Forget a file that is not submitted, and delete it."""
        if wave.file:
            with suppress(BatchTroubleError):
                await self.service.delete_file(wave.file)
        self.log.note_wave(wave.label, "dropped")

    async def _upload(self, wave: WaveFile, part: FilePart[WaveRequest]) -> None:
        self._refuse_halted()
        count = len(part.items)
        self.log.note_wave(
            wave.label,
            BEGUN,
            target=wave.target.name,
            name=wave.name,
            url=wave.url,
            requests=count,
        )
        for number, asked in enumerate(part.items, start=1):
            self.log.note_queued(asked.request.place, asked.attempt, asked.most, wave.label)
            if number % _AT_A_TIME == 0:
                await self.clock.sleep(0)
        content = b"".join(part.lines)
        part.lines.clear()

        async def find() -> str | None:
            return await self.service.find_file(wave.name)

        self._tell(wave, "uploading", 0, count)
        wave.file = await self._insist(lambda: self.service.upload(wave.name, content), find)
        self.log.note_wave(wave.label, UPLOADED, file=wave.file)

    async def _see_through(self, wave: WaveFile, *, taken: bool) -> None:
        refusals = 0
        while True:
            if not taken:
                await self.queue.take(wave.tokens)
            taken = False
            try:
                batch = await self._watch(wave, await self._submit(wave))
            finally:
                self.queue.give_back(wave.tokens)
            if not batch.is_refused_for_room:
                break
            refusals += 1
            wave.batch = ""
            self.log.note_wave(wave.label, UPLOADED, file=wave.file)
            await self._wait_for_room(wave, batch, refusals)
        await self._hand_out(wave, batch)

    async def _submit(self, wave: WaveFile) -> Batch:
        """Submit an uploaded file, unless that was done before."""
        if wave.batch:
            return Batch(wave.batch, "unknown", wave.file)
        labels = {**self.labels, "harness_wave": wave.label}

        async def find() -> Batch | None:
            return await self.service.find_batch(wave.file)

        async def create() -> Batch:
            try:
                return await self.service.create(wave.file, wave.url, labels)
            except BatchTroubleError as trouble:
                failure = trouble.failure
                if failure.code != TOKEN_LIMIT:
                    raise
                problem = BatchProblem(TOKEN_LIMIT, failure.message)
                return Batch("", FAILED, wave.file, problems=(problem,))

        batch = await find() if wave.is_left else None
        if batch is None:
            self._refuse_halted()
            with self._submitting(wave):
                batch = await self._insist(create, find)
        if batch.id:
            wave.batch = batch.id
            self.log.note_wave(wave.label, SUBMITTED, file=wave.file, batch=batch.id)
        if batch.most_queued:
            self.queue.most = batch.most_queued
        return batch

    async def _watch(self, wave: WaveFile, batch: Batch) -> Batch:
        """Look at a batch until it is over; one that the service no longer knows is ``gone``."""
        silent_since: float | None = None
        count = len(wave.order)
        wait_s = 0.0 if batch.status == "unknown" else self.service.poll_s
        while not batch.is_over:
            if batch.status != "unknown":
                self._tell(wave, batch.status, batch.completed + batch.failed, batch.total or count)
            await self.clock.sleep(wait_s)
            wait_s = self.service.poll_s
            try:
                batch = await self.service.look(batch.id)
                silent_since = None
            except BatchTroubleError as trouble:
                failure, now = trouble.failure, self.clock.monotonic()
                if failure.kind == "not_found":
                    return replace(batch, status=GONE)
                silent_since = now if silent_since is None else silent_since
                if failure.kind == "auth" or now - silent_since > LONGEST_SILENCE_S:
                    said = f"batch {batch.id} cannot be looked at: {failure.message}"
                    self.halt.set(said)
                    raise RunHaltedError from trouble
        if not batch.is_refused_for_room:
            self._tell(wave, batch.status, batch.completed, batch.total or count, batch.failed)
        return batch

    async def _wait_for_room(self, wave: WaveFile, batch: Batch, refusals: int) -> None:
        """Wait until the queue may have room again.

        Raises:
            SplitError: it never will for so large a file.
        """
        said = next((one.message for one in batch.problems if one.code == TOKEN_LIMIT), "")
        queue = self.queue
        queue.most = batch.most_queued or read_queue_limit(said) or queue.most
        self._tell(wave, "waiting for room", 0, len(wave.order), why=said)
        if queue.own:
            await queue.wait_for_change()
            return
        is_too_large = queue.most is not None and wave.tokens > queue.most
        if len(wave.order) > 1 and (is_too_large or refusals >= ENOUGH_REFUSALS):
            raise SplitError
        if is_too_large:
            failure = Failure("rate_limit", said, 0, TOKEN_LIMIT)
            raise BatchTroubleError(failure)
        wait_s = min(LONGEST_WAIT_S, self.service.poll_s * 2 ** (refusals - 1))
        await self.clock.sleep(wait_s)

    async def _hand_out(self, wave: WaveFile, batch: Batch) -> None:
        """Give everybody in a file what came of it."""
        for file in (batch.output_file, batch.error_file):
            if file:
                await self._read(wave, batch, file)
        if batch.status == FAILED and wave.waiting:
            self._refuse_lines(wave, batch)
        elif batch.status == CANCELLED and not wave.is_left:
            self.log.note_wave(wave.label, "ended", status=batch.status)
            wave.fate = _describe_fate(batch)
            self.halt.set(f"batch {batch.id} of {wave.target.name} was cancelled")
            raise RunHaltedError
        wave.deliver_rest(_describe_fate(batch))

    async def _read(self, wave: WaveFile, batch: Batch, file: str) -> None:
        async def read() -> bool:
            async for line in self.service.read(file):
                wave.take(line)
            return True

        try:
            await self._insist(read, None)
        except BatchTroubleError as trouble:
            said = f"the answers of batch {batch.id} cannot be read: {trouble.failure.message}"
            self.halt.set(said)
            raise RunHaltedError from trouble

    def _refuse_lines(self, wave: WaveFile, batch: Batch) -> None:
        """Give each line that was refused its reason; without any named, all have failed."""
        named = {one.line: one for one in reversed(batch.problems) if one.line is not None}
        lines = {
            wave.order[number - 1]: problem
            for number, problem in named.items()
            if 0 < number <= len(wave.order)
        }
        for custom_id, problem in lines.items():
            asked = wave.waiting.get(custom_id)
            if asked is not None:
                wave.deliver(asked, _make_refusal(problem))

    async def _insist(
        self,
        attempt: Callable[[], Awaitable[T]],
        find: Callable[[], Awaitable[T | None]] | None,
    ) -> T:
        """Try until it works; after a failure ``find`` says whether it had worked all the same.

        Raises:
            BatchTroubleError: the last failure, or one that another try does not mend.
            RunHaltedError: the run sends nothing more.
        """
        tries = 0
        while True:
            tries += 1
            try:
                if tries > 1 and find is not None and (found := await find()) is not None:
                    return found
                return await attempt()
            except BatchTroubleError as trouble:
                if not trouble.failure.retryable:
                    raise
                if tries >= MAX_TRIES:
                    if find is not None and (found := await find()) is not None:
                        return found
                    raise
                wait_s = max(trouble.failure.retry_after_s or 0.0, 0.5 * 2 ** (tries - 1))
            self._refuse_halted()
            await self.clock.sleep(min(wait_s, LONGEST_WAIT_S))

    @contextmanager
    def _submitting(self, wave: WaveFile) -> Iterator[None]:
        """Hold a run that halts until the step is done."""
        wave.is_submitting = True
        self.halt.in_flight += 1
        try:
            yield
        finally:
            wave.is_submitting = False
            self.halt.in_flight -= 1

    def _refuse_halted(self) -> None:
        if self.halt.reason:
            raise RunHaltedError

    def _tell(
        self, wave: WaveFile, state: str, done: int, total: int, failed: int = 0, why: str = ""
    ) -> None:
        event = BatchSeen(wave.target.name, wave.label, wave.batch, state, done, total, failed, why)
        self.show(event)


def _make_refusal(problem: BatchProblem) -> Failure:
    where = "" if problem.line is None else f"line {problem.line} of the file: "
    kind = _KINDS.get(problem.code, "bad_request")
    message = f"the batch was refused: {where}{problem.code}: {problem.message}"
    return Failure(kind, message, code=problem.code)


def _describe_fate(batch: Batch) -> Failure:
    """Return what comes of a request without a line of its own in a batch that is over."""
    if batch.status == FAILED:
        general = next((one for one in batch.problems if one.line is None), None)
        if general is not None or not batch.problems:
            return _make_refusal(general or BatchProblem("failed", "it does not say why"))
        said = _make_refusal(batch.problems[0]).message
        return Failure("server", said, code="batch_refused", retryable=True)
    if batch.status == EXPIRED:
        said = f"batch {batch.id} expired before this request was answered"
        return Failure("timeout", said, code=transcript.EXPIRED, retryable=True)
    why = {
        GONE: "the service does not know it any more",
        CANCELLED: "it was cancelled before this request was answered",
    }
    said = why.get(batch.status, "it ended without a line for this request")
    return Failure("server", f"batch {batch.id}: {said}", code="no_line", retryable=True)
