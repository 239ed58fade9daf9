"""``harness verify``: show where Azure differs from the spec."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.exits import Exit
from harness.cli.layout import Command
from harness.cli.options import spec_argument, spec_options
from harness.cli.provisioning import foreseen, opened, places_of, tell_plan
from harness.cli.recording import recording_options
from harness.wiring import Trust
from harness.wiring.recording import Recording

EXAMPLES = """\b
Examples:
  harness verify specs/sweden.yaml && echo as declared
  harness verify specs/sweden.yaml --json
  harness verify specs/sweden.yaml --probe       and whether each deployment lets us call it

\b
Exit codes: 0 as declared · 1 it differs, or does not answer · 2 the request is wrong
            3 Azure cannot be read
"""


@click.command("verify", cls=Command, epilog=EXAMPLES)
@spec_argument
@click.option(
    "--probe",
    "probes",
    is_flag=True,
    help="Also call each deployment, in a way that generates and costs nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, as plan does.")
@recording_options
@spec_options
def command(
    spec: Path, trust: Trust, *, probes: bool, as_json: bool, recording: Recording | None
) -> int:
    """Show where Azure differs from what the spec declares; nothing is written.

    What the spec does not name is not compared, and what it has left behind is shown without
    being drift.
    """
    from harness.plan.codes import UNSKIPPABLE
    from harness.plan.model import Intent
    from harness.plan.render_drift import drift_document, render_drift
    from harness.provision.probe import probe
    from harness.provision.show import probes_document, probes_text
    from harness.wiring import read_spec

    spec_file = read_spec(spec, trust, recording)
    with opened(spec, trust, spec_file, recording) as world, world.speaking("verify"):
        # What Azure would refuse of a change is plan's business: here it is only said.
        plan = foreseen(spec_file, world, Intent(skip=frozenset({"all"})))
        asked = probe(plan, world.cloud()) if probes else ()
    document = drift_document(plan)
    if probes:
        document["probe"] = probes_document(asked)
    text = probes_text(asked) + render_drift(plan, places_of(spec_file))
    tell_plan(text, document, as_json=as_json)
    barred = any(problem.code in UNSKIPPABLE for problem in plan.errors)
    silent = not all(one.answers for one in asked)
    return int(Exit.NO if plan.drift or barred or silent else Exit.OK)
