"""Evaluate: from a world and options to a run on disk with its verdict."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.app.baselines import add_baseline
from harness.app.costs.forecast import forecast_prepared
from harness.app.deployed import find_missing
from harness.app.documents import keep_comparison
from harness.app.history.durations import add_durations
from harness.app.history.failed import add_failed
from harness.app.ports import World
from harness.azure.offers_data import RateLimit
from harness.errors import Diagnostic, OutsideError
from harness.results.model import Result
from harness.run.evaluate import Evaluated, evaluate
from harness.run.events import Event
from harness.run.forecast.forecast import Forecast
from harness.run.preparation import EvalOptions, PreparedRun, prepare
from harness.run.targets import every_target

if TYPE_CHECKING:
    from harness.plan.model import Goal
    from harness.run.ports import RunPorts

NOT_DEPLOYED = "H925"


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that has ended, and what is on disk of it.

    Attributes:
        evaluated: the run and what it comes to.
        results: one a trial, decoded from disk whenever they are asked for.
    """

    evaluated: Evaluated
    results: Sequence[Result]


def forecast(
    world: World,
    options: EvalOptions,
    *,
    limits: Mapping[str, Sequence[RateLimit]] | None = None,
    on_ready: Callable[[PreparedRun], None] = lambda _: None,
) -> Forecast:
    """Return what an evaluation would send and cost; nothing is sent and nothing is written.

    Args:
        world: the outside of the spec.
        options: the selection and the limits.
        limits: of deployments that Azure was asked about, by the target's name.
        on_ready: gets what would be run.

    Raises:
        RequestError: nothing is selected, or an unknown target is.
    """
    ports = world.open_run_ports()
    prepared = _prepare(world, options, ports)
    on_ready(prepared)
    return forecast_prepared(world, prepared, ports, limits)


def evaluate_spec(
    world: World,
    options: EvalOptions,
    show: Callable[[Event], None],
    *,
    on_ready: Callable[[PreparedRun], None] = lambda _: None,
    on_forecast: Callable[[Forecast], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> FinishedRun:
    """Play what is selected; of documents nothing but the results is written.

    Args:
        world: the outside of the spec.
        options: the selection and the limits.
        show: gets what happens, from within the run's loop.
        on_ready: gets what is about to be run, before anything is spent.
        on_forecast: gets what it is about to take, where anything is; None: nothing is foretold.
        say: gets a line about deployments that are not there, which are asked for before; None
            where it is known that they are.

    Raises:
        HarnessError: nothing was run, for a reason that it says.
    """
    ports = world.open_run_ports()
    prepared = _prepare(world, options, ports)
    on_ready(prepared)
    if say is not None and prepared.resumed is None:
        _require_deployed(world, prepared, say)
    if on_forecast is not None and not ports.replays:
        on_forecast(forecast_prepared(world, prepared, ports))
    engine = world.open_engine(prepared.options.engine, options.scheduler)
    done = evaluate(prepared, ports, show, engine)
    if done.summary.comparison is not None:
        keep_comparison(world.archive, done.directory, done.summary.comparison)
    return FinishedRun(done, world.archive.read(done.directory).results)


def _prepare(world: World, options: EvalOptions, ports: RunPorts) -> PreparedRun:
    chosen = add_durations(world, add_failed(world, options))
    if chosen.shard is not None:
        return prepare(world.spec_file, chosen, ports)  # its gate, and so its baseline, is merge's
    return add_baseline(world, prepare(world.spec_file, chosen, ports), ports)


def deploy_and_evaluate(
    world: World,
    provision: Callable[[Goal], int],
    evaluate: Callable[[], int],
    *,
    destroys: bool,
) -> int:
    """Deploy what a spec declares, evaluate it, and take it down again where that is wanted.

    Returns the exit code: that of what kept the conversations from beginning, else theirs, else
    that of what could not be taken down. A spec of providers alone has nothing to deploy.

    Args:
        world: the outside of the spec.
        provision: applies or destroys, tells of it and returns its exit code.
        evaluate: plays the conversations, likewise.
        destroys: whether what the spec owns is deleted afterwards.
    """
    deploys = bool(world.spec_file.spec.accounts)
    if deploys and (refused := provision("apply")):
        return refused
    try:
        judged = evaluate()
    finally:
        # Whatever became of the conversations: what costs money by the hour goes.
        left = provision("destroy") if deploys and destroys else 0
    return judged or left


def _require_deployed(world: World, prepared: PreparedRun, say: Callable[[str], None]) -> None:
    """Say which deployments are not there.

    Raises:
        OutsideError: none of the targets is.
    """
    matrix = prepared.matrix
    asked = [*matrix.targets]
    asked += [target for target in every_target(matrix.spec) if target.name in matrix.advice]
    missing = find_missing(world, list({target.name: target for target in asked}.values()))
    if not missing:
        return
    command = f"harness apply {shlex.quote(world.spec_file.path)}"
    verb = "is" if len(missing) == 1 else "are"
    said = f"{', '.join(missing)} {verb} not deployed"
    if {target.name for target in matrix.targets} <= set(missing):
        raise OutsideError(Diagnostic(NOT_DEPLOYED, said, hint=command))
    say(f"{said}, so that nothing there can be answered: {command}")
