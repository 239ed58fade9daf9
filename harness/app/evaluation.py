"""Evaluate: from a world and options to a run on disk with its verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.app.ports import World
from harness.run.evaluate import EvalOptions, Evaluated, PreparedRun, evaluate, prepare
from harness.run.events import Event
from harness.wiring.documents import write_run_documents


def look_ahead(world: World, options: EvalOptions) -> PreparedRun:
    """Return what an evaluation would send; nothing is sent and nothing is written.

    Raises:
        RequestError: nothing is selected, or an unknown target is.
    """
    return prepare(world.spec_file, options, world.run_ports())


def evaluate_alone(
    world: World,
    options: EvalOptions,
    show: Callable[[Event], None],
    *,
    on_ready: Callable[[PreparedRun], None] = lambda _: None,
) -> Evaluated:
    """Play what is selected; nothing but the results is written.

    Args:
        world: the outside of the spec.
        options: the selection and the limits.
        show: gets what happens, from within the run's loop.
        on_ready: gets what is about to be run, before anything is spent.

    Raises:
        HarnessError: nothing was run, for a reason that it says.
    """
    ports = world.run_ports()
    prepared = prepare(world.spec_file, options, ports)
    on_ready(prepared)
    return evaluate(prepared, ports, show)


def evaluate_and_write(
    world: World, options: EvalOptions, show: Callable[[Event], None]
) -> tuple[Evaluated, Path]:
    """Play what is selected, and write the documents of the run; return it and its page.

    Args:
        world: the outside of the spec.
        options: the selection and the limits.
        show: gets what happens, from within the run's loop.

    Raises:
        HarnessError: nothing was run, for a reason that it says.
    """
    done = evaluate_alone(world, options, show)
    return done, write_run_documents(done.directory, done.summary)
