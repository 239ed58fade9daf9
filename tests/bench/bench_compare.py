"""What a comparison costs: seconds and megabytes, by the size of the two runs.

    python tests/bench/bench_compare.py [--sizes 3000 30000] [--turns 3] [--times 3]

Two runs of one target are written to disk, three repeats a conversation, three turns a trial, two
checks a turn, the second run a little worse; then ``harness compare`` reads and judges them in a
fresh process. *Flips* is the p-value alone, of 400 conversations that all differ.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from harness.checks.verdict import Verdict
from harness.compare.comparison.exact import flip_signs_by_chance
from harness.conversation.transcript import Exchange, Reply, Usage
from harness.results.codec import encode_result, encode_run
from harness.results.model import JudgedExchange, Result, RunInfo, TargetInfo, Totals, TrialId

REPEATS = 3
SAID = "Some famous actors started their careers on Broadway. " * 7
IDS = ("20260901-120000-aaaaaa", "20260902-120000-bbbbbb")


def make_turn(number: int, question: int, chance: random.Random, *, held: bool) -> JudgedExchange:
    """Make a turn as a service answers it."""
    safe = {"filtered": False, "severity": "safe"}
    reply = Reply(
        text=SAID,
        finish_reason="stop",
        model="gpt-4.1-mini-2025-04-14",
        usage=Usage(120, 300),
        latency_s=chance.lognormvariate(0, 0.4),
        request_id="x" * 36,
        system_fingerprint="fp_1",
        content_filter={"content_filter_results": dict.fromkeys(("hate", "violence"), safe)},
    )
    checks = tuple(
        Verdict("contains", word, "passed" if held else "failed", float(held), "It is there.")
        for word in ("actors", "Broadway")
    )
    exchange = Exchange(number=number, user=f"Question {question}, {number}?", reply=reply)
    return JudgedExchange(exchange, checks, 0.001 * chance.random())


def make_results(trials: int, turns: int, seed: int, drop: float) -> Iterator[Result]:
    """Make so many trials, whose conversations pass as often as in the other run, less the drop."""
    chance, shared = random.Random(seed), random.Random(0)
    for question in range(trials // REPEATS):
        rate = shared.betavariate(3.4, 0.6) - drop
        for repeat in range(1, REPEATS + 1):
            held = chance.random() < rate
            yield Result(
                TrialId(f"q-{question:05}", None, "east/a", "default", repeat),
                f"{question:064x}",
                "passed" if held else "failed",
                float(held),
                tuple(
                    make_turn(number, question, chance, held=held) for number in range(1, turns + 1)
                ),
                system="You are a helpful assistant.",
            )


def write_run(folder: Path, run: str, results: Iterator[Result], trials: int) -> int:
    """Write a run's folder as an evaluation leaves it; return the bytes of its results."""
    folder.mkdir(parents=True)
    info = RunInfo(
        id=run,
        spec_name="bench",
        spec_sha256="0" * 64,
        harness_version="bench",
        started_at=f"{run[:4]}-{run[4:6]}-{run[6:8]}T12:00:00.000Z",
        targets=(TargetInfo("east/a", "gpt-4.1-mini", "2025-04-14"),),
        status="complete",
        totals=Totals(trials=trials),
    )
    (folder / "run.json").write_text(encode_run(info), encoding="utf-8")
    with (folder / "results.jsonl").open("w", encoding="utf-8") as file:
        for result in results:
            file.write(encode_result(result) + "\n")
    return (folder / "results.jsonl").stat().st_size


def measure(root: Path) -> tuple[float, float, float]:
    """Run ``harness compare``; return wall seconds, CPU seconds and the peak in megabytes."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "harness", "compare", *IDS, "--root", str(root), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 1, "the second run is worse"
    wall_s = time.perf_counter() - began
    return wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[3_000, 30_000])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    print("| trials a run | MB a run | compare, s | CPU s | peak MB |")
    print("|--:|--:|--:|--:|--:|")
    for trials in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for seed, run in enumerate(IDS):
                results = make_results(trials, options.turns, seed, 0.05 * seed)
                size = write_run(root / "reports" / "bench" / run, run, results, trials)
            wall_s, cpu_s, peak = min(measure(root) for _ in range(options.times))
        print(f"| {trials:,} | {size / 1e6:.0f} | {wall_s:.2f} | {cpu_s:.2f} | {peak:.0f} |")
    chance = random.Random(1)
    sizes = [chance.choice((-3, -2, -1, 1, 2, 3)) for _ in range(400)]
    began = time.perf_counter()
    for _ in range(10):
        flip_signs_by_chance(sizes)
    print(f"\nflips: {(time.perf_counter() - began) * 100:.1f} ms")


if __name__ == "__main__":
    main()
