"""How much provisioning costs beside what Azure itself takes.

    python tests/bench/bench_provisioning.py [--accounts 6] [--deployments 5] [--write 0.2]

A simulator that takes as long as the recordings show (``management: recorded``: an account is made
in a second), and as long for each deployment as ``--write`` says, serves in a process of its own.
The critical path is computed from what was asked of it: the account, then its deployments one
after the other, since Azure takes one write at a time there. What ``plan`` takes, start-up and all
reading, is measured apart. Then ``plan`` for 20 accounts with 10 deployments each.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

MODEL = 'model: gpt-4.1-mini, version: "2025-04-14", capacity: 1'
ACCOUNT_S = 1.0
"""What the simulator takes to make an account, as recorded."""


def spec_of(accounts: int, deployments: int, write_s: float) -> str:
    """A spec of so many accounts, spread over regions so that no quota of accounts is met."""
    regions = ("swedencentral", "eastus2", "norwayeast", "westus3", "uksouth")
    faults = f"[{{operation: deployment.put, delay_s: {write_s}}}]" if write_s else "[]"
    lines = [
        "version: 1",
        "name: bench",
        "cloud: simulator",
        "resource_group: {name: rg-bench, region: swedencentral, create: true}",
        f"simulator: {{management: recorded, faults: {faults}}}",
        "accounts:",
    ]
    for number in range(accounts):
        region = regions[number % len(regions)]
        lines += [f"  a{number}:", f"    region: {region}", "    deployments:"]
        lines += [f"      d{one}: {{{MODEL}}}" for one in range(deployments)]
    return "\n".join(lines) + "\n"


def harness(folder: Path, environment: dict[str, str], *arguments: str) -> float:
    """Run a command in the project; its wall time in seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "harness", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return seconds


def requests(url: str, token: str) -> int:
    """How many requests of the management plane the server has answered."""
    request = urllib.request.Request(
        f"{url}/_simulator/counters", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        operations = json.load(answer)["operations"]
    return sum(count for statuses in operations.values() for count in statuses.values())


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--accounts", type=int, default=6)
    parser.add_argument("--deployments", type=int, default=5)
    parser.add_argument("--write", type=float, default=0.6, help="seconds per deployment")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / ".harness").mkdir()
        server = subprocess.Popen(
            [sys.executable, "-m", "harness", "simulate", "--port", "0", "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            environment = {
                "HARNESS_SIMULATOR_URL": ready["url"],
                "HARNESS_SIMULATOR_TOKEN": ready["token"],
            }
            spec = folder / "bench.yaml"
            spec.write_text(
                spec_of(options.accounts, options.deployments, options.write), encoding="utf-8"
            )
            path = ACCOUNT_S + options.deployments * options.write
            planning = harness(folder, environment, "plan", "bench.yaml")
            wall = harness(folder, environment, "apply", "bench.yaml")
            writing = wall - planning
            print(f"apply {options.accounts} accounts × {options.deployments} deployments")
            print(f"  critical path       {path:6.2f} s")
            print(f"  writing             {writing:6.2f} s   ×{writing / path:.2f}")
            print(f"  plan, before that   {planning:6.2f} s   start-up and all reading")
            harness(folder, environment, "destroy", "bench.yaml", "--purge")

            many = folder / "many.yaml"
            many.write_text(spec_of(20, 10, 0.0), encoding="utf-8")
            harness(folder, environment, "apply", "many.yaml")
            before = requests(ready["url"], ready["token"])
            wall = harness(folder, environment, "plan", "many.yaml", "--check")
            asked = requests(ready["url"], ready["token"]) - before
            print("plan 20 accounts × 10 deployments, all as declared")
            print(f"  wall                {wall:6.2f} s   {asked} requests, start-up and all")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
