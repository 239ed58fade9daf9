"""The report of one small run, byte for byte: read the difference as prose before accepting it.

``UPDATE_GOLDEN=1 pytest tests/golden/report`` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.compare.summary import Summary
from harness.compare.table import format_lines
from harness.report.html import render_html
from harness.report.junit import render_junit
from harness.report.markdown import render_comment, render_summary
from harness.report.terminal.beside import show_beside
from harness.report.terminal.failures import list_failures
from harness.report.terminal.listing import list_run
from harness.report.terminal.transcript import show_transcript, title_trial
from harness.results.model import Run
from tests.unit.report.bare import strip_assets
from tests.unit.report.factory import SPEC, small_run, summary_of

HERE = Path(__file__).parent


def write_terminal(run: Run, summary: Summary) -> str:
    """Write what `eval` tells of this run, what `show` lists, and two transcripts side by side."""
    failures = list_failures(run.results, summary, run.info.id)
    founders = [cell for cell in summary.cells if cell.conversation == "founders"]
    shown = [run.results[founders[0].results[0]], run.results[founders[1].results[1]]]
    titles = [title_trial(cell, one) for cell, one in zip(founders, shown, strict=True)]
    parts = (
        format_lines(summary, not_passed=failures),
        list_run(run.info, summary, summary.cells, width=100),
        show_transcript(founders[1], shown[1]),
        show_beside(shown[0], shown[1], (titles[0], titles[1]), width=80),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


@pytest.mark.parametrize(
    "name", ["report.html", "junit.xml", "summary.md", "comment.md", "terminal.txt"]
)
def test_the_documents_of_a_small_run_are_as_they_were(name: str) -> None:
    run = small_run()
    summary = summary_of(run)
    text = {
        "report.html": strip_assets(render_html(run, summary, spec=SPEC)),
        "junit.xml": render_junit(run, summary),
        "summary.md": render_summary(run, summary),
        "comment.md": render_comment(run, summary),
        "terminal.txt": write_terminal(run, summary),
    }[name]
    file = HERE / f"small.{name}"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
