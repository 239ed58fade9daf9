"""``harness baseline``: the runs that others are compared with."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.layout import Command, Group
from harness.cli.options import add_root_option
from harness.cli.show import add_output_options, find_voice, shorten_path

EXAMPLES = """\b
Examples:
  harness baseline set latest                  the newest run becomes the baseline 'main'
  harness baseline set 20260901-120000-a1b2c3 --name september
  harness baseline list                        those of this project
"""


@click.group("baseline", cls=Group, epilog=EXAMPLES)
def command() -> None:
    """Keep runs that others are compared with, beside their spec."""


@command.command(
    "set", cls=Command, epilog=EXAMPLES, short_help="Make a run the one that others are held to."
)
@click.argument("run", metavar="RUN")
@click.option(
    "--name",
    default="main",
    show_default=True,
    metavar="NAME",
    help="The baseline's name, which `gate.baseline` and --baseline take.",
)
@click.option(
    "--spec",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="SPEC",
    help="The spec beside which it is kept. Default: the one that the run was made of.",
)
@add_root_option
@add_output_options
def set_command(run: str, name: str, spec: Path | None, root: Path | None) -> None:  # fmt: skip
    """Copy a run's run.json, results.jsonl and spec.json beside its spec, to be committed.

    They go beside SPEC.yaml, into SPEC.baselines/NAME/, in the place of what was there. RUN is a
    run's id, its folder, or `latest`.
    """
    from harness.app.baselines import keep_baseline
    from harness.app.documents import read_written_spec, restore_gate
    from harness.compare.comparison.notes import name_part
    from harness.compare.looks.bounds import has_ended_early
    from harness.text.numbers import format_plural
    from harness.wiring.project import open_archive

    archive = open_archive(root)
    kept = keep_baseline(archive, run, name, spec)
    info = archive.info(kept)
    marks = " · simulated" * info.simulated + " · replayed" * info.replayed
    click.echo(f"the baseline '{name}' is run {info.id}{marks}: {shorten_path(kept)}")
    if has_ended_early(info):
        asked = f"{info.totals.trials} of {info.looks.trials if info.looks else 0} trials"
        find_voice().say(
            f"warning: this run ended early, by its gate, after {asked}; "
            "a run of everything makes a better baseline"
        )
    elif part := name_part(info):
        find_voice().say(
            f"warning: this run played a part ({part}); what it did not play is compared with "
            "nothing: a run of everything makes a better baseline"
        )
    elif info.status != "complete":
        find_voice().say(
            f"warning: this run is {info.status}: what it did not play is compared with nothing"
        )
    if errored := info.totals.errored:
        find_voice().say(
            f"warning: {errored} of {format_plural(info.totals.trials, 'trial')} errored: "
            "what was not answered is compared with nothing"
        )
    written = read_written_spec(kept)
    gate = restore_gate(info, written)
    if written is not None and (gate is None or gate.baseline != name):
        find_voice().say(
            f"the gate did not name it: `harness eval` compares with it only where the spec says "
            f"gate: {{baseline: {name}}}, or with --baseline {name}"
        )


@command.command("list", cls=Command, epilog=EXAMPLES, short_help="List baselines.")
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def list_command(root: Path | None, *, as_json: bool) -> None:
    """List the baselines of the project: the run of each, and when it was."""
    from harness.app.baselines import list_baselines
    from harness.wiring.project import open_archive

    found = list(list_baselines(open_archive(root)))
    if as_json:
        document = [
            {"name": folder.name, "folder": str(folder), "run": info.id, "spec": info.spec_name,
             "started_at": info.started_at, "simulated": info.simulated}
            for folder, info in found
        ]  # fmt: skip
        click.echo(json.dumps({"format_version": 1, "baselines": document}, ensure_ascii=False))
        return
    if not found:
        click.echo("no baselines yet; make one: harness baseline set latest", err=True)
    for folder, info in found:
        totals = info.totals
        marks = " · simulated" * info.simulated + " · replayed" * info.replayed
        said = f"{info.spec_name}  run {info.id}  {totals.describe_passed()}{marks}"
        click.echo(f"{folder.name}  {said}  {shorten_path(folder)}")
