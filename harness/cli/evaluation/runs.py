"""``harness runs``: past runs, newest first; their trends; and removing old ones."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.history.sharing import add_history_option, find_mark, open_runs, tell_trouble
from harness.cli.layout import Command
from harness.cli.options import add_root_option
from harness.cli.show import add_output_options, find_voice, shorten_path
from harness.errors import Exit
from harness.text.numbers import format_money, format_plural
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.app.history.listing import PastRun
    from harness.app.history.pruning import Pruning
    from harness.results.model import RunInfo
    from harness.wiring.project import DiskArchive

SHOWN, SHOWN_IN_TREND = 50, 20
MOST_LISTED = 20

EXAMPLES = """\b
Examples:
  harness runs                                    the newest runs of this project
  harness runs specs/sweden.yaml                  those of one spec
  harness runs --since 7d --verdict regressed     what got worse this week
  harness runs specs/sweden.yaml --trend          rates, cost and latency from run to run
  harness runs --json                             for programs
  harness runs prune --keep 20                    remove all but the newest 20 of each spec
"""

PRUNE = """\b
Examples:
  harness runs prune --keep 20                        the newest 20 of each spec stay
  harness runs prune specs/sweden.yaml --older-than 30d
  harness runs prune --older-than 90d --keep 5 --yes  in a pipeline

\b
Exit codes: 0 done, or nothing to do · 1 declined · 2 the request is wrong · 3 the disk refused
"""

VERDICTS = ("passed", "regressed", "below_floor", "inconclusive", "incomplete", "none")

SPEC = click.argument("spec", required=False, type=click.Path(path_type=Path), metavar="[SPEC]")


class Moment(click.ParamType[datetime]):
    """A date, or how long ago; arrives as a ``datetime``."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read the moment."""
        from harness.app.history.moments import parse_moment

        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(value, datetime.now(UTC))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class RunsCommand(Command):
    """The list of runs, or its one command: ``runs prune``. A spec called so is ``./prune``."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Open the context of the list, or that of ``prune`` where it is named."""
        if args[:1] == ["prune"]:
            return prune_command.make_context(f"{info_name} prune", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command("runs", cls=RunsCommand, epilog=EXAMPLES)
@SPEC
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"The newest N; 0 for all. Default: {SHOWN}, with --trend {SHOWN_IN_TREND}, "
    "with --json all.",
)
@click.option(
    "--since", type=Moment(), metavar="WHEN",
    help="Only runs since a date (2026-11-01), or for so long (12h, 30d, 2w).",
)  # fmt: skip
@click.option(
    "-t", "--target", "targets", multiple=True, metavar="TARGET",
    help="Only runs with this target, or one that a glob matches. May be repeated.",
)  # fmt: skip
@click.option(
    "--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), metavar="WORD",
    help=f"Only runs whose gate said so: {', '.join(VERDICTS)} (no gate). May be repeated.",
)  # fmt: skip
@click.option(
    "--trend", is_flag=True,
    help="Show, target by target, how rates, cost and latency went; oldest run first.",
)  # fmt: skip
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(
    spec: Path | None,
    root: Path | None,
    limit: int | None,
    since: datetime | None,
    targets: tuple[str, ...],
    verdicts: tuple[str, ...],
    *,
    trend: bool,
    as_json: bool,
) -> int:
    """List past runs, newest first: when, how they ended, what they cost.

    `runs prune` removes old ones. A run is found wherever it lies beneath reports/, and one that
    is a baseline is marked. Those of the team's shared history are among them, and marked *shared*.
    """
    from itertools import islice

    from harness.app.history.listing import WantedRuns, list_past_runs

    archive, name = _open(spec, root, open_runs)
    if note := archive.explain_unused_index():
        find_voice().tell(note)
    found = list_past_runs(archive, WantedRuns(name, since, targets, verdicts))
    if limit is None:
        limit = SHOWN_IN_TREND if trend else 0 if as_json else SHOWN
    shown = list(islice(found, limit or None))
    if trend:
        _show_trends(shown, targets, as_json=as_json)
        return tell_trouble(archive)
    if as_json:
        click.echo(json.dumps([_to_document(one) for one in shown], ensure_ascii=False))
        return tell_trouble(archive)
    for one in shown:
        click.echo(_format_run(one) + find_mark(archive, one.directory))
    if not shown:
        narrowed = since or targets or verdicts
        command = shlex.join(["harness", "eval", *([str(spec)] if spec else [])])
        click.echo("no such runs" if narrowed else f"no runs yet; make one: {command}", err=True)
    if limit and next(iter(found), None) is not None:
        find_voice().say(f"these are the newest {limit}; --limit 0 lists all")
    _tell_unreadable(archive)
    return tell_trouble(archive)


