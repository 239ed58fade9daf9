"""Foretell an evaluation: what it would send, take and cost, from the spec and from past runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import RequestError
from harness.run.forecast.forecast import Forecast, make_forecast
from harness.run.forecast.past import PastGatherer, PastReplies
from harness.run.preparation import PreparedRun, divide_questions

if TYPE_CHECKING:
    from harness.app.ports import ProjectArchive, World
    from harness.results.model import RunInfo, TargetInfo
    from harness.run.forecast.limits import DeployedLimits
    from harness.run.ports import RunPorts
    from harness.run.targets import Target

MOST_RUNS = 20
"""Past runs that are looked at for one whose replies are like those to come."""
MOST_RESULTS = 3000
"""Results that are read of one run: they are read before anything is sent."""


def forecast_prepared(
    world: World,
    prepared: PreparedRun,
    ports: RunPorts,
    limits: Mapping[str, DeployedLimits] | None = None,
) -> Forecast:
    """Return what a prepared evaluation would send and cost.

    ``limits`` are those of deployments that Azure was asked about, by the target's name.
    """
    portions = divide_questions(prepared)
    spec_file = world.spec_file
    runs = _PastRuns(world.archive, spec_file.spec.name, Path(spec_file.path), ports.simulated)
    return make_forecast(
        prepared.matrix,
        prepared.config.widths,
        prepared.config.budget,
        simulated=ports.simulated,
        past=runs.find,
        limits=limits,
        looks=portions.planned if portions else 0,
    )


@dataclass(slots=True)
class _PastRuns:
    """Finds a target's replies in the newest run that has some, and reads each run once."""

    archive: ProjectArchive
    spec_name: str
    spec_path: Path
    simulated: Callable[[Target], bool]
    runs: list[tuple[Path, RunInfo]] | None = None
    gathered: dict[Path, PastGatherer] = field(default_factory=dict)

    def find(self, target: Target) -> PastReplies | None:
        """Return a target's replies to this spec, by the same model, simulated or not as it is."""
        if self.runs is None:
            self.runs = [*islice(self.archive.runs(self.spec_name), MOST_RUNS), *self._list_kept()]
        for directory, info in self.runs:
            named = next((one for one in info.targets if one.name == target.name), None)
            if named is None or not self._is_alike(named, target):
                continue
            found = self._read(directory, info).make_past(
                target.name,
                simulated=named.simulated,
                latency_s=_find_latency(info, target.name),
            )
            if found is not None:
                return found
        return None

    def _list_kept(self) -> Iterator[tuple[Path, RunInfo]]:
        """List the baselines beside the spec, which are committed where runs are not."""
        for directory in self.archive.list_baselines(self.spec_path):
            try:
                yield directory, self.archive.info(directory)
            except RequestError:
                continue

    def _is_alike(self, info: TargetInfo, target: Target) -> bool:
        return (
            info.model == target.model
            and info.version == target.version
            and info.simulated == self.simulated(target)
        )

    def _read(self, directory: Path, info: RunInfo) -> PastGatherer:
        if directory not in self.gathered:
            gatherer = self.gathered[directory] = PastGatherer(info.id)
            try:
                gatherer.add(islice(self.archive.read(directory).results, MOST_RESULTS))
            except (RequestError, OSError):  # it went away, or is no run any more
                gatherer.turns.clear()
        return self.gathered[directory]


def _find_latency(info: RunInfo, target: str) -> tuple[float, float] | None:
    """Return the seconds that a turn took, in the middle and at the 95th percentile."""
    for column in info.columns:
        if column.target == target and column.p50_s and column.p95_s:
            return column.p50_s, column.p95_s
    return None
