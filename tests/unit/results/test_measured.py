from __future__ import annotations

import json

from harness.results.codec import decode_run, encode_run
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import RunInfo


def make_info(*columns: MeasuredColumn) -> RunInfo:
    return RunInfo("r", "sweden", "cd", "0.1.0", "2026-11-22T13:00:00Z", (), columns=columns)


def test_a_runs_figures_are_kept_in_run_json_and_read_back() -> None:
    info = make_info(
        MeasuredColumn("a/b", "short", 8, Rate(0.5, 0.25, 0.75), 0.125, 1.5, 2.5, ("m-1",)),
        MeasuredColumn("a/c"),
    )
    assert decode_run(encode_run(info)) == info


def test_what_a_run_does_not_know_is_null_there_and_never_zero() -> None:
    (column,) = json.loads(encode_run(make_info(MeasuredColumn("a/b"))))["columns"]
    assert {name for name, value in column.items() if value is None} == {
        "pass_rate",
        "cost_usd",
        "p50_s",
        "p95_s",
    }


def test_a_run_of_an_older_version_has_no_figures() -> None:
    assert "columns" not in json.loads(encode_run(make_info()))
    assert decode_run(encode_run(make_info())).columns == ()
