"""``harness verify``: show where Azure differs from the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.exits import Exit
from harness.cli.options import common_options, refuse_later, spec_argument
from harness.cli.provisioning import foreseen, opened, places_of, tell_plan
from harness.wiring import Trust

EXAMPLES = """\b
Examples:
  harness verify specs/sweden.yaml && echo as declared
  harness verify specs/sweden.yaml --json

\b
Exit codes: 0 as declared · 1 it differs · 2 the request is wrong · 3 Azure cannot be read
"""


@click.command("verify", epilog=EXAMPLES)
@spec_argument
@click.option("--probe", is_flag=True, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, as plan does.")
@common_options
def command(spec: Path, trust: Trust, *, as_json: bool, **later: Any) -> int:
    """Show where Azure differs from what the spec declares; nothing is written.

    What the spec does not name is not compared, and what it has left behind is shown without
    being drift.
    """
    refuse_later(later, {"probe": "--probe"})
    from harness.plan.codes import UNSKIPPABLE
    from harness.plan.model import Intent
    from harness.plan.render_drift import drift_document, render_drift
    from harness.wiring import read_spec

    spec_file = read_spec(spec, trust)
    with opened(spec, trust, spec_file) as world:
        # What Azure would refuse of a change is plan's business: here it is only said.
        plan = foreseen(spec_file, world, Intent(skip=frozenset({"all"})))
    tell_plan(render_drift(plan, places_of(spec_file)), drift_document(plan), as_json=as_json)
    barred = any(problem.code in UNSKIPPABLE for problem in plan.errors)
    return int(Exit.OK if not plan.drift and not barred else Exit.NO)
