"""A comparison in Markdown: the pairs, what changed beside the answers, and which conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from harness.compare.comparison.model import CaseChange, Comparison, Pair
from harness.compare.comparison.wording import (
    format_case_share,
    format_interval,
    format_p,
    format_points,
    name_changer,
    name_run,
    summarize_unpaired,
)
from harness.compare.wording import format_percent, name_verdict
from harness.report.ci.markup import escape, escape_html, write_code
from harness.text import numbers

MOST_PAIRS = 50
MOST_CHANGES = 25
"""Conversations of one pair that are named; the report has them all."""
MOST_CAUSES = 10
UNMOVED = frozenset({"same"})


def write_comparison(comparison: Comparison | None) -> list[str]:
    """Write the parts of a comparison; none where there is none, or nothing was paired."""
    if comparison is None:
        return []
    base, pairs = comparison.base, comparison.pairs[:MOST_PAIRS]
    notes = [f"- {escape(note)}" for note in comparison.notes]
    if aside := summarize_unpaired(comparison):
        notes.append(f"- {escape(aside[:1].upper() + aside[1:])}.")
    when = numbers.format_moment(base.started_at)
    parts = [f"### Compared with {escape(name_run(base))}, {escape(when)}"]
    if pairs:
        parts.append(_write_pairs(pairs))
    if len(comparison.pairs) > MOST_PAIRS:
        parts.append(f"{len(comparison.pairs) - MOST_PAIRS:,} more pairs are in report.html.")
    parts.append("\n".join([*notes, *(f"- {line}" for pair in pairs for line in _explain(pair))]))
    return [part for part in [*parts, *map(_write_changes, pairs)] if part]


def _write_pairs(pairs: Sequence[Pair]) -> str:
    lines = [
        "| Target | Was | Is | Difference | Interval | p | Conversations | Verdict |",
        "|---|--:|--:|--:|---|--:|--:|---|",
    ]
    for pair in pairs:
        moved = pair.difference
        p_value = moved.p_value if moved.p_adjusted is None else moved.p_adjusted
        cells = [
            _name_sides(pair),
            format_percent(pair.a.pass_rate.value),
            format_percent(pair.b.pass_rate.value),
            f"{format_points(moved.value)} points",
            f"{format_interval(moved)} ({format_percent(moved.confidence)})",
            format_p(p_value).removeprefix("p = ").removeprefix("p "),
            f"{pair.conversations:,} × {pair.repeats:,}",
            name_verdict(pair.verdict),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _name_sides(pair: Pair) -> str:
    head, base = (
        " ".join(
            [write_code(side.target.name)]
            + ([write_code(side.variant)] if side.variant != "default" else [])
        )
        for side in (pair.b, pair.a)
    )
    return head if head == base else f"{head}, was {base}"


def _explain(pair: Pair) -> Iterator[str]:
    """Yield what differs beside the answers; what would settle it is among the gate's reasons."""
    for changed in pair.changed[:MOST_CAUSES]:
        sides = [write_code(one) if one else "nothing" for one in (changed.before, changed.after)]
        moved = f": {' → '.join(sides)}" if changed.before or changed.after else ""
        yield f"{_name_sides(pair)}: {name_changer(changed)} {escape(changed.name)}{moved}"
    if (more := len(pair.changed) - MOST_CAUSES) > 0:
        yield f"{_name_sides(pair)}: {more} more changes are in report.html"


def _write_changes(pair: Pair) -> str:
    moved = [case for case in pair.cases if case.kind not in UNMOVED]
    if not moved:
        return ""
    counts = Counter(case.kind for case in moved)
    said = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    title = f"{numbers.format_plural(len(moved), 'conversation')} of {pair.b.target.name}: {said}"
    lines = [f"- {case.kind}: {_describe_case(case)}" for case in moved[:MOST_CHANGES]]
    if len(moved) > MOST_CHANGES:
        lines.append(f"- {len(moved) - MOST_CHANGES:,} more are in report.html")
    body = "\n".join(lines)
    return f"<details><summary>{escape_html(title)}</summary>\n\n{body}\n\n</details>"


def _describe_case(case: CaseChange) -> str:
    name = write_code(case.conversation)
    name += f" ({write_code(case.case)})" if case.case is not None else ""
    known = ", known to fail" if case.known_failing else ""
    return f"{name} {format_case_share(case.a)} → {format_case_share(case.b)}{known}"
