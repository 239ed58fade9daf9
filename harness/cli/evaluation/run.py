"""``harness run``: apply, eval and report in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.app.recording import Recording
from harness.cli.evaluation.eval import (
    add_eval_options,
    refuse_beside_dask,
    refuse_contradictions,
)
from harness.cli.evaluation.telemetry import tell_elsewhere
from harness.cli.history.sharing import share_runs, upload_run
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.recording import add_recording_options
from harness.cli.show import Showing
from harness.cli.specs import add_spec_argument
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.plan.model import Goal
    from harness.run.preparation import EvalOptions
    from harness.wiring import SpecWorld

EXAMPLES = """\b
Examples:
  harness run                                     the only spec of the project
  harness run specs/sweden.yaml                   on the simulator: no account, no key, no network
  harness run specs/sweden.yaml -k founders       deploy everything, play one conversation
  HARNESS_CLOUD=azure harness run specs/sweden.yaml --yes --destroy
                                                  for real, and take it down again

\b
Exit codes: 0 passed · 1 failed · 2 the request is wrong
            3 something outside prevented an answer · 4 incomplete · 130 interrupted
"""


@click.command("run", cls=Command, epilog=EXAMPLES)
@add_spec_argument
@add_eval_options
@click.option("--yes", is_flag=True, help="Do not ask before applying or destroying.")
@click.option("--destroy", is_flag=True, help="Afterwards delete what this spec owns.")
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    options: EvalOptions,
    showing: Showing,
    dry_run: bool,
    yes: bool,
    destroy: bool,
    recording: Recording | None,
) -> int:
    """Deploy what the spec declares, run its conversations, and write the report.

    SPEC is a spec, or a folder for all in it; without one it is the only spec of the project.
    Exits as eval does; what apply refuses ends it before a conversation begins.
    """
    from harness.app.evaluation import deploy_and_evaluate
    from harness.cli.evaluation.frontend import evaluate_and_show, show_what_would_run
    from harness.wiring import read_spec

    refuse_beside_dask(options, permissions, recording)
    refuse_contradictions(options, recording)
    if destroy and options.shard is not None:
        raise click.UsageError(
            "--destroy does not go with --shard: the first to end would delete what the others "
            "still use. Run `harness destroy` after the last one."
        )
    spec_file = read_spec(spec, permissions, recording)
    with open_outside(spec_file, permissions, recording) as world:
        if dry_run:
            show_what_would_run(world, options, as_json=showing.as_json)
            return int(Exit.OK)

        share_runs(world)
        with tell_elsewhere(world) as tell:

            def evaluate() -> int:
                done = evaluate_and_show(world, options, showing, applied=True, tell=tell)
                upload_run(world.archive, done.directory)
                return done.exit_code

            return deploy_and_evaluate(
                world,
                lambda goal: _provision(world, goal, yes=yes, as_json=showing.as_json),
                evaluate,
                destroys=destroy,
            )


def _provision(world: SpecWorld, goal: Goal, *, yes: bool, as_json: bool) -> int:
    """Apply or destroy, tell it, and return the exit code."""
    from harness.cli.provisioning.frontend import carry_out, tell_applied
    from harness.plan.model import Intent

    applied = carry_out(world, Intent(goal), yes=yes, as_json=as_json)
    # Stdout holds one document: the run's, or that of the plan which kept it from beginning.
    alone = goal == "apply" and applied.exit_code != 0
    tell_applied(applied, world, as_json=as_json, err=not alone)
    return applied.exit_code
