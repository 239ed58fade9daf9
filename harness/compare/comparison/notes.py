"""Sentences about a comparison itself: what makes its base less than a good one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from harness.compare.comparison.model import RunRef
from harness.compare.comparison.wording import name_run
from harness.results.model import RunInfo
from harness.text.numbers import format_plural

OLD_DAYS = 90
"""A baseline older than this is said to be old: models retire and are replaced within months."""


def list_notes(base: RunInfo, head: RunInfo, reference: RunRef) -> Iterator[str]:
    """List what a reader should know of the base before they believe the comparison."""
    name = name_run(reference)
    said = name[0].upper() + name[1:]
    days = count_days(base.started_at, head.started_at)
    if days is not None and days > OLD_DAYS:
        yield (
            f"{said} is {format_plural(days, 'day')} old: what it was compared with may be gone; "
            f"set a newer one when a run is good."
        )
    if days is not None and days < 0:
        yield f"{said} is newer than the run that is compared with it."
    if base.spec_name != head.spec_name:
        yield f"{said} is of another spec, '{base.spec_name}'; this one is '{head.spec_name}'."
    if base.simulated and head.simulated and base.harness_version != head.harness_version:
        yield (
            f"{said} was answered by the simulator of harness {base.harness_version}, this run by "
            f"that of {head.harness_version}: differences may be the simulator's."
        )
    if base.status != "complete":
        yield f"{said} is not whole: it is {base.status}."
    if base.stale:
        yield f"{said} was replayed from a recording that was stale."


def count_days(earlier: str, later: str) -> int | None:
    """Count the days from one moment to another; None where one of them is no moment."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days
    except (ValueError, TypeError):  # edited by hand, or one with a zone and one without
        return None
