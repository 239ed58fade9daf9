"""The report of one small run, byte for byte: read the difference as prose before accepting it.

``UPDATE_GOLDEN=1 pytest tests/golden/report`` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.report.html import render_html
from harness.report.junit import render_junit
from harness.report.markdown import render_summary
from tests.unit.report.bare import strip_assets
from tests.unit.report.factory import SPEC, small_run, summary_of

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["report.html", "junit.xml", "summary.md"])
def test_the_documents_of_a_small_run_are_as_they_were(name: str) -> None:
    run = small_run()
    summary = summary_of(run)
    text = {
        "report.html": strip_assets(render_html(run, summary, spec=SPEC)),
        "junit.xml": render_junit(run, summary),
        "summary.md": render_summary(run, summary),
    }[name]
    file = HERE / f"small.{name}"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
