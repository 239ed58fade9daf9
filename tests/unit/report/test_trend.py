from __future__ import annotations

import math
from dataclasses import replace

import pytest

from harness.report.trend import draw_sparkline, find_trends
from harness.results.measured import MeasuredColumn
from harness.results.model import RunInfo, TargetInfo


def info(number: int, *columns: MeasuredColumn) -> RunInfo:
    targets = tuple(TargetInfo(column.target, "m", "1") for column in columns)
    return RunInfo(f"r{number}", "sweden", "cd", "0.3.0", "", targets, columns=columns)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0.0, 0.5, 1.0], "▁▅█"),
        ([0.5, 0.5], "▅▅"),
        ([0.0, None, 1.0], "▁ █"),
        ([None, math.nan], ""),
        ([], ""),
    ],
)
def test_bars_stand_between_the_smallest_and_the_largest(
    values: list[float | None], drawn: str
) -> None:
    assert draw_sparkline(values) == drawn


def test_targets_of_the_newest_run_come_first_and_one_that_left_stays() -> None:
    old, new = MeasuredColumn("a/old"), MeasuredColumn("a/new")
    trends = find_trends([info(1, old), info(2, old, new), info(3, new)])
    assert [(trend.target, len(trend.points)) for trend in trends] == [("a/new", 2), ("a/old", 2)]


def test_another_name_that_the_model_gives_itself_is_a_change() -> None:
    first = info(1, MeasuredColumn("a/b", answered_by=("m-1",)))
    second = info(2, MeasuredColumn("a/b", answered_by=("m-2",)))
    (trend,) = find_trends([first, second, replace(second, id="r3")])
    assert [point.changed for point in trend.points] == [(), ("answered by m-2",), ()]
