"""The part of the static page that holds a run against another: pairs, causes, what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.compare.comparison.model import CaseChange, Comparison, Pair
from harness.compare.comparison.wording import (
    describe_needed,
    format_case_share,
    format_interval,
    format_points,
    name_changer,
    name_pair,
    name_run,
    summarize_unpaired,
)
from harness.compare.wording import name_verdict
from harness.text import numbers, safe

MOST_CHANGES = 200
"""Conversations that are named; the application shows the rest."""


@dataclass(frozen=True, slots=True)
class PairView:
    """A row of the table of differences."""

    label: str
    before: str
    after: str
    difference: str
    interval: str
    conversations: str
    verdict: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A conversation that is not as it was; shares of repeats as ``2/3``."""

    kind: str
    name: str
    case: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DifferencesView:
    """Everything that is told of the base; ``notes`` are sentences."""

    base: str
    pairs: tuple[PairView, ...]
    notes: tuple[str, ...]
    changed: int
    changes: tuple[ChangeView, ...]


def view_differences(comparison: Comparison | None) -> DifferencesView | None:
    """Make the values of the comparison; None where there is none."""
    if comparison is None:
        return None
    changes = [(pair, case) for pair in comparison.pairs for case in pair.cases
               if case.kind != "same"]  # fmt: skip
    when = numbers.format_moment(comparison.base.started_at)
    return DifferencesView(
        base=safe.clip_line(f"{name_run(comparison.base)}, {when}"),
        pairs=tuple(map(_view_pair, comparison.pairs)),
        notes=tuple(safe.clip_line(note, 400) for note in _list_notes(comparison)),
        changed=len(changes),
        changes=tuple(_view_change(pair, case) for pair, case in changes[:MOST_CHANGES]),
    )


def _view_pair(pair: Pair) -> PairView:
    difference = pair.difference
    return PairView(
        label=safe.clip_line(name_pair(pair)),
        before=numbers.format_share(pair.a.pass_rate.value),
        after=numbers.format_share(pair.b.pass_rate.value),
        difference=format_points(difference.value),
        interval=f"{format_interval(difference)} ({100 * difference.confidence:.0f} %)",
        conversations=f"{pair.conversations:,} × {pair.repeats:,}",
        verdict=name_verdict(pair.verdict),
    )


def _list_notes(comparison: Comparison) -> Iterator[str]:
    yield from comparison.notes
    if aside := summarize_unpaired(comparison):
        yield f"{aside[:1].upper()}{aside[1:]}."
    for pair in comparison.pairs:
        for one in pair.changed:
            moved = f"{one.before or 'nothing'} → {one.after or 'nothing'}"
            yield f"{name_pair(pair)}: {name_changer(one)} {one.name}: {moved}"
        if pair.verdict == "inconclusive":
            yield f"{name_pair(pair)}: {describe_needed(pair.needed)}"


def _view_change(pair: Pair, case: CaseChange) -> ChangeView:
    return ChangeView(
        kind=case.kind,
        name=safe.clip_line(case.conversation),
        case=safe.clip_line(case.case) if case.case is not None else "",
        label=safe.clip_line(name_pair(pair)),
        before=format_case_share(case.a),
        after=format_case_share(case.b),
    )
