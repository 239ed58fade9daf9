"""``harness merge``: runs that each hold a part of the same spec become one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click

from harness.cli.history.sharing import add_history_option, open_runs, upload_run
from harness.cli.layout import Command
from harness.cli.options import add_root_option
from harness.cli.show import add_output_options, find_voice, shorten_path

EXAMPLES = """\b
Examples:
  harness merge reports/part-1 reports/part-2            into a new run beneath reports/
  harness merge parts/* -o reports/whole                 in a pipeline, from its artefacts
  harness merge 20260901-120000-a1b2c3 latest --json

\b
Exit codes: as eval: 0 passed · 1 failed · 2 a trial is in two parts, or they are no parts of one
            run · 3 too much errored · 4 something is in no part
"""


@click.command("merge", cls=Command, epilog=EXAMPLES, short_help="Merge parts of a run into one.")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The merged run's directory itself. Default: reports/NAME/ID.",
)
@click.option("--allow-simulated", is_flag=True, help="Let a simulated run stand before the gate.")
@add_history_option
@add_root_option
@click.option("--json", "as_json", is_flag=True, help="Print run.json instead of a table.")
@add_output_options
def command(
    runs: tuple[str, ...],
    output: Path | None,
    root: Path | None,
    *,
    allow_simulated: bool,
    as_json: bool,
) -> int:
    """Merge runs of the same spec, each of a part of its trials, into one run with one verdict.

    The parts were selected with -t, -k or --tag; they stay as they are. The merged run is judged by
    the spec's gate, and the command exits as `eval` would have. RUN is a run's id, its folder, or
    `latest`.
    """
    from harness.app.documents import write_run_documents
    from harness.app.history.merging import merge_runs
    from harness.compare.table import format_lines
    from harness.report.terminal.failures import list_failures
    from harness.results.codec import run_as_json
    from harness.text.safe import printable

    archive = open_runs(root)
    merged = merge_runs(archive, runs, output, allow_simulated=allow_simulated)
    page = write_run_documents(archive, merged.directory, merged.summary, find_voice().say)
    upload_run(archive, merged.directory)
    info, exit_code = merged.run.info, merged.summary.verdict.exit_code
    if as_json:
        document = {
            **run_as_json(info),
            "directory": str(merged.directory),
            "report": str(page),
            "reasons": list(merged.summary.verdict.reasons),
            "missing": list(merged.missing),
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return exit_code
    width = shutil.get_terminal_size((100, 24)).columns
    failures = list_failures(merged.run.results, merged.summary, info.id, width=width)
    click.echo("\n".join(format_lines(merged.summary, width=width, not_passed=failures)))
    for sentence in merged.missing:
        click.echo(printable(f"missing: {sentence}"), err=True)
    marks = "simulated · " * info.simulated + "replayed · " * info.replayed
    click.echo(f"\n{marks}run {printable(info.id)}: {shorten_path(merged.directory)}")
    click.echo(f"report: {shorten_path(page)}")
    return exit_code
