"""The page of all runs, ``reports/index.html``: no script, no network, bounded in size."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args
from urllib.parse import quote

from harness.compare.figures import GateVerdict, VerdictWord
from harness.report.html import make_environment
from harness.report.trend import Trend, TrendPoint, describe_model, find_trends, is_part
from harness.report.view import VerdictView, view_verdict
from harness.results.measured import Rate
from harness.results.model import RunInfo
from harness.text import numbers, safe

STYLES = ("report.css", "index.css")
MOST_RUNS = 50
"""Runs of a spec that are shown: the last months, for most."""
MOST_SPECS = 40
MOST_TRENDS = 12
WIDTH, HEIGHT, EDGE = 720.0, 120.0, 8.0


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run with the path of its report from ``reports/``, "" where there is none."""

    info: RunInfo
    report: str = ""
    baselines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedSpec:
    """The newest runs of a spec, newest first, of ``count``."""

    name: str
    runs: tuple[ListedRun, ...]
    count: int


def generate_index(specs: Sequence[ListedSpec]) -> Iterator[str]:
    """Generate the page of all runs, in pieces.

    Args:
        specs: the one that ran last first; those beyond the fortieth are counted only.
    """
    environment = make_environment()
    style = "".join(environment.get_template(name).render() for name in STYLES)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("index.html").generate(
        specs=[_view_spec(number, spec) for number, spec in enumerate(specs[:MOST_SPECS])],
        more_specs=max(0, len(specs) - MOST_SPECS),
        runs=sum(spec.count for spec in specs),
        styles=STYLES,
        style_sha256=digest,
    )


@dataclass(frozen=True, slots=True)
class _RunView:
    id: str
    when: str
    link: str
    verdict: VerdictView
    passed: str
    others: str
    cost: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A point of a line, its interval as a vertical stroke; ``note`` is read by pointing at it."""

    x: str
    y: str
    low: str
    high: str
    note: str
    changed: bool


@dataclass(frozen=True, slots=True)
class _TrendView:
    label: str
    model: str
    latest: str
    interval: str
    cost: str
    p50: str
    line: str
    marks: tuple[_Mark, ...]
    changes: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class _SpecView:
    anchor: str
    name: str
    simulated: bool
    count: int
    runs: tuple[_RunView, ...]
    trends: tuple[_TrendView, ...]
    more_trends: int


def _view_spec(number: int, spec: ListedSpec) -> _SpecView:
    listed = spec.runs[:MOST_RUNS]
    real = [run.info for run in listed if not run.info.simulated]
    # Simulated answers say nothing about a model: they are shown where there are no others.
    trends = find_trends(reversed(real or [run.info for run in listed]))
    return _SpecView(
        anchor=f"spec-{number}",
        name=safe.clip_line(spec.name) or "(without a name)",
        simulated=not real,
        count=spec.count,
        runs=tuple(map(_view_run, listed)),
        trends=tuple(map(_view_trend, trends[:MOST_TRENDS])),
        more_trends=max(0, len(trends) - MOST_TRENDS),
    )


def _view_run(run: ListedRun) -> _RunView:
    info, totals = run.info, run.info.totals
    counts = {"failed": totals.failed, "blocked": totals.blocked, "truncated": totals.truncated,
              "errored": totals.errored}  # fmt: skip
    marks = ["simulated"] * info.simulated + ["replayed"] * info.replayed
    marks += [f"baseline {safe.clip_line(name, 64)}" for name in run.baselines[:5]]
    marks += ["part of the conversations"] * is_part(info)
    return _RunView(
        id=safe.clip_line(info.id, 80),
        when=numbers.format_moment(info.started_at),
        link=quote(run.report, errors="surrogatepass") if run.report else "",
        verdict=_view_verdict(info),
        passed=f"{totals.passed:,} of {totals.trials:,}",
        others=", ".join(f"{count:,} {name}" for name, count in counts.items() if count),
        cost=numbers.format_money(totals.cost_usd),
        marks=tuple(marks),
    )


def _view_verdict(info: RunInfo) -> VerdictView:
    known: tuple[VerdictWord, ...] = get_args(VerdictWord)
    word = next((word for word in known if word == info.verdict), None)
    if word is None and (info.exit_code is None or info.status != "complete"):
        said = "Interrupted" if info.status == "interrupted" else "Not complete"
        return VerdictView("broken", "!", said, "", ())
    return view_verdict(GateVerdict(word, (), info.exit_code or 0), "", info.shard)


def _view_trend(trend: Trend) -> _TrendView:
    points = trend.points[-MOST_RUNS:]
    last = points[-1]
    rates = [_clamp(point.column.pass_rate) for point in points]
    known = [rate for rate in rates if rate is not None]
    # The axis is that of all trends: from nothing to everything, so that none looks worse.
    places = [_place(number, len(points)) for number in range(len(points))]
    drawn = [
        _Mark(
            x=f"{x:.1f}",
            y=_height(rate.value),
            low=_height(rate.low),
            high=_height(rate.high),
            note=_describe_point(point, rate),
            changed=bool(point.changed),
        )
        for x, point, rate in zip(places, points, rates, strict=True)
        if rate is not None
    ]
    variant = "" if trend.variant == "default" else f" · {safe.clip_line(trend.variant, 60)}"
    latest = rates[-1]
    label = f"{safe.clip_line(trend.target, 80)}{variant}"
    shares = [numbers.format_share(rate.value) for rate in (known[0], known[-1])] if known else []
    return _TrendView(
        label=label,
        model=describe_model(last.info, trend.target),
        latest=numbers.format_share(latest.value) if latest else numbers.NOTHING,
        interval=numbers.format_span(latest.low, latest.high) if latest else "",
        cost=numbers.format_money(last.column.cost_usd),
        p50=numbers.format_seconds(last.column.p50_s),
        line="M" + "L".join(f"{mark.x} {mark.y}" for mark in drawn) if len(drawn) > 1 else "",
        marks=tuple(drawn),
        changes=tuple(
            f"{safe.clip_line(point.info.id, 80)}: {'; '.join(point.changed)}"
            for point in points
            if point.changed
        )[-5:],
        summary=f"{label}: pass rate over {numbers.format_plural(len(points), 'run')}"
        + (f", from {shares[0]} to {shares[1]}" if shares else ""),
    )


def _clamp(rate: Rate | None) -> Rate | None:
    """Return a rate that can be drawn: run.json may have been edited."""
    if rate is None or not all(map(math.isfinite, (rate.value, rate.low, rate.high))):
        return None
    return Rate(*(min(1.0, max(0.0, share)) for share in (rate.value, rate.low, rate.high)))


def _place(number: int, count: int) -> float:
    if count == 1:
        return WIDTH / 2
    return EDGE + number / (count - 1) * (WIDTH - 2 * EDGE)


def _height(share: float) -> str:
    return f"{EDGE + (1 - share) * (HEIGHT - 2 * EDGE):.1f}"


def _describe_point(point: TrendPoint, rate: Rate) -> str:
    said = [
        safe.clip_line(point.info.id, 80),
        f"{numbers.format_share(rate.value)} ({numbers.format_span(rate.low, rate.high)})",
        *point.changed,
    ]
    return " · ".join(said)
