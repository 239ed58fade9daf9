"""Deploy a new project on the simulator, and record what its conversations come to there."""

from __future__ import annotations

from pathlib import Path

from harness.app.evaluation import evaluate_spec
from harness.app.ports import World
from harness.app.provisioning import Frontend, apply
from harness.errors import Diagnostic, OutsideError
from harness.plan.model import Intent
from harness.results.model import Totals
from harness.run.preparation import EvalOptions


def record_first_run(world: World, output: Path) -> Totals:
    """Deploy and play everything in a world that records; return the counts of what was played.

    Args:
        world: simulated, and recording.
        output: where the run is written, which nobody needs afterwards.

    Raises:
        HarnessError: something cannot be deployed, or nothing was answered.
    """
    applied = apply(world, Intent(), Frontend())
    if not applied.complete:
        raise OutsideError(
            Diagnostic(
                "H118",
                "the simulator did not deploy what the new spec declares",
                str(applied),
                hint=f"`harness apply {world.spec_file.path}` tries again",
            )
        )
    finished = evaluate_spec(world, EvalOptions(output=output), lambda _: None)
    return finished.evaluated.info.totals
