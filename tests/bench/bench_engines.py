"""The same conversations by every engine: equal results, and what each of them takes.

    PYTHONPATH=. python tests/bench/bench_engines.py [--conversations 200] [--turns 2] [--keep DIR]

The deterministic simulator answers. One process plays the conversations first; then four shards,
one after the other, and their merge; two workers of Dask; and batches, of a deployment that is
declared for them. The results of each are held against those of the first: the same verdict, and
the same lines but for ids, clocks, latencies and, where a batch halves it, cost. An engine that
this build does not have is named and left out. CPU is that of a command and all of its children,
memory the most of any one of these processes. Exit code 1 where an engine differs.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.bench_eval import compiled

SHARDS = 4
HARNESS = (sys.executable, "-m", "harness")
SPEC = """
version: 1
name: engines
cloud: simulator
subscription: "00000000-0000-0000-0000-000000000000"
resource_group: {{name: rg-engines, region: swedencentral, create: true}}
accounts:
  a:
    account_name: harness-engines-01
    region: swedencentral
    deployments:
      m: {{model: gpt-4.1-mini, version: "2025-04-14", sku: {sku}, capacity: {capacity}}}
simulator: {simulator}
evaluation: {{parameters: {{max_output_tokens: 300}}, timeout_s: 120}}
conversations:
  - id: sums
    cases: cases.csv
    turns: [{turns}]
  - id: wrong
    cases: [{{id: once, number: "1"}}]
    turns: [{{user: "What is {{{{number}}}} now?", assert: [{{contains: "no such words"}}]}}]
"""
TURN = '{user: "What is {{number}} plus nothing?", assert: [{contains: "synthetic"}]}'
OF_A_RUN = frozenset(
    {
        "latency_s",
        "queued_s",
        "ttft_s",
        "request_id",
        "system_fingerprint",
        "served_deployment",
        "served_model",
        "cost_usd",
    }
)
"""Keys of a result that differ from run to run or from engine to engine; costs are compared by
their sums."""
SHARE_OF_PRICE = {"Batch": 0.5}
"""What an engine pays of the list price; 1 where none is named."""


@dataclass(frozen=True, slots=True)
class Used:
    """What commands used: seconds of wall and CPU, and the most megabytes of one process."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0

    def join(self, other: Used) -> Used:
        """Return both, one after the other."""
        wall_s, cpu_s = self.wall_s + other.wall_s, self.cpu_s + other.cpu_s
        return Used(wall_s, cpu_s, max(self.peak_mb, other.peak_mb))


@dataclass(frozen=True, slots=True)
class Played:
    """What an engine made of the conversations: its run and exit code, and what it used."""

    run: Path
    code: int
    used: Used
    longest_s: float | None = None


class MissingEngineError(Exception):
    """This build has no such engine."""


def command(folder: Path, *arguments: str) -> tuple[int, Used]:
    """Run a command to its end, with its children.

    Raises:
        MissingEngineError: it does not know an option or a value of one, or wants what is not
            installed.
        SystemExit: it did not come to a verdict.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        _measuring(arguments),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=compiled(),
    )
    said, _ = process.communicate()
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):
        missing = (
            "No such option",
            "is not one of",
            "not in this version",
            "unknown key",
            "pip install",
        )
        if any(words in said for words in missing):
            raise MissingEngineError
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}:\n{said}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak_kb = int((folder / "peak").read_text(encoding="utf-8"))
    return process.returncode, Used(wall_s, cpu_s, peak_kb / 1024)


def _measuring(arguments: Sequence[str]) -> list[str]:
    """Return a command that runs harness in a process of its own and writes its greatest memory.

    The kernel keeps one maximum for all children of a process, so each command has a parent.
    """
    watch = (
        "import pathlib, resource, subprocess, sys\n"
        "code = subprocess.call(sys.argv[1:])\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "pathlib.Path('peak').write_text(str(peak))\n"
        "sys.exit(code)\n"
    )
    return [sys.executable, "-c", watch, *HARNESS, *arguments]


def play_alone(folder: Path) -> Played:
    """Play in one process."""
    code, used = command(folder, "eval", "spec.yaml", "-q", "--output", "alone")
    return Played(folder / "alone", code, used)


def play_shards(folder: Path) -> Played:
    """Play the shards one after the other, and merge them."""
    names, used, longest_s = [], Used(), 0.0
    for number in range(1, SHARDS + 1):
        names.append(f"shard{number}")
        which = ("--shard", f"{number}/{SHARDS}", "--output", names[-1])
        _, took = command(folder, "eval", "spec.yaml", "-q", *which)
        used, longest_s = used.join(took), max(longest_s, took.wall_s)
    code, merging = command(folder, "merge", *names, "-o", "merged")
    return Played(folder / "merged", code, used.join(merging), longest_s + merging.wall_s)


def play_cluster(folder: Path) -> Played:
    """Play on workers of Dask that are started for it: one for each core, here two."""
    code, used = command(folder, "eval", "spec.yaml", "-q", "--engine", "dask", "--output", "dask")
    return Played(folder / "dask", code, used)


def play_batches(folder: Path) -> Played:
    """Play by batches."""
    options = ("--engine", "batch", "--output", "batch")
    code, used = command(folder, "eval", "spec.yaml", "-q", *options)
    return Played(folder / "batch", code, used)


ENGINES: dict[str, Callable[[Path], Played]] = {
    "one process": play_alone,
    f"{SHARDS} shards and merge": play_shards,
    "Dask, 2 workers": play_cluster,
    "Batch": play_batches,
}


def write_project(folder: Path, asked: argparse.Namespace, *, by_batches: bool) -> None:
    """Write the spec, its cases and its world."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".harness").mkdir(exist_ok=True)
    rows = "".join(f"c{number},{number}\n" for number in range(asked.conversations - 1))
    (folder / "cases.csv").write_text(f"id,number\n{rows}", encoding="utf-8")
    text = SPEC.format(
        sku="GlobalBatch" if by_batches else "GlobalStandard",
        capacity=100_000 if by_batches else 1_000,
        simulator='{limits: "off", batch_s: 1}' if by_batches else '{limits: "off"}',
        turns=", ".join([TURN] * asked.turns),
    )
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    command(folder, "apply", "spec.yaml", "--yes")


