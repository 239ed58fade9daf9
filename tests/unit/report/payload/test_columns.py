"""What the application is told of each target beside its rates."""

from __future__ import annotations

from harness.compare.summarize import summarize
from harness.report.html import render_html
from tests.unit.report.bare import unpack_blocks
from tests.unit.report.factory import MINI, SPEC, result, run_of, turn, verdict


def test_a_column_tells_its_percentiles_its_waiting_and_how_its_repeats_agree() -> None:
    bad = verdict("failed", "icontains", "x", '"x" is not in the reply')
    results = [
        result("founders", MINI, "passed", turn(1, "Who?", "Bill.", verdict(), latency_s=1.0)),
        result("founders", MINI, "failed", turn(1, "Who?", "Me.", bad, latency_s=3.0), repeat=2),
    ]
    run = run_of(results, [MINI])
    html = render_html(run, summarize(run, None), spec=SPEC)
    (column,) = unpack_blocks(html)["summary"]["columns"]
    assert column["steadiness"] == {"every": 0.0, "any": 1.0, "flaky": 1, "repeats": 2}
    times = column["times"]
    assert times["asked"] == 2
    assert times["latency"]["n"] == 2
    assert times["latency"]["p50"] == {"value": 2.0, "low": None, "high": None}
    assert [turn["number"] for turn in times["turns"]] == [1]
    assert times["ttft"] is None
