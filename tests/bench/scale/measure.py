"""Measure the constants of the model: what a conversation of the usual profile takes here.

    PYTHONPATH=. python -m tests.bench.scale.measure [--conversations 10000] [--latency 0.05]

A local server in a process of its own answers each turn with 250 tokens of random words; ``harness
eval`` asks it through the real SDK, with one check a turn, and ``harness report`` reads the run
once more. The figures belong into ``constants.py``; they are this machine's.
"""

# ruff: noqa: T201 - a benchmark prints its figures

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.bench_eval import SERVE, measured
from tests.bench.scale.profile import CHAT, Profile

SERVER = (
    """
import asyncio, itertools, json, random, sys
from aiohttp import web
LATENCY, CHARACTERS = float(sys.argv[1]), int(sys.argv[2])
CHANCE = random.Random(7)
WORDS = ["".join(CHANCE.choices("etaoinshrdlu", k=CHANCE.randint(2, 9))) for _ in range(4000)]
NUMBER = itertools.count(1)
def say():
    said = ["It is 42."]
    while sum(map(len, said)) + len(said) < CHARACTERS:
        said.append(CHANCE.choice(WORDS))
    return " ".join(said)
SAID = [say() for _ in range(2000)]
async def answer(request):
    await request.read()
    if LATENCY:
        await asyncio.sleep(LATENCY)
    body = {
        "id": f"chatcmpl-{next(NUMBER)}", "object": "chat.completion", "created": 1,
        "model": "gpt-4.1-mini-2025-04-14",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message":
                     {"role": "assistant", "content": CHANCE.choice(SAID), "refusal": None}}],
        "usage": {"prompt_tokens": 560, "completion_tokens": 250, "total_tokens": 810},
    }
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")
"""
    + SERVE
)

SPEC = """
version: 1
name: bench
providers:
  p:
    type: openai-compatible
    base_url: "http://127.0.0.1:{port}/v1"
    models: {{mini: {{}}}}
evaluation: {{concurrency: {width}}}
conversations:
  - id: talk
    system: "{system}"
    cases: cases.csv
    turns: [{turns}]
"""
CHARACTERS_A_TOKEN = 4


def write_words(tokens: int, chance: random.Random) -> str:
    """Write so many tokens of random words, at four characters a token."""
    said = ""
    while len(said) < tokens * CHARACTERS_A_TOKEN:
        said += "".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) + " "
    return said[: tokens * CHARACTERS_A_TOKEN].strip()


def write_spec(folder: Path, profile: Profile, cases: int, *, port: int, width: int) -> None:
    """Write a spec and its cases, in which the user says something else each time."""
    chance = random.Random(11)
    turns = [f"said{turn}" for turn in range(profile.turns)]
    lines = [",".join(["id", *turns])]
    for number in range(cases):
        said = (write_words(profile.user, chance) for _ in turns)
        lines.append(",".join([f"c{number}", *said]))
    (folder / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = ", ".join(f'{{user: "{{{{{turn}}}}}", assert: [{{contains: "42"}}]}}' for turn in turns)
    system = write_words(profile.system, chance)
    spec = SPEC.format(port=port, width=width, system=system, turns=asked)
    (folder / "spec.yaml").write_text(spec, encoding="utf-8")


def main() -> None:
    """Run an evaluation and its report, and print what a conversation takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=128)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    asked = parser.parse_args()
    characters = CHAT.reply * CHARACTERS_A_TOKEN
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(asked.latency), str(characters)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_spec(folder, CHAT, asked.conversations, port=port, width=asked.in_flight)
            print_figures(folder, asked.conversations)
    finally:
        server.kill()
        server.wait()


def print_figures(folder: Path, conversations: int) -> None:
    """Measure the commands, and print seconds, memory and bytes."""
    harness = [sys.executable, "-m", "harness"]
    commands = {
        "eval": [*harness, "eval", "spec.yaml", "-q", "--output", "run"],
        "report": [*harness, "report", "run"],
    }
    print(f"{'':10}{'wall s':>9}{'CPU s':>9}{'ms a conversation':>19}{'RSS MB':>9}")
    for title, command in commands.items():
        wall, cpu, rss = measured(command, folder)
        each = cpu / conversations * 1000
        print(f"{title:10}{wall:9.2f}{cpu:9.2f}{each:19.3f}{rss:9.0f}", flush=True)
    print(f"{'':24}{'bytes':>14}{'a conversation':>16}")
    for file in sorted(one for one in (folder / "run").rglob("*") if one.is_file()):
        size = file.stat().st_size
        name = str(file.relative_to(folder / "run"))
        print(f"{name:24}{size:14,}{size / conversations:16.0f}")
    index = folder / ".harness" / "runs.sqlite"
    if index.exists():
        print(f"{'.harness/runs.sqlite':24}{index.stat().st_size:14,}")


if __name__ == "__main__":
    main()
