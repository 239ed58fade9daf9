"""``kill -9`` before each call that touches the disk: strace counts the calls, then kills at one.

All points under ``HARNESS_DRILLS=all``, a sample of them in every check.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drills import count_rounds
from tests.kills.lives import Mother, list_broken
from tests.kills.test_kills import answers, assert_clean, told

SPEC = """
version: 1
name: points
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
evaluation: {repeats: 2, concurrency: 2}
conversations:
  - id: hello
    turns: [{user: hi, assert: [{contains: synthetic}]}, {user: ho}]
"""
CALLS = (
    "write,pwrite64,openat,rename,renameat,renameat2,unlink,unlinkat,mkdir,rmdir,"
    "fsync,fdatasync,ftruncate,chmod,fchmod,link"
)
CALL = re.compile(r"(\w+)\((.*)\) = (-?\d+)")
ENDED = {"KILL": -9, "INT": 130}


@dataclass(frozen=True, slots=True)
class Point:
    """The moment before the nth call of a kind."""

    call: str
    nth: int

    def options(self, number: str) -> list[str]:
        """How strace sends this signal there."""
        when = f"inject={self.call}:signal={number}:when={self.nth}"
        return ["-qq", "-o", os.devnull, "-e", f"trace={self.call}", "-e", when]


@pytest.fixture(scope="module")
def project(mother: Mother) -> Path:
    """A folder with a spec, whose commands are known to the mother."""
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("strace is not here: .ci/run installs it")
        pytest.skip("strace is not here")
    (mother.folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert mother.learn("eval", "spec.yaml", "--output", "calm").code == 0
    mother.learn("report", "calm")
    return mother.folder


def list_points(mother: Mother, *arguments: str) -> list[Point]:
    """Run a command undisturbed; list the moments before each of its calls that changes a file."""
    trace = mother.folder / ".trace"
    ended = mother.run(*arguments, strace=["-y", "-o", str(trace), "-e", f"trace={CALLS}"])
    assert ended.code == 0, ended.said
    counts: Counter[str] = Counter()
    points = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        found = CALL.match(line)
        if found is None:
            continue
        call, given, _ = found.groups()
        counts[call] += 1
        reads = call == "openat" and "O_CREAT" not in given and "O_TRUNC" not in given
        elsewhere = str(mother.folder) not in given or "said.txt" in given
        if not reads and not elsewhere:
            points.append(Point(call, counts[call]))
    return points


def forget_runs(mother: Mother) -> None:
    """Begin every life among the same files, so that it makes the same calls."""
    shutil.rmtree(mother.folder / "reports", ignore_errors=True)
    for path in (mother.folder / ".harness").glob("runs.sqlite*"):
        path.unlink()


def kill_at_points(
    mother: Mother,
    usual: int,
    command: Callable[[int], tuple[str, ...]],
    after: Callable[[int], None],
    number: str = "KILL",
) -> None:
    """Stop the command (one for each number) at its points, and look at what is left."""
    forget_runs(mother)
    points = list_points(mother, *command(0))
    some = count_rounds(usual, len(points))
    chosen = sorted(random.Random(14).sample(range(len(points)), min(some, len(points))))
    missed = 0
    for at in chosen:
        forget_runs(mother)
        ended = mother.run(*command(at + 1), strace=points[at].options(number))
        missed += ended.code != ENDED[number]
        assert "Traceback" not in ended.said, ended.said
        assert list_broken(mother.folder) == [], points[at]
        after(at + 1)
    sys.stdout.write(
        f"\n{command(0)[0]}: killed at {len(chosen) - missed} of {len(points)} points\n"
    )
    assert missed <= 1 + len(chosen) // 20, "they should be hit wherever the trace saw them"


def test_an_evaluation_goes_on_from_wherever_it_was_killed(mother: Mother, project: Path) -> None:
    calm = told(project / "calm")

    def go_on(number: int) -> None:
        directory = project / f"run-{number}"
        before = answers(directory)
        begun = (directory / "run.json").exists()
        options = ("--resume", directory.name) if begun else ("--output", directory.name)
        ended = mother.run("eval", "spec.yaml", *options)
        assert ended.code == 0, ended.said
        assert told(directory) == calm
        assert answers(directory)[: len(before)] == before
        assert len(answers(directory)) == len(calm) * 2
        assert (directory / "report.html").exists()
        shutil.rmtree(directory)

    kill_at_points(
        mother, 8, lambda number: ("eval", "spec.yaml", "--output", f"run-{number}"), go_on
    )


def test_an_interrupt_at_any_point_leaves_what_can_be_gone_on_with(
    mother: Mother, project: Path
) -> None:
    calm = told(project / "calm")

    def go_on(number: int) -> None:
        directory = project / f"interrupted-{number}"
        begun = (directory / "run.json").exists()
        options = ("--resume", directory.name) if begun else ("--output", directory.name)
        if (directory / "run.json").exists():
            assert f"--resume {directory.name}" in mother.said.read_text(encoding="utf-8")
        ended = mother.run("eval", "spec.yaml", *options)
        assert ended.code == 0, ended.said
        assert told(directory) == calm
        assert (directory / "report.html").exists()

    kill_at_points(
        mother,
        5,
        lambda number: ("eval", "spec.yaml", "--output", f"interrupted-{number}"),
        go_on,
        "INT",
    )


def test_a_recording_goes_on_from_wherever_it_was_killed(mother: Mother, project: Path) -> None:
    def record(number: int) -> tuple[str, ...]:
        name = f"{number}.cassette"
        return ("eval", "spec.yaml", "--record", "--record-mode", "missing", "--cassette", name)

    def go_on(number: int) -> None:
        ended = mother.run(*record(number))
        assert ended.code == 0, ended.said
        name = f"{number}.cassette"
        assert_clean(mother.run("cassettes", "audit", name))
        replayed = mother.run("eval", "spec.yaml", "--replay", "--cassette", name)
        assert replayed.code == 0, replayed.said

    kill_at_points(mother, 5, record, go_on)


def test_a_report_and_a_baseline_are_written_again_after_any_kill(
    mother: Mother, project: Path
) -> None:
    page = (project / "calm" / "report.html").read_bytes()

    def check(*command: str) -> Callable[[int], None]:
        def look(number: int) -> None:
            del number
            assert (project / "calm" / "report.html").read_bytes() == page
            ended = mother.run(*command)
            assert ended.code == 0, ended.said

        return look

    report = ("report", "calm")
    kill_at_points(mother, 4, lambda _: report, check(*report))
    baseline = ("baseline", "set", "calm", "--name", "main")
    kill_at_points(mother, 3, lambda _: baseline, check(*baseline))
