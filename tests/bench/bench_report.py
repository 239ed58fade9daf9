"""What a report costs: seconds, megabytes of memory and of the page, by the size of the run.

    python tests/bench/bench_report.py [--sizes 1209 3000 30000] [--characters 1500]

Each run is written to disk first (three targets, a turn, five checks, replies of so many
characters); then ``harness report`` reads it and writes report.html, junit.xml and summary.md, in
a fresh process. ``decode`` is a process that only reads the results once: the floor of any report.
Read how the columns grow: the times are this machine's.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.checks.verdict import Verdict
from harness.conversation.transcript import Exchange, Reply, Usage
from harness.results.codec import encode_result, encode_run
from harness.results.model import JudgedExchange, Result, RunInfo, TargetInfo, Totals, TrialId

TARGETS = ("east/a", "east/b", "east/c")
ID = "20260901-120000-a1b2c3"
SENTENCE = "Some famous actors started their careers on Broadway. "

DECODE = """
import sys
from pathlib import Path
from harness.store.runs import DiskRuns
folder = Path(sys.argv[1])
for _ in DiskRuns(folder).read(folder).results: pass
"""


def verdict(value: str, *, held: bool) -> Verdict:
    """What a check of type ``contains`` says."""
    return Verdict(
        type="contains",
        value=value,
        outcome="passed" if held else "failed",
        score=float(held),
        reason=f'The reply contains "{value}".' if held else f'The reply has no "{value}" in it.',
    )


def results(count: int, characters: int) -> Iterator[Result]:
    """So many results, three to a conversation; every seventh conversation fails on one target."""
    said = (SENTENCE * (characters // len(SENTENCE) + 1))[:characters]
    for number in range(count):
        conversation, column = divmod(number, len(TARGETS))
        failed = column == 0 and conversation % 7 == 0
        checks = tuple(verdict(f"word {n}", held=not (failed and n == 0)) for n in range(5))
        reply = Reply(text=said, finish_reason="stop", usage=Usage(12, 300), latency_s=0.5)
        exchange = Exchange(number=1, user=f"Question {conversation}?", reply=reply)
        yield Result(
            trial=TrialId(f"question-{conversation:05}", None, TARGETS[column], "default", 1),
            question_sha256="0" * 64,
            outcome="failed" if failed else "passed",
            score=0.8 if failed else 1.0,
            turns=(JudgedExchange(exchange, checks),),
        )


def write_run(folder: Path, count: int, characters: int) -> None:
    """A run's folder as an evaluation leaves it."""
    folder.mkdir()
    info = RunInfo(
        id=ID,
        spec_name="bench",
        spec_sha256="0" * 64,
        harness_version="bench",
        started_at="2026-09-01T12:00:00.000Z",
        targets=tuple(map(TargetInfo, TARGETS)),
        status="complete",
        totals=Totals(trials=count),
        planned_trials=count,
    )
    (folder / "run.json").write_text(encode_run(info), encoding="utf-8")
    with (folder / "results.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(encode_result(result) + "\n" for result in results(count, characters))


def measured(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak MB of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1209, 3000, 30_000])
    parser.add_argument("--characters", type=int, default=1_500, help="of each reply")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many is shown")
    asked = parser.parse_args()
    print(f"{'results':>9}{'report CPU s':>14}{'decode CPU s':>14}{'ratio':>7}"
          f"{'report RSS MB':>15}{'page MB':>9}{'junit MB':>10}")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        for size in asked.sizes:
            folder = Path(name) / str(size)
            write_run(folder, size, asked.characters)
            report = [sys.executable, "-m", "harness", "report", str(folder)]
            decode = [sys.executable, "-c", DECODE, str(folder)]
            cpu, rss = min(measured(report) for _ in range(asked.rounds))
            floor, _ = min(measured(decode) for _ in range(asked.rounds))
            page = (folder / "report.html").stat().st_size / 1e6
            junit = (folder / "junit.xml").stat().st_size / 1e6
            print(f"{size:9,}{cpu:14.2f}{floor:14.2f}{cpu / floor:7.1f}"
                  f"{rss:15.0f}{page:9.1f}{junit:10.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
