"""``harness verify``: show where Azure differs from the spec."""

from __future__ import annotations

from pathlib import Path

import click

from harness.app.recording import Recording
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.provisioning.frontend import open_accounts, print_document, print_page
from harness.cli.recording import add_recording_options
from harness.cli.specs import add_spec_argument
from harness.wiring import Permissions

EXAMPLES = """\b
Examples:
  harness verify                                 the only spec of the project; or a folder's
  harness verify specs/sweden.yaml && echo as declared
  harness verify specs/sweden.yaml --json
  harness verify specs/sweden.yaml --probe       and whether each deployment lets us call it

\b
Exit codes: 0 as declared · 1 it differs, or does not answer · 2 the request is wrong
            3 Azure cannot be read
"""


@click.command("verify", cls=Command, epilog=EXAMPLES)
@add_spec_argument
@click.option(
    "--probe",
    "probes",
    is_flag=True,
    help="Also call each deployment, in a way that generates and costs nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, as plan does.")
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    probes: bool,
    as_json: bool,
    recording: Recording | None,
) -> int:
    """Show where Azure differs from what the spec declares; nothing is written.

    What the spec does not name is not compared, and what it has left behind is shown without
    being drift.
    """
    from harness.app.provisioning import verify
    from harness.wiring import read_spec

    spec_file = read_spec(spec, permissions, recording)
    with open_accounts(permissions, spec_file, recording, named=spec) as world:
        verified = verify(world, probes=probes)
    if as_json:
        print_document(verified.to_dict())
    else:
        print_page(str(verified))
    return verified.exit_code
