"""Decide how long to go on asking when Azure says "not now"."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from harness.errors import Diagnostic
from harness.provision.ports import CloudError

T = TypeVar("T")


class HaltedError(Exception):
    """Somebody asked to stop; whatever request was running has been finished or left to Azure."""


class UnderWayError(HaltedError):
    """Somebody asked to stop while Azure was at work on what it had accepted."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds; waits double from ``first_s`` up to ``most_s``, with up to half of each as jitter.

    ``deadline_s`` is Terraform's 30 minutes for a create, update or delete of these resources;
    where nobody answers at all, ``unreachable_s`` is enough.
    """

    first_s: float = 1.0
    most_s: float = 60.0
    deadline_s: float = 1800.0
    unreachable_s: float = 60.0

    def wait_s(self, attempt: int, chance: float) -> float:
        """Return how long to wait after that attempt, counted from 1; ``chance`` is in [0, 1)."""
        # The exponent is bounded because 2**1025 is no float.
        longest = min(self.most_s, self.first_s * 2.0 ** min(attempt - 1, 30))
        return longest * (0.5 + chance / 2)

    def find_deadline(self, error: CloudError) -> float:
        """Return seconds in all before giving up on such an error."""
        return self.unreachable_s if error.status == 0 else self.deadline_s


@dataclass(frozen=True, slots=True)
class Pace:
    """Clock, chance and the wish to stop; the last is shared by every thread of an execution.

    Attributes:
        hurried: waiting takes no time, because what is waited for has happened before: a replay.
    """

    clock: Callable[[], float]
    chance: Callable[[], float]
    halt: threading.Event
    patience: Patience = Patience()
    hurried: bool = False

    def wait(self, seconds: float) -> bool:
        """Wait so long; True at once when somebody asks, or has asked, to stop."""
        return self.halt.wait(0.0 if self.hurried else seconds)


def retry(
    attempt: Callable[[int], T], pace: Pace, on_retry: Callable[[CloudError, float], None]
) -> T:
    """Return the attempt's result; what Azure calls temporary is tried again until the deadline.

    Raises:
        CloudError: refused for good, or still refused at the deadline, which it then says.
        HaltedError: somebody asked to stop while it waited.
    """
    began = pace.clock()
    for number in count(1):
        try:
            return attempt(number)
        except CloudError as error:
            if not error.retryable:
                raise
            wait = max(error.retry_after_s or 0.0, pace.patience.wait_s(number, pace.chance()))
            spent = pace.clock() - began
            if spent + wait > pace.patience.find_deadline(error):
                raise _gave_up_error(error, number, spent) from None
            on_retry(error, wait)
        if pace.wait(wait):
            raise HaltedError
    raise AssertionError


def _gave_up_error(error: CloudError, attempts: int, seconds: float) -> CloudError:
    said = error.diagnostics[0]
    tried: Diagnostic = replace(
        said, detail=f"{said.detail}\ntried {attempts} times in {seconds:.0f} s".strip()
    )
    return CloudError(tried, code=error.code, status=error.status, request_id=error.request_id)
