"""How long a command takes before it does anything, beside what nobody can go below.

    python tests/bench/bench_startup.py [--rounds 15]

Bare Python and Python with click imported are the floor; the commands are measured by turns with
them, each in a fresh process, bytecode cached. The median is shown. Read the ratio: the times are
this machine's. ``embedded simulator`` is what a command on the local Azure adds, measured inside
one process that has imported it.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SPEC = PROJECT / "specs" / "sweden.yaml"
BARE = "python -c pass"


def commands() -> dict[str, list[str]]:
    """What is measured, by the name in the table; the first one is the measure of the others."""
    harness = [sys.executable, "-m", "harness"]
    return {
        BARE: [sys.executable, "-c", "pass"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "harness --version": [*harness, "--version"],
        "harness --help": [*harness, "--help"],
        "harness eval --help": [*harness, "eval", "--help"],
        "harness validate specs/sweden.yaml": [*harness, "validate", str(SPEC)],
    }


def seconds(command: list[str]) -> float:
    """Wall seconds of one process."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}:\n{done.stderr.decode()}")
    return time.perf_counter() - began


def embedded_simulator() -> float:
    """Wall seconds from nothing to a simulator that answers, and back, in this process."""
    from harness.simulator.embedded import simulate
    from harness.spec.model.spec import Simulator

    began = time.perf_counter()
    with simulate(None, Simulator(), {}, environment={}):
        return time.perf_counter() - began


def main() -> None:
    """Measure by turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    found: dict[str, list[float]] = {name: [] for name in commands()}
    for command in commands().values():
        seconds(command)  # writes the bytecode
    for _ in range(rounds):
        for name, command in commands().items():
            found[name].append(seconds(command))
    embedded_simulator()  # imports
    found["embedded simulator"] = [embedded_simulator() for _ in range(rounds)]
    floor = statistics.median(found[BARE])
    print(f"{'':38}{'median ms':>11}{'best ms':>9}{'ratio':>8}")
    for name, times in found.items():
        median = statistics.median(times)
        print(f"{name:38}{median * 1000:11.0f}{min(times) * 1000:9.0f}{median / floor:8.1f}")


if __name__ == "__main__":
    main()
