"""``harness baseline``: the runs that others are compared with."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.history.sharing import add_history_option, open_runs, open_team, require_team
from harness.cli.layout import Command, Group
from harness.cli.options import add_root_option
from harness.cli.show import add_output_options, find_voice, shorten_path
from harness.text.safe import printable

EXAMPLES = """\b
Examples:
  harness baseline set latest                  the newest run becomes the baseline 'main'
  harness baseline set 20260901-120000-a1b2c3 --name september
  harness baseline set latest --shared         for the whole team: docs/shared-history.md
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
@click.option(
    "--shared", is_flag=True,
    help="In the shared history, for the whole team, and not beside the spec.",
)  # fmt: skip
@add_history_option
@add_root_option
@add_output_options
def set_command(run: str, name: str, spec: Path | None, root: Path | None, *, shared: bool) -> None:
    """Copy a run's run.json, results.jsonl and spec.json beside its spec, to be committed.

    They go beside SPEC.yaml, into SPEC.baselines/NAME/, in the place of what was there. RUN is a
    run's id, its folder, or `latest`. With --shared nothing is copied: the run is uploaded where it
    is not shared yet, and becomes the team's baseline of its spec; what it was before is kept.
    """
    if shared:
        if spec is not None:
            raise click.UsageError("--shared goes by the spec's name; leave --spec out.")
        _set_shared(run, name, root)
        return
    from harness.app.baselines import keep_baseline
    from harness.app.documents import read_written_spec, restore_gate
    from harness.compare.comparison.notes import name_part
    from harness.compare.looks.bounds import has_ended_early
    from harness.text.numbers import format_plural

    archive = open_runs(root)
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


def _set_shared(run: str, name: str, root: Path | None) -> None:
    from harness.app.history.sharing import share_baseline

    team = require_team(root)
    info, before = share_baseline(team, team.shared, run, name)
    marks = " · simulated" * info.simulated + " · replayed" * info.replayed
    said = f"the baseline '{name}' of '{info.spec_name}' is run {info.id}{marks}"
    click.echo(printable(f"{said}: {team.shared.name}"))
    if before is not None:
        find_voice().say(
            printable(f"it was run {before.run}, set {before.set_at} by {before.set_by}")
        )


@command.command("list", cls=Command, epilog=EXAMPLES, short_help="List baselines.")
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def list_command(root: Path | None, *, as_json: bool) -> None:
    """List the baselines of the project: the run of each, and when it was."""
    from harness.app.baselines import list_baselines

    team = open_team(root)
    found = list(list_baselines(open_runs(root)))
    shared = list(team.shared.list_baselines()) if team is not None else []
    if as_json:
        document = [
            {"name": folder.name, "folder": str(folder), "run": info.id, "spec": info.spec_name,
             "started_at": info.started_at, "simulated": info.simulated}
            for folder, info in found
        ]  # fmt: skip
        listed = {"format_version": 1, "baselines": document}
        if team is not None:
            rows = [
                {"name": one.name, "run": one.run, "spec": one.spec_name, "set_at": one.set_at,
                 "set_by": one.set_by, "from": team.shared.name}
                for one in shared
            ]  # fmt: skip
            listed["shared"] = rows
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    if not found and not shared:
        click.echo("no baselines yet; make one: harness baseline set latest", err=True)
    for folder, info in found:
        totals = info.totals
        marks = " · simulated" * info.simulated + " · replayed" * info.replayed
        said = f"{info.spec_name}  run {info.id}  {totals.describe_passed()}{marks}"
        click.echo(f"{folder.name}  {said}  {shorten_path(folder)}")
    for one in shared:
        said = f"{one.spec_name}  run {one.run}  set {one.set_at} by {one.set_by}"
        click.echo(printable(f"{one.name}  {said}  {team.shared.name if team else ''}"))
