"""Many evaluations at once: in one process, and by several processes on one project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import harness
from harness.cli.main import run
from harness.fs.locks import FileLock
from harness.store.runs import DiskRuns
from tests.drills import count_rounds

SPEC = """
version: 1
name: NAME
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-4o: {}}}
evaluation: {repeats: 4, concurrency: 4}
conversations:
  - id: hello
    turns: [{user: hi, assert: [{contains: synthetic}]}, {user: ho}]
  - id: bye
    turns: [{user: bye}]
"""
TRIALS = 2 * 2 * 4
RECORD = ("eval", "a.yaml", "--record", "--cassette", "shared.cassette")
AT_ONCE = (
    ("eval", "a.yaml"), ("eval", "a.yaml"), ("eval", "b.yaml"), ("eval", "b.yaml"), RECORD, RECORD,
    ("runs", "--json"), ("validate", "b.yaml"),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(SPEC.replace("NAME", name), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def check_runs(folder: Path, wanted: int) -> None:
    """Every run is whole and its own, and the list of runs has them all."""
    listed = {info.id: (place, info) for place, info in DiskRuns(folder).runs()}
    assert len(listed) == wanted
    for place, info in listed.values():
        trials = read_lines(place / "results.jsonl")
        names = {(one["conversation"], one["target"], one["repeat"]) for one in trials}
        assert (info.status, len(trials), len(names)) == ("complete", TRIALS, TRIALS)
        sent = {
            json.dumps([line[key] for key in ("conversation", "target", "repeat", "turn")])
            for line in read_lines(place / "events.jsonl")
            if line["event"] == "sent"
        }
        assert len(sent) == info.totals.requests == 2 * (2 + 1) * 4
    newest = max(info.started_at[:19] for _, info in listed.values())  # ids know the second
    assert listed[DiskRuns(folder).find("latest").name][1].started_at[:19] == newest


def check_nothing_is_left_behind(folder: Path) -> None:
    """No server is announced, and no lock is held, once everybody has ended."""
    assert not (folder / ".harness" / "simulator.json").exists()
    for name in ("owner.lock", "joiners.lock"):
        with FileLock(folder / ".harness" / name) as lock:
            assert lock.take(), name


def test_processes_on_one_project_lose_nothing_and_mix_nothing(folder: Path) -> None:
    rounds = count_rounds(1, 200 // len(AT_ONCE))
    for _ in range(rounds):
        processes = [start(folder, *arguments) for arguments in AT_ONCE]
        for arguments, process in zip(AT_ONCE, processes, strict=True):
            _, said = process.communicate(timeout=300)
            assert process.returncode == 0, (arguments, said.decode())
            assert b"Traceback" not in said
    evaluations = sum(arguments[0] == "eval" for arguments in AT_ONCE)
    check_runs(folder, rounds * evaluations)
    check_nothing_is_left_behind(folder)
    assert run(["eval", "a.yaml", "--replay", "--cassette", "shared.cassette", "-q"]) == 0


def test_evaluations_in_the_threads_of_one_process_are_each_their_own(folder: Path) -> None:
    wanted = count_rounds(5, 50)
    with ThreadPoolExecutor(wanted) as pool:
        done = list(pool.map(lambda n: harness.evaluate(f"{'ab'[n % 2]}.yaml"), range(wanted)))
    assert {(one.exit_code, len(one.results)) for one in done} == {(0, TRIALS)}
    check_runs(folder, wanted)
    check_nothing_is_left_behind(folder)
