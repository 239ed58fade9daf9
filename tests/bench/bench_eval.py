"""How much an evaluation costs beside the requests themselves.

    python tests/bench/bench_eval.py [--requests 3000] [--in-flight 32] [--latency 0.0] [--turns 1]

One local server in a process of its own answers; first a bare loop over the openai SDK with its
aiohttp client, then ``harness eval`` with a check, a journal and results on disk, each in a fresh
process. Two more runs say where the time goes (``eval_parts.py``): a lean model behind the same
port instead of the SDK, and one that answers at once. Read the ratio: the times are this machine's.
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
from pathlib import Path

TARGETS = ("a", "b", "c")

SERVE = """
async def main():
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
"""The end of a server's program: it serves ``answer``, and prints the port."""

SERVER = (
    """
import asyncio, json, sys
from aiohttp import web
LATENCY = float(sys.argv[1])
BODY = json.dumps({
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4.1-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                 "message": {"role": "assistant", "content": "It is 42.", "refusal": None}}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 6, "total_tokens": 18},
}).encode()
async def answer(request):
    await request.read()
    if LATENCY:
        await asyncio.sleep(LATENCY)
    return web.Response(body=BODY, content_type="application/json")
"""
    + SERVE
)

BARE = """
import asyncio, sys, time
from openai import AsyncOpenAI, DefaultAioHttpClient
port, count, width, turns = sys.argv[1], *map(int, sys.argv[2:])
async def main():
    left = iter(range(count))
    async with DefaultAioHttpClient(timeout=120) as http:
        client = AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="x", max_retries=0,
                             http_client=http)
        async def work():
            for number in left:
                said = []
                for _ in range(turns):
                    said.append({"role": "user", "content": f"What is {number} plus nothing?"})
                    reply = await client.chat.completions.create(
                        model="abc"[number % 3], messages=said)
                    assert "42" in reply.choices[0].message.content
                    said.append({"role": "assistant", "content": reply.choices[0].message.content})
        await asyncio.gather(*(work() for _ in range(width)))
asyncio.run(main())
"""

SPEC = """
version: 1
name: bench
providers:
  p:
    type: openai-compatible
    base_url: "http://127.0.0.1:{port}/v1"
    models: {{a: {{}}, b: {{}}, c: {{}}}}
evaluation: {{concurrency: {width}}}
conversations:
  - id: sums
    cases: cases.csv
    turns: [{turns}]
"""


TURN = '{user: "What is {{number}} plus nothing?", assert: [{contains: "42"}]}'


def measured(command: list[str], folder: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MB of a process."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=compiled()
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    said = process.stderr.read().decode() if process.stderr is not None else ""
    if process.returncode:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}:\n{said}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compiled() -> dict[str, str]:
    """The environment, in which modules stay compiled, as they are where people install them."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Run both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--turns", type=int, default=1, help="of each conversation")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many is shown")
    asked = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(asked.latency)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as name:
            compare(asked, port, Path(name))
    finally:
        server.kill()
        server.wait()


def compare(asked: argparse.Namespace, port: int, folder: Path) -> None:
    """Measure the bare loop and the evaluation by turns, and print them side by side."""
    cases = asked.requests // len(TARGETS) // asked.turns
    requests = cases * len(TARGETS) * asked.turns
    rows = "".join(f"c{number},{number}\n" for number in range(cases))
    (folder / "cases.csv").write_text(f"id,number\n{rows}", encoding="utf-8")
    (folder / "spec.yaml").write_text(
        SPEC.format(port=port, width=asked.in_flight, turns=", ".join([TURN] * asked.turns)),
        encoding="utf-8",
    )
    numbers = (port, cases * len(TARGETS), asked.in_flight, asked.turns)
    bare = [sys.executable, "-c", BARE, *map(str, numbers)]
    whole = [sys.executable, "-m", "harness", "eval", "spec.yaml", "-q", "--root", str(folder)]
    parts = [sys.executable, str(Path(__file__).with_name("eval_parts.py"))]
    names = {
        "openai SDK + aiohttp, bare loop": bare,
        "harness eval": whole,
        "the same over plain aiohttp": [*parts, "lean", *whole[3:]],
        "the same, nothing sent": [*parts, "none", *whole[3:]],
    }
    best: dict[str, tuple[float, float, float]] = {}
    for _ in range(asked.rounds):
        for title, command in names.items():
            found = measured(command, folder)
            if title not in best or found[1] < best[title][1]:
                best[title] = found
    print(f"{'':34}{'wall s':>8}{'CPU s':>8}{'CPU s/1k':>10}{'RSS MB':>8}")
    for title, (wall, cpu, rss) in best.items():
        print(f"{title:34}{wall:8.2f}{cpu:8.2f}{cpu / requests * 1000:10.2f}{rss:8.0f}")
    (wall, cpu, _), (bare_wall, bare_cpu, _) = best["harness eval"], next(iter(best.values()))
    print(f"{'ratio of harness eval to the loop':34}{wall / bare_wall:8.2f}{cpu / bare_cpu:8.2f}")
    print_parts([*parts, "sdk", *whole[3:]], folder, requests)
    newest = max((folder / "reports" / "bench").iterdir())
    totals = json.loads((newest / "run.json").read_text(encoding="utf-8"))["totals"]
    assert totals["passed"] == cases * len(TARGETS), totals


def print_parts(command: list[str], folder: Path, requests: int) -> None:
    """One more evaluation, with its CPU by part: start-up, the trials, the documents at the end."""
    said = subprocess.run(
        command,
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ).stderr
    for name, cpu in json.loads(said.splitlines()[-1]).items():
        print(f"{'  of which ' + name:34}{'':8}{cpu:8.2f}{cpu / requests * 1000:10.2f}")


if __name__ == "__main__":
    main()
