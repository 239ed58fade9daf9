"""``harness apply``: create or update what the spec declares, and wait until it is ready."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.app.recording import Recording
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.provisioning.frontend import (
    add_plan_options,
    carry_out,
    open_accounts,
    tell_applied,
)
from harness.cli.recording import add_recording_options
from harness.cli.specs import add_spec_or_plan_argument
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.plan.model import Intent, Plan

EXAMPLES = """\b
Examples:
  harness apply                                  the only spec of the project; or a folder's
  harness apply specs/sweden.yaml                on the simulator nothing is asked
  harness apply specs/sweden.yaml --yes          in a pipeline, on a real cloud
  harness apply specs/sweden.yaml --adopt        take over what belongs to no spec
  harness apply specs/sweden.yaml --prune        and delete what it no longer declares
  harness apply today.plan                       what `harness plan -o today.plan` wrote

\b
Exit codes: 0 done · 1 refused by preflight, stale, or declined · 2 the request is wrong
            3 Azure refused something; what could be done is done · 130 interrupted
"""


@click.command("apply", cls=Command, epilog=EXAMPLES)
@add_spec_or_plan_argument
@add_plan_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    intent: Intent,
    yes: bool,
    as_json: bool,
    recording: Recording | None,
) -> int:
    """Create or update what the spec declares, and wait until it is ready.

    Exactly the plan that is shown is carried out; a PLAN that `harness plan -o` wrote is refused
    when anything that it saw has changed. Nothing that the spec does not own is touched, and an
    update keeps every property, tag and child that the spec does not name.
    """
    from harness.app.saved_plans import (
        advise_new_plan,
        find_spec_of_plan,
        read_plan,
        refuse_another_origin,
        refuse_stale,
    )
    from harness.plan.model import Intent as Wish
    from harness.wiring import read_spec

    saved = read_plan(spec)
    if saved is None:
        spec_file = read_spec(spec, permissions, recording)
        with open_accounts(permissions, spec_file, recording, named=spec) as world:
            applied = carry_out(world, intent, yes=yes, as_json=as_json)
            tell_applied(applied, world, as_json=as_json)
            return applied.exit_code
    if intent != Wish("apply"):
        raise click.UsageError("a saved plan has its options in it: give none of them with PLAN.")
    if recording is not None:
        raise click.UsageError("a saved plan is carried out for real: record, or replay, its SPEC.")
    spec_file = read_spec(find_spec_of_plan(spec, saved), permissions)
    with open_accounts(permissions, spec_file, named=spec) as world:
        refuse_another_origin(spec, saved, world)

        def still_holds(plan: Plan) -> None:
            refuse_stale(saved, plan, named=str(spec), hint=advise_new_plan(spec, world))

        applied = carry_out(world, saved.intent, yes=yes, as_json=as_json, still_holds=still_holds)
        tell_applied(applied, world, as_json=as_json)
        return applied.exit_code
