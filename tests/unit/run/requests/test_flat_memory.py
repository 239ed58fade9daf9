"""Memory while a run goes on: it does not grow with the requests that are answered."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

from harness.conversation.ports import Request
from harness.run.events import Event
from tests.unit.run.laboratory import Laboratory


class Forgetful(list[Event]):
    """A list of events that keeps none."""

    def append(self, event: Event, /) -> None:
        del event


def test_twice_as_many_requests_take_no_more_memory(tmp_path: Path) -> None:
    lab = Laboratory(tmp_path, "{repeats: 500}")
    lab.events = Forgetful()
    seen: dict[int, int] = {}
    count = 0

    def note(_: Request, __: int) -> None:
        nonlocal count
        count += 1
        for model in lab.models.values():
            model.requests.clear()
        if count in (1_500, 2_900):
            gc.collect()
            seen[count] = tracemalloc.get_traced_memory()[0]

    lab.answer = note
    tracemalloc.start()
    try:
        done = lab.run()
    finally:
        tracemalloc.stop()
    assert done.info.totals.trials == 2_000
    assert seen[2_900] - seen[1_500] < 100_000, "under 72 bytes a request"
