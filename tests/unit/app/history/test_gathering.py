from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.app.history.gathering import gather_history
from harness.compare.summarize import measure_columns, summarize
from harness.report.payload.past import write_history
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import Result, Run, RunInfo, TargetInfo, TrialId
from harness.store.writing import write_atomically
from harness.wiring.project import DiskArchive

TARGET = TargetInfo("sweden/mini", "gpt-4.1-mini", "2025-04-14")
COLUMN = MeasuredColumn(
    "sweden/mini", "default", 8, Rate(0.5, 0.2, 0.8), None, 1.25, 2.5, ("gpt-4.1-mini-2025-04-14",)
)


def info(number: int, *, name: str = "sweden", simulated: bool = False) -> RunInfo:
    return RunInfo(
        f"20261122-1300{number:02}-abcdef", name, "cd", "0.1.0", "2026-11-22T13:00:00Z", (TARGET,),
        status="complete", simulated=simulated, columns=(COLUMN,),
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> DiskArchive:
    from harness.results.codec import encode_run

    for number in range(6):
        one = info(number, simulated=number == 1)
        write_atomically(tmp_path / "reports" / "sweden" / one.id / "run.json", encode_run(one))
    other = info(7, name="norway")
    write_atomically(tmp_path / "reports" / "norway" / other.id / "run.json", encode_run(other))
    return DiskArchive(tmp_path)


RESULT = Result(TrialId("founders", None, "sweden/mini", "default", 1), "ab", "passed", 1.0, ())
SUMMARY = summarize(Run(info(4), (RESULT,)), None)


def seconds(history: Iterable[RunInfo]) -> list[int]:
    return [int(one.id[13:15]) for one in history]


def test_a_history_ends_with_the_run_itself_and_holds_no_other_spec_and_no_later_run(
    archive: DiskArchive,
) -> None:
    assert seconds(gather_history(archive, info(4), SUMMARY)) == [0, 2, 3, 4]


def test_simulated_runs_have_a_history_of_their_own(archive: DiskArchive) -> None:
    assert seconds(gather_history(archive, info(5, simulated=True), SUMMARY)) == [1, 5]


def test_a_history_keeps_the_latest_where_there_are_too_many(archive: DiskArchive) -> None:
    assert seconds(gather_history(archive, info(5), SUMMARY, most=3)) == [3, 4, 5]


def test_runs_that_are_named_are_the_history_wherever_they_lie(archive: DiskArchive) -> None:
    named = [info(1), info(3), info(0, name="norway"), info(9)]
    assert seconds(gather_history(archive, info(4), SUMMARY, named=named)) == [1, 3, 4]


def test_the_figures_of_a_run_of_an_older_version_come_from_its_results(
    archive: DiskArchive,
) -> None:
    (*_, last) = gather_history(archive, replace(info(4), columns=()), SUMMARY)
    assert last.columns == measure_columns(SUMMARY.rows)
    assert last.columns[0].pass_rate is not None


def test_the_page_gets_rates_with_intervals_and_never_zero_for_the_unknown() -> None:
    (written,) = write_history([info(3)])
    assert written["columns"] == [
        {
            "target": "sweden/mini",
            "variant": "default",
            "model": "gpt-4.1-mini 2025-04-14",
            "answered_by": ["gpt-4.1-mini-2025-04-14"],
            "pass_rate": {"value": 0.5, "low": 0.2, "high": 0.8},
            "trials": 8,
            "cost_usd": None,
            "p50": 1.25,
            "p95": 2.5,
        }
    ]
