"""Trends: the figures of a spec from run to run, target by target."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.results.measured import MeasuredColumn
from harness.results.model import RunInfo
from harness.text import safe

BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A run in a trend; ``changed`` says what is other than in the run before, a phrase each."""

    info: RunInfo
    column: MeasuredColumn
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """A target under one variant, run by run, oldest first."""

    target: str
    variant: str
    points: tuple[TrendPoint, ...]


def find_trends(history: Iterable[RunInfo]) -> tuple[Trend, ...]:
    """Return the trend of each target and variant, those of the newest run first.

    Args:
        history: runs of one spec, oldest first; those without figures are passed over.
    """
    points: dict[tuple[str, str], list[TrendPoint]] = {}
    newest: list[tuple[str, str]] = []
    for info in history:
        for column in info.columns:
            so_far = points.setdefault((column.target, column.variant), [])
            changed = tuple(_compare(so_far[-1], info, column)) if so_far else ()
            so_far.append(TrendPoint(info, column, changed))
        newest = [(column.target, column.variant) for column in info.columns] or newest
    order = dict.fromkeys([*newest, *points])
    return tuple(Trend(*key, tuple(points[key])) for key in order)


def describe_model(info: RunInfo, name: str) -> str:
    """Return the model of a target of a run, with its version: ``gpt-4.1-mini 2025-04-14``.

    "" where the run does not say.
    """
    for target in info.targets:
        if target.name == name:
            return safe.clip_line(" ".join(filter(None, (target.model, target.version))), 160)
    return ""


LEAVES_OUT = ("keyword", "tags", "conversations", "sample", "failed")
"""Keys of a run's selection, each of which leaves out some of the spec's questions."""


def is_part(info: RunInfo) -> bool:
    """Return whether a run left out conversations that its spec has."""
    return any(info.selection.get(key) for key in LEAVES_OUT)


def _compare(before: TrendPoint, info: RunInfo, column: MeasuredColumn) -> Iterable[str]:
    past = before.info
    if past.spec_sha256 != info.spec_sha256:
        yield "spec changed"
    was, now = describe_model(past, column.target), describe_model(info, column.target)
    if was != now:
        yield f"model: {was or 'unknown'} → {now or 'unknown'}"
    elif set(before.column.answered_by) != set(column.answered_by):
        names = ", ".join(safe.clip_line(name, 80) for name in column.answered_by[:3])
        yield f"answered by {names or 'nobody'}"


def draw_sparkline(values: Sequence[float | None]) -> str:
    """Draw values as bars between the smallest and the largest; a space where there is none."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return ""
    low, high = min(known), max(known)

    def draw(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return " "
        share = 0.5 if high == low else (value - low) / (high - low)
        return BARS[round(share * (len(BARS) - 1))]

    return "".join(map(draw, values))
