"""The simulator when it is killed, stopped and asked by many: what those who use it see."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from harness.simulator.embedded import serve
from harness.spec.model.spec import Simulator

SPEC = """
version: 1
name: drill
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
evaluation: {repeats: 40, concurrency: 2, timeout_s: 1, budget: {minutes: 0.2}}
simulator: {latency_s: 0.1}
conversations:
  - {id: hello, turns: [{user: hi, assert: [{contains: synthetic}]}]}
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**ENVIRONMENT, **environment},
    )


@contextmanager
def simulated(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A server of its own, and the environment that names it."""
    process = start(folder, "simulate", "--json")
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        names = {"HARNESS_SIMULATOR_URL": ready["url"], "HARNESS_SIMULATOR_TOKEN": ready["token"]}
        yield process, names
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()


def wait_for_answers(folder: Path, count: int) -> None:
    """Wait until a run has so many results."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        for results in folder.glob("reports/drill/*/results.jsonl"):
            if results.read_bytes().count(b"\n") >= count:
                return
        time.sleep(0.02)
    pytest.fail("no run began")


def test_a_simulator_that_stops_and_is_killed_ends_a_run_that_can_be_gone_on_with(
    tmp_path: Path,
) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    with simulated(tmp_path) as (server, names):
        asked = start(tmp_path, "eval", "spec.yaml", **names)
        wait_for_answers(tmp_path, 3)
        server.send_signal(signal.SIGSTOP)
        time.sleep(1.5)  # longer than a request may take
        server.send_signal(signal.SIGCONT)
        wait_for_answers(tmp_path, 8)
        server.kill()
        said = asked.communicate(timeout=120)[1]
    assert asked.returncode in (3, 4), said
    assert "Traceback" not in said
    assert "--resume" in said
    (place,) = tmp_path.glob("reports/drill/*")
    written = (place / "events.jsonl").read_text(encoding="utf-8").splitlines()
    lines = list(map(json.loads, written))
    kinds = {line["failure"]["kind"] for line in lines if "failure" in line}
    assert kinds == {"timeout", "connection"}
    text = (tmp_path / "spec.yaml").read_text(encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(text.replace("minutes: 0.2", "minutes: 5"), "utf-8")
    with simulated(tmp_path) as (_, names):
        again = start(tmp_path, "eval", "spec.yaml", "--resume", "latest", **names)
        said = again.communicate(timeout=120)[1]
    run = json.loads((place / "run.json").read_text(encoding="utf-8"))
    assert (run["status"], run["totals"]["trials"]) == ("complete", 40), said
    passed = run["totals"]["passed"]
    assert passed >= 30, "what was errored while nobody was there stays so"


def test_a_thousand_at_once_are_all_answered() -> None:
    with serve(None, Simulator()) as server:
        url = f"{server.url}/subscriptions/any/resourceGroups?api-version=2025-04-01"
        headers = {"Authorization": f"Bearer {server.token}"}

        async def ask_all() -> list[int]:
            everybody = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=everybody, headers=headers) as session:

                async def ask() -> int:
                    async with session.get(url) as response:
                        await response.read()
                        return response.status

                return await asyncio.gather(*(ask() for _ in range(1_000)))

        assert set(asyncio.run(ask_all())) == {200}
