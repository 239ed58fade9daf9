"""The description of a run, as ``run.json`` has it: its id, its moments, whom it asks."""

from __future__ import annotations

from collections.abc import Callable

from harness.results.model import TargetInfo
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix
from harness.run.ports import Clock, RunPorts
from harness.run.targets import Target, every_target


def make_run_id(clock: Clock, chance: Callable[[], float]) -> str:
    """Return ``YYYYMMDD-HHMMSS-xxxxxx`` in UTC: it sorts by time, with chance at its end."""
    return f"{clock.now():%Y%m%d-%H%M%S}-{int(chance() * 16**6):06x}"


def format_now(clock: Clock) -> str:
    """Return the time of day as files have it: UTC, to the millisecond."""
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_judged_by_simulation(matrix: Matrix, ports: RunPorts) -> bool:
    """Return whether a simulated judge, or simulated embeddings, judge real answers."""
    names = Judges.of(matrix.spec).names
    return any(ports.simulated(t) for t in every_target(matrix.spec) if t.name in names)


def make_judge_info(matrix: Matrix, ports: RunPorts, name: str) -> TargetInfo:
    """Describe a target that judges or embeds, as ``run.json`` has it."""
    target = next(target for target in every_target(matrix.spec) if target.name == name)
    return make_target_info(target, ports)


def make_target_info(target: Target, ports: RunPorts) -> TargetInfo:
    """Describe a target, as ``run.json`` has it."""
    return TargetInfo(
        name=target.name,
        model=target.model,
        version=target.version,
        region=ports.locate(target),
        sku=target.sku,
        capacity=target.capacity,
        simulated=ports.simulated(target),
    )
