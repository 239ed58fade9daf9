"""The events while a plan is carried out, as values, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.errors import Diagnostic
from harness.plan.model import Change

Status = Literal["done", "failed", "under way", "not attempted"]
"""``under way``: Azure was asked, and had not finished when somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a change; ``note`` says what a person would not expect."""

    change: Change
    status: Status
    problem: Diagnostic | None = None
    note: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of a plan, in the order of its changes; only changes that write are here."""

    outcomes: tuple[Outcome, ...]
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """True when everything was done."""
        return all(outcome.status == "done" for outcome in self.outcomes)

    def count(self, status: Status) -> int:
        """Return how many changes ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """A change's first request is about to be sent."""

    change: Change


@dataclass(frozen=True, slots=True)
class Waiting:
    """Azure is at work; ``state`` is its own word for it."""

    change: Change
    state: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Retrying:
    """Azure said "not now"; the same request is sent again after ``wait_s``."""

    change: Change
    reason: str
    wait_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A change has come to its outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stopping:
    """Somebody asked to stop: requests that are running come to their end, and nothing follows."""


Event = ChangeStarted | Waiting | Retrying | Ended | Stopping
