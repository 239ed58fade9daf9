"""The top of the application's page: what the static page says there too, and the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from harness.compare.summary import Row, Summary
from harness.report.plays import PlayColumn
from harness.report.provenance import find_at
from harness.report.view import REPLAYED, Page
from harness.results.model import Run
from harness.spec.model.evaluated import Gate
from harness.text import safe


def describe_head(
    run: Run,
    page: Page,
    spec: Mapping[str, Any] | None,
    summary: Summary,
    columns: Sequence[PlayColumn],
) -> dict[str, Any]:
    """Describe the run, its verdict, its columns and where its numbers come from."""
    return {
        "format": 1,
        "head": {
            "name": page.name,
            "description": page.description,
            "when": page.when,
            "run_id": page.run_id,
            "spec_path": safe.clip_line(run.info.spec_path or "", 300),
            "simulated": page.simulated,
            "replayed": REPLAYED if run.info.replayed else "",
            "unfinished": page.unfinished,
            "verdict": {
                "code": summary.verdict.word,
                "exit_code": summary.verdict.exit_code,
                **asdict(page.verdict),
            },
            "tiles": page.tiles,
        },
        "gate": _describe_gate(spec),
        "columns": [
            _describe_column(row, column) for row, column in zip(summary.rows, columns, strict=True)
        ],
        "provenance": asdict(page.provenance),
    }


def _describe_gate(spec: Mapping[str, Any] | None) -> dict[str, Any] | None:
    declared = find_at(spec, "evaluation", "gate")
    if not isinstance(declared, Mapping):
        return None
    try:
        gate = Gate.model_validate(declared)
    except ValidationError:  # spec.json of a newer version, or edited by hand
        gate = Gate()
    names = ("alpha", "margin", "min_effect", "min_pass_rate")
    return {name: getattr(gate, name) for name in names}


def _describe_column(row: Row, column: PlayColumn) -> dict[str, Any]:
    target = row.target
    return {
        "target": safe.clip_line(target.name),
        "variant": safe.clip_line(row.variant),
        "label": column.label,
        "model": safe.clip_line(target.model or "", 80),
        "version": safe.clip_line(target.version or "", 80),
        "region": safe.clip_line(target.region or "", 80),
        "sku": safe.clip_line(target.sku or "", 80),
        "simulated": target.simulated,
        "outcomes": dict(row.outcomes),
        "conversations": row.conversations,
        "pass_rate": asdict(row.pass_rate) if row.pass_rate else None,
        "score": row.score,
        "metrics": {safe.clip_line(name, 60): value for name, value in row.metrics.items()},
        "cost_usd": row.cost_usd,
        "cost_per_conversation_usd": row.cost_per_conversation_usd,
        "latency": asdict(row.latency) if row.latency else None,
        "ttft": asdict(row.ttft) if row.ttft else None,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "requests": row.requests,
        "errors": {safe.clip_line(kind, 60): count for kind, count in row.errors.items()},
        "unchecked": row.unchecked,
        "known_failing": row.known_failing,
        "steadiness": asdict(row.steadiness) if row.steadiness else None,
        "times": asdict(row.times) if row.times else None,
    }
