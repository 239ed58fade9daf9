"""Events that a run reports while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.conversation.transcript import Failure
from harness.results.model import Result
from harness.results.unknown import UnknownRequests
from harness.run.requests.throttle import ThrottleKind


@dataclass(frozen=True, slots=True)
class Started:
    """The run's files are open and nothing has been spent; ``done`` trials are from before.

    With ``looks`` it stops at the first of so many that settles the gate, and ``trials`` are the
    most there may be.
    """

    trials: int
    done: int
    targets: tuple[str, ...]
    directory: Path
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Cramped:
    """There is less room on the disk than the run is likely to take; both in bytes."""

    free: int
    likely: int


@dataclass(frozen=True, slots=True)
class Doubted:
    """Requests of an earlier process have no answer; they are asked again, or else left out."""

    requests: UnknownRequests
    asked_again: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """A trial has its result, and it is kept."""

    result: Result


@dataclass(frozen=True, slots=True)
class Paused:
    """A deployment asked to be left alone for a while.

    Attributes:
        reason: what it said.
        kind: the limit that it refused for.
        waiting: how many requests wait for it.
    """

    target: str
    seconds: float
    reason: str
    kind: ThrottleKind = "quota"
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class HeldUp:
    """A run, or what there is of it, in which a target mostly waited for its quota.

    Attributes:
        held_s: seconds of ``elapsed_s`` in which its next request had to wait for it.
        limits: its limits in words, "" where nobody knows them.
        kind: the limit that it waited for last.
        ended: whether this is said of the whole run.
    """

    target: str
    held_s: float
    elapsed_s: float
    limits: str = ""
    kind: ThrottleKind = "quota"
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """A target is not asked any more: its remaining trials are errored for this reason.

    ``deployed`` targets are deployments of the spec; others are a provider's.
    """

    target: str
    failure: Failure
    deployed: bool = True


@dataclass(frozen=True, slots=True)
class Halting:
    """The run sends nothing more and waits for what is in flight."""

    reason: str


@dataclass(frozen=True, slots=True)
class Looked:
    """Look ``at`` of ``planned`` was taken: with the gate ``settled`` nothing more is asked."""

    at: int
    planned: int
    settled: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """The trials are played on a cluster.

    Attributes:
        workers: how many workers there are now.
        scheduler: its address; None: it was started on this machine for this run.
    """

    workers: int
    scheduler: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A worker of a cluster was lost, and another one goes on with its task.

    ``doubted`` requests were sent by the lost one and have no answer.
    """

    lost: str
    worker: str
    doubted: int
    asked_again: bool = True


@dataclass(frozen=True, slots=True)
class BatchSeen:
    """A file of a wave as it is now.

    Attributes:
        wave: the wave's number and the file's: ``3.1``.
        batch: the batch's id, "" before it is submitted.
        state: ``uploading``, ``waiting for room``, or the service's word: ``in_progress``.
        done: requests that were answered, of ``total``.
        failed: those of them that failed, once the batch is over.
        why: what the service said, where it had no room.
    """

    target: str
    wave: str
    batch: str
    state: str
    done: int
    total: int
    failed: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeftBatch:
    """A batch that goes on at the service, and the request that cancels it."""

    target: str
    batch: str
    requests: int
    cancelling: str


@dataclass(frozen=True, slots=True)
class BatchesLeft:
    """The run has ended, and its batches have not: they go on, and cost what they cost."""

    batches: tuple[LeftBatch, ...]


Event = (
    Started
    | Cramped
    | Doubted
    | Finished
    | Paused
    | HeldUp
    | Stopped
    | Halting
    | Looked
    | Spread
    | Moved
    | BatchSeen
    | BatchesLeft
)
