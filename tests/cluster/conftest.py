"""A scheduler and workers of Dask, as people start them, and a simulated Azure for all tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator

BIN = Path(sys.executable).parent
ADDRESS = re.compile(r"Scheduler at:\s+(tcp://\S+)")
JOINED = "Starting established connection"


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own, and what they say."""

    folder: Path
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _scheduler: subprocess.Popen[bytes] | None = None
    _count: int = 0

    def start(self) -> str:
        """Start a scheduler; return its address."""
        self._scheduler = self._run("scheduler", "--port", "0", "--host", "127.0.0.1")
        return str(ADDRESS.findall(self._wait_for("scheduler", ADDRESS))[0])

    def add_worker(self, address: str) -> subprocess.Popen[bytes]:
        """Start a worker, and wait until the scheduler has it."""
        self._count += 1
        name = f"worker{self._count}"
        more = ("--no-nanny", "--nthreads", "1", "--name", name)
        worker = self._run(name, address, *more, kind="worker")
        self.workers.append(worker)
        self._wait_for(name, re.compile(JOINED))
        return worker

    def kill_scheduler(self) -> None:
        """Kill the scheduler with -9."""
        assert self._scheduler is not None
        self._scheduler.kill()
        self._scheduler.wait()

    def close(self) -> None:
        """End every process."""
        for process in (*self.workers, *([self._scheduler] if self._scheduler else [])):
            process.kill()
            process.wait()

    def _run(self, name: str, *arguments: str, kind: str = "") -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [BIN / "dask", kind or name, *arguments, "--no-dashboard"],
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
            )

    def _wait_for(self, name: str, pattern: re.Pattern[str]) -> str:
        log = self.folder / f"{name}.log"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            said = log.read_text(encoding="utf-8", errors="replace")
            if pattern.search(said):
                return said
            time.sleep(0.05)
        raise AssertionError(f"{name} did not start: {said[-2000:]}")


@pytest.fixture(scope="session")
def azure() -> Iterator[Simulated]:
    """A simulated Azure that outlives every command."""
    with simulate(None, Simulator(), {}, environment={}) as there:
        yield there


@pytest.fixture(scope="session")
def environment(azure: Simulated, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of commands, which talk to that Azure."""
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return {
        **kept,
        "HARNESS_SIMULATOR_URL": azure.url,
        "HARNESS_SIMULATOR_TOKEN": azure.token,
        "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state")),
        "PYTHONWARNINGS": "ignore",
    }


@pytest.fixture(scope="session")
def cluster(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cluster, str]]:
    """A cluster of two workers, and its address."""
    unset = {name: it for name, it in environment.items() if not name.startswith("HARNESS_")}
    made = Cluster(tmp_path_factory.mktemp("cluster"), unset)
    try:
        address = made.start()
        made.add_worker(address)
        made.add_worker(address)
        yield made, address
    finally:
        made.close()
