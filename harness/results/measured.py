"""The figures of a run that ``run.json`` keeps, so that a history needs no results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval; all three in [0, 1]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeasuredColumn:
    """A target under one variant as a run measured it.

    ``pass_rate`` is None where nothing was judged, money (US dollars) and latencies (seconds, of a
    turn) where they are unknown. ``answered_by`` are the names that models gave themselves, sorted.
    """

    target: str
    variant: str = "default"
    trials: int = 0
    pass_rate: Rate | None = None
    cost_usd: float | None = None
    p50_s: float | None = None
    p95_s: float | None = None
    answered_by: tuple[str, ...] = ()
