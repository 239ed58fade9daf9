"""Events that a run reports while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.conversation.transcript import Failure
from harness.results.model import Result
from harness.results.unknown import UnknownRequests


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
    """A target asked to be left alone for a while; what it said."""

    target: str
    seconds: float
    reason: str


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


Event = Started | Doubted | Finished | Paused | Stopped | Halting | Looked
