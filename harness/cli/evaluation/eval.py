"""``harness eval``: run the conversations over every target."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness.app.recording import Recording
from harness.cli.evaluation.telemetry import OTEL_OPTIONS, read_otel, refuse_sockets, tell_elsewhere
from harness.cli.history.sharing import (
    add_history_option,
    is_given,
    refuse_beside_replay,
    share_runs,
    upload_run,
)
from harness.cli.layout import Command, add_all
from harness.cli.opening import add_open_option
from harness.cli.options import (
    add_comment_option,
    add_spec_options,
    read_map,
)
from harness.cli.outside import open_outside
from harness.cli.recording import add_recording_options
from harness.cli.show import Showing
from harness.cli.specs import add_spec_argument
from harness.run.engines.names import ENGINE_NAMES
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.run.preparation import EvalOptions

R = TypeVar("R")


class _Finite(click.FloatRange):
    """A number as ``FloatRange`` takes it, but never one that no spending would exceed."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is no amount.", param, ctx)
        return number


FINITE = _Finite(min=0)


class _ShardType(click.ParamType[Any]):
    """A part of a run: ``2/4``."""

    name = "shard"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from harness.results.model import Shard

        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", str(value))
        index, of = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= index <= of:
            self.fail(f"{value!r} is no part of a run: 2/4 is the second of four.", param, ctx)
        return Shard(index, of)


SHARD = _ShardType()

EXAMPLES = """\b
Examples:
  harness eval                                          the only spec of the project, all of it
  harness eval specs                                    every spec in a folder, one after the other
  harness eval specs/sweden.yaml                        every conversation on every target
  harness eval specs/sweden.yaml -t sweden/mini -k founders
  harness eval specs/sweden.yaml --repeats 5 --max-usd 2
  harness eval specs/sweden.yaml --until-settled        no more than the gate needs to decide
  harness eval specs/sweden.yaml --dry-run              what would be sent, and nothing else
  harness eval specs/sweden.yaml --failed latest        what did not pass in the newest run
  harness eval specs/sweden.yaml --sample 50 --seed 7   fifty questions of a large data set
  harness eval specs/sweden.yaml --baseline main        compared with a run that was kept
  harness eval specs/sweden.yaml --resume latest        go on with a run that stopped
  harness eval specs/sweden.yaml --engine batch         by batch deployments, at half the price
  harness eval specs/sweden.yaml --record               keep every answer in sweden.cassette
  harness eval specs/sweden.yaml --replay               the same again: no key, no network
  harness eval specs/sweden.yaml --watch                replayed at every save, while you write
  harness eval specs/sweden.yaml --watch --live --record    and what is new is asked and recorded
  harness eval specs/sweden.yaml --shard 2/4            a quarter of it; `harness merge` judges all
  harness eval specs/sweden.yaml --engine dask          on workers of a cluster (docs/dask.md)
  harness eval specs/sweden.yaml --otel                 also send it as OpenTelemetry spans

\b
Exit codes: 0 passed · 1 failed · 2 the request is wrong
            3 something outside prevented an answer · 4 incomplete · 130 interrupted
"""


