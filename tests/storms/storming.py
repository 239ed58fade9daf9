"""The real scheduler of a run against a limited service, on a clock that takes no time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.app.specs.permissions import Permissions
from harness.results.model import Result, RunInfo
from harness.run.engines.local import run_trials
from harness.run.engines.trial_pool import Models
from harness.run.events import Event, Finished
from harness.run.ports import RunPorts, SharedQuota
from harness.run.preparation import EvalOptions, prepare
from harness.run.requests.quota import LocalQuota, Quota
from harness.run.targets import Target
from harness.store.runs import DiskRuns
from harness.wiring import read_spec
from tests.storms.limited_service import LimitedModel, LimitedService
from tests.storms.virtual_time import VirtualClock, run_virtually

SPEC = """
version: 1
name: storm
providers:
  p: {{type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {{a: {{}}}}}}
evaluation:
  concurrency: {concurrency}
  budget: {{minutes: 600}}
  parameters: {{max_output_tokens: {most}}}
conversations:
  - {{id: only, turns: [{{user: "{prompt}"}}]}}
"""
TOKEN = "wor "
"""Four characters: one token by a run's own estimate."""


@dataclass(frozen=True, slots=True)
class Stormed:
    """The end of one process's part of a storm.

    Attributes:
        trials: those that have a result.
        lost: of these, without an answer.
    """

    trials: int
    lost: int


def storm(
    service: LimitedService,
    folder: Path,
    quotas: Sequence[Callable[[], SharedQuota | None]] | None = None,
    *,
    concurrency: str = "auto",
) -> list[Stormed]:
    """Let the runs of so many processes, one for each quota, ask one service until all is done.

    The calls of the load are divided between them. Without ``quotas`` it is one process alone.
    """
    limits = service.load.limits
    openers = quotas or [lambda: LocalQuota(Quota.of(limits))]
    share = service.load.calls // len(openers)
    for number in range(len(openers)):
        (folder / str(number)).mkdir()

    async def main() -> list[Stormed]:
        return await asyncio.gather(
            *(
                _run(service, folder / str(number), opener, share, concurrency)
                for number, opener in enumerate(openers)
            )
        )

    return run_virtually(main())


async def _run(
    service: LimitedService,
    folder: Path,
    opener: Callable[[], SharedQuota | None],
    calls: int,
    concurrency: str,
) -> Stormed:
    load, clock, chance = service.load, VirtualClock(), random.Random(11)
    prompt = (TOKEN * load.estimated).strip()
    text = SPEC.format(prompt=prompt, most=load.most, concurrency=concurrency)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    spec_file = read_spec(folder / "spec.yaml", Permissions(root=folder))
    quota = opener()

    def find_quota(target: Target) -> SharedQuota | None:
        del target
        return quota

    ports = RunPorts(
        model=lambda _: LimitedModel(service),
        simulated=lambda _: True,
        cases=lambda _: iter(()),
        store=DiskRuns(folder, clock.now),
        clock=clock,
        chance=chance.random,
        quota=find_quota,
    )
    prepared = prepare(spec_file, EvalOptions(repeats=calls), ports)
    results: list[Result] = []

    def note(event: Event) -> None:
        if isinstance(event, Finished):
            results.append(event.result)

    matrix = prepared.matrix
    info = RunInfo("storm", "storm", "", "", "", (), planned_trials=matrix.size)
    with ports.store.begin(info, {}, folder / "run") as log:
        await run_trials(matrix, Models.of(matrix, ports), prepared.config, log, ports, note)
    return Stormed(len(results), sum(one.outcome == "errored" for one in results))
