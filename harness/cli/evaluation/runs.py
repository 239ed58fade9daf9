"""``harness runs``: past runs, newest first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.layout import Command
from harness.cli.show import add_output_options
from harness.text.numbers import format_money

if TYPE_CHECKING:
    from harness.results.model import RunInfo

EXAMPLES = """\b
Examples:
  harness runs                       every run of this project
  harness runs specs/sweden.yaml     the runs of one spec
  harness runs --json                for programs
"""


@click.command("runs", cls=Command, epilog=EXAMPLES)
@click.argument("spec", required=False, type=click.Path(path_type=Path), metavar="[SPEC]")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The project root. Default: the nearest folder with .git or .harness.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(spec: Path | None, root: Path | None, *, as_json: bool) -> int:
    """List past runs, newest first: when, how they ended, what they cost."""
    from harness.results.codec import run_as_json
    from harness.wiring.project import open_archive

    name = None
    if spec is not None:
        from harness.wiring import Permissions, read_spec

        spec_file = read_spec(spec, Permissions(root=root))
        name, root = spec_file.spec.name, Path(spec_file.root)
    found = list(open_archive(root).runs(name))
    if as_json:
        click.echo(json.dumps([run_as_json(info) for _, info in found], ensure_ascii=False))
        return 0
    if not found:
        click.echo("no runs yet; make one: harness eval SPEC", err=True)
    for _, info in found:
        click.echo(_format_run(info))
    return 0


def _format_run(info: RunInfo) -> str:
    totals = info.totals
    cost = "cost unknown" if totals.cost_usd is None else format_money(totals.cost_usd)
    ended = f"gate {info.verdict}" if info.verdict else info.status
    marks = " · simulated" * info.simulated + " · replayed" * info.replayed
    return (
        f"{info.id}  {info.spec_name}  {ended}  {totals.passed}/{totals.trials} passed"
        f"{_format_other_counts(info)} · {cost}{marks}"
    )


def _format_other_counts(info: RunInfo) -> str:
    counts = {
        "failed": info.totals.failed,
        "blocked": info.totals.blocked,
        "truncated": info.totals.truncated,
        "errored": info.totals.errored,
    }
    said = [f"{number} {name}" for name, number in counts.items() if number]
    return f", {', '.join(said)}" if said else ""
