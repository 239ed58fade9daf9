"""A run divided among several who play it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.run.engines.dividing import choose_task_size, divide_into_tasks, share_widths
from harness.run.requests.limiters import Widths


@given(st.integers(1, 1_000_000), st.integers(1, 500))
def test_a_task_has_50_to_200_conversations(trials: int, places: int) -> None:
    assert 50 <= choose_task_size(trials, places) <= 200


def test_there_are_about_four_tasks_for_each_place_so_that_all_end_together() -> None:
    assert choose_task_size(800, 2) == 100


@given(st.lists(st.integers(0, 10_000), unique=True), st.integers(1, 300), st.integers(50, 200))
def test_every_question_is_in_one_task_and_no_task_is_too_large(
    rows: list[int], plays: int, size: int
) -> None:
    tasks = list(divide_into_tasks(rows, plays, size))
    assert [row for task in tasks for row in task] == rows
    assert all(len(task) * plays <= max(size, plays) for task in tasks)


@given(st.integers(1, 500), st.integers(1, 5), st.integers(1, 64))
def test_all_tasks_together_have_no_more_in_flight_than_was_asked_for(
    concurrency: int, targets: int, places: int
) -> None:
    widths = Widths.of(concurrency, targets)
    share, played = share_widths(widths, places)
    assert share.per_target >= 1
    assert share.per_target * played <= concurrency
    assert share.total is None or 1 <= share.total * played <= concurrency


def test_a_width_that_adapts_is_found_by_each_task_for_itself() -> None:
    widths = Widths.of("auto", 1)
    assert share_widths(widths, 3) == (widths, 3)
