"""The engine with a model of the test's own behind the port and the real store on disk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.compare.comparison.scores import Baseline, Scores
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Reply, Usage
from harness.run.engines.batch import BatchEngine
from harness.run.engines.local import LocalEngine
from harness.run.evaluate import Evaluated, evaluate
from harness.run.events import Event
from harness.run.ports import RunPorts, take_no_batches
from harness.run.preparation import EvalOptions, prepare
from harness.run.targets import Target
from harness.run.waves.ports import BatchService
from harness.spec.load import SpecFile
from harness.spec.model.spec import Conversation
from harness.store.runs import DiskRuns
from harness.wiring import Permissions, read_spec
from tests.unit.run.stepped_clock import SteppedClock

SPEC = """
version: 1
name: engine
providers:
  p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {a: {}, b: {}}}
evaluation: EVALUATION
conversations:
  - {id: first, turns: [{user: one, assert: [{contains: one}]}, {user: two}]}
  - {id: second, turns: [{user: three, assert: [{contains: THREE}]}]}
"""

THROTTLED = Failure("rate_limit", "slow down", 429, "429", retryable=True, retry_after_s=2.0)
DOWN = Failure("server", "down", 503, retryable=True)


class Model:
    """A model that answers what the last message said, or whatever a script says first."""

    def __init__(self, answer: Callable[[Request, int], Answer | None]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.in_flight = self.most = 0
        self.closed = False

    async def complete(self, request: Request) -> Answer:
        self.requests.append(request)
        number = len(self.requests)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(0.001)
        self.in_flight -= 1
        said = request.messages[-1].content or ""
        found = self.answer(request, number)
        return found or Reply(f"{said}!", "stop", model="m", usage=Usage(7, 3), latency_s=0.25)

    async def close(self) -> None:
        self.closed = True


class Laboratory:
    """An evaluation with a model of the test's own."""

    def __init__(self, folder: Path, evaluation: str = "{}") -> None:
        self.folder = folder
        self.clock = SteppedClock()
        self.models: dict[str, Model] = {}
        self.answer: Callable[[Request, int], Answer | None] = lambda _request, _number: None
        self.events: list[Event] = []
        self.base: Scores | None = None
        self.batches: Callable[[Target], BatchService] = take_no_batches
        self.write(evaluation)

    def write(self, evaluation: str, spec: str = SPEC) -> None:
        text = spec.replace("EVALUATION", evaluation)
        (self.folder / "spec.yaml").write_text(text, encoding="utf-8")

    @property
    def spec_file(self) -> SpecFile:
        return read_spec(self.folder / "spec.yaml", Permissions(root=self.folder))

    def open_run_ports(self) -> RunPorts:
        def model(target: Target) -> Model:
            self.models[target.name] = Model(self.answer)
            return self.models[target.name]

        return RunPorts(
            model=model,
            simulated=lambda _: False,
            cases=rows,
            store=DiskRuns(self.folder, self.clock.now),
            clock=self.clock,
            chance=lambda: 0.5,
            batches=self.batches,
        )

    def run(self, **options: Any) -> Evaluated:
        ports = self.open_run_ports()
        prepared = prepare(self.spec_file, EvalOptions(**options), ports)
        if self.base is not None and prepared.gate is not None:
            prepared = replace(prepared, baseline=Baseline("main", self.base))
        engine = BatchEngine() if prepared.options.engine == "batch" else LocalEngine()
        return evaluate(prepared, ports, self.events.append, engine)

    @property
    def asked(self) -> int:
        return sum(len(model.requests) for model in self.models.values())


def rows(_: Conversation) -> Iterator[Mapping[str, Any]]:
    return iter(())


def lines(directory: Path, name: str = "results.jsonl") -> list[dict[str, Any]]:
    text = (directory / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
