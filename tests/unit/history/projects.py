"""Projects with runs on disk, as two machines of one team have them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from harness.history.address import read_address
from harness.history.shared_runs import SharedRuns
from harness.results.codec import encode_result, encode_run
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import Run, RunInfo
from tests.unit.report.factory import MINI, SPEC, small_run

FIRST, SECOND = "20260901-120000-a1b2c3", "20260902-120000-a1b2c3"
COLUMN = MeasuredColumn(MINI.name, "default", 4, Rate(0.75, 0.5, 0.9), None, 1.25, 2.0)


def make_run(run_id: str = FIRST, spec: str = "sweden", **fields: object) -> Run:
    run = small_run()
    began = f"{run_id[:4]}-{run_id[4:6]}-{run_id[6:8]}T{run_id[9:11]}:00:00Z"
    info = replace(run.info, id=run_id, spec_name=spec, started_at=began, columns=(COLUMN,))
    return Run(replace(info, **fields), run.results)  # type: ignore[arg-type]


def write_run(project: Path, run: Run, folder: str = "") -> Path:
    directory = project / "reports" / (folder or run.info.spec_name) / run.info.id
    directory.mkdir(parents=True, exist_ok=True)
    (project / ".harness").mkdir(exist_ok=True)
    (directory / "run.json").write_text(encode_run(run.info), encoding="utf-8")
    lines = "".join(encode_result(held) + "\n" for held in run.results)
    (directory / "results.jsonl").write_text(lines, encoding="utf-8")
    (directory / "spec.json").write_text(json.dumps(SPEC), encoding="utf-8")
    return directory


def describe_only(project: Path, run_id: str, spec: str = "sweden") -> Path:
    """Write a run of few bytes, of which there can be many."""
    run = make_run(run_id, spec)
    return write_run(project, Run(run.info, ()))


def open_shared(url: str, project: Path, by: str = "mona") -> SharedRuns:
    return SharedRuns(
        read_address(url), project / "cache", by, lambda: datetime(2026, 9, 3, tzinfo=UTC)
    )


def list_infos(shared: SharedRuns, spec: str | None = None) -> list[RunInfo]:
    return [info for _, info, _ in shared.list_runs(spec) if info is not None]
