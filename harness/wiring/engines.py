"""The table of engines: what plays the trials of a run, by the name that ``--engine`` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.run.engines.names import EngineName

if TYPE_CHECKING:
    from harness.run.engines.engine import Engine
    from harness.run.matrix import Matrix
    from harness.wiring.world import SpecWorld


def _play_here(_world: SpecWorld, _scheduler: str | None) -> Engine:
    from harness.run.engines.local import LocalEngine

    return LocalEngine()


def _ask_by_batches(_world: SpecWorld, _scheduler: str | None) -> Engine:
    from harness.run.engines.batch import BatchEngine

    return BatchEngine()


def _play_on_workers(world: SpecWorld, scheduler: str | None) -> Engine:
    from harness.cluster.engine import DaskEngine
    from harness.cluster.worker_check import WorkerNeeds
    from harness.wiring.cluster.package import list_variables, pack_run
    from harness.wiring.cluster.worker import play_task_order

    def pack(matrix: Matrix) -> tuple[str, str]:
        return pack_run(world, matrix)

    needs = WorkerNeeds(list_variables(world), world.simulator_url or "")
    return DaskEngine(scheduler, play_task_order, pack, needs)


ENGINES: Mapping[EngineName, Callable[[SpecWorld, str | None], Engine]] = {
    "local": _play_here,
    "batch": _ask_by_batches,
    "dask": _play_on_workers,
}
"""The engines by their names; the scheduler's address is a cluster's alone."""
