"""The history of a spec: its runs in the order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.app.ports import RunArchive

if TYPE_CHECKING:
    from harness.compare.summary import Summary
    from harness.results.model import RunInfo

MOST_EMBEDDED = 50
"""Runs that a report holds: a line of them is read at one sight."""


def gather_history(
    archive: RunArchive,
    info: RunInfo,
    summary: Summary,
    most: int = MOST_EMBEDDED,
    *,
    named: Iterable[RunInfo] | None = None,
) -> tuple[RunInfo, ...]:
    """Return the runs of the same spec up to this one, oldest first; this one is the last.

    Simulated runs have a history of their own, and so have the others. Runs that were not whole
    are among them, as long as they measured anything.

    Args:
        archive: the runs of the project.
        info: the run that is told of.
        summary: its numbers, which an older version did not write into ``run.json``.
        most: how many there are at most.
        named: the earlier runs to tell of, wherever they lie; None for those of the project.
    """
    from harness.compare.summarize import measure_columns

    this = replace(info, columns=info.columns or measure_columns(summary.rows))
    earlier: list[RunInfo] = []
    if named is None:
        runs: Iterable[RunInfo] = (past for _, past in archive.runs(info.spec_name))
    else:
        runs = sorted(named, key=lambda past: past.id, reverse=True)
    for past in runs:
        if len(earlier) >= most - 1:
            break
        is_earlier = past.spec_name == info.spec_name and past.id < info.id
        if is_earlier and past.columns and past.simulated == info.simulated:
            earlier.append(past)
    return (*reversed(earlier), this)
