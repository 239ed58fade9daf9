"""The trends of specs, from the runs that somebody chose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from harness.report.trend import find_trends

if TYPE_CHECKING:
    from harness.report.trend import Trend, TrendPoint
    from harness.results.model import RunInfo


@dataclass(frozen=True, slots=True)
class SpecTrends:
    """The trends of a spec; ``left_out`` simulated runs are in none of them."""

    spec_name: str
    simulated: bool
    trends: tuple[Trend, ...]
    left_out: int = 0


def gather_trends(infos: Iterable[RunInfo], targets: Sequence[str] = ()) -> tuple[SpecTrends, ...]:
    """Return the trends of each spec, in the order of the runs.

    Simulated answers say nothing about a model: such runs are shown only where a spec has no
    others.

    Args:
        infos: runs, newest first.
        targets: names or globs; () for all.
    """
    by_spec: dict[str, list[RunInfo]] = {}
    for info in infos:
        by_spec.setdefault(info.spec_name, []).append(_narrow(info, targets))
    return tuple(_gather_of_spec(name, runs) for name, runs in by_spec.items())


def _gather_of_spec(name: str, runs: Sequence[RunInfo]) -> SpecTrends:
    real = [info for info in runs if not info.simulated]
    shown = real or runs
    trends = find_trends(reversed(shown))
    return SpecTrends(name, not real, trends, len(runs) - len(shown))


def _narrow(info: RunInfo, targets: Sequence[str]) -> RunInfo:
    if not targets:
        return info
    columns = [
        column
        for column in info.columns
        if any(column.target == one or fnmatchcase(column.target, one) for one in targets)
    ]
    return replace(info, columns=tuple(columns))


def write_trends(found: Iterable[SpecTrends]) -> dict[str, Any]:
    """Write trends for programs, runs oldest first."""
    return {
        "format_version": 1,
        "specs": [
            {
                "spec": one.spec_name,
                "simulated": one.simulated,
                "left_out": one.left_out,
                "trends": [
                    {
                        "target": trend.target,
                        "variant": trend.variant,
                        "runs": [_write_point(point) for point in trend.points],
                    }
                    for trend in one.trends
                ],
            }
            for one in found
        ],
    }


def _write_point(point: TrendPoint) -> dict[str, Any]:
    info, column = point.info, point.column
    return {
        "run": info.id,
        "started_at": info.started_at,
        "status": info.status,
        "verdict": info.verdict,
        "replayed": info.replayed,
        "trials": column.trials,
        "pass_rate": asdict(column.pass_rate) if column.pass_rate else None,
        "cost_usd": column.cost_usd,
        "p50_s": column.p50_s,
        "p95_s": column.p95_s,
        "answered_by": list(column.answered_by),
        "changed": list(point.changed),
    }