def normalize(value: Any) -> Any:
    """Return a result without what differs from run to run."""
    if isinstance(value, dict):
        return {key: normalize(one) for key, one in value.items() if key not in OF_A_RUN}
    return [normalize(one) for one in value] if isinstance(value, list) else value


def read_results(run: Path) -> dict[str, Any]:
    """Return the results of a run by a text that names each: normalized, in their order."""
    with (run / "results.jsonl").open(encoding="utf-8") as lines:
        found = [normalize(json.loads(line)) for line in lines]
    return {json.dumps([one.get(key) for key in ("conversation", "case", "target")]): one
            for one in found}  # fmt: skip


def find_difference(left: Any, right: Any, path: str = "") -> str | None:
    """Return where two values differ first, and how; None where they are equal."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            found = find_difference(left.get(key), right.get(key), f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            found = find_difference(one, other, f"{path}[{number}]")
            if found:
                return found
        return None
    return None if left == right else f"{path}: {left!r} and {right!r}"[:200]


def compare(first: Played, other: Played, share: float) -> str:
    """Return "equal", or what is different; ``share`` is what the other pays of the price."""
    if first.code != other.code:
        return f"exit code {other.code}, not {first.code}"
    one, two = read_results(first.run), read_results(other.run)
    if one.keys() != two.keys():
        return f"{len(one.keys() ^ two.keys()):,} results only in one of both"
    for name, result in one.items():
        found = find_difference(result, two[name])
        if found:
            return f"{name} {found}"
    whole, paid = read_money(first.run), read_money(other.run)
    if whole is None or paid is None or abs(paid - whole * share) > 1e-6 * whole:
        return f"{paid} dollars, not {share} of {whole}"
    return "equal"


def read_money(run: Path) -> float | None:
    """Return the US dollars of a run as its ``run.json`` says them; None is unknown."""
    totals = json.loads((run / "run.json").read_text(encoding="utf-8"))["totals"]
    found = totals["cost_usd"]
    return None if found is None else float(found)


def main() -> int:
    """Play by every engine, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="work here, and leave the runs there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return print_engines(asked.keep.resolve() if asked.keep else Path(name), asked)


def print_engines(folder: Path, asked: argparse.Namespace) -> int:
    """Print what each engine used, and whether its results are those of one process."""
    os.environ.pop("CI", None)
    print(f"{asked.conversations:,} conversations of {asked.turns} turns, {os.cpu_count()} cores\n")
    print("| engine | wall s | longest part s | CPU s | peak MB | US dollars | results |")
    print("|---|--:|--:|--:|--:|--:|---|")
    first: Played | None = None
    differing = 0
    for title, play in ENGINES.items():
        work = folder / title.split(",")[0].replace(" ", "-").lower()
        try:
            write_project(work, asked, by_batches=play is play_batches)
            played = play(work)
        except MissingEngineError:
            print(f"| {title} | not in this build | | | | | |", flush=True)
            continue
        first = first or played
        verdict = compare(first, played, SHARE_OF_PRICE.get(title, 1.0))
        differing += verdict != "equal"
        used, money = played.used, read_money(played.run)
        longest = used.wall_s if played.longest_s is None else played.longest_s
        dollars = "unknown" if money is None else f"{money:.4f}"
        figures = f"{used.wall_s:.1f} | {longest:.1f} | {used.cpu_s:.1f} | {used.peak_mb:.0f}"
        print(f"| {title} | {figures} | {dollars} | {verdict} |", flush=True)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
