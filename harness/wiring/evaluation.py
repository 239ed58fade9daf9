"""An evaluation without a command line: a spec and options in, a run on disk out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.wiring.documents import write_run_documents
from harness.wiring.trust import Trust
from harness.wiring.world import open_world

if TYPE_CHECKING:
    from harness.run.evaluate import EvalOptions, Evaluated
    from harness.run.events import Event
    from harness.spec.load import SpecFile
    from harness.wiring.recording import Recording


def evaluate_spec(
    spec_file: SpecFile,
    trust: Trust,
    options: EvalOptions,
    *,
    recording: Recording | None = None,
    show: Callable[[Event], None] = lambda _: None,
    documents: bool = True,
) -> Evaluated:
    """Open the outside of a spec, play what is selected, and close it again.

    Args:
        spec_file: for a replay, one that was read without an environment.
        trust: what the person at the keyboard allows.
        options: what to play.
        recording: whether HTTP is recorded or replayed.
        show: told what happens, from within the run's loop.
        documents: whether the page, junit.xml and summary.md are written beside the results.

    Raises:
        HarnessError: nothing was run, for a reason that it says.
    """
    from harness.run.evaluate import evaluate, prepare

    with open_world(spec_file, trust, say=lambda _: None, recording=recording) as world:
        ports = world.run_ports()
        done = evaluate(prepare(spec_file, options, ports), ports, show)
        if documents:
            write_run_documents(done.directory, done.summary)
        return done
