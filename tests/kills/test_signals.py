"""Ctrl-C, SIGTERM and a closed terminal: an end in order, in time, and with the right exit code."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.fs.locks import FileLock
from tests.drills import count_rounds
from tests.kills.lives import Ending, Mother, list_broken, read_lines

SPEC = """
version: 1
name: signalled
cloud: simulator
providers:
  openai: {{type: openai, api_key: "${{OPENAI_API_KEY}}", models: {{gpt-4.1-mini: {{}}}}}}
simulator: {{latency_s: {latency_s}, faults: [{fault}]}}
evaluation: {{repeats: 6, concurrency: 3}}
conversations:
  - id: hello
    turns: [{{user: hi, assert: [{{contains: synthetic}}]}}, {{user: ho}}]
"""
APPLIED = """
version: 1
name: signalled
cloud: simulator
subscription: "00000000-0000-0000-0000-00000000{number}"
resource_group: {{name: rg, region: swedencentral, create: true}}
simulator: {{faults: [{fault}]}}
accounts:
  one:
    account_name: signalled-{number}
    region: swedencentral
    deployments: {{mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 10}}}}
"""
HANGING = 60
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143}
SOON_S = 2.5
"""What takes no time took longer than this only if somebody waited. Twice as much is forgiven."""


@pytest.fixture(scope="module")
def folder(mother: Mother) -> Path:
    """A project whose commands the mother knows."""
    write(mother, "calm.yaml")
    assert mother.learn("eval", "calm.yaml", "--output", "calm").code == 0
    for _ in range(2):
        assert mother.run("eval", "calm.yaml").code == 0
    write_applied(mother, "calm-apply.yaml", 1000)
    assert mother.learn("apply", "calm-apply.yaml", "--yes").code == 0
    return mother.folder


def write(mother: Mother, name: str, *, latency_s: float = 0.0, fault: str = "") -> None:
    text = SPEC.format(latency_s=latency_s, fault=fault)
    (mother.folder / name).write_text(text, encoding="utf-8")


def write_applied(mother: Mother, name: str, number: int, fault: str = "") -> None:
    text = APPLIED.format(number=number, fault=fault)
    (mother.folder / name).write_text(text, encoding="utf-8")


def count(directory: Path, event: str) -> int:
    return sum(line["event"] == event for line in read_lines(directory / "events.jsonl"))


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_until_it_reads(child: int) -> None:
    """Wait until a command that has printed its question waits for the answer.

    Between the two Python looks at no signal: one that comes there is seen with the next key.
    """
    asleep = 0

    def sleeps() -> bool:
        nonlocal asleep
        state = (
            Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        )
        asleep = asleep + 1 if state == "S" else 0
        return asleep >= 5

    wait_until(sleeps)


def press(mother: Mother, child: int, *numbers: signal.Signals, apart_s: float = 0.5) -> Ending:
    """Send these signals one after the other; the seconds are those after the first."""
    began = time.monotonic()
    for at, number in enumerate(numbers):
        if at:
            time.sleep(apart_s)
        os.kill(child, number)
    ended = mother.wait()
    assert "Traceback" not in ended.said, ended.said
    assert "Exception ignored" not in ended.said, ended.said
    return Ending(ended.code, ended.said, time.monotonic() - began)


def assert_partial(directory: Path, said: str) -> None:
    """The run is valid, says that it is not whole, and tells how to go on."""
    assert list_broken(directory) == []
    assert json.loads((directory / "run.json").read_text())["status"] == "interrupted"
    assert "Incomplete" in (directory / "summary.md").read_text(encoding="utf-8")
    assert "Incomplete" in (directory / "report.html").read_text(encoding="utf-8")
    assert f"--resume {directory.name}" in said


@pytest.mark.parametrize("number", list(CODES), ids=lambda one: one.name)
def test_the_first_signal_keeps_what_is_in_flight_and_asks_nothing_more(
    mother: Mother, folder: Path, number: signal.Signals
) -> None:
    write(mother, "slow.yaml", latency_s=1.0)
    directory = folder / f"slow-{number.name}"
    child = mother.start("eval", "slow.yaml", "--output", directory.name)
    wait_until(lambda: count(directory, "sent") >= 3)
    ended = press(mother, child, number)
    assert ended.code == CODES[number], ended.said
    assert ended.seconds < 1.0 + 2 * SOON_S
    assert count(directory, "sent") == count(directory, "answered") <= 6
    assert_partial(directory, ended.said)


@pytest.mark.parametrize(
    ("numbers", "code", "within_s"),
    [
        ((signal.SIGINT, signal.SIGINT), 130, 0.5 + 2 * SOON_S),
        ((signal.SIGINT, signal.SIGTERM), 130, 0.5 + 2 * SOON_S),
        ((signal.SIGTERM,), 143, 3.0 + 2 * SOON_S),
    ],
    ids=["Ctrl-C twice", "Ctrl-C, then SIGTERM as a runner sends it", "SIGTERM"],
)
def test_what_does_not_answer_is_not_waited_for(
    mother: Mother,
    folder: Path,
    numbers: tuple[signal.Signals, ...],
    code: int,
    within_s: float,
) -> None:
    write(mother, "hangs.yaml", latency_s=HANGING)
    directory = folder / f"hangs-{len(numbers)}-{numbers[-1].name}"
    child = mother.start("eval", "hangs.yaml", "--output", directory.name)
    wait_until(lambda: count(directory, "sent") >= 3)
    ended = press(mother, child, *numbers)
    assert ended.code == code, ended.said
    assert ended.seconds < within_s
    assert_partial(directory, ended.said)


@pytest.mark.parametrize(
    "fault",
    [
        "{operation: chat, status: 429, retry_after_s: 50}",
        "{operation: chat, status: 503, retry_after_s: 50}",
    ],
    ids=["the pause of a rate limit", "a backoff"],
)
def test_nobody_waits_for_a_request_that_is_not_sent(
    mother: Mother, folder: Path, fault: str
) -> None:
    write(mother, "waits.yaml", fault=fault)
    directory = folder / f"waits-{fault[25:28]}"
    child = mother.start("eval", "waits.yaml", "--output", directory.name)
    wait_until(lambda: count(directory, "answered") >= 1)
    ended = press(mother, child, signal.SIGINT)
    assert ended.code == 130, ended.said
    assert ended.seconds < 2 * SOON_S
    assert_partial(directory, ended.said)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_wait_for_anothers_lock_is_given_up(
    mother: Mother, folder: Path, number: signal.Signals
) -> None:
    write_applied(mother, "locked.yaml", 1001)
    with ExitStack() as held:
        lock = held.enter_context(FileLock(folder / ".harness" / "apply.lock"))
        assert lock.take()
        child = mother.start("apply", "locked.yaml", "--yes")
        wait_until(lambda: "waiting for" in mother.said.read_text(encoding="utf-8"))
        ended = press(mother, child, number)
    assert ended.code == CODES[number], ended.said
    assert ended.seconds < 2 * SOON_S


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM", "the terminal is closed"])
def test_a_question_is_left_without_an_answer(mother: Mother, folder: Path, how: str) -> None:
    master, slave = os.openpty()
    with open(master, "r+b", buffering=0) as terminal:  # noqa: PTH123 - it has no path
        child = mother.start("runs", "prune", "--keep", "1", terminal=os.ttyname(slave))
        said = b""
        while b"[y/N]" not in said:
            said += terminal.read(4096)
        os.close(slave)
        wait_until_it_reads(child)
        if how == "Ctrl-C":
            terminal.write(b"\x03")  # the terminal sends it to the whole group
        elif how == "SIGTERM":
            os.kill(child, signal.SIGTERM)
        else:
            terminal.close()
        ended = mother.wait()
    assert ended.code == (130 if how == "Ctrl-C" else 143)
    assert len(list(folder.glob("reports/signalled/*/run.json"))) == 2, "nothing is removed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_an_apply_leaves_to_the_next_one_what_azure_is_at_work_on(
    mother: Mother, folder: Path, number: signal.Signals
) -> None:
    serial = 1003 + CODES[number]
    fault = "{operation: deployment.put, status: 409, code: RequestConflict}"
    write_applied(mother, "stopped.yaml", serial, fault)
    child = mother.start("apply", "stopped.yaml", "--yes")
    wait_until(lambda: "RequestConflict" in mother.said.read_text(encoding="utf-8"))
    ended = press(mother, child, number)
    assert ended.code == CODES[number], ended.said
    assert ended.seconds < 4.5 + SOON_S
    assert "Apply interrupted" in ended.said
    write_applied(mother, "stopped.yaml", serial)
    assert mother.run("apply", "stopped.yaml", "--yes").code == 0
    assert mother.run("verify", "stopped.yaml").code == 0


COMMANDS = (
    ("validate", "calm.yaml"),
    ("plan", "calm-apply.yaml"),
    ("apply", "calm-apply.yaml", "--yes"),
    ("report", "calm"),
    ("runs",),
    ("eval", "calm.yaml", "--dry-run"),
    ("convert", "calm.yaml"),
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_every_command_ends_in_one_line_whenever_it_is_stopped(
    mother: Mother, folder: Path, number: signal.Signals
) -> None:
    chance = random.Random(number)
    for command in COMMANDS:
        usual = mother.run(*command)
        for _ in range(count_rounds(2, 25)):
            ended = mother.kill(*command, after_s=chance.uniform(0.0, usual.seconds), with_=number)
            # Before the first line of harness is read the signal is the system's affair.
            assert ended.code in (CODES[number], usual.code, -number), (command, ended)
            assert "Traceback" not in ended.said, ended.said
            assert "Exception ignored" not in ended.said, ended.said
            if ended.code == CODES[number]:
                assert ended.said.splitlines()[-1] in ("interrupted", "terminated"), ended.said
    assert list_broken(folder) == []


@pytest.mark.parametrize("number", list(CODES), ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("command", "waits"),
    [
        (("simulate",), "Ctrl-C ends it"),
        (("eval", "calm.yaml", "--watch"), "waiting for a save"),
    ],
    ids=["simulate", "watch"],
)
def test_what_waits_for_people_ends_at_once(
    mother: Mother, folder: Path, command: tuple[str, ...], waits: str, number: signal.Signals
) -> None:
    child = mother.start(*command)
    wait_until(lambda: waits in mother.said.read_text(encoding="utf-8"))
    ended = press(mother, child, number)
    assert ended.code == CODES[number], ended.said
    assert ended.seconds < 2 * SOON_S
    assert list_broken(folder) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_chat_at_its_prompt_ends_at_once(
    mother: Mother, folder: Path, number: signal.Signals
) -> None:
    master, slave = os.openpty()
    with open(master, "r+b", buffering=0) as terminal:  # noqa: PTH123 - it has no path
        child = mother.start(
            "chat", "openai/gpt-4.1-mini", "--spec", "calm.yaml", terminal=os.ttyname(slave)
        )
        said = b""
        while b"[0m>" not in said:
            said += terminal.read(4096)
        os.close(slave)
        wait_until_it_reads(child)
        os.kill(child, number)
        ended = mother.wait()
    assert ended.code == 143
    assert ended.seconds < 4 * SOON_S
    assert list_broken(folder) == []
