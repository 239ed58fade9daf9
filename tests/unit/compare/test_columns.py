"""A column of the table of targets is one row."""

from __future__ import annotations

import pytest

from harness.compare import columns
from harness.compare.columns import Column, select_columns
from harness.compare.summarize import summarize
from harness.compare.table import format_lines
from harness.report.markdown import render_summary
from harness.report.view import view_page
from tests.unit.compare.made import run, trial, turn


def test_a_column_stands_in_the_terminal_the_summary_and_the_page_by_its_row_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added = Column(lambda row: f"{row.requests} sent", "asked", "Asked", "Asked for")
    monkeypatch.setattr(columns, "COLUMNS", (*columns.COLUMNS, added))
    played = run(trial("passed"))
    summary = summarize(played, None)
    head, first = format_lines(summary)[:2]
    assert head.endswith("  asked")
    assert first.endswith(" sent")
    assert "| Asked |" in render_summary(played, summary)
    view = view_page(played, summary, None)
    assert view.table[-1].page == "Asked for"
    assert view.rows[0].cells[-1][0].endswith(" sent")


def test_money_reads_the_same_in_every_view() -> None:
    played = run(trial("passed"))
    summary = summarize(played, None)
    shown = {
        column.value(summary.rows[0])
        for column in columns.COLUMNS
        if column.heading("page") == "Cost" or column.heading("terminal") == "cost"
    }
    assert len(shown) == 1


def test_the_summary_says_how_sure_a_percentile_is_and_which_end_is_not_estimable() -> None:
    trials = [trial("passed", f"c{n}", turns=[turn(latency_s=float(n))]) for n in range(1, 51)]
    (row,) = summarize(run(*trials), None).rows
    values = {one.heading("summary"): one.value(row) for one in select_columns("summary", [row])}
    assert values["p95 (95 %)"] == "47.55 s (44.00 s to not estimable)"
    assert values["p50 (95 %)"].startswith("25.50 s (")
