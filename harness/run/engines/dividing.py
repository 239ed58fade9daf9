"""Divide a run among several who play it: tasks of whole questions, and shares of its widths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.run.requests.limiters import Widths

LEAST_TRIALS, MOST_TRIALS = 50, 200
"""Conversations of one task: fewer are not worth the way, and of more a lost worker loses much."""
TASKS_EACH = 4
"""Tasks for each place where one is played, if there are trials enough: so all end together."""


def choose_task_size(trials: int, places: int) -> int:
    """Return how many trials a task has, for so many trials and tasks played beside each other."""
    wanted = math.ceil(trials / (max(1, places) * TASKS_EACH))
    return min(MOST_TRIALS, max(LEAST_TRIALS, wanted))


def divide_into_tasks(rows: Iterable[int], plays: int, size: int) -> Iterator[tuple[int, ...]]:
    """Divide questions, by their numbers, into tasks of about ``size`` trials.

    A question's trials stay together, as they may be compared: a task has one question at least.

    Args:
        rows: the numbers of the questions.
        plays: how many trials each of them has.
        size: of a task, in trials.
    """
    most = max(1, size // max(1, plays))
    task: list[int] = []
    for row in rows:
        task.append(row)
        if len(task) == most:
            yield tuple(task)
            task = []
    if task:
        yield tuple(task)


def share_widths(widths: Widths, places: int) -> tuple[Widths, int]:
    """Return a task's share of what may be in flight, and how many tasks are played at a time.

    Widths that adapt are found by each for itself: they are no limit that somebody set.
    """
    if widths.adapts:
        return widths, places
    least = widths.per_target if widths.total is None else min(widths.per_target, widths.total)
    places = max(1, min(places, least))
    total = None if widths.total is None else widths.total // places
    return replace(widths, per_target=widths.per_target // places, total=total), places
