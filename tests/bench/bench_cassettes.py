"""What recording and replaying cost, by the number of exchanges in the cassette.

    python -m tests.bench.bench_cassettes [--sizes 1000 3000 10000]

A local server in a process of its own answers three targets; ``harness eval`` runs plainly, with
``--record``, and with ``--replay`` once the server is out of reach of it. *One case* replays three
exchanges of the same cassette: opening it is what that takes longer in larger ones. Each run is a
fresh process, start-up and documents included. Read how the columns grow: linear is what we want,
and at most 2.5 ms an exchange.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.bench_eval import SERVER, SPEC, TARGETS, TURN, measured


def main() -> None:
    """Measure each size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 3_000, 10_000])
    asked = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, "0"], stdout=subprocess.PIPE, text=True
    )
    print(
        f"{'exchanges':>10}{'plain s':>9}{'record s':>10}{'replay s':>10}{'one case s':>12}"
        f"{'replay ms each':>16}{'record MB':>11}{'replay MB':>11}{'disk MB':>9}{'files':>8}"
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as name:
            for size in asked.sizes:
                print_row(size, port, Path(name) / str(size))
    finally:
        server.kill()
        server.wait()


def print_row(size: int, port: int, folder: Path) -> None:
    """One size: CPU seconds of four runs, peak memory, and what is on disk."""
    folder.mkdir()
    cases = size // len(TARGETS)
    rows = "".join(f"c{number},{number}\n" for number in range(cases))
    (folder / "cases.csv").write_text(f"id,number\n{rows}", encoding="utf-8")
    spec = SPEC.format(port=port, width=32, turns=TURN)
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")
    command = [sys.executable, "-m", "harness", "eval", "spec.yaml", "-q", "--root", str(folder)]
    _, plain, _ = measured(command, folder)
    _, record, record_mb = measured([*command, "--record"], folder)
    _, replay, replay_mb = measured([*command, "--replay"], folder)
    _, one, _ = measured([*command, "--replay", "-k", "c0"], folder)
    files = [path for path in (folder / "spec.cassette").rglob("*") if path.is_file()]
    disk = sum(path.stat().st_size for path in files) / 1e6
    exchanges = cases * len(TARGETS)
    print(f"{exchanges:10,}{plain:9.2f}{record:10.2f}{replay:10.2f}{one:12.2f}"
          f"{(replay - one) / exchanges * 1000:16.2f}{record_mb:11.0f}{replay_mb:11.0f}"
          f"{disk:9.1f}{len(files):8,}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
