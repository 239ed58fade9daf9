"""``harness destroy``: delete what this spec owns, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.options import common_options, refuse_later, spec_argument
from harness.cli.provisioning import carried_through, opened
from harness.wiring import Trust

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
    from harness.plan.model import Intent
    from harness.wiring import read_spec

    spec_file = read_spec(spec, trust)
    with opened(spec, trust, spec_file) as world:
        intent = Intent("destroy")
        return int(carried_through(spec_file, world, intent, yes=yes, as_json=as_json))
