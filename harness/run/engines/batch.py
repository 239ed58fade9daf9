"""The engine that asks in batches what takes them; trials are played in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from harness.run.engines.asking_mode import RunState
from harness.run.engines.engine import Looking, RunConfig, TrialsOutcome, TrialsRunner
from harness.run.engines.local import run_trials
from harness.run.engines.trial_pool import Models
from harness.run.events import Event
from harness.run.judging.check_executor import ChatExecutor, CheckExecutor
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix
from harness.run.ports import RunLog, RunPorts
from harness.run.targets import Target, every_target
from harness.run.waves.idle import IdleDetector
from harness.run.waves.ports import BatchService
from harness.run.waves.wave_executor import WaveExecutor
from harness.run.waves.waves import Waves, WaveSetting

MOST_IN_PLAY: Final = 10_000
"""Trials of one target that are in play at once: others follow as they end. It bounds memory."""


class BatchEngine:
    """The engine that sends files, and waits for what comes of them."""

    name = "batch"

    def make_ready(self, matrix: Matrix, config: RunConfig, ports: RunPorts) -> TrialsRunner:
        """Open the services of those that take batches, and the models of all others.

        Raises:
            RequestError: a target cannot be reached as declared.
        """
        judges = Judges.of(matrix.spec).judges
        asked = {one.name: one for one in every_target(matrix.spec) if one.name in judges}
        asked.update((target.name, target) for target in matrix.targets)
        batched = [one for one in asked.values() if one.by_batch or one.is_batch_deployment]
        services = {target.name: ports.batches(target) for target in batched}
        models = Models.of(matrix, ports, but=frozenset(services))

        async def run(
            log: RunLog, show: Callable[[Event], None], looking: Looking | None
        ) -> TrialsOutcome:
            run_id = ports.store.info(log.directory).id

            def ask_in_batches(terms: RunState) -> BatchAsking:
                setting = WaveSetting(
                    run_id, services, log.waves, ports.clock, terms.halt, terms.show
                )
                return BatchAsking(setting, batched, terms, config.unknown, judges)

            return await run_trials(
                matrix, models, config, log, ports, show, looking=looking, mode=ask_in_batches
            )

        return run


@dataclass(slots=True)
class BatchAsking:
    """Asks in batches; an ``AskingMode``.

    Attributes:
        setting: what all waves have in common.
        targets: those that are asked so.
        judges: the names of all who judge.
    """

    setting: WaveSetting
    targets: list[Target]
    terms: RunState
    unknown: Literal["retry", "skip"]
    judges: tuple[str, ...] = ()
    idle: IdleDetector = field(default_factory=IdleDetector)
    waves: Waves = field(init=False)

    def __post_init__(self) -> None:
        """Let the waves and the budget tell when the run stands still."""
        self.waves = Waves(self.setting, self.targets, self.idle)
        self.idle.blocked = lambda: self.terms.tracker.blocked
        self.terms.tracker.on_blocked = self.idle.look

    @property
    def executors(self) -> Mapping[str, ChatExecutor]:
        """Make the executor of each target, by its name."""
        setting, terms = self.setting, self.terms
        return {
            target.name: WaveExecutor(
                target,
                self.waves,
                terms.log,
                terms.tracker,
                setting.clock,
                setting.halt,
                self.unknown,
            )
            for target in self.targets
        }

    @property
    def adapted(self) -> Mapping[str, tuple[str, ...]]:
        """The adaptations to each target, by its name."""
        services: Mapping[str, BatchService] = self.setting.services
        return {name: service.adapted for name, service in services.items()}

    def prepare_checks(self, checks: CheckExecutor) -> CheckExecutor:
        """Let the checks of a trial be asked together, where a judge is asked in batches."""
        batched = {target.name for target in self.targets}
        if batched.isdisjoint(self.judges):
            return checks
        return replace(checks, idle=self.idle)

    def choose_pool_size(self, usual: int) -> int:
        """Return how many trials of a target are in play at once, so that waves are large."""
        return max(usual, MOST_IN_PLAY)

    def choose_ahead(self, usual: int) -> int:
        """Return no limit: one that waited for others would keep the run from standing still."""
        return max(usual, sys.maxsize)

    def activity(self) -> AbstractContextManager[None]:
        """Count what a worker does as an activity."""
        return self.idle.activity()

    async def begin(self) -> None:
        """Delete files that earlier processes left for nothing."""
        await self.waves.tidy()

    def watch(self) -> None:
        """Let those go who wait for a wave, once the run is halted."""
        self.waves.note_halt()

    def conclude(self) -> None:
        """Tell which batches go on at the service."""
        self.waves.conclude()

    async def close(self) -> None:
        """Stop looking at batches, and let go of connections."""
        await self.waves.close()
        for service in self.setting.services.values():
            await service.close()
