"""Foretell an evaluation: what it would send, take and cost, from the spec and from past runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.recording import name_default_folder
from harness.errors import RequestError
from harness.run.forecast.forecast import Forecast, make_forecast
from harness.run.forecast.past import PastReplies, PastTurns, gather_results
from harness.run.preparation import PreparedRun, divide_questions
from harness.run.requests.spent import find_left

if TYPE_CHECKING:
    from harness.app.ports import World
    from harness.azure.offers_data import RateLimit
    from harness.results.model import RunInfo
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
    limits: Mapping[str, Sequence[RateLimit]] | None = None,
) -> Forecast:
    """Return what a prepared evaluation would send and cost.

    ``limits`` are those of deployments that Azure was asked about, by the target's name.
    """
    portions, left = divide_questions(prepared), 1.0
    if prepared.resumed is not None and prepared.matrix.count:
        done = ports.store.info(prepared.resumed).totals.trials
        left = max(0.0, 1 - done / prepared.matrix.count)
    return make_forecast(
        prepared.matrix,
        prepared.config.widths,
        find_left(prepared.config.budget, prepared.config.spent),
        simulated=ports.simulated,
        past=_Past(world, ports.simulated).find,
        limits=limits,
        looks=portions.planned if portions else 0,
        left=left,
    )


@dataclass(slots=True)
class _Past:
    """Finds a target's replies: in the newest run that has some, in a baseline, in a recording."""

    world: World
    simulated: Callable[[Target], bool]
    runs: list[tuple[Path, RunInfo]] | None = None
    gathered: dict[Path, dict[str, PastTurns]] = field(default_factory=dict)

    def find(self, target: Target) -> PastReplies | None:
        """Return a target's replies to this spec, by the same model, simulated or not as it is."""
        spec, archive = self.world.spec_file.spec, self.world.archive
        if self.runs is None:
            self.runs = [*islice(archive.runs(spec.name), MOST_RUNS), *self._list_kept()]
        simulated = self.simulated(target)
        for directory, info in self.runs:
            named = next((one for one in info.targets if one.name == target.name), None)
            if named is None or named.simulated != simulated:
                continue
            if (named.model, named.version) != (target.model, target.version):
                continue
            turns = self._read(directory).get(target.name, PastTurns())
            latency_s = _find_latency(info, target.name)
            found = turns.make_past(f"run {info.id}", simulated=simulated, latency_s=latency_s)
            if found is not None:
                return found
        opened = self.world.recording
        path = Path(self.world.spec_file.path)
        cassette = name_default_folder(path) if opened is None else opened.folder
        return archive.read_recorded_replies(cassette, target, simulated=simulated)

    def _list_kept(self) -> Iterator[tuple[Path, RunInfo]]:
        """List the baselines beside the spec, which are committed where runs are not."""
        archive = self.world.archive
        for directory in archive.list_baselines(Path(self.world.spec_file.path)):
            try:
                yield directory, archive.info(directory)
            except RequestError:
                continue

    def _read(self, directory: Path) -> dict[str, PastTurns]:
        if directory not in self.gathered:
            try:
                results = self.world.archive.read(directory).results
                self.gathered[directory] = gather_results(islice(results, MOST_RESULTS))
            except (RequestError, OSError):  # it went away, or is no run any more
                self.gathered[directory] = {}
        return self.gathered[directory]


def _find_latency(info: RunInfo, target: str) -> tuple[float, float] | None:
    """Return the seconds that a turn took, in the middle and at the 95th percentile."""
    for column in info.columns:
        if column.target == target and column.p50_s and column.p95_s:
            return column.p50_s, column.p95_s
    return None
