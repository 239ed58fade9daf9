"""``harness history``: the runs that a team shares in a database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.history.sharing import add_history_option, require_team
from harness.cli.layout import Command, Group
from harness.cli.options import add_root_option
from harness.cli.show import add_output_options, find_voice
from harness.errors import HarnessError
from harness.text.safe import printable

EXAMPLES = """\b
Examples:
  export HARNESS_HISTORY_URL=postgresql://harness@db.example.org/harness
  harness history status                       is it there, how many runs, of which schema
  harness history push latest                  upload a run; again does no harm
  harness history upgrade                      make or migrate its tables
  harness runs                                 the runs of this project and of the team

\b
Exit codes: 0 done · 2 the request is wrong · 3 the database, or the way to it, refused
"""


@click.group("history", cls=Group, epilog=EXAMPLES)
def command() -> None:
    """Share runs in PostgreSQL, or in one SQLite file: docs/shared-history.md."""


@command.command("push", cls=Command, epilog=EXAMPLES, short_help="Upload runs.")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@add_history_option
@add_root_option
@add_output_options
def push_command(runs: tuple[str, ...], root: Path | None) -> None:
    """Upload runs: run.json, results.jsonl and spec.json, byte for byte.

    A run that is there already stays as it is; one that went on since takes the place of its
    earlier state. RUN is a run's id, its folder, `latest` or a baseline's name.
    """
    from harness.app.history.sharing import push_run
    from harness.wiring.project import open_archive

    team = require_team(root)
    own = open_archive(team.root)
    for name in runs:
        info, said = push_run(own, team.shared, name)
        marks = " · simulated" * info.simulated + " · replayed" * info.replayed
        click.echo(printable(f"run {info.id}{marks}: {said}"))


@command.command("status", cls=Command, epilog=EXAMPLES, short_help="Look at the shared history.")
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def status_command(root: Path | None, *, as_json: bool) -> None:
    """Show where the shared history is, how many runs it holds, and its baselines, as they were."""
    team = require_team(root)
    said = team.shared.describe()
    past = [
        one
        for now in team.shared.list_baselines()
        for one in team.shared.list_past_baselines(now.spec_name, now.name)
    ]
    if as_json:
        rows = [
            {"spec": one.spec_name, "name": one.name, "run": one.run,
             "set_at": one.set_at, "set_by": one.set_by}
            for one in past
        ]  # fmt: skip
        click.echo(json.dumps({"format_version": 1, "said": said, "baselines": rows}))
        return
    click.echo(printable(said))
    seen: set[tuple[str, str]] = set()
    for one in past:
        word = "was" if (one.spec_name, one.name) in seen else "is"
        seen.add((one.spec_name, one.name))
        line = f"{one.spec_name}  baseline {one.name} {word} run {one.run}"
        click.echo(printable(f"{line}, set {one.set_at} by {one.set_by}"))


@command.command("upgrade", cls=Command, epilog=EXAMPLES, short_help="Make or migrate its tables.")
@add_history_option
@add_root_option
@add_output_options
def upgrade_command(root: Path | None) -> None:
    """Bring the tables to the schema of this version, whole or not at all.

    The first upload makes them by itself where its role may. Tables of an older version are
    migrated by this command alone; afterwards older versions of harness refuse them by name.
    """
    team = require_team(root)
    before, now = team.shared.upgrade()
    if before == now:
        said = f"schema {now} already"
    else:
        said = f"tables made, schema {now}" if before is None else f"schema {before} → {now}"
    click.echo(printable(f"{team.shared.name}: {said}"))


def look_at_history(root: Path | None) -> tuple[bool, str, str]:
    """Look at the shared history for `doctor`: whether it is well, what is found, what to do."""
    try:
        return True, require_team(root).shared.describe(), ""
    except HarnessError as error:
        problem = error.diagnostics[0]
        detail = f": {problem.detail}" if problem.detail else ""
        find_voice().tell(str(problem))
        return False, " ".join(f"{problem.summary}{detail}".split()), problem.hint
