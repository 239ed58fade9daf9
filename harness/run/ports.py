"""The ports of a run: models, the store, the clock, chance and recordings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from harness.checks.finding import CannotCheck, Finding
from harness.checks.referred.referral import Referral
from harness.conversation.play import FinalAnswer
from harness.conversation.ports import ChatModel, Embedder, Place
from harness.conversation.transcript import AnswerT, EmbeddingReply, Failure, Reply
from harness.results.model import Result, RunInfo, Shard, TrialId
from harness.results.unknown import UnknownRequests
from harness.run.asking.bounds import Bounds
from harness.run.requests.quota import Quota, QuotaSign
from harness.run.requests.spent import Amount, Spent
from harness.run.targets import Target
from harness.run.waves.ports import BatchService, WaveLog
from harness.spec.model.spec import Conversation


class Clock(Protocol):
    """Time, as an argument."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards; only differences mean something."""
        ...

    def measure_elapsed(self) -> float:
        """Return seconds as they really pass, also where waiting takes no time; never backwards."""
        ...

    def now(self) -> datetime:
        """Return the time of day, in UTC; it may jump."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


Recalled = FinalAnswer[AnswerT] | Literal["unknown"]
"""The journal's memory of a request: its answer, or that it was sent and nothing more."""


class RequestLog(Protocol):
    """A journal of requests and their answers."""

    def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        """Return what an earlier process noted of this request; None when it noted nothing.

        ``kind`` is what answers to such a request are, where they do not fail.
        """
        ...

    def note_sent(self, place: Place, attempt: int, most: Amount) -> None:
        """Note that a request is about to be sent, and the most that it may take."""
        ...

    def keep_answer(
        self,
        place: Place,
        attempt: int,
        answer: Reply | EmbeddingReply | Failure,
        *,
        final: bool,
        queued_s: float,
        took: Amount | None = None,
    ) -> None:
        """Keep an answer before anybody uses it; ``final`` unless it will be asked again.

        ``took`` is what it took of the budget.
        """
        ...


class RunLog(RequestLog, Protocol):
    """The files of a run that is going on.

    Every method returns after the operating system has what it was given, so that a killed process
    loses nothing. All raise ``OutsideError`` when the disk refuses.
    """

    @property
    def directory(self) -> Path:
        """The folder of the run's files."""
        ...

    @property
    def waves(self) -> WaveLog:
        """The journal of what is asked in batches."""
        ...

    def is_finished(self, index: int) -> bool:
        """Return whether the trial of this number has its result already."""
        ...

    def append(self, index: int, result: Result) -> None:
        """Keep a result."""
        ...

    def arrange(self) -> None:
        """Put the results into the order of their trials."""
        ...

    def results(self) -> Iterator[Result]:
        """Return every result so far, in the order of the file, one at a time."""
        ...

    def results_of(self, wanted: Callable[[int], bool]) -> Iterator[Result]:
        """Return results so far in the order of their trials, whose numbers are ``wanted``.

        For use before ``arrange``: the file may hold results that are no longer the trials'.
        """
        ...

    def gather_unknown(self) -> UnknownRequests:
        """Return the requests that were sent and have no answer, those in flight included."""
        ...

    def require_room(self, least_bytes: int) -> int | None:
        """Return the bytes that are free on the disk; None where nobody can tell.

        Raises:
            OutsideError: they are fewer than the run will write at least.
        """
        ...

    def gather_open(self) -> UnknownRequests:
        """Return what earlier processes left unknown in trials that have no result yet."""
        ...

    def describe(self, info: RunInfo) -> None:
        """Write ``run.json``, replacing what was there at once."""
        ...


def _none_compared() -> Iterable[Sequence[int]]:
    return ()


@dataclass(frozen=True, slots=True)
class Trials:
    """The trials of a run as its files need to know them.

    Attributes:
        planned: their numbers are below this.
        number: which one a result belongs to, from 0; None for one that is not among them.
        together: those that are decided together: until all have a result, none has.
    """

    planned: int
    number: Callable[[TrialId], int | None]
    together: Callable[[], Iterable[Sequence[int]]] = _none_compared


