"""Recordings, replays and live runs that go on beside each other in one process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from uuid import uuid4

import pytest

from harness import evaluate, load_spec

ROUNDS = 3
NAMES = ("anna", "ben", "cleo", "dora")
SPEC = """
version: 1
name: {name}
cloud: simulator
providers:
  laptop:
    type: openai-compatible
    base_url: http://127.0.0.1:11434/v1
    models: {{small: {{version: "1"}}}}
simulator:
  latency_s: 0.0
  answers: answers.jsonl
conversations:
  - id: greeting
    turns:
      - {{user: Who is there?, assert: [{{type: equals, value: I am {name}.}}]}}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project for each name, whose cassette holds the name as the answer to one question."""
    for name in NAMES:
        folder = tmp_path / name
        (folder / ".git").mkdir(parents=True)
        (folder / "spec.yaml").write_text(SPEC.format(name=name), encoding="utf-8")
        turns = [{"user": "Who is there?", "assistant": f"I am {name}."}]
        entry = {"model": "small", "version": "1", "turns": turns}
        (folder / "answers.jsonl").write_text(json.dumps(entry), encoding="utf-8")
        said(folder, "record")
    return tmp_path


def said(folder: Path, how: str) -> str:
    """Return what the model of a project says, recorded anew, replayed or live."""
    run = evaluate(
        load_spec(folder / "spec.yaml"),
        record=how == "record",
        replay=how == "replay",
        allow_simulated=True,
        output=folder / "reports" / uuid4().hex,
    )
    (result,) = run.results
    replies = [turn.exchange.reply for turn in result.turns]
    return replies[0].text if replies and replies[0] is not None else str(result.failure)


JOBS = (
    ("anna", "replay"), ("ben", "live"), ("cleo", "record"), ("dora", "replay"),
    ("anna", "replay"), ("ben", "replay"), ("cleo", "live"), ("dora", "live"),
)  # fmt: skip
"""Eight at once; no cassette is recorded while it is replayed."""


def test_threads_beside_each_other_get_their_own_answers(house: Path) -> None:
    for _ in range(ROUNDS):
        together = Barrier(len(JOBS))

        def work(job: tuple[str, str], together: Barrier = together) -> str:
            together.wait()
            return said(house / job[0], job[1])

        with ThreadPoolExecutor(len(JOBS)) as pool:
            answers = list(pool.map(work, JOBS))
        assert answers == [f"I am {name}." for name, _ in JOBS]


def test_tasks_beside_each_other_get_their_own_answers(house: Path) -> None:
    async def together() -> list[str]:
        return await asyncio.gather(
            *(asyncio.to_thread(said, house / name, how) for name, how in JOBS)
        )

    for _ in range(ROUNDS):
        assert asyncio.run(together()) == [f"I am {name}." for name, _ in JOBS]


def test_a_replay_loads_no_client_of_models() -> None:
    code = """
import sys
from harness.cli.main import run
code = run(["eval", "specs/sweden.yaml", "--replay", "--output", sys.argv[1]])
clients = {"openai", "vcr", "httpx", "httpx2", "aiohttp", "requests", "urllib3"}
print(code, sorted(clients & {name.partition(".")[0] for name in sys.modules}))
"""
    root = Path(__file__).resolve().parents[2]
    with TemporaryDirectory() as folder:
        ended = subprocess.run(
            [sys.executable, "-c", code, f"{folder}/run"],
            cwd=root, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    assert ended.stdout.splitlines()[-1] == "0 []", ended.stdout
