"""What a deployment's rate limits cost: the scheduler beside the SDK's own retries and AIMD.

    python -m tests.bench.bench_scheduler [--seeds 3]

Nothing is real but the code: a deployment in this process counts by the simulator's own windows, on
an event loop whose clock takes no time, so that hours take seconds. Three clients do the same work:
``SDK`` is the openai SDK as it comes, two retries, 50 callers; ``AIMD`` is a width that grows by a
twentieth a round and shrinks by a fifth when it is refused, with the constants of inspect-ai
(10 to 100, from 20), and tries again as long as it takes; ``harness`` is a run's own scheduler.

*429* is the share of requests that were refused, *lost* the calls without an answer, *wall* the
time divided by that which the quota takes for all calls: of who loses calls it says little.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import openai

from harness.azure.offers_data import RateLimit
from tests.storms.limited_service import LimitedService, Load
from tests.storms.storming import storm
from tests.storms.virtual_time import run_virtually

CALLERS = 50
LARGE = (RateLimit("request", 600, 60), RateLimit("token", 100_000, 60))


def halve_for_ten_minutes(second: float) -> float:
    """Return the factor on the limits of scenario D."""
    return 0.5 if 600 <= second < 1_200 else 1.0


SCENARIOS: dict[str, tuple[str, Load, Callable[[float], float]]] = {
    "A": ("100K tokens, 600 requests a minute", Load(LARGE), lambda _: 1.0),
    "B": (
        "100K tokens, 100 requests a minute",
        Load((RateLimit("request", 100, 60), RateLimit("token", 100_000, 60))),
        lambda _: 1.0,
    ),
    "C": ("1 request a second", Load((RateLimit("request", 1, 1),), calls=600), lambda _: 1.0),
    "D": ("A, limits halved for ten minutes", Load(LARGE), halve_for_ten_minutes),
    "E": ("A, max_output_tokens 300, not 1,000", Load(LARGE, most=300), lambda _: 1.0),
    "F": (
        "10K tokens a minute, 200 calls",
        Load((RateLimit("request", 60, 60), RateLimit("token", 10_000, 60)), calls=200),
        lambda _: 1.0,
    ),
    "G": (
        "A, the service counts a quarter more",
        Load(LARGE, prompt=1_000, estimated=800),
        lambda _: 1.0,
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a client made of a scenario."""

    refused: float
    lost: float
    wall: float


def ask_by_sdk(service: LimitedService) -> int:
    """Let the openai SDK ask with its own retries; the calls that got no answer."""

    async def answer(request: httpx2.Request) -> httpx2.Response:
        del request
        await asyncio.sleep(0.05)
        status, headers, body = service.admit()
        if status != 200:
            return httpx2.Response(status, headers=headers, content=body)
        await service.answer()
        return httpx2.Response(200, headers=headers, json={"choices": []})

    async def ask_all() -> int:
        transport = httpx2.MockTransport(answer)
        client = openai.AsyncOpenAI(
            api_key="k",
            base_url="http://127.0.0.1:1/v1",
            http_client=openai.DefaultAsyncHttpxClient(transport=transport),
        )

        async def ask() -> bool:
            try:
                await client.chat.completions.create(
                    model="mini", messages=[{"role": "user", "content": "x"}]
                )
            except openai.RateLimitError:
                return False
            return True

        async with client:
            return await _employ(service.load.calls, CALLERS, ask)

    return run_virtually(ask_all())


@dataclass(slots=True)
class AimdWidth:
    """A width that grows by sums and shrinks by a factor, with the constants of inspect-ai."""

    now: float = 20.0
    in_flight: int = 0
    answers: int = 0
    starting: bool = True
    cut_at: float = 0.0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def enter(self) -> None:
        """Wait for a place."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.in_flight < int(self.now))
            self.in_flight += 1

    async def leave(self) -> None:
        """Give the place back after an answer, and grow after a round of answers."""
        async with self.changed:
            self.in_flight -= 1
            self.answers += 1
            if self.answers >= self.now:
                self.answers = 0
                self.now = min(100.0, self.now * (2.0 if self.starting else 1.05))
            self.changed.notify(max(0, int(self.now) - self.in_flight))

    def shrink(self, wait_s: float) -> None:
        """Take in a refusal, once in fifteen seconds or as long as it asks to wait."""
        now = asyncio.get_running_loop().time()
        self.answers, self.starting = 0, False
        if now >= self.cut_at + max(15.0, wait_s):
            self.now, self.cut_at = max(10.0, self.now * 0.8), now


def ask_by_aimd(service: LimitedService) -> int:
    """Ask with nothing but a width that adapts; nobody gives up."""

    async def ask_all() -> int:
        width, chance = AimdWidth(), random.Random(3)

        async def ask() -> bool:
            await width.enter()
            while True:
                await asyncio.sleep(0.05)
                status, headers, _ = service.admit()
                if status == 200:
                    break
                wait = float(headers["retry-after"])
                width.shrink(wait)
                await asyncio.sleep(wait * (1 + chance.random() / 10))
            await service.answer()
            await width.leave()
            return True

        return await _employ(service.load.calls, 100, ask)

    return run_virtually(ask_all())


def ask_by_harness(service: LimitedService) -> int:
    """Let a run ask."""
    with tempfile.TemporaryDirectory() as folder:
        (ended,) = storm(service, Path(folder))
    return service.load.calls - ended.trials + ended.lost


async def _employ(calls: int, callers: int, ask: Callable[[], Awaitable[bool]]) -> int:
    """Let so many callers make the calls; how many of these got no answer."""
    left, lost = iter(range(calls)), 0

    async def work() -> None:
        nonlocal lost
        for _ in left:
            answered = await ask()
            lost += not answered

    await asyncio.gather(*(work() for _ in range(callers)))
    return lost


CLIENTS = {"SDK": ask_by_sdk, "AIMD": ask_by_aimd, "harness": ask_by_harness}


def measure(name: str, client: str, seeds: int) -> Outcome:
    """Run one client on one scenario, each time with windows that begin at another moment."""
    outcomes = []
    for seed in range(seeds):
        _, load, change = SCENARIOS[name]
        service = LimitedService(load, change=change, seed=seed)
        lost = CLIENTS[client](service)
        wall = service.last_s / service.compute_bound_s()
        outcomes.append(Outcome(service.refused_share, lost / load.calls, wall))
    return Outcome(
        sum(one.refused for one in outcomes) / seeds,
        sum(one.lost for one in outcomes) / seeds,
        sum(one.wall for one in outcomes) / seeds,
    )


def main() -> None:
    """Measure every scenario and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    heads = "".join(f" | {client}: 429 | lost | wall" for client in CLIENTS)
    print(f"| | scenario | calls{heads} |")
    print("|---|---|--:" + "|--:" * 3 * len(CLIENTS) + "|")
    for name, (what, load, _) in SCENARIOS.items():
        row = f"| {name} | {what} | {load.calls:,}"
        for client in CLIENTS:
            got = measure(name, client, asked.seeds)
            row += f" | {got.refused:.1%} | {got.lost:.1%} | {got.wall:.2f}"
        print(row + " |", flush=True)


if __name__ == "__main__":
    main()