def _open(
    spec: Path | None, root: Path | None, opening: Callable[[Path | None], DiskArchive]
) -> tuple[DiskArchive, str | None]:
    """Open the runs of the project, and read the name of the spec that is meant."""
    if spec is None:
        return opening(root), None
    from harness.cli.specs import choose_spec
    from harness.wiring import Permissions, read_spec

    spec_file = read_spec(choose_spec(spec, root), Permissions(root=root))
    return opening(Path(spec_file.root)), spec_file.spec.name


def _tell_unreadable(archive: DiskArchive) -> None:
    broken = list(archive.unreadable())
    for directory, why in broken[:3]:
        find_voice().say(printable(f"not listed: {shorten_path(directory)}: {why}"))
    if len(broken) > 3:
        find_voice().say(f"not listed: {format_plural(len(broken) - 3, 'more directory')}")


def _to_document(one: PastRun) -> dict[str, object]:
    from harness.results.codec import run_as_json

    return {
        **run_as_json(one.info),
        "directory": str(one.directory),
        "baselines": list(one.baselines),
    }


def _format_run(one: PastRun) -> str:
    info, totals = one.info, one.info.totals
    cost = "cost unknown" if totals.cost_usd is None else format_money(totals.cost_usd)
    from harness.compare.comparison.notes import name_part
    from harness.compare.looks.bounds import name_look
    from harness.compare.wording import name_verdict

    ended = f"gate {name_verdict(info.verdict)}" if info.verdict else info.status
    marks = f" · {name_look(info)}" if info.looks else ""
    marks += f" · {part}" if (part := name_part(info)) else ""
    marks += " · simulated" * info.simulated + " · replayed" * info.replayed
    marks += f" · baseline {', '.join(one.baselines)}" if one.baselines else ""
    return printable(
        f"{info.id}  {info.spec_name}  {ended}  {totals.describe_passed()}"
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


def _show_trends(shown: list[PastRun], targets: tuple[str, ...], *, as_json: bool) -> None:
    """Show the trends of each spec; simulated runs only where there are no others."""
    from harness.app.history.trends import gather_trends, write_trends
    from harness.report.terminal.trends import format_trend

    found = gather_trends([one.info for one in shown], targets)
    if as_json:
        click.echo(json.dumps(write_trends(found), ensure_ascii=False))
        return
    if not any(one.trends for one in found):
        said = "these runs measured nothing, or did not write it down" if shown else "no runs"
        click.echo(f"no figures to show: {said}", err=True)
    for number, one in enumerate(each for each in found if each.trends):
        note = " · simulated" * one.simulated
        click.echo("\n" * bool(number) + printable(f"{one.spec_name}{note}"))
        for trend in one.trends:
            click.echo()
            for line in format_trend(trend):
                click.echo(line)
        if one.left_out:
            click.echo()
            find_voice().say(f"left out: {format_plural(one.left_out, 'simulated run')}")


@click.command("prune", cls=Command, epilog=PRUNE)
@SPEC
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help="The newest N of each spec stay."
)
@click.option(
    "--older-than", "before", type=Moment(), metavar="WHEN",
    help="Only runs that began before a date (2026-11-01), or so long ago (12h, 30d, 2w).",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@add_root_option
@add_output_options
def prune_command(
    spec: Path | None, keep: int | None, before: datetime | None, root: Path | None, *, yes: bool
) -> int:
    """Remove old runs from reports/, after a list of what goes and a question.

    With both options only runs go that are old and not among the newest. Baselines stay, and so
    does a run that is being written, or in whose folder somebody keeps other files.
    """
    from harness.app.history.pages import write_index
    from harness.app.history.pruning import choose_runs_to_prune, prune_runs

    if keep is None and before is None:
        raise click.UsageError("say which: --keep N, --older-than 30d, or both.")
    from harness.wiring.project import open_archive

    archive, name = _open(spec, root, open_archive)
    pruning = choose_runs_to_prune(archive, name, keep=keep, before=before)
    _tell_what_goes(pruning)
    if not pruning.going:
        find_voice().say("nothing to remove")
        return int(Exit.OK)
    count = format_plural(len(pruning.going), "run")
    if not yes and not sys.stdin.isatty():
        raise click.UsageError(
            f"removing {count} asks first, and there is no terminal to ask on: give --yes."
        )
    if not yes and not click.confirm(f"Remove {count}?", err=True, default=False):
        return int(Exit.NO)
    gone = prune_runs(archive, pruning)
    write_index(archive, find_voice().say)
    find_voice().say(f"removed {format_plural(len(gone), 'run')}")
    return int(Exit.OK)


def _tell_what_goes(pruning: Pruning) -> None:
    for directory, info in pruning.going:
        totals = info.totals
        said = f"{info.spec_name}  {totals.describe_passed()}"
        click.echo(printable(f"{info.id}  {said}  {shorten_path(directory)}"))
    for directory, why in pruning.staying[:MOST_LISTED]:
        find_voice().say(printable(f"stays: {shorten_path(directory)}: {why}"))
    if pruning.going:
        megabytes = pruning.size / 1e6
        find_voice().say(f"{format_plural(len(pruning.going), 'run')}, {megabytes:,.1f} MB")
