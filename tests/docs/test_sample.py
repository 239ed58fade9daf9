"""The committed sample is a run that today's harness reads."""

from __future__ import annotations

from pathlib import Path

from harness.app.documents import read_run, summarize_run
from harness.report.html import render_html
from harness.wiring.project import open_archive
from tests.unit.report.bare import strip_assets


def test_the_sample_is_read_and_drawn_again_as_it_was(project: Path) -> None:
    sample = project / "reports" / "sample"
    run, spec = read_run(open_archive(project), sample)
    summary = summarize_run(run, spec)
    assert run.info.simulated
    assert run.info.spec_name == "sweden"
    assert summary.verdict.word == "passed"
    drawn = (sample / "report.html").read_text(encoding="utf-8")
    # When the page was changed: harness report reports/sample
    assert strip_assets(render_html(run, summary, spec=spec)) == strip_assets(drawn)
