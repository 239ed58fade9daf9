"""Programs of others, started on a loopback port and ended again."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

READY_WITHIN_S = 180.0
DIRECT = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Program:
    """A server that runs.

    Attributes:
        base_url: what a spec's ``base_url`` says.
        log: what it writes, as far as it has.
    """

    base_url: str
    log: Path
    process: subprocess.Popen[bytes]

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it at once, in the middle of whatever it says."""
        self.process.kill()
        self.process.wait(30)


def environment(project: Path, server: str) -> Path:
    """The folder of a server's own programs; without it, tests are skipped, and fail on CI."""
    found = project / ".venv-servers" / server
    if not (found / ".installed").is_file():
        message = f"{server} is not installed: .ci/servers makes its environment"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found / "bin"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def running(
    command: Sequence[str], port: int, alive: str, folder: Path, variables: Mapping[str, str]
) -> Iterator[Program]:
    """The program, once ``alive`` answers 200; it sees nothing of our environment but the path."""
    log = folder / "log"
    seen = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "127.0.0.1", **variables}
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, cwd=folder, env=seen, stdin=subprocess.DEVNULL, stdout=written, stderr=written
        )
    program = Program(f"http://127.0.0.1:{port}/v1", log, process)
    try:
        _wait(program, f"http://127.0.0.1:{port}{alive}")
        yield program
    finally:
        program.kill()


def _wait(program: Program, url: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and program.process.poll() is None:
        try:
            with DIRECT.open(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"it did not start: {program.written()[-2000:]}")
