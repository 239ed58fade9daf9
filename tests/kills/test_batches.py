"""``kill -9`` of a run that asks in batches: nothing is lost, and nothing is submitted twice."""

from __future__ import annotations

import json
import random
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.simulator.embedded import Simulated
from tests.drills import count_rounds
from tests.kills.lives import Mother, list_broken, read_lines
from tests.kills.test_kills import KILLED, Killer, told

SPEC = """
version: 1
name: bulk
cloud: simulator
subscription: "00000000-0000-0000-0000-0000000000b1"
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  acc:
    account_name: acc-killed-bulk
    region: swedencentral
    deployments:
      bulk: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalBatch, capacity: 100}
simulator: {batch_s: 0.3}
evaluation: {repeats: 3}
conversations:
  - id: hello
    turns: [{user: hi, assert: [{contains: synthetic}]}, {user: ho}, {user: hu}]
  - id: bye
    turns: [{user: bye, assert: [{contains: synthetic}]}, {user: bye bye}]
"""
WAVES, REQUESTS = [6, 6, 3], 15


def list_service(azure: Simulated, what: str) -> list[dict[str, Any]]:
    """List the files or batches of the account, the newest first."""
    asked = urllib.request.Request(
        f"{azure.url}/acc-killed-bulk/openai/v1/{what}?limit=1000",
        headers={"Authorization": f"Bearer {azure.token}"},
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]
    return found


def list_submitted(azure: Simulated, run: str) -> list[tuple[str, int]]:
    """List the waves that were submitted for a run, with their requests, in their order."""
    found = [one for one in list_service(azure, "batches") if one["metadata"]["harness_run"] == run]
    return [
        (one["metadata"]["harness_wave"], one["request_counts"]["total"]) for one in reversed(found)
    ]


@pytest.fixture(scope="module")
def calm(mother: Mother) -> Path:
    (mother.folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert mother.learn("apply", "spec.yaml", "--yes").code == 0
    ended = mother.learn("eval", "spec.yaml", "--engine", "batch", "--output", "calm")
    assert ended.code == 0, ended.said
    return mother.folder / "calm"


def test_an_undisturbed_run_is_three_waves(mother: Mother, calm: Path, azure: Simulated) -> None:
    run = json.loads((calm / "run.json").read_text(encoding="utf-8"))["id"]
    assert list_submitted(azure, run) == [(f"{n}.1", count) for n, count in enumerate(WAVES, 1)]


def test_whenever_it_is_killed_it_goes_on_and_submits_nothing_twice(
    mother: Mother, calm: Path, azure: Simulated
) -> None:
    eval_ = ("eval", "spec.yaml", "--engine", "batch")
    life_s = mother.run(*eval_, "--output", "measured").seconds
    killer = Killer(mother, count_rounds(8, 80), life_s, random.Random("batch"))
    number = 0
    while not killer.is_through():
        number += 1
        directory = mother.folder / f"run-{number}"
        ended_code = KILLED
        while ended_code == KILLED:
            goes_on = (directory / "run.json").exists()
            options = ("--resume", directory.name) if goes_on else ("--output", directory.name)
            ended = killer.strike(*(("eval", "spec.yaml") if goes_on else eval_), *options)
            ended_code = ended.code
            assert list_broken(mother.folder) == []
        assert ended_code == 0, ended.said
        info = json.loads((directory / "run.json").read_text(encoding="utf-8"))
        assert info["status"] == "complete"
        assert "unknown" not in info
        assert told(directory) == told(calm)
        submitted = list_submitted(azure, info["id"])
        assert [count for _, count in submitted] == WAVES, submitted
        assert max(Counter(label for label, _ in submitted).values()) == 1
        answered = [
            line for line in read_lines(directory / "events.jsonl") if line["event"] == "answered"
        ]
        assert len(answered) == REQUESTS
        names = [one["filename"] for one in list_service(azure, "files")]
        assert not [name for name in names if info["id"] in name], "no input file is left"
        killer.figures["runs"] += 1
    killer.tell("eval --engine batch")


STEPS = ("begun", "uploaded", "submitted", "ended")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("wave", ["1.1", "2.1"])
def test_killed_after_any_line_about_a_wave_it_goes_on(
    mother: Mother, calm: Path, azure: Simulated, step: str, wave: str
) -> None:
    """The process is killed by itself, right after it wrote that line."""
    name = f"step-{step}-{wave}"
    program = f"""
import os, signal, sys
from harness.store import journal

write = journal.Journal.note_wave

def note(self, wave, state, **facts):
    write(self, wave, state, **facts)
    if (wave, state) == ({wave!r}, {step!r}):
        os.kill(os.getpid(), signal.SIGKILL)

journal.Journal.note_wave = note
sys.argv = ["harness", "eval", "spec.yaml", "--engine", "batch", "--output", {name!r}]
from harness.__main__ import main
main()
"""
    mother.start(program=program)
    ended = mother.wait()
    assert ended.code == KILLED, ended.said
    directory = mother.folder / name
    ended = mother.run("eval", "spec.yaml", "--resume", name)
    assert ended.code == 0, ended.said
    run = json.loads((directory / "run.json").read_text(encoding="utf-8"))["id"]
    assert [count for _, count in list_submitted(azure, run)] == WAVES
    assert told(directory) == told(calm)
    names = [one["filename"] for one in list_service(azure, "files")]
    assert not [one for one in names if run in one], "no input file is left"


@pytest.mark.parametrize("call", ["upload", "create"])
def test_killed_before_the_line_that_says_what_was_done_it_finds_it(
    mother: Mother, calm: Path, azure: Simulated, call: str
) -> None:
    name = f"lost-{call}"
    program = f"""
import os, signal, sys
from harness.providers.openai.batches import service as batches

done = batches.SdkBatches.{call}

async def die(self, *given):
    await done(self, *given)
    os.kill(os.getpid(), signal.SIGKILL)

batches.SdkBatches.{call} = die
sys.argv = ["harness", "eval", "spec.yaml", "--engine", "batch", "--output", {name!r}]
from harness.__main__ import main
main()
"""
    mother.start(program=program)
    assert mother.wait().code == KILLED
    ended = mother.run("eval", "spec.yaml", "--resume", name)
    assert ended.code == 0, ended.said
    directory = mother.folder / name
    run = json.loads((directory / "run.json").read_text(encoding="utf-8"))["id"]
    assert [count for _, count in list_submitted(azure, run)] == WAVES
    assert told(directory) == told(calm)
    names = [one["filename"] for one in list_service(azure, "files")]
    assert not [one for one in names if run in one], "no input file is left"
    sys.stdout.write(f"\nkilled after {{call}}: {ended.said[-200:]}\n")
