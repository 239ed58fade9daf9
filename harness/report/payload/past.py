"""Earlier runs of the same spec, for the application's page of history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from harness.report.trend import describe_model
from harness.results.measured import MeasuredColumn
from harness.results.model import RunInfo
from harness.text import safe


def write_history(history: Sequence[RunInfo]) -> list[dict[str, Any]]:
    """Write runs as the application reads them, oldest first; the page's own run is the last."""
    return [_write_run(info) for info in history]


def _write_run(info: RunInfo) -> dict[str, Any]:
    models = {target.name: describe_model(info, target.name) for target in info.targets}
    return {
        "id": safe.clip_line(info.id, 80),
        "started_at": safe.clip_line(info.started_at, 40),
        "status": info.status,
        "verdict": None if info.verdict is None else safe.clip_line(info.verdict, 40),
        "simulated": info.simulated,
        "replayed": info.replayed,
        "spec_sha256": safe.clip_line(info.spec_sha256, 64),
        "columns": [_write_column(one, models.get(one.target, "")) for one in info.columns],
    }


def _write_column(column: MeasuredColumn, model: str) -> dict[str, Any]:
    return {
        "target": safe.clip_line(column.target),
        "variant": safe.clip_line(column.variant),
        "model": model,
        "answered_by": [safe.clip_line(name, 80) for name in column.answered_by[:5]],
        "pass_rate": asdict(column.pass_rate) if column.pass_rate else None,
        "trials": column.trials,
        "cost_usd": column.cost_usd,
        "p50": column.p50_s,
        "p95": column.p95_s,
    }
