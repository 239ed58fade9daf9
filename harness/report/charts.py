"""The positions of the small charts' marks, in pixels. Drawn by the template as inline SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.compare.summary import Quantiles, Rate
from harness.report.text import OUTCOMES
from harness.results.model import Outcome

WIDTH = 132
"""Of every chart; two of its pixels are the margins, so that caps at 0 and 100 % are whole."""


@dataclass(frozen=True, slots=True)
class RateBar:
    """A bar of length ``fill`` from 0 with whiskers from ``low`` to ``high``."""

    fill: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class LatencyBar:
    """A line from the median to the 95th percentile on a scale shared by every row."""

    p50: str
    p95: str
    length: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One outcome's part of a stacked bar."""

    outcome: Outcome
    x: str
    width: str


def _place(share: float) -> str:
    return f"{1 + min(1.0, max(0.0, share)) * (WIDTH - 2):.1f}"


def draw_rate(rate: Rate) -> RateBar:
    """Place the marks of a pass rate with its interval."""
    return RateBar(f"{rate.value * (WIDTH - 2):.1f}", _place(rate.low), _place(rate.high))


def draw_latency(latency: Quantiles, longest: float) -> LatencyBar:
    """Place the marks of a latency; ``longest`` seconds is the right edge."""
    scale = longest or 1.0
    start, end = 4 + latency.p50 / scale * (WIDTH - 8), 4 + latency.p95 / scale * (WIDTH - 8)
    return LatencyBar(f"{start:.1f}", f"{end:.1f}", f"{max(0.0, end - start):.1f}")


def draw_outcomes(outcomes: Mapping[Outcome, int]) -> tuple[Segment, ...]:
    """Place the parts of the stacked bar of a row's trials; none where there are no trials."""
    total = sum(outcomes.values())
    segments: list[Segment] = []
    x = 0.0
    for outcome in OUTCOMES:
        if n := outcomes.get(outcome, 0):
            width = n / total * WIDTH
            segments.append(Segment(outcome, f"{x:.1f}", f"{max(1.0, width - 1):.1f}"))
            x += width
    return tuple(segments)
