"""What a shared history takes: bytes a run, and the time to upload, to list and to bring a run.

    python -m tests.bench.bench_history [--runs 1000]

One run of 100 trials of two turns of 150 words, played on the simulator, is uploaded so many
times under ids of its own, to SQLite and, where PostgreSQL is installed, to a server on loopback.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase

import harness
from harness.history.address import read_address
from harness.history.shared_runs import SharedRuns
from tests.unit.history.server import find_program, serve

SPEC = """
version: 1
name: measured
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
evaluation: {concurrency: 32}
conversations:
"""
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def play(folder: Path) -> Path:
    """Play one run of 100 trials of two turns; return its directory."""
    chance = random.Random(7)

    def say() -> str:
        """Return 150 words that compress as badly as any."""
        words = ("".join(chance.choices(ascii_lowercase, k=5)) for _ in range(150))
        return " ".join(words)

    talks = "".join(
        f"  - id: talk-{number}\n    turns:\n"
        f"      - {{user: {say()}, assert: [{{not-contains: Jobs}}]}}\n      - {{user: {say()}}}\n"
        for number in range(100)
    )
    (folder / "spec.yaml").write_text(SPEC + talks, encoding="utf-8")
    return harness.evaluate(folder / "spec.yaml").directory


def rename(run: Path, number: int) -> None:
    """Give a run another id and another time."""
    began = FIRST + timedelta(minutes=number)
    described = json.loads((run / "run.json").read_text(encoding="utf-8"))
    described["id"] = f"{began:%Y%m%d-%H%M%S}-{number:06x}"
    described["started_at"] = began.isoformat()
    (run / "run.json").write_text(json.dumps(described), encoding="utf-8")


def measure(act: Callable[[], object]) -> float:
    """Return the best of three times, in milliseconds."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - began)
    return 1000 * best


def bench(
    name: str, url: str, run: Path, folder: Path, count: int, size: Callable[[], int]
) -> None:
    shared = SharedRuns(read_address(url), folder / f"cache-{name}", "bench", lambda: FIRST)
    shared.database.upgrade()
    before, began = size(), time.perf_counter()
    for number in range(count):
        rename(run, number)
        shared.push(run)
    pushed = 1000 * (time.perf_counter() - began) / count
    grown = (size() - before) / count / 1024
    listed = measure(lambda: list(shared.list_runs("measured")))
    first = measure(lambda: next(shared.list_runs("measured")))
    began = time.perf_counter()
    assert shared.find("latest") is not None
    brought = 1000 * (time.perf_counter() - began)
    print(
        f"| {name} | {grown:.1f} | {pushed:.1f} | {listed:.0f} | {first:.1f} | {brought:.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        os.chdir(folder)
        (folder / ".harness").mkdir()
        run = folder / "copied"
        shutil.copytree(play(folder), run)
        whole = sum(one.stat().st_size for one in run.rglob("*") if one.is_file()) / 1024
        print(f"{count:,} runs of 100 trials; each {whole:.0f} KB on disk\n")
        print("| history | KB a run | upload, ms | list all, ms | first 100, ms | bring one, ms |")
        print("|---|--:|--:|--:|--:|--:|")
        file = folder / "team.db"
        bench("SQLite", f"sqlite:///{file}", run, folder, count, lambda: _size(file))
        if find_program("initdb") is None:
            return
        folder.chmod(0o755)
        with serve(folder / "server") as address:
            url = f"postgresql://{address}/postgres"
            bench("PostgreSQL", url, run, folder, count, lambda: _ask_size(url))


def _size(file: Path) -> int:
    return sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*"))


def _ask_size(url: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
