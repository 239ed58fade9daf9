"""The description of a run, as ``run.json`` has it: its id, its moments, whom it asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.results.model import TargetInfo
from harness.run.judging.judges import Judges
from harness.run.matrix import Matrix
from harness.run.ports import Clock, RunPorts
from harness.run.targets import Target, every_target
from harness.spec.load import SpecFile


def make_run_id(clock: Clock, chance: Callable[[], float]) -> str:
    """Return ``YYYYMMDD-HHMMSS-xxxxxx`` in UTC: it sorts by time, with chance at its end."""
    return f"{clock.now():%Y%m%d-%H%M%S}-{int(chance() * 16**6):06x}"


def format_now(clock: Clock) -> str:
    """Return the time of day as files have it: UTC, to the millisecond."""
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_simulated(matrix: Matrix, ports: RunPorts) -> bool:
    """Return whether any answer would be simulated, of a target, a judge or for embeddings."""
    names = Judges.of(matrix.spec).names
    judges = [target for target in every_target(matrix.spec) if target.name in names]
    return any(ports.simulated(target) for target in (*matrix.targets, *judges))


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


def place_in_project(spec_file: SpecFile) -> str | None:
    """Return where the spec stands beneath the project root; None where it is elsewhere."""
    try:
        place = Path(spec_file.path).resolve().relative_to(Path(spec_file.root).resolve())
    except ValueError:
        return None
    return place.as_posix()
