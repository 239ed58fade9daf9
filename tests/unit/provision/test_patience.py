from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from harness.cloud.failures import explain_refusal, explain_unreachable
from harness.provision.patience import HaltedError, Pace, Patience, retry
from harness.provision.ports import CloudError

CONFLICT = explain_refusal(status=409, code="RequestConflict", message="busy")


class Time:
    """A clock that waiting moves, and the waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def pace(self, patience: Patience, *, halted: bool = False) -> Pace:
        time = self

        class Halt(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                time.waits.append(timeout or 0.0)
                time.now += timeout or 0.0
                return halted

        return Pace(lambda: time.now, lambda: 1.0, Halt(), patience)


def failing(times: int, error: CloudError = CONFLICT) -> list[CloudError | None]:
    return [error] * times + [None]


def run(answers: list[CloudError | None], pace: Pace) -> int:
    def attempt(number: int) -> int:
        error = answers[number - 1]
        if error is not None:
            raise error
        return number

    return retry(attempt, pace, lambda *_: None)


def test_waits_double_up_to_the_most() -> None:
    time = Time()
    assert run(failing(5), time.pace(Patience(first_s=1, most_s=6))) == 6
    assert time.waits == [1, 2, 4, 6, 6]


def test_a_replay_waits_for_nothing() -> None:
    time = Time()
    assert run(failing(5), replace(time.pace(Patience(first_s=1, most_s=6)), hurried=True)) == 6
    assert time.waits == [0, 0, 0, 0, 0]


def test_azures_own_wait_is_kept() -> None:
    time = Time()
    error = explain_refusal(status=429, code="TooManyRequests", message="", retry_after_s=17)
    run(failing(1, error), time.pace(Patience()))
    assert time.waits == [17]


def test_it_gives_up_before_a_wait_that_would_pass_the_deadline() -> None:
    time = Time()
    with pytest.raises(CloudError) as caught:
        run(failing(99), time.pace(Patience(first_s=1, most_s=10, deadline_s=30)))
    assert time.now <= 30
    assert "tried" in str(caught.value)


def test_nobody_answering_is_given_up_sooner() -> None:
    time = Time()
    with pytest.raises(CloudError):
        run(failing(99, explain_unreachable("host", "")), time.pace(Patience(unreachable_s=5)))
    assert time.now <= 5


def test_what_is_refused_for_good_is_not_tried_again() -> None:
    time = Time()
    with pytest.raises(CloudError):
        run(
            failing(1, explain_refusal(status=403, code="AuthorizationFailed", message="")),
            time.pace(Patience()),
        )
    assert time.waits == []


def test_a_halt_ends_the_waiting() -> None:
    with pytest.raises(HaltedError):
        run(failing(1), Time().pace(Patience(), halted=True))
