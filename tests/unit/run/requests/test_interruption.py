"""The end of a run before its time: what is in flight is waited for, and not for long."""

from __future__ import annotations

import asyncio
import signal

import pytest

from harness.run.requests import interruption
from harness.run.requests.interruption import wait_until_done
from harness.run.requests.request_executor import Halt
from harness.spec.model.spec import Budget


def test_a_run_that_drains_and_is_terminated_drains_no_longer_than_that_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interruption, "DRAIN_S", 3600.0)
    monkeypatch.setattr(interruption, "TERMINATED_DRAIN_S", 0.0)
    monkeypatch.setattr(interruption, "LOOK_S", 0.01)
    shown: list[object] = []

    async def work() -> None:
        halt = Halt("the budget ended", in_flight=1)
        worker = asyncio.create_task(asyncio.Event().wait())
        terminated = asyncio.get_running_loop().call_later(
            0.05, lambda: setattr(halt, "signal", signal.SIGTERM)
        )
        await wait_until_done([worker], halt, (Budget(), None), shown.append, lambda: None)  # type: ignore[list-item]
        assert halt.signal, terminated
        worker.cancel()

    asyncio.run(asyncio.wait_for(work(), timeout=10))
    assert len(shown) == 1
