"""An evaluation as a command shows it: shared by ``eval`` and ``run``."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from harness.app.documents import write_run_documents
from harness.app.evaluation import FinishedRun, evaluate_spec
from harness.app.ports import OpenRecording, World
from harness.app.recording import write_record_command
from harness.cli.costs.forecast import (
    say_what_is_left,
    say_what_it_costs,
    warn_of_unknown_prices,
)
from harness.cli.evaluation.progress import make_progress
from harness.cli.opening import open_page
from harness.cli.pipeline import annotate
from harness.cli.show import Showing, find_voice, shorten_path
from harness.compare.comparison.model import Comparison
from harness.compare.table import format_lines
from harness.compare.views.comparison_document import comparison_as_json
from harness.errors import OutsideError
from harness.report.ci.annotations import list_annotations
from harness.report.terminal.failures import list_failures, tell_failures
from harness.results.codec import encode_line, run_as_json
from harness.run.evaluate import Evaluated
from harness.run.events import Event
from harness.run.narrowing import name_cells, sort_cells
from harness.run.preparation import EvalOptions, PreparedRun
from harness.run.requests.spent import advise_more
from harness.source import Span
from harness.spec.load import SpecFile
from harness.text.numbers import format_plural
from harness.text.safe import printable

MOST_NAMED = 5
MOST_WARNINGS = 5
"""More of a spec's warnings would hide what the run says."""


def evaluate_and_show(
    world: World,
    options: EvalOptions,
    showing: Showing,
    *,
    applied: bool = False,
    silent: bool = False,
    tell: Callable[[Event], None] = lambda _: None,
) -> Evaluated:
    """Run the conversations, progress on stderr, and print what they come to.

    With ``applied`` the deployments are known to be there; ``silent`` leaves stdout to the caller.
    ``tell`` gets what happens in the run as well.

    Raises:
        HarnessError: nothing was run, for a reason that it says.
    """
    _say_warnings(world)
    path = world.spec_file.path
    # Not the world's clock: that of a replay stands still.
    progress = make_progress(time.monotonic, quiet=find_voice().quiet, spec=path)

    def show(event: Event) -> None:
        progress(event)
        tell(event)

    try:
        finished = evaluate_spec(
            world,
            options,
            show,
            on_ready=_tell_what_is_prepared,
            on_forecast=say_what_it_costs,
            say=None if applied else lambda line: click.echo(line, err=True),
        )
        progress.end()
        done = finished.evaluated
        page = write_run_documents(
            world.archive, done.directory, done.summary, find_voice().say, comment=showing.comment
        )
    except (OutsideError, KeyboardInterrupt):
        progress.end()
        if progress.directory is not None:
            _tell_how_to_go_on(world.spec_file, progress.directory, options, world.recording)
        raise
    finally:
        progress.end()
    if showing.as_json:
        _print_run(finished, page)
    elif not silent:
        _show(finished, page, world.spec_file)
    spec_file = world.spec_file
    gate = spec_file.spans.at("evaluation", "gate")
    annotate(list_annotations(finished.results, done.summary, _find_places(spec_file), gate))
    if done.halted:
        find_voice().say(f"the run is not whole: {done.halted}")
        _tell_how_to_go_on(world.spec_file, done.directory, options, world.recording, done)
    if world.recording is not None:
        _tell_of_the_recording(world, world.recording, options)
    if showing.opens:
        open_page(page)
    return done


def _find_places(spec_file: SpecFile) -> Callable[[str], Span | None]:
    """Return a function from a conversation's id to the place where it is written."""
    numbers = {one.id: number for number, one in enumerate(spec_file.spec.conversations)}

    def find(name: str) -> Span | None:
        number = numbers.get(name)
        return None if number is None else spec_file.spans.at("conversations", number)

    return find


def _say_warnings(world: World) -> None:
    """Say what is probably not meant in the spec; ``validate`` says all of it.

    How other readers would take its YAML says nothing about this run.
    """
    from harness.spec.formats.compose import OTHER_READERS

    warnings = [one for one in world.spec_file.warnings if one.code != OTHER_READERS]
    for warning in warnings[:MOST_WARNINGS]:
        find_voice().say(str(warning))
    if len(warnings) > MOST_WARNINGS:
        more = len(warnings) - MOST_WARNINGS
        find_voice().say(f"{more} more warnings: harness validate {world.spec_file.path}")


def show_what_would_run(world: World, options: EvalOptions, *, as_json: bool) -> None:
    """Print what an evaluation would send and cost; nothing is sent and nothing is written."""
    from harness.cli.costs import forecast

    _say_warnings(world)
    forecast.show_what_would_run(world, options, _tell_what_is_prepared, as_json=as_json)


def _tell_what_is_prepared(prepared: PreparedRun) -> None:
    _tell_part(prepared)
    say_what_is_left(prepared)
    spec = prepared.spec_file.spec
    if prepared.options.engine == "batch" and spec.evaluation.stream:
        find_voice().say("note: `stream` says nothing in a batch: replies come whole")
    warn_of_unknown_prices(prepared)


