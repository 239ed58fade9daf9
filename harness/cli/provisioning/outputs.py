"""``harness outputs``: endpoints and deployment names for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.provisioning.frontend import open_accounts
from harness.cli.show import find_voice
from harness.cli.specs import add_one_spec_argument
from harness.errors import Exit
from harness.wiring import Permissions

EXAMPLES = """\b
Examples:
  harness outputs specs/sweden.yaml > .env       SWEDEN_ENDPOINT=… SWEDEN_MINI=…
  harness outputs specs/sweden.yaml --format json
  eval "$(harness outputs specs/sweden.yaml)"    in the shell that runs your program

\b
Exit codes: 0 all is there · 1 something is not deployed yet · 2 the request is wrong
            3 Azure cannot be read
"""


@click.command("outputs", cls=Command, epilog=EXAMPLES)
@add_one_spec_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["env", "json", "tfvars", "github"]),
    default="env",
    help="env (default): NAME=value for shells; json: one document; tfvars: for Terraform; "
    "github: lines for $GITHUB_OUTPUT.",
)
@add_spec_options
def command(spec: Path, permissions: Permissions, *, form: str) -> int:
    """Print where the accounts and deployments of a spec are, for other programs.

    They are read from Azure, so that what is not there is not printed. Never a key: programs sign
    in with Entra, or read their key themselves.
    """
    from harness.app.outputs import read_outputs
    from harness.plan.outputs import FORMATS, make_document
    from harness.wiring import read_spec

    spec_file = read_spec(spec, permissions)
    with open_accounts(permissions, spec_file, named=spec) as world:
        found = read_outputs(world)
        cloud = world.cloud_name or ""
        passing = world.simulated_at is not None and not world.simulated_at.joined
    if form == "json":
        document = make_document(spec_file.spec, found, cloud)
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(FORMATS[form](found.accounts), nl=False)
    if passing and found.accounts:
        find_voice().say(
            "note: this simulator ended with the command; `harness simulate --world .harness`, "
            "left running, keeps one at its address"
        )
    if found.missing:
        click.echo(f"not deployed yet: {', '.join(found.missing)}", err=True)
        click.echo(f"  hint: harness apply {spec}", err=True)
        return int(Exit.NO)
    return int(Exit.OK)
