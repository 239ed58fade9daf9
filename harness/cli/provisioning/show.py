"""``harness show``: what a saved plan would do."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.layout import Command
from harness.cli.provisioning.frontend import show_saved
from harness.cli.show import add_output_options
from harness.errors import Diagnostic, Exit, RequestError

EXAMPLES = """\b
Examples:
  harness show today.plan                        what `harness plan -o today.plan` wrote
  harness show today.plan --json                 for programs

\b
Exit codes: 0 shown · 2 it is no plan, or cannot be read
"""


@click.command("show", cls=Command, epilog=EXAMPLES)
@click.argument("plan", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(plan: Path, *, as_json: bool) -> int:
    """Show a plan that was saved, as it was when it was made; Azure is not asked.

    Whether it still holds is seen by `harness apply PLAN`.
    """
    if not show_saved(plan, as_json=as_json):
        hint = "`harness plan SPEC -o PLAN` writes one"
        summary = f"{plan} is no saved plan" if plan.exists() else f"there is no file {plan}"
        raise RequestError(Diagnostic("H917", summary, hint=hint))
    return int(Exit.OK)
