"""The page of all runs, written after each of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.history.listing import name_baselines
from harness.app.ports import ProjectArchive

if TYPE_CHECKING:
    from harness.report.index import ListedRun

REPORTS, INDEX, REPORT = "reports", "index.html", "report.html"


def write_index(archive: ProjectArchive, say: Callable[[str], None]) -> Path | None:
    """Write ``reports/index.html``; return where it is, None where there is none.

    A page of runs is no reason to fail: what hinders it is said.
    """
    from harness.errors import HarnessError
    from harness.report.index import MOST_RUNS, ListedRun, ListedSpec, generate_index

    reports = archive.root / REPORTS
    if not reports.is_dir():
        return None
    names = name_baselines(archive)
    counts: dict[str, int] = {}
    runs: dict[str, list[ListedRun]] = {}
    for directory, info, count in archive.newest(MOST_RUNS):
        page = directory / REPORT
        link = Path(os.path.relpath(page, reports)).as_posix() if page.is_file() else ""
        listed = ListedRun(info, link, tuple(names.get(info.id, ())))
        runs.setdefault(info.spec_name, []).append(listed)
        counts[info.spec_name] = count
    specs = [ListedSpec(name, tuple(found), counts[name]) for name, found in runs.items()]
    try:
        archive.write(reports / INDEX, generate_index(specs))
    except HarnessError as error:
        say(f"the list of runs is not written: {error}")
        return None
    return reports / INDEX