EVAL_OPTIONS: Sequence[Callable[..., Any]] = (
    click.option("-t", "--target", "targets", multiple=True, metavar="TARGET",
                 help="Only this target, or those that a glob matches. May be repeated."),
    click.option("-k", "keyword", default="", metavar="EXPR",
                 help="Only conversations and cases whose id or tags match: 'a and not b'."),
    click.option("--tag", "tags", multiple=True, metavar="T",
                 help="Only conversations with this tag. May be repeated."),
    click.option("--repeats", type=click.IntRange(min=1), metavar="N",
                 help="Play each conversation N times, instead of what the spec says."),
    click.option("--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
                 help="The run's directory itself. Default: reports/NAME/ID."),
    click.option("--baseline", metavar="NAME",
                 help="Compare with this baseline, instead of the gate's."),
    click.option("--map", "mapping", multiple=True, metavar="NEW=OLD",
                 help="Compare the target NEW with OLD of the baseline. May be repeated."),
    click.option("--resume", metavar="RUN",
                 help="Go on with a run: its id, its directory, or latest."),
    click.option("--unknown", type=click.Choice(["retry", "skip"]),
                 help="With --resume: send requests whose answer was lost again, or not."),
    click.option("--take-over", is_flag=True,
                 help="With --resume: also a run that a machine which is gone seems to write."),
    click.option("--max-usd", type=FINITE, metavar="X",
                 help="Stop before X dollars are spent; with --resume, by the whole run."),
    click.option("--allow-simulated", is_flag=True,
                 help="Let a simulated run stand before the gate."),
    click.option("--until-settled", is_flag=True,
                 help="Ask no more than it takes to tell whether the baseline was better."),
    click.option("--failed", metavar="RUN",
                 help="Only what did not pass in RUN: its id, its directory, or latest."),
    click.option("--sample", type=click.IntRange(min=1), metavar="N",
                 help="Only N questions (conversations × cases), drawn at random."),
    click.option("--shard", type=SHARD, metavar="I/N",
                 help="Only part I of N, each for a machine of its own; `harness merge` judges "
                 "them together."),
    click.option("--seed", type=int, metavar="S",
                 help="With --sample: another sample (default 0); with --until-settled: another "
                 "order of the conversations."),
    click.option("--engine", type=click.Choice(ENGINE_NAMES), default="local", metavar="ENGINE",
                 help="Who asks: local (this process), batch (files, at half the price within a "
                 "day: docs/batch.md) or dask (workers of a cluster: docs/dask.md)."),
    click.option("--scheduler", metavar="ADDRESS",
                 help="With --engine dask: the scheduler's address; without it, workers here."),
    add_comment_option,
    *OTEL_OPTIONS,
    add_history_option,
    add_open_option,
    click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing."),
    click.option("--json", "as_json", is_flag=True, help="Print run.json and every trial as JSON."),
)  # fmt: skip


