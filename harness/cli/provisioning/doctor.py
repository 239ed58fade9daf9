"""``harness doctor``: look at everything that a run stands on, and say what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.history.sharing import find_url
from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.show import find_voice
from harness.cli.specs import read_any_spec
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.doctor.findings import DoctorFinding

EXAMPLES = """\b
Examples:
  harness doctor                             this machine, and the only spec that is here
  harness doctor specs/sweden.yaml           and what that spec needs
  HARNESS_CLOUD=azure harness doctor --json  for a pipeline

\b
Exit codes: 0 no problem · 2 the request is wrong · 3 there is one
"""


@click.command("doctor", cls=Command, epilog=EXAMPLES)
@click.argument("spec", metavar="[SPEC]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_spec_options
def command(spec: Path | None, permissions: Permissions, *, as_json: bool) -> int:
    """Look at versions, settings, network, clock, sign-in, subscription and roles.

    A shared history is asked too, where HARNESS_HISTORY_URL names one. Each line is ok, a problem
    or unknown, with what to do. Secrets are never shown. On the simulator no network is needed.
    Without SPEC it is the only one of the project; where there is none, or several, HARNESS_CLOUD
    says whom to ask.
    """
    from harness.app.doctor.findings import format_findings, make_document
    from harness.app.doctor.look import look_around

    spec_file, named = read_any_spec(spec, permissions)
    opening = open_outside(spec_file, permissions, say=find_voice().tell)
    findings = list(look_around(opening, spec_file, os.environ, named=named))
    if find_url() is not None:
        findings.append(_look_at_history(Path(spec_file.root)))
    if as_json:
        click.echo(json.dumps(make_document(findings), ensure_ascii=False, indent=2))
    else:
        click.echo(format_findings(findings), nl=False)
    problem = any(each.state == "problem" for each in findings)
    return int(Exit.OUTSIDE_FAILED if problem else Exit.OK)


def _look_at_history(root: Path) -> DoctorFinding:
    from harness.app.doctor.findings import DoctorFinding
    from harness.cli.history.command import look_at_history

    is_well, said, hint = look_at_history(root)
    return DoctorFinding("history", "ok" if is_well else "problem", said, hint)
