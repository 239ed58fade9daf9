"""Signals and ``kill -9`` where harness is called by others, and where it calls others."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from harness.simulator.embedded import Simulated
from tests.kills.conftest import count_requests
from tests.kills.lives import Mother, list_broken, read_lines
from tests.kills.test_signals import SOON_S, SPEC, count, wait_until

PYTEST = """
import sys, pytest
sys.exit(pytest.main(["-p", "no:cacheprovider", "--harness-live", "slow.yaml", "-x",
                      "--junitxml=junit.xml"]))
"""
PLAIN = """
from harness import evaluate
try:
    evaluate("slow.yaml", output="from-python")
except KeyboardInterrupt:
    print("KeyboardInterrupt")
"""
IN_A_LOOP = """
import asyncio
from harness import evaluate

async def play():
    evaluate("slow.yaml", output="in-a-loop")
    await asyncio.sleep(5)

try:
    asyncio.run(play())
except KeyboardInterrupt:
    print("KeyboardInterrupt")
"""
COMMAND = """
version: 1
name: commands
providers:
  program:
    type: command
    command: [sh, -c, "setsid sleep 61 & echo $$ >> ids; echo $! >> ids; sleep 61"]
evaluation: {repeats: 2, timeout_s: 60}
conversations:
  - id: hello
    turns: [{user: hi}]
"""


@pytest.fixture(scope="module")
def folder(mother: Mother) -> Path:
    text = SPEC.format(latency_s=1.0, fault="")
    (mother.folder / "slow.yaml").write_text(text, encoding="utf-8")
    (mother.folder / "commands.yaml").write_text(COMMAND, encoding="utf-8")
    (mother.folder / "calm.yaml").write_text(SPEC.format(latency_s=0, fault=""), encoding="utf-8")
    assert mother.learn("eval", "calm.yaml", "--output", "calm").code == 0
    return mother.folder


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 2, "KeyboardInterrupt"), (signal.SIGTERM, 143, "Exit: terminated")],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_pytest_ends_in_its_own_way_in_the_middle_of_a_conversation(
    mother: Mother, folder: Path, azure: Simulated, number: signal.Signals, code: int, said: str
) -> None:
    before = count_requests(azure)
    child = mother.start(program=PYTEST)
    wait_until(lambda: count_requests(azure) > before)
    os.kill(child, number)
    ended = mother.wait()
    assert ended.code == code, ended.said
    assert said in ended.said
    assert "warnings in" in ended.said or "no tests ran" in ended.said, "pytest says its last line"
    assert "Traceback" not in ended.said
    assert "Task was destroyed" not in ended.said
    assert list_broken(folder) == []
    assert (folder / "junit.xml").read_text(encoding="utf-8").endswith("</testsuites>")
    (folder / "junit.xml").unlink()


@pytest.mark.parametrize(
    ("program", "name"), [(PLAIN, "from-python"), (IN_A_LOOP, "in-a-loop")], ids=["plain", "loop"]
)
def test_a_program_gets_its_interrupt_once_the_run_is_in_order(
    mother: Mother, folder: Path, program: str, name: str
) -> None:
    child = mother.start(program=program)
    wait_until(lambda: count(folder / name, "sent") >= 3)
    os.kill(child, signal.SIGINT)
    ended = mother.wait()
    assert (ended.code, ended.said) == (0, "KeyboardInterrupt\n")
    assert count(folder / name, "sent") == count(folder / name, "answered") <= 6
    info = json.loads((folder / name / "run.json").read_text(encoding="utf-8"))
    assert info["status"] == "interrupted"
    assert (folder / name / "report.html").exists()
    assert list_broken(folder) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda one: one.name)
def test_programs_under_test_do_not_outlive_the_run(
    mother: Mother, folder: Path, number: signal.Signals
) -> None:
    ids = folder / "ids"
    ids.unlink(missing_ok=True)
    child = mother.start(
        "eval", "commands.yaml", "--allow-code", "--output", f"commands-{number.name}"
    )
    wait_until(lambda: ids.exists() and len(ids.read_text(encoding="utf-8").split()) == 4)
    started = [int(line) for line in ids.read_text(encoding="utf-8").split()]
    assert all(map(is_there, started))
    began = time.monotonic()
    os.kill(child, number)
    assert mother.wait().code == {signal.SIGKILL: -9, signal.SIGTERM: 143}[number]
    wait_until(lambda: not any(map(is_there, started)))
    assert time.monotonic() - began < 4.0 + 2 * SOON_S
    assert len(read_lines(folder / f"commands-{number.name}" / "events.jsonl")) > 2


def is_there(number: int) -> bool:
    """Whether a process lives; one that is dead and not yet waited for does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
