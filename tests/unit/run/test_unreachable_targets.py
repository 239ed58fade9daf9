"""A target that was never reached is given up; one that has answered is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.conversation.transcript import NOT_SENT, Failure
from harness.run.events import Stopped
from tests.unit.run.laboratory import Laboratory, lines

REFUSED = Failure("connection", "no connection", code=NOT_SENT, retryable=True)


@pytest.fixture
def lab(tmp_path: Path) -> Laboratory:
    return Laboratory(tmp_path, "{concurrency: 1}")


def test_a_target_that_was_never_reached_is_given_up_and_the_run_goes_on(lab: Laboratory) -> None:
    lab.answer = lambda request, _: REFUSED if request.place.target == "p/a" else None
    done = lab.run(repeats=20)
    assert len(lab.models["p/a"].requests) == 5
    outcomes = [line["outcome"] for line in lines(done.directory) if line["target"] == "p/b"]
    assert outcomes.count("errored") == 0
    assert [event.target for event in lab.events if isinstance(event, Stopped)] == ["p/a"]
    assert done.exit_code == 3


def test_a_target_that_has_answered_may_be_out_of_reach_for_a_while(lab: Laboratory) -> None:
    lab.answer = lambda _, number: REFUSED if 4 <= number <= 10 else None
    done = lab.run(repeats=3, targets=("p/a",))
    assert [line["outcome"] for line in lines(done.directory)].count("errored") == 1
    assert not [event for event in lab.events if isinstance(event, Stopped)]
