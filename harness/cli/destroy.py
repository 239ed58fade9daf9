"""``harness destroy``: delete what this spec owns, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.exits import Exit
from harness.cli.options import common_options, spec_argument
from harness.cli.provisioning import (
    carried_out,
    consents,
    exit_of,
    foreseen,
    opened,
    places_of,
    refuse_later,
    require_consent,
    tell_outcomes,
    tell_plan,
)
from harness.wiring import Trust

if TYPE_CHECKING:
    from harness.spec.load import SpecFile
    from harness.wiring.world import World

EXAMPLES = """\b
Examples:
  harness destroy specs/sweden.yaml              deployments, then accounts, then an empty group
  harness destroy specs/sweden.yaml --yes        in a pipeline, on a real cloud

\b
Exit codes: 0 done · 1 something is protected, or declined · 2 the request is wrong
            3 Azure refused something; what could be done is done · 130 interrupted
"""


@click.command("destroy", epilog=EXAMPLES)
@spec_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--purge", is_flag=True, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@common_options
def command(spec: Path, trust: Trust, *, yes: bool, as_json: bool, **later: Any) -> int:
    """Delete what this spec owns, and nothing else.

    Owned is what carries its tag. An account stays as long as it holds a deployment that is not
    ours; a group goes only when this spec created it and nothing is left in it.
    """
    refuse_later(later, {"purge": "--purge"})
    from harness.wiring import read_spec

    spec_file = read_spec(spec, trust)
    with opened(spec, trust, spec_file) as world:
        return int(destroyed(spec_file, world, yes=yes, as_json=as_json))


def destroyed(spec_file: SpecFile, world: World, *, yes: bool, as_json: bool = False) -> Exit:
    """Plan for nothing declared, show, ask, carry out, tell."""
    from harness.plan.model import Intent
    from harness.plan.render import plan_document, render_plan

    require_consent(world, "destroy", yes=yes)
    plan = foreseen(spec_file, world, Intent("destroy"))
    done_with = plan.errors or plan.is_empty
    if done_with or not as_json:
        tell_plan(render_plan(plan, places_of(spec_file)), plan_document(plan), as_json=as_json)
    if plan.errors:
        return Exit.NO
    if plan.is_empty:
        return Exit.OK
    if not consents(world, "Delete all this", yes=yes):
        click.echo("declined; nothing was changed", err=True)
        return Exit.NO
    outcomes = carried_out(plan, world)
    tell_outcomes(plan, outcomes, as_json=as_json)
    return exit_of(outcomes)