class RunStore(Protocol):
    """A store of runs."""

    def begin(
        self, info: RunInfo, document: Mapping[str, Any], directory: Path | None
    ) -> AbstractContextManager[RunLog]:
        """Open the files of a new run, before anything is spent.

        Raises:
            RequestError: the directory holds something already.
            OutsideError: the disk cannot be written.
        """
        ...

    def reopen(
        self, directory: Path, trials: Trials, *, take_over: bool = False
    ) -> AbstractContextManager[RunLog]:
        """Open the files of a run that stopped, made of these trials.

        ``take_over``: also from a process of another machine that seems to write it.

        Raises:
            RequestError: it is no run, or another process is writing it.
        """
        ...

    def find(self, name: str, spec_name: str | None = None) -> Path:
        """Return the directory of a run: by its id, its path, or ``latest``.

        Raises:
            RequestError: there is none, with the ones there are.
        """
        ...

    def info(self, directory: Path) -> RunInfo:
        """Read ``run.json``.

        Raises:
            RequestError: it is no run.
        """
        ...

    def read_spent(self, directory: Path) -> Spent:
        """Read what the processes of a run spent, from its journal."""
        ...

    def read_document(self, directory: Path) -> Mapping[str, Any]:
        """Read the spec of a run as it was decoded; empty where it is not there."""
        ...


class RunRecording(Protocol):
    """A recording in progress, or one that is replayed."""

    @property
    def replays(self) -> bool:
        """True when a recording answers, so that nothing is spent."""
        ...

    def finish(self, trial: Place, *, answered: bool) -> None:
        """Take in that a trial has its result; ``answered`` unless it errored."""
        ...

    def end(self, *, whole: bool) -> tuple[str, ...]:
        """List what of the recording is stale, a text each; ``whole``: no trial was left out."""
        ...


class SharedQuota(Protocol):
    """The quota of a deployment, for all who draw on it: its targets, judges, other processes.

    ``now`` is in seconds of a monotonic clock, which is one and the same on a whole machine.
    """

    @property
    def seen(self) -> Quota:
        """The quota as it was when it was last asked; not to be changed."""
        ...

    async def take(self, tokens: int, now: float) -> float:
        """Take a request of so many tokens; 0.0 when taken, else seconds until to ask again."""
        ...

    async def observe(self, sign: QuotaSign, now: float) -> None:
        """Take in what an answer tells: its headers, and the limit that refused it."""
        ...


def take_declared_region(target: Target) -> str | None:
    """Return the region that the spec says of a target; None where it leaves it open."""
    return target.region


async def _nothing() -> None:
    return None


def draw_on_no_quota(target: Target) -> SharedQuota | None:
    """Return no quota: nothing is paced."""
    del target
    return None


def take_no_batches(target: Target) -> BatchService:
    """Refuse: nobody takes batches here.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(f"nobody takes batches for {target.name}")


@dataclass(frozen=True, slots=True)
class RunPorts:
    """The ports through which a run reaches the outside.

    Attributes:
        model: who answers for a target; asked once a target, closed by the run.
        simulated: whether a target's answers come from the simulator.
        cases: the rows of a conversation's ``cases``; read more than once, never kept.
        chance: uniform in [0, 1): jitter and run ids.
        closing: awaited last, for what the models share.
        embeddings: who embeds texts for a target; None: nobody does.
        code: carries out a check that is the author's code; None where code is not allowed.
        recording: what records or replays this run, None when nothing does.
        locate: the region of a target; None where nobody can tell.
        bounds: what a spec cannot raise.
        batches: who takes batches for a target; asked once a target, closed by the run.
        quota: the quota that a target draws on; the same one for two names of one deployment. None
            where nothing limits it: a replay, a simulator without limits, what is no service.
        divide: returns a ``quota`` of a shard's part of each limit; None where nothing is divided.
    """

    model: Callable[[Target], ChatModel]
    simulated: Callable[[Target], bool]
    cases: Callable[[Conversation], Iterable[Mapping[str, Any]]]
    store: RunStore
    clock: Clock
    chance: Callable[[], float]
    closing: Callable[[], Awaitable[None]] = _nothing
    embeddings: Callable[[Target], Embedder] | None = None
    code: Callable[[Referral], Awaitable[Finding | CannotCheck]] | None = None
    recording: RunRecording | None = None
    locate: Callable[[Target], str | None] = take_declared_region
    bounds: Bounds = field(default_factory=Bounds)
    quota: Callable[[Target], SharedQuota | None] = draw_on_no_quota
    divide: Callable[[Shard], Callable[[Target], SharedQuota | None]] | None = None
    batches: Callable[[Target], BatchService] = take_no_batches

    @property
    def replays(self) -> bool:
        """True when a recording answers, so that nothing is spent."""
        return self.recording is not None and self.recording.replays
