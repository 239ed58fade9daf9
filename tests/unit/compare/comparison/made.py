"""Runs made up for comparisons: so many repeats passed of each conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.compare.comparison.scores import Scores
from harness.results.model import Outcome, Result, RunInfo
from harness.results.scored import score_result
from tests.unit.compare.made import run, trial, turn

HEAD = replace(run().info, id="20261128-120000-head00", started_at="2026-11-28T12:00:00Z")
BASE = replace(run().info, id="20261122-120000-base00", started_at="2026-11-22T12:00:00Z")


def results(
    passed: Sequence[int],
    repeats: int = 3,
    target: str = "sweden/mini",
    otherwise: Outcome = "failed",
    variant: str = "default",
    latency_s: float = 1.0,
) -> Iterator[Result]:
    """Conversations c0, c1 …, of whose repeats so many passed."""
    for number, good in enumerate(passed):
        for repeat in range(1, repeats + 1):
            outcome: Outcome = "passed" if repeat <= good else otherwise
            yield trial(
                outcome,
                f"c{number}",
                target,
                repeat=repeat,
                variant=variant,
                turns=[turn(latency_s)],
            )


def scores(
    given: Iterable[Result], info: RunInfo = HEAD, spec: Mapping[str, Any] | None = None
) -> Scores:
    return Scores.gather(info, map(score_result, given), spec)
