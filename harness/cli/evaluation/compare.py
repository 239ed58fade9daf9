"""``harness compare``: two runs held against each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from harness.cli.history.sharing import add_history_option, open_runs
from harness.cli.layout import Command
from harness.cli.options import add_comment_option, add_root_option, read_map
from harness.cli.show import add_output_options, find_voice

EXAMPLES = """\b
Examples:
  harness compare main latest                      the newest run against the baseline 'main'
  harness compare 20260901-120000-a1b2c3 latest    against an older run
  harness compare main latest --map sweden/five=sweden/mini
                                                   a new target against what it replaces
  harness compare latest latest --map sweden/five=sweden/mini
                                                   two targets of one run

\b
Exit codes: 0 no worse, or not settled · 1 regressed, below a floor, or not settled where the
            gate says `on_inconclusive: fail` · 2 the request is wrong · 3 too much errored
            4 incomplete
"""


@click.command("compare", cls=Command, epilog=EXAMPLES)
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="HEAD")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="NEW=OLD",
    help="Compare HEAD's target NEW with BASE's OLD. May be repeated.",
)
@add_comment_option
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(
    base: str,
    head: str,
    mapping: tuple[str, ...],
    comment: Path | None,
    root: Path | None,
    *,
    as_json: bool,
) -> int:  # fmt: skip
    """Tell whether HEAD is worse than BASE, conversation by conversation.

    BASE and HEAD are a run's id, its folder, `latest`, or a baseline's name. HEAD's gate decides,
    and the command exits as `eval` would have.
    """
    from harness.app.comparing import comment_on_comparison, compare_runs
    from harness.compare.views.comparison_document import format_comparison
    from harness.compare.views.comparison_table import format_comparison_lines
    from harness.compare.wording import name_verdict
    from harness.text.safe import printable

    archive = open_runs(root)
    found = compare_runs(archive, base, head, read_map(mapping))
    if comment is not None:
        comment_on_comparison(archive, head, found, comment)
    if as_json:
        click.echo(format_comparison(found))
        return found.gate.exit_code
    marks = [("simulated", found.head.simulated), ("replayed", found.head.replayed)]
    marked = "".join(f"{word} · " for word, holds in marks if holds)
    find_voice().say(f"{marked}run {found.head.id}")
    width = shutil.get_terminal_size((100, 24)).columns
    for line in format_comparison_lines(found, width=width):
        click.echo(line)
    click.echo(f"\ngate: {name_verdict(found.gate.word or '')}")
    for reason in found.gate.reasons:
        click.echo(f"  {printable(reason)}")
    return found.gate.exit_code