def add_eval_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add the options of ``eval``, which ``run`` has too; they arrive as one ``options``.

    They arrive as ``options`` (an ``EvalOptions``), ``showing`` and ``dry_run``.
    """

    @wraps(function)
    def with_options(*args: Any, **given: Any) -> R:
        from harness.run.preparation import EvalOptions

        names = (
            "targets", "keyword", "tags", "repeats", "output", "resume", "max_usd",
            "allow_simulated", "until_settled", "seed", "baseline", "sample", "failed", "take_over",
            "shard", "engine", "scheduler",
        )  # fmt: skip
        mapped = tuple(read_map(given.pop("mapping")).items())
        unknown = given.pop("unknown")
        if unknown and not given["resume"]:
            raise click.UsageError("--unknown says how to go on; it goes with --resume.")
        if given["take_over"] and not given["resume"]:
            raise click.UsageError("--take-over takes over a run; it goes with --resume.")
        if given["scheduler"] == "":
            raise click.UsageError("--scheduler is empty; it takes an address: tcp://HOST:8786.")
        if given["scheduler"] is not None and given["engine"] != "dask":
            raise click.UsageError("--scheduler is a Dask cluster's; it goes with --engine dask.")
        chosen = EvalOptions(
            **{name: given.pop(name) for name in names}, unknown=unknown or "retry", names=mapped
        )
        showing = Showing(
            as_json=given.pop("as_json"), comment=given.pop("comment"), opens=given.pop("opens")
        )
        return function(*args, options=chosen, showing=showing, **given)

    return add_all(EVAL_OPTIONS, with_options)


def _refuse_beside_shard(options: EvalOptions, recording: Recording | None) -> None:
    """Refuse what a shard cannot do by itself."""
    reasons = {
        "--until-settled": (
            options.until_settled,
            "one shard cannot know what settles the gate: leave it out",
        ),
        "--allow-simulated": (
            options.allow_simulated,
            "a shard has no gate: give it to `harness merge`",
        ),
        "--record": (
            recording is not None and not recording.replays,
            "one process lists the files of a cassette: record without it, then replay the shards",
        ),
    }
    for flag, (given, why) in reasons.items():
        if given:
            raise click.UsageError(f"{flag} does not go with --shard: {why}.")


def refuse_contradictions(options: EvalOptions, recording: Recording | None) -> None:
    """Refuse options that mean nothing beside each other."""
    if options.shard is not None:
        _refuse_beside_shard(options, recording)
    if options.failed is not None and options.until_settled:
        raise click.UsageError(
            "--failed plays what did not pass, which settles nothing about the rest: leave out "
            "--until-settled."
        )
    refuse_sockets(recording)
    refuse_beside_replay(recording)
    if recording is None:
        return
    if options.engine == "batch":
        flag = "--replay" if recording.replays else "--record"
        raise click.UsageError(
            f"{flag} goes with single requests, and --engine batch sends files: leave one out."
        )
    if options.resume is not None:
        raise click.UsageError(
            "--resume goes on with answers that no recorder heard. "
            + (
                "Replay anew: it costs nothing."
                if recording.replays
                else "Record with --record-mode missing, which keeps what was recorded."
            )
        )
    if recording.replays and options.max_usd is not None:
        raise click.UsageError("--max-usd has nothing to hold: a replay spends nothing.")


def refuse_beside_dask(
    options: EvalOptions,
    permissions: Permissions,
    recording: Recording | None,
    *,
    watch: bool = False,
) -> None:
    """Refuse options that mean nothing, or nothing safe, where workers of a cluster play."""
    if options.engine != "dask":
        return
    if recording is not None:
        name = "--replay" if recording.replays else "--record"
        raise click.UsageError(
            f"{name} hears only what this process asks, and --engine dask asks elsewhere: leave "
            "one out."
        )
    if permissions.code:
        raise click.UsageError(
            "--allow-code runs code of this project, and workers of --engine dask have no project: "
            "leave one out."
        )
    if watch:
        raise click.UsageError("--watch replays here at every save; leave --engine dask out.")


def refuse_beside_watch(
    options: EvalOptions,
    showing: Showing,
    recording: Recording | None,
    *,
    dry_run: bool,
    live: bool,
) -> None:
    """Refuse options that are about one run that is kept: a watch has many, and keeps none."""
    given = {
        "--output": options.output,
        "--resume": options.resume,
        "--until-settled": options.until_settled,
        "--shard": options.shard,
        "--baseline": options.baseline,
        "--map": options.names,
        "--comment": showing.comment,
        "--open": showing.opens,
        "--json": showing.as_json,
        "--dry-run": dry_run,
        "--otel": read_otel(),
        "--engine batch": options.engine == "batch",
        "--history": is_given(),
        "--record-mode all": recording is not None and recording.replaces,
    }
    for flag, meant in given.items():
        if meant:
            raise click.UsageError(
                f"{flag} is about one run, and --watch plays many and keeps none of them."
            )
    if live and recording is not None and recording.replays:
        raise click.UsageError("--live asks models, and --replay nobody: leave one out.")


@click.command("eval", cls=Command, epilog=EXAMPLES)
@add_spec_argument
@add_eval_options
@click.option(
    "--watch", is_flag=True, help="Replay whenever the spec, or a file that it names, is saved."
)
@click.option(
    "--live",
    is_flag=True,
    help="With --watch: ask live what is not recorded, without waiting for a key.",
)
@add_recording_options
@add_spec_options
def command(
    spec: Path,
    permissions: Permissions,
    *,
    options: EvalOptions,
    showing: Showing,
    dry_run: bool,
    recording: Recording | None,
    watch: bool,
    live: bool,
) -> int:  # fmt: skip
    """Run the conversations over every target, check the replies, and keep the run.

    SPEC is a spec, or a folder for all in it; without one it is the only spec of the project.
    Everything is written to reports/NAME/ID while it happens: a run that is stopped, or killed,
    goes on with --resume where it was, and nothing answered is asked again.
    """
    from harness.cli.evaluation.frontend import evaluate_and_show, show_what_would_run
    from harness.wiring import read_spec

    if live and not watch:
        raise click.UsageError("--live says how to watch; it goes with --watch.")
    refuse_beside_dask(options, permissions, recording, watch=watch)
    if watch:
        refuse_beside_watch(options, showing, recording, dry_run=dry_run, live=live)
        from harness.cli.watch.loop import watch as watch_spec

        return watch_spec(spec, permissions, options, recording, live=live)
    refuse_contradictions(options, recording)
    spec_file = read_spec(spec, permissions, recording)
    with open_outside(spec_file, permissions, recording) as world:
        if dry_run:
            show_what_would_run(world, options, as_json=showing.as_json)
            return 0
        share_runs(world)
        with tell_elsewhere(world) as tell:
            done = evaluate_and_show(world, options, showing, tell=tell)
        upload_run(world.archive, done.directory)
        return done.exit_code
