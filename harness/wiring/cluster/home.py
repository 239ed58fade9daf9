"""The engine that plays a run, as home opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.run.engines.engine import Engine, EngineName
    from harness.run.matrix import Matrix
    from harness.wiring.world import SpecWorld


def open_engine(world: SpecWorld, name: EngineName, scheduler: str | None) -> Engine:
    """Return what plays a spec's trials: this process, or the workers of a scheduler."""
    from harness.run.engines.local import LocalEngine

    if name == "local":
        return LocalEngine()
    from harness.cluster.engine import DaskEngine
    from harness.cluster.look_over import Needs
    from harness.wiring.cluster.package import list_variables, pack_run
    from harness.wiring.cluster.worker import play_order

    def pack(matrix: Matrix) -> tuple[str, str]:
        return pack_run(world, matrix)

    needs = Needs(list_variables(world), world.simulator_url or "")
    return DaskEngine(scheduler, play_order, pack, needs)