def _tell_part(prepared: PreparedRun) -> None:
    """Say what is left out of the spec by chance or by an earlier run, before it is left out."""
    part, failed, options = prepared.matrix.part, prepared.options.failed_trials, prepared.options
    if failed is not None:
        again = name_cells(sort_cells(failed.cells - {*prepared.gone}), MOST_NAMED)
        find_voice().say(printable(f"what did not pass in run {failed.run}: {again}"))
        if prepared.gone:
            gone = name_cells(prepared.gone, MOST_NAMED)
            find_voice().say(printable(f"no longer in the spec, so not played: {gone}"))
    plan = part.plan
    if part.last is not None:
        size, of = (
            plan.questions if plan else prepared.matrix.questions,
            format_plural(part.drawn_from, "question"),
        )
        find_voice().say(f"a sample of {size:,} of {of}, seed {part.seed}")
    elif options.sample is not None:
        find_voice().say(
            f"the sample is all there is: {format_plural(part.drawn_from, 'question')}"
        )
    if plan is not None:
        share = f"{prepared.matrix.questions:,} of {format_plural(plan.questions, 'question')}"
        rest = f"1/{plan.shard.of} of the rates and of the budget"
        find_voice().say(f"{plan.shard}: {share}, {rest}")


def _show(finished: FinishedRun, page: Path, spec_file: SpecFile) -> None:
    done = finished.evaluated
    width = shutil.get_terminal_size((100, 24)).columns
    marks = [("simulated", done.info.simulated), ("replayed", done.info.replayed)]
    marks.append((str(done.info.shard), done.info.shard is not None))
    simulated = "".join(f"{word} · " for word, holds in marks if holds)
    if find_voice().verbose:
        declared = {one.id: one for one in spec_file.spec.conversations}
        for line in tell_failures(finished.results, done.summary, declared):
            click.echo(line)
    failures = list_failures(finished.results, done.summary, _name_run(done.directory), width=width)
    click.echo("\n".join(format_lines(done.summary, width=width, not_passed=failures)))
    if done.info.unknown is not None:
        click.echo("\n".join(done.info.unknown.describe()))
    click.echo(f"\n{simulated}run {done.info.id}: {shorten_path(done.directory)}")
    click.echo(f"report: {shorten_path(page)}")


def describe_comparison(comparison: Comparison | None) -> dict[str, Any]:
    """Return the part of a document that holds a comparison; nothing where there is none."""
    return {} if comparison is None else {"comparison": comparison_as_json(comparison)}


def _print_run(finished: FinishedRun, page: Path) -> None:
    """Print the run as one JSON document on one line; its trials are read while they are printed.

    It is ``run.json`` with the reasons of the verdict and the comparison, as ``compare --json`` has
    it, where the run was held against a baseline; and every trial as in ``results.jsonl``, with the
    reason why it did not pass.
    """
    done = finished.evaluated
    document = {
        **run_as_json(done.info),
        "directory": str(done.directory),
        "report": str(page),
        "sentence": done.summary.sentence,
        "reasons": list(done.summary.verdict.reasons),
        **describe_comparison(done.summary.comparison),
        "halted": done.halted,
    }
    click.echo(encode_line(document).removesuffix("}"), nl=False)
    click.echo(',"trials":[', nl=False)
    for number, result in enumerate(finished.results):
        line = encode_line({**result.to_dict(), "reason": result.reason})
        click.echo(f",{line}" if number else line, nl=False)
    click.echo("]}")


def _tell_of_the_recording(world: World, recording: OpenRecording, options: EvalOptions) -> None:
    """Tell what a replay found stale, even when quiet; and what a recording left out."""
    if world.stale:
        from harness.cli.evaluation.stale import describe_stale

        said = describe_stale(world.stale, world.spec_file.path, recording.folder, options.repeats)
        click.echo(said, err=True)
    if world.recorded_errors:
        from harness.cli.evaluation.stale import advise_on_errors

        said = advise_on_errors(
            world.recorded_errors,
            world.spec_file.path,
            recording.folder,
            options.repeats,
            replayed=recording.replays,
        )
        click.echo(said, err=True)
    hidden = sum(world.left_out.values())
    if hidden:
        kinds = ", ".join(sorted(world.left_out))
        find_voice().say(
            f"{hidden} times something that looked like a secret was left out: {kinds}"
        )


def _name_run(directory: Path) -> str:
    """Name a run as somebody would: by its id, or by where they chose to put it."""
    elsewhere = directory.parent.parent.name != "reports"
    return shorten_path(directory) if elsewhere else directory.name


def _tell_how_to_go_on(
    spec_file: SpecFile,
    directory: Path,
    options: EvalOptions,
    recording: OpenRecording | None,
    done: Evaluated | None = None,
) -> None:
    """Tell the command that goes on with a run, or with its recording.

    Of a run whose budget ended, which is ``done``, a larger limit is told as well.
    """
    if recording is not None:
        if not recording.replays:
            more = ["--repeats", str(options.repeats)] if options.repeats else []
            command = write_record_command(
                "eval", spec_file.path, recording.folder, "--record-mode", "missing", *more
            )
            find_voice().say(f"what ended is recorded; go on with:\n  {command}")
        return
    command = f"harness eval {spec_file.path} --resume {_name_run(directory)}"
    said = "everything recorded is kept; go on with"
    if done is not None and done.ended is not None:
        parts = done.info.shard.of if done.info.shard else 1  # a limit is that of all shards
        budget = done.budget
        if budget.usd is not None:
            budget = budget.model_copy(update={"usd": budget.usd * parts})
        larger = advise_more(done.ended.limit, budget, done.ended.least_usd * parts)
        command += f" {larger.option}" if larger.option else ""
        said += f" {larger.advice}"
    find_voice().say(f"{said}:\n  {command}")
