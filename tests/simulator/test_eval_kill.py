"""A process that dies in the middle of an evaluation, however it dies."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPEC = """
version: 1
name: killed
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-4o: {}}}
simulator: {latency_s: 0.02}
evaluation: {repeats: 10, concurrency: 6}
conversations:
  - id: hello
    turns: [{user: hi, assert: [{contains: synthetic}]}, {user: ho}, {user: hu}]
  - id: bye
    turns: [{user: bye, assert: [{contains: no such thing}]}, {user: bye bye}]
"""
ANSWERED_BEFORE_THE_END = 30
OF_THIS_PROCESS = ("latency_s", "queued_s", "request_id", "attempts", "system_fingerprint")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What an undisturbed run of the same spec comes to."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / ".harness").mkdir()
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    code, said = finished(start(folder, "--output", "calm"))
    assert code == 1, said
    return told(folder / "calm")


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", "eval", "spec.yaml", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def journal(directory: Path) -> list[dict[str, Any]]:
    path = directory / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def answered(directory: Path) -> int:
    return sum(line["event"] == "answered" for line in journal(directory))


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, "it ended before it was stopped"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def finished(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, said = process.communicate(timeout=60)
    return process.returncode, said.decode()


def told(directory: Path) -> list[dict[str, Any]]:
    """The results without what belongs to a process: clocks and ids."""
    found = []
    for line in (directory / "results.jsonl").read_text(encoding="utf-8").splitlines():
        result = json.loads(line)
        for turn in result["turns"]:
            for name in OF_THIS_PROCESS:
                turn.pop(name, None)
        found.append(result)
    return found


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_that_is_resumed_equals_a_calm_one(
    folder: Path, calm: list[dict[str, Any]], end: signal.Signals
) -> None:
    process = start(folder, "--output", "stopped")
    stopped = folder / "stopped"
    wait_until(lambda: answered(stopped) >= ANSWERED_BEFORE_THE_END, process)
    process.send_signal(end)
    code, said = finished(process)
    assert code == {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}[end]
    if end is not signal.SIGKILL:
        assert "--resume stopped" in said
        status = json.loads((stopped / "run.json").read_text(encoding="utf-8"))["status"]
        assert status == "interrupted"
    before = answered(stopped)

    code, said = finished(start(folder, "--resume", "stopped"))
    assert code == 1, said
    assert told(stopped) == calm
    info = json.loads((stopped / "run.json").read_text(encoding="utf-8"))
    assert info["status"] == "complete"
    assert info["totals"]["requests"] == 100
    lines = journal(stopped)
    places = Counter(
        tuple(line[key] for key in ("conversation", "target", "repeat", "turn"))
        for line in lines
        if line["event"] == "answered"
    )
    assert set(places.values()) == {1}, "what was answered is never asked again"
    assert answered(stopped) - before == 100 - before
    sent = sum(line["event"] == "sent" for line in lines)
    assert sent - 100 <= 12, "no more is sent twice than was in flight"


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits others' files")
def test_a_disk_that_refuses_stops_the_spending_and_loses_nothing(
    folder: Path, calm: list[dict[str, Any]]
) -> None:
    process = start(folder, "--output", "stopped")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (20_000, 20_000))
    code, said = finished(process)
    assert code == 3
    assert "cannot write: File too large" in said
    assert "--resume stopped" in said
    assert "Traceback" not in said
    before = answered(folder / "stopped")
    assert 0 < before < 100

    code, said = finished(start(folder, "--resume", "stopped"))
    assert code == 1, said
    assert told(folder / "stopped") == calm
