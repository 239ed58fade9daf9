"""The time of day jumps in the middle of a run; nothing that is measured or ordered does."""

from __future__ import annotations

import os
import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer
from tests.unit.run.laboratory import Laboratory, lines
from tests.unit.run.stepped_clock import SteppedClock

ID = re.compile(r"20261122-1[234]\d{4}-[0-9a-f]{6}")


class JumpingClock(SteppedClock):
    """A clock whose time of day is put forward or back; its seconds go on as ever."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
def lab(tmp_path: Path) -> Laboratory:
    made = Laboratory(tmp_path, "{concurrency: 1}")
    made.clock = JumpingClock()
    return made


@pytest.mark.parametrize("hours", [1, -1, 24 * 400])
def test_a_clock_that_jumps_changes_no_duration_and_no_order(lab: Laboratory, hours: int) -> None:
    def answer(_: Request, number: int) -> Answer | None:
        assert isinstance(lab.clock, JumpingClock)
        lab.clock.time += 2.0
        if number == 5:
            lab.clock.ahead = timedelta(hours=hours)
        return None

    lab.answer = answer
    done = lab.run(repeats=4, targets=("p/a",))
    assert done.info.totals.wall_s == 2.0 * lab.asked
    kept = lines(done.directory)
    assert [(line["conversation"], line["repeat"]) for line in kept] == [
        (name, repeat) for name in ("first", "second") for repeat in (1, 2, 3, 4)
    ]
    assert {turn["latency_s"] for line in kept for turn in line["turns"]} == {0.25}
    assert all(turn["queued_s"] >= 0 for line in kept for turn in line["turns"])


def test_a_run_goes_on_under_a_clock_that_was_put_back(lab: Laboratory) -> None:
    lab.write("{concurrency: 1, budget: {requests: 5}}")
    begun = lab.run(repeats=2)
    assert isinstance(lab.clock, JumpingClock)
    lab.clock.ahead = timedelta(hours=-1)
    lab.write("{concurrency: 1, budget: {requests: 12}}")
    done = lab.run(resume="latest")
    assert done.info.id == begun.info.id
    assert done.info.status == "complete"
    assert len(lines(done.directory)) == 8
    assert done.info.totals.wall_s >= begun.info.totals.wall_s
    other = lab.run()
    assert other.info.id < done.info.id, "ids are times of day, and this one is earlier"
    assert ID.fullmatch(other.info.id)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed")
def test_another_time_zone_in_the_middle_of_a_run_is_no_other_time(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(_: Request, number: int) -> Answer | None:
        # Berlin leaves summer time in the night of 2026-10-25; Kolkata has none.
        os.environ["TZ"] = "Europe/Berlin" if number % 2 else "Asia/Kolkata"
        time.tzset()
        return None

    monkeypatch.setenv("TZ", "UTC")
    lab.answer = answer
    try:
        done = lab.run(repeats=2)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert done.info.started_at == done.info.finished_at == "2026-11-22T13:00:00.000Z"
    assert ID.fullmatch(done.info.id)
