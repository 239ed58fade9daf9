"""``harness import``: write a spec from an account that exists."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.files import write_new_file
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.errors import Exit
from harness.wiring import Permissions

NOT_WRITTEN = "H923"

EXAMPLES = """\b
Examples:
  harness import --account "$(az cognitiveservices account show -n NAME -g GROUP --query id -o tsv)"
  harness import --cloud azure --account /subscriptions/…/accounts/NAME -o specs/name.yaml

\b
Exit codes: 0 written · 2 the request is wrong · 3 Azure cannot be read, or has no such account
"""

HEADER = """\
# Written by `harness import` from {id}
# It plans to no change; what belongs to no spec yet is taken over by: harness apply {file} --adopt
"""


@click.command("import", cls=Command, epilog=EXAMPLES)
@click.option(
    "--account",
    "resource_id",
    metavar="RESOURCE_ID",
    required=True,
    help="/subscriptions/…/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/NAME",
)
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the spec to FILE. Default: to standard output.",
)
@add_spec_options
def command(permissions: Permissions, *, resource_id: str, out: Path | None) -> int:
    """Write a spec that declares an account as it is, with its deployments and content filters.

    Nothing in Azure is touched. Planned with --adopt, the spec shows adoption and no other change;
    once adopted, none at all. The cloud is that of --cloud or HARNESS_CLOUD.
    """
    from harness.app.importing import import_account
    from harness.plan.importing import parse_account_id
    from harness.spec.formats.writing import format_yaml
    from harness.wiring import read_default_spec

    at = parse_account_id(resource_id)
    if at is None:
        raise click.UsageError(
            "--account: that is not the id of an account; one looks like /subscriptions/…/"
            "resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/NAME"
        )
    if out is not None and out.exists():
        raise click.UsageError(f"-o: {out} is there already; choose another file.")
    spec_file = read_default_spec(permissions, at.group.subscription)
    with open_outside(spec_file, permissions) as world:
        document = import_account(world, at)
    header = HEADER.format(id=at, file=out or "FILE")
    _write_spec(f"{header}{format_yaml(document)}", out)
    return int(Exit.OK)


def _write_spec(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    write_new_file(out, text, NOT_WRITTEN)
    click.echo(f"wrote {out}", err=True)
