"""Gather what is asked until a run stands still, then send it as files; hand the answers back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Failure
from harness.run.events import BatchesLeft, Event, LeftBatch, Stopped
from harness.run.ports import Clock
from harness.run.requests.request_executor import Halt, RunHaltedError
from harness.run.requests.spent import Amount
from harness.run.targets import Target
from harness.run.waves.custom_ids import make_custom_id
from harness.run.waves.dividing import Divider, FilePart
from harness.run.waves.file_runner import FileRunner, SplitError
from harness.run.waves.idle import IdleDetector
from harness.run.waves.ports import BatchService, BatchTroubleError, OpenWave, WaveLog
from harness.run.waves.queue import EnqueuedTokens
from harness.run.waves.wave_file import WaveAnswer, WaveFile, WaveRequest, fail_all

DELETED_WITHIN_S: Final = 10.0
"""Seconds that the end of a run waits for files to be deleted; they expire by themselves."""
_AT_A_TIME: Final = 64


@dataclass(frozen=True, slots=True)
class WaveSetting:
    """The setting that all waves of a run have in common.

    Attributes:
        run_id: the run's, by which its files and batches are recognised.
        services: of each target that is asked in batches, by its name.
    """

    run_id: str
    services: Mapping[str, BatchService]
    log: WaveLog
    clock: Clock
    halt: Halt
    show: Callable[[Event], None]


class Waves:
    """The waves of a run. Not for use from several threads.

    Args:
        setting: the run's.
        targets: those that are asked in batches.
        idle: tells when nothing goes on by itself.
    """

    def __init__(self, setting: WaveSetting, targets: Sequence[Target], idle: IdleDetector) -> None:
        self._setting = setting
        self._targets = {target.name: target for target in targets}
        self._idle = idle
        self._gathered: dict[str, list[WaveRequest]] = {}
        self._number = setting.log.last_wave
        self._parts: Counter[int] = Counter()
        self._files: dict[str, WaveFile] = {}
        self._tasks: dict[asyncio.Task[None], WaveFile | None] = {}
        self._deleting: set[asyncio.Task[None]] = set()
        self._left: dict[Place, tuple[int, WaveFile]] = {}
        self._over: list[OpenWave] = []
        self._carriers = {target.name: self._make_carrier(target) for target in targets}
        self._attach()
        idle.on_still = self._send

    def find_attempt(self, place: Place) -> int | None:
        """Return which try of a request is in a batch of an earlier process, None where none is."""
        found = self._left.get(place)
        return None if found is None else found[0]

    async def ask(self, target: Target, request: Request, attempt: int, most: Amount) -> WaveAnswer:
        """Return the answer that comes with a wave.

        Raises:
            RunHaltedError: the run sends nothing more.
        """
        custom_id = make_custom_id(request.place, attempt)
        future: asyncio.Future[WaveAnswer] = asyncio.get_running_loop().create_future()
        asked = WaveRequest(request, attempt, custom_id, most, future)
        self._idle.begin_waiting()
        left = self._left.pop(request.place, None)
        if left is not None and left[0] == attempt:
            left[1].join(asked)
        else:
            self._gathered.setdefault(target.name, []).append(asked)
        return await future

    async def tidy(self) -> None:
        """Delete input files of earlier processes: not submitted, or answered to the last line."""
        for wave in self._over:
            service = self._carriers[wave.target].service
            try:
                found = wave.file or await service.find_file(wave.name)
                if found:
                    await service.delete_file(found)
            except BatchTroubleError:
                continue  # the next process tries again
            self._setting.log.note_wave(wave.label, "ended" if wave.file else "dropped")
        self._over.clear()

    def tell_stopped(self, target: Target, failure: Failure) -> None:
        """Tell that a target is not asked any more."""
        self._setting.show(Stopped(target.name, failure, target.kind == "deployment"))

    def note_halt(self) -> None:
        """Let everybody go who waits, where the run is halted; batches go on at the service."""
        if not self._setting.halt.reason:
            return
        gathered, self._gathered = self._gathered, {}
        for waiting in gathered.values():
            fail_all(waiting, RunHaltedError(), self._idle)
        for task, wave in tuple(self._tasks.items()):
            if wave is None or not wave.is_submitting:
                task.cancel()
        for _, wave in self._left.values():
            if not wave.is_submitting:
                wave.fail(RunHaltedError())

    def conclude(self) -> None:
        """Tell which batches go on at the service though the run has ended."""
        left = [
            LeftBatch(
                wave.target.name,
                wave.batch,
                len(wave.order),
                self._carriers[wave.target.name].service.describe_cancelling(wave.batch),
            )
            for wave in self._files.values()
            if wave.batch and (wave.waiting or wave.fate is None)
        ]
        if left and self._setting.halt.reason:
            self._setting.show(BatchesLeft(tuple(left)))

    async def close(self) -> None:
        """Stop looking at batches; files that are needed no more are still deleted."""
        if self._deleting:
            await asyncio.wait(self._deleting, timeout=DELETED_WITHIN_S)
        tasks = (*self._tasks, *self._deleting)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _make_carrier(self, target: Target) -> FileRunner:
        setting = self._setting
        service = setting.services[target.name]
        return FileRunner(
            service,
            setting.log,
            setting.clock,
            setting.halt,
            setting.show,
            {"harness_run": setting.run_id},
            EnqueuedTokens(service.limits.queue),
        )

    def _attach(self) -> None:
        """Find the files that earlier processes left, and who is in them."""
        for opened in self._setting.log.open_waves:
            target = self._targets.get(opened.target)
            if target is None:
                continue
            if not opened.file or not opened.members:
                self._over.append(opened)
                continue
            order = [make_custom_id(place, number) for place, number in opened.order]
            wave = self._make_file(opened.label, target, opened.url, order, 0)
            wave.wait_only_for(make_custom_id(place, n) for place, n in opened.members.items())
            wave.name, wave.file, wave.batch = opened.name, opened.file, opened.batch
            wave.is_left = True
            self._left.update((place, (n, wave)) for place, n in opened.members.items())

    def _make_file(
        self, label: str, target: Target, url: str, order: list[str], tokens: int
    ) -> WaveFile:
        name = f"harness-{self._setting.run_id}-{label}.jsonl"
        service = self._carriers[target.name].service
        wave = WaveFile(
            label,
            target,
            name,
            url,
            order,
            tokens,
            self._idle,
            service.understand,
            self._end_file,
        )
        self._files[label] = wave
        return wave

    def _send(self) -> None:
        """Send what has gathered, now that the run stands still."""
        if self._setting.halt.reason:
            self.note_halt()
            return
        gathered, self._gathered = self._gathered, {}
        if gathered:
            self._number += 1
        for name, waiting in gathered.items():
            self._spawn(self._divide(self._targets[name], waiting), None)
        busy = set(map(id, self._tasks.values()))
        for wave in self._files.values():
            if wave.is_left and wave.waiting and id(wave) not in busy:
                self._spawn(self._carry(wave, None), wave)

    async def _divide(self, target: Target, waiting: list[WaveRequest]) -> None:
        """Write what has gathered for a target into files, and send each as it is full."""
        carrier = self._carriers[target.name]
        limits = replace(carrier.service.limits, queue=carrier.queue.most)
        divider = Divider[WaveRequest](limits)
        number = self._number
        try:
            for sent, asked in enumerate(waiting, start=1):
                line = carrier.service.write(asked.request, asked.custom_id)
                full = divider.add(asked, line, asked.request.most_tokens[0])
                if full is not None:
                    self._begin(target, number, full)
                if sent % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
            last = divider.end()
            if last is not None:
                self._begin(target, number, last)
        except BaseException as error:
            begun = {id(one) for wave in self._files.values() for one in wave.waiting.values()}
            rest = [one for one in waiting if id(one) not in begun and not one.future.done()]
            fail_all(rest, _as_raised(error), self._idle)
            raise

    def _begin(self, target: Target, number: int, part: FilePart[WaveRequest]) -> None:
        self._parts[number] += 1
        label = f"{number}.{self._parts[number]}"
        order = [asked.custom_id for asked in part.items]
        wave = self._make_file(label, target, part.url, order, part.tokens)
        for asked in part.items:
            wave.join(asked)
        self._spawn(self._carry(wave, part), wave)

    async def _carry(self, wave: WaveFile, part: FilePart[WaveRequest] | None) -> None:
        carrier = self._carriers[wave.target.name]
        try:
            if part is None:
                await carrier.carry_on(wave)
            else:
                await carrier.carry(wave, part)
        except SplitError:
            await self._halve(wave)
        except BatchTroubleError as trouble:
            wave.deliver_rest(replace(trouble.failure, retryable=False))
            await carrier.drop(wave)
        except BaseException as error:
            wave.fail(_as_raised(error))
            if isinstance(error, asyncio.CancelledError):
                raise

    async def _halve(self, wave: WaveFile) -> None:
        """Send the requests of a file that is too large for the queue as two."""
        carrier = self._carriers[wave.target.name]
        await carrier.drop(wave)
        del self._files[wave.label]
        waiting = list(wave.waiting.values())
        wave.waiting.clear()
        whole = FilePart[WaveRequest](wave.url, tokens=wave.tokens)
        for asked in waiting:
            line = carrier.service.write(asked.request, asked.custom_id)
            whole.add(asked, line, 0)
        number = int(wave.label.partition(".")[0])
        for half in whole.split():
            if half.items:
                self._begin(wave.target, number, half)

    def _end_file(self, wave: WaveFile) -> None:
        """Let go of a file whose answers are all kept."""
        self._files.pop(wave.label, None)
        task = asyncio.get_running_loop().create_task(self._delete_input(wave))
        self._deleting.add(task)
        task.add_done_callback(self._end_deleting)

    async def _delete_input(self, wave: WaveFile) -> None:
        """Delete a file that is needed no more, then say so: a killed process leaves none."""
        with suppress(BatchTroubleError):  # it expires by itself
            await self._carriers[wave.target.name].service.delete_file(wave.file)
        self._setting.log.note_wave(wave.label, "ended")

    def _end_deleting(self, task: asyncio.Task[None]) -> None:
        self._deleting.discard(task)
        if not task.cancelled():
            task.exception()  # a disk that refuses is told by whoever writes next

    def _spawn(self, work: Coroutine[object, object, None], wave: WaveFile | None) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = wave
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled():
            task.exception()  # whoever waited for it has had it


def _as_raised(error: BaseException) -> BaseException:
    """Return what those who wait are told: a cancelled task means a run that is halted."""
    return RunHaltedError() if isinstance(error, asyncio.CancelledError) else error
