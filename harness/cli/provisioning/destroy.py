"""``harness destroy``: delete what this spec owns, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from harness.app.recording import Recording
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.provisioning.frontend import carry_out, open_accounts, tell_applied
from harness.cli.recording import add_recording_options
from harness.cli.specs import add_spec_argument
from harness.wiring import Permissions

EXAMPLES = """\b
Examples:
  harness destroy                                the only spec of the project, which it names
  harness destroy specs/sweden.yaml              deployments, then accounts, then an empty group
  harness destroy specs/sweden.yaml --yes        in a pipeline, on a real cloud
  harness destroy specs/sweden.yaml --purge      and leave nothing soft-deleted

\b
Exit codes: 0 done · 1 something is protected, or declined · 2 the request is wrong
            3 Azure refused something; what could be done is done · 130 interrupted
"""


@click.command("destroy", cls=Command, epilog=EXAMPLES)
@add_spec_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--purge",
    is_flag=True,
    help="Give deleted accounts up for good, those deleted earlier too; their names are free then.",
)
@click.option(
    "--accept-loss",
    is_flag=True,
    help="Delete an account with what others have put into it: block lists, connections …",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    yes: bool,
    purge: bool,
    accept_loss: bool,
    as_json: bool,
    recording: Recording | None,
) -> int:
    """Delete what this spec owns, and nothing else.

    Owned is what carries its tag. An account stays as long as it holds anything that is not
    ours; a group goes only when this spec created it and nothing is left in it.
    """
    from harness.plan.model import Intent
    from harness.wiring import read_spec

    spec_file = read_spec(spec, permissions, recording)
    with open_accounts(permissions, spec_file, recording, named=spec) as world:
        intent = Intent("destroy", purge=purge, accept_loss=accept_loss)
        applied = carry_out(world, intent, yes=yes, as_json=as_json)
        tell_applied(applied, world, as_json=as_json)
        return applied.exit_code
