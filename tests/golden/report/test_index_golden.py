"""The page of two runs of one spec, but for its style; see ``test_report_golden``."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from harness.report.index import ListedRun, ListedSpec, generate_index
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import RunInfo, TargetInfo, Totals

FILE = Path(__file__).with_name("two-runs.index.html")
COLUMN = MeasuredColumn(
    "sweden/mini", "default", 8, Rate(0.75, 0.4, 0.93), 0.0125, 1.25, 2.5, ("gpt-4.1-mini",)
)
FIRST = RunInfo(
    "20261121-090000-000001", "sweden", "ab", "0.3.0", "2026-11-21T09:00:00Z",
    (TargetInfo("sweden/mini", "gpt-4.1-mini", "2025-04-14"),),
    status="complete", verdict="passed", exit_code=0,
    totals=Totals(trials=8, passed=6, failed=2, cost_usd=0.0125), columns=(COLUMN,),
)  # fmt: skip
SECOND = replace(
    FIRST, id="20261122-090000-000002", started_at="2026-11-22T09:00:00Z", spec_sha256="cd",
    verdict="regressed", exit_code=1, totals=Totals(trials=8, passed=3, failed=4, errored=1),
    columns=(replace(COLUMN, pass_rate=Rate(0.375, 0.14, 0.69), cost_usd=None),),
)  # fmt: skip


def test_the_page_of_all_runs_is_as_it_was() -> None:
    runs = (
        ListedRun(SECOND, "sweden/20261122-090000-000002/report.html"),
        ListedRun(FIRST, baselines=("main",)),
    )
    html = "".join(generate_index([ListedSpec("sweden", runs, 2)]))
    text = re.sub("<style>.*?</style>", "<style></style>", html, flags=re.DOTALL)
    text = re.sub("'sha256-[^']*'", "'sha256-'", text)
    if os.environ.get("UPDATE_GOLDEN"):
        FILE.write_text(text, encoding="utf-8")
    assert text == FILE.read_text(encoding="utf-8")
