"""``harness show``: a run, one or two of its transcripts, or what a saved plan would do."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.history.sharing import add_history_option, open_runs
from harness.cli.layout import Command
from harness.cli.options import add_root_option
from harness.cli.show import add_output_options, find_voice
from harness.errors import Diagnostic, Exit, RequestError
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.app.history.reading import ChosenTrials, OpenedRun, ShownPart

EXAMPLES = """\b
Examples:
  harness show                                   the newest run, what did not pass first
  harness show latest founders                   its transcript, or that of two targets side by side
  harness show latest capitals --case norway -t sweden/mini
  harness show latest founders -t sweden/mini -t sweden/five
  harness show latest -k smoke -t 'sweden/*'     a part of the list
  harness show today.plan                        what `harness plan -o today.plan` wrote

\b
Exit codes: 0 shown · 2 there is no such run, conversation or plan
"""

COLOURS = {"removed": "red", "added": "green"}


@click.command("show", cls=Command, epilog=EXAMPLES)
@click.argument("name", metavar="[RUN|PLAN]", default="latest")
@click.argument("conversation", metavar="[CONVERSATION]", required=False)
@click.option(
    "-t",
    "--target",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Only this target, or those that a glob matches. Twice: side by side.",
)
@click.option("--case", metavar="NAME", help="Only this case of the conversation.")
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="NAME",
    help="Only this variant. Twice: side by side.",
)
@click.option(
    "--repeat",
    "repeats",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="This repeat, from 1. Twice: side by side.",
)
@click.option(
    "-k",
    "keyword",
    default="",
    metavar="EXPR",
    help="List only what matches by id, case or tag: 'a and not b'.",
)
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(
    name: str,
    conversation: str | None,
    root: Path | None,
    *,
    targets: tuple[str, ...],
    case: str | None,
    variants: tuple[str, ...],
    repeats: tuple[int, ...],
    keyword: str,
    as_json: bool,
) -> int:  # fmt: skip
    """Show a run, one of its conversations as it went, or a saved plan.

    RUN is a run's id, its folder, `latest` or a baseline's name; without it, the newest. Without
    CONVERSATION the run is listed; with it a transcript is read, or two side by side: what only
    one of them says stands in [-…-] and {+…+}. PLAN is shown as it was when it was made; Azure is
    not asked.
    """
    from harness.app.history.reading import ShownPart, choose_trials, open_run

    wanted = ShownPart(conversation, case, targets, variants, repeats, keyword)
    if Path(name).is_file():
        _show_plan(Path(name), wanted, as_json=as_json)
        return int(Exit.OK)
    if Path(name).suffix and not Path(name).exists():
        hint = f"`harness runs` lists runs; `harness plan -o {name}` writes a plan"
        raise RequestError(Diagnostic("H917", f"there is no file {name}", hint=hint))
    opened = open_run(open_runs(root), name, wanted)
    if conversation is None and case is None:
        _show_run(opened, name, as_json=as_json)
    else:
        _show_trials(choose_trials(opened, wanted), as_json=as_json)
    return int(Exit.OK)


def _show_plan(path: Path, wanted: ShownPart, *, as_json: bool) -> None:
    from harness.app.history.reading import ShownPart
    from harness.cli.provisioning.frontend import show_saved

    if wanted != ShownPart():
        raise click.UsageError(f"{path} is a file, and a saved plan has no conversations.")
    if not show_saved(path, as_json=as_json):
        hint = "`harness plan -o today.plan` writes one; a run is named by its id or its folder"
        raise RequestError(Diagnostic("H917", f"{path} is no saved plan", hint=hint))


def _show_run(opened: OpenedRun, name: str, *, as_json: bool) -> None:
    from harness.report.terminal.listing import group_worst_first, list_run

    info, summary = opened.run.info, opened.summary
    if as_json:
        _print_run(opened)
        return
    most = {"most": len(opened.cells)} if find_voice().verbose else {}
    for line in list_run(info, summary, opened.cells, width=_measure_width(), **most):
        click.echo(line)
    for _, (cell, *_) in group_worst_first(opened.cells)[:1]:
        words = ["harness", "show", name, cell.conversation, "-t", cell.target]
        click.echo(f"\nread one: {printable(shlex.join(words))}")


def _print_run(opened: OpenedRun) -> None:
    from harness.cli.evaluation.frontend import describe_comparison
    from harness.results.codec import encode_line, run_as_json

    verdict = opened.summary.verdict
    cells = [
        {
            "conversation": cell.conversation,
            "case": cell.case,
            "target": cell.target,
            "variant": cell.variant,
            "outcome": cell.outcome,
            "passed": cell.passed,
            "repeats": cell.repeats,
        }
        for cell in opened.cells
    ]
    said = {
        "reasons": list(verdict.reasons),
        "sentence": opened.summary.sentence,
        **describe_comparison(opened.summary.comparison),
    }
    click.echo(encode_line({**run_as_json(opened.run.info), **said, "conversations": cells}))


def _show_trials(chosen: ChosenTrials, *, as_json: bool) -> None:
    from harness.report.terminal.beside import show_beside
    from harness.report.terminal.listing import describe_run
    from harness.report.terminal.transcript import show_transcript, title_trial

    if as_json:
        from harness.results.codec import encode_line

        trials = [{**one.to_dict(), "reason": one.reason} for _, one in chosen.trials]
        info = chosen.run.info
        click.echo(encode_line({"format_version": 1, "run": info.id, "trials": trials}))
        return
    for line in describe_run(chosen.run.info):
        click.echo(line)
    cells, results = zip(*chosen.trials, strict=True)
    if len(results) == 1:
        lines = show_transcript(cells[0], results[0])
    else:
        titles = title_trial(cells[0], results[0]), title_trial(cells[1], results[1])
        one, other = results
        lines = show_beside(one, other, titles, width=_measure_width(), paint=_paint)
    for line in lines:
        click.echo(line)
    for note in chosen.notes:
        find_voice().say(note)


def _paint(text: str, kind: str) -> str:
    """Colour a text; click takes the colour out again where there is no terminal."""
    return click.style(text, fg=COLOURS.get(kind), bold=kind == "heading" or None)


def _measure_width() -> int:
    return shutil.get_terminal_size((100, 24)).columns
