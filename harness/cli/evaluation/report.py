"""``harness report``: a run that is on disk, as documents for people and machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.history.sharing import add_history_option, open_runs
from harness.cli.layout import Command
from harness.cli.opening import add_open_option, open_page
from harness.cli.options import add_comment_option, add_root_option
from harness.cli.show import add_output_options, find_voice

if TYPE_CHECKING:
    from harness.app.documents import Reported

EXAMPLES = """\b
Examples:
  harness report                               write report.html, junit.xml and summary.md
                                               into the newest run's folder
  harness report --open                        and open the page in a browser
  harness report 20260901-120000-a1b2c3        the same for a run by its id
  harness report reports/sweden/20260901-120000-a1b2c3 -o sweden.html
                                               only the page, and somewhere else
  harness report latest -o trials.csv          a row a trial, for a spreadsheet; or .jsonl
  harness report latest --comment comment.md   also the comment of a pull request
  harness report main latest                   the newest run's page, compared with baseline main
"""


@click.command("report", cls=Command, epilog=EXAMPLES, short_help="Write the HTML report of a run.")
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write only this: the page, or a table of the trials where FILE ends in .csv or .jsonl. "
    "Default: report.html in the run's folder, with junit.xml and summary.md.",
    metavar="FILE",
)
@add_comment_option
@add_open_option
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_output_options
def command(
    runs: tuple[str, ...],
    output: Path | None,
    comment: Path | None,
    root: Path | None,
    *,
    opens: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the HTML report of a run, or of a run beside earlier ones, or its trials as a table.

    RUN is a run's id, its folder, `latest` or a baseline's name; without it, the newest. The page
    is one file that needs no network and can be sent to anybody; junit.xml and summary.md are for
    CI. Of several runs the page shows the newest, compared with the newest of the others; all of
    them are its history. Exits 0 when the files are written, whatever the verdict.
    """
    from harness.app.comparing import report_runs

    if opens and output is not None and output.suffix.lower() in (".csv", ".jsonl"):
        raise click.UsageError(f"--open opens the page, and {output} is a table of trials.")
    written = report_runs(open_runs(root), runs or ("latest",), page=output, comment=comment)
    if not runs:
        find_voice().say(f"run {written.run.info.id}, the newest")
    click.echo(_format_json(written) if as_json else str(written.page))
    if opens:
        open_page(written.page)


def _format_json(written: Reported) -> str:
    run, summary = written.run, written.summary
    document = {
        "format_version": 1,
        "report": str(written.page),
        "run": run.info.id,
        "simulated": run.info.simulated,
        "verdict": summary.verdict.word,
        "exit_code": summary.verdict.exit_code,
        "sentence": summary.sentence,
    }
    return json.dumps(document, ensure_ascii=False)
