"""How memory grows in a long evaluation: RSS over time, and its slope per 1,000 requests.

    python -m tests.bench.bench_soak [--requests 100000] [--in-flight 64] [--every 5000] [--lean]

One local server in a process of its own answers; ``harness eval`` asks it through the real SDK,
with a check, a journal and results on disk, and ``harness report`` reads the run once more. Both
are watched from outside. ``--lean`` leaves the SDK and the server out: a model behind the same port
answers at once (``eval_parts.py``), and all else is as it is. The slope is that of a straight line
through the second half of the points: what a run needs once (caches, the heap's own growth) is in
the first.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.bench_eval import SERVER, SPEC, TURN, compiled, measured

TARGETS = 3


def read_rss_mb(process: int) -> float:
    """Return the megabytes of a process that are in memory now; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    named = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(named.get("VmRSS", "0 kB").split()[0]) / 1024


def compute_slope(points: list[tuple[float, float]]) -> float:
    """Return how much the second number of each point grows by one of the first."""
    count = len(points)
    mean_x, mean_y = (sum(values) / count for values in zip(*points, strict=True))
    below = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / below if below else 0.0


def watch(
    folder: Path, requests: int, every: int, *, lean: bool = False
) -> list[tuple[float, float]]:
    """Run the evaluation; return its requests so far, in thousands, and its RSS in MB."""
    lean_part = [str(Path(__file__).with_name("eval_parts.py")), "none"]
    start = [sys.executable, *(lean_part if lean else ["-m", "harness"])]
    command = [*start, "eval", "spec.yaml", "-q", "--root", str(folder)]
    child = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=compiled()
    )
    points: list[tuple[float, float]] = []
    began, wanted, done, read = time.perf_counter(), every, 0, 0
    while child.poll() is None:
        time.sleep(0.25)
        for results in folder.glob("reports/bench/*/results.jsonl"):
            with results.open("rb") as file:
                file.seek(read)
                found = file.read()
                done, read = done + found.count(b"\n"), read + len(found)
        if done >= wanted:
            points.append((done / 1000, read_rss_mb(child.pid)))
            print(f"{done:10,}{points[-1][1]:10.1f}{time.perf_counter() - began:10.0f}", flush=True)
            wanted += every
    if child.returncode:
        assert child.stderr is not None
        raise SystemExit(child.stderr.read().decode())
    assert done == requests, f"{done} results of {requests}"
    return points


def main() -> None:
    """Run it and print the points, the slope and both peaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--every", type=int, default=5000, help="requests between two points")
    parser.add_argument("--lean", action="store_true", help="without the SDK and the server")
    asked = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            cases = asked.requests // TARGETS
            rows = "".join(f"c{number},{number}\n" for number in range(cases))
            (folder / "cases.csv").write_text(f"id,number\n{rows}", encoding="utf-8")
            spec = SPEC.format(port=port, width=asked.in_flight, turns=TURN)
            (folder / "spec.yaml").write_text(spec, encoding="utf-8")
            print(f"{'requests':>10}{'RSS MB':>10}{'seconds':>10}")
            points = watch(folder, cases * TARGETS, asked.every, lean=asked.lean)
            half = points[len(points) // 2 :]
            print(
                f"slope of the second half: {1024 * compute_slope(half):.1f} KB per 1,000 requests"
            )
            print(f"highest while it ran: {max(rss for _, rss in points):.0f} MB")
            again = [sys.executable, "-m", "harness", "report", "latest", "--root", str(folder)]
            wall, cpu, peak = measured(again, folder)
            print(f"harness report of it: {peak:.0f} MB at most, {cpu:.0f} s of CPU, {wall:.0f} s")
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
