"""``harness plan``: what apply would do; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.app.recording import Recording
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.provisioning.frontend import (
    add_plan_options,
    open_accounts,
    print_document,
    print_page,
    show_saved,
)
from harness.cli.recording import add_recording_options
from harness.cli.show import find_voice
from harness.cli.specs import add_spec_or_plan_argument
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.plan.model import Intent

EXAMPLES = """\b
Examples:
  harness plan                                   the only spec of the project; or a folder's
  harness plan specs/sweden.yaml                 what would change, and whether Azure accepts it
  harness plan specs/sweden.yaml --check         the same, with exit code 1 when there are changes
  harness plan specs/sweden.yaml --json          for programs
  harness plan specs/sweden.yaml --skip-preflight quota_exceeded
  harness plan specs/sweden.yaml --only account.sweden.deployment.mini
  harness plan specs/sweden.yaml --prune         with what the spec no longer declares
  harness plan specs/sweden.yaml -o today.plan   to be read, and carried out as it is
  harness plan specs/sweden.yaml --record        keep what Azure said in sweden.cassette
  harness plan specs/sweden.yaml --replay        the same again: no sign-in, no network

\b
Exit codes: 0 apply would do this · 1 preflight refuses, or --check and there are changes
            2 the request is wrong · 3 Azure cannot be read
"""


@click.command("plan", cls=Command, epilog=EXAMPLES)
@add_spec_or_plan_argument
@add_plan_options
@click.option(
    "-o",
    "out",
    metavar="PLAN",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the plan to a file, for `harness apply PLAN`.",
)
@click.option(
    "--destroy",
    "destroys",
    is_flag=True,
    help="Show what destroy would delete.",
)
@click.option("--check", is_flag=True, help="Exit with 1 when there are changes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    intent: Intent,
    out: Path | None,
    check: bool,
    destroys: bool,
    as_json: bool,
    recording: Recording | None,
) -> int:
    """Show what apply would do, and what Azure would refuse; nothing is written.

    Preflight asks Azure what it offers: region, model, version, SKU, capacity, retirement, quota.
    A refusal names what would do instead, nearest first. Below stands what the deployments cost to
    have, and what an eval would cost and take. A file that `-o` wrote is shown.
    """
    from harness.app.costs.plan import forecast_plan, make_costs_document
    from harness.app.provisioning import make_place_finder, plan
    from harness.app.saved_plans import write_plan
    from harness.cli.costs.standing import format_costs
    from harness.plan.rendering.plans import format_plan, make_plan_document
    from harness.wiring import read_spec

    if show_saved(spec, as_json=as_json):
        return int(Exit.OK)
    if destroys:
        if out is not None:
            raise click.UsageError("-o keeps what apply shall do: leave --destroy out.")
        intent = replace(intent, goal="destroy")
    spec_file = read_spec(spec, permissions, recording)
    with open_accounts(permissions, spec_file, recording, named=spec) as world:
        planned = plan(world, intent)
        if out is not None and not planned.errors:
            write_plan(out, planned, world, intent)
            find_voice().say(
                f"{out} holds this plan: `harness apply {out}` carries out exactly that"
            )
        costs = None if destroys else forecast_plan(world, planned)
    if as_json:
        told = {} if costs is None else make_costs_document(costs)
        print_document(make_plan_document(replace(planned, forecast=told)))
    else:
        voice = find_voice()
        places = make_place_finder(world)
        print_page(format_plan(planned, places, verbose=voice.verbose, quiet=voice.quiet))
        if costs is not None and not voice.quiet:
            click.echo(
                "".join(f"{line}\n" for line in format_costs(costs, spec=str(spec))), nl=False
            )
    if out is not None and planned.errors:
        find_voice().say(f"{out} was not written: apply would do nothing")
    if planned.errors or (check and not planned.is_empty):
        return int(Exit.NO)
    return int(Exit.OK)
