"""A comparison as plain text, for a terminal or a log: aligned, without colour, safe to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from harness.compare.comparison.model import CaseChange, CaseShare, Comparison, Pair, Ratio, RunRef
from harness.compare.comparison.wording import (
    format_interval,
    format_points,
    name_changer,
    name_pair,
    summarize_unpaired,
)
from harness.compare.wording import format_percent, name_case, name_verdict
from harness.text.numbers import NOTHING
from harness.text.safe import printable
from harness.text.tables import align_columns

MOST_CASES = 10
"""Conversations of a pair that are listed by name; the report has them all."""
MOST_UNPAIRED = 5


def format_comparison_lines(comparison: Comparison, *, width: int = 100) -> list[str]:
    """Write the pairs, what changed beside the answers, which conversations did, and the notes.

    ``width`` is the terminal's; names in the table are cut. The gate's word is not among them.
    """
    said = [f"compared with {_describe_run(comparison.base)}:"]
    if comparison.pairs:
        columns = [(head, [write(one) for one in comparison.pairs]) for head, write in _COLUMNS]
        said += align_columns(columns, {"pair", "difference", "verdict"}, width)
    for pair in comparison.pairs:
        said += _list_pair(pair)
    said += _list_unpaired(comparison)
    said += [f"note: {printable(note)}" for note in comparison.notes]
    return said


def _describe_run(run: RunRef) -> str:
    marks = "".join(
        f", {word}"
        for word, holds in (("simulated", run.simulated), ("replayed", run.replayed))
        if holds
    )
    day = f" of {run.started_at[:10]}" if run.started_at else ""
    name = f"the baseline '{run.baseline}', " if run.baseline else ""
    return printable(f"{name}run {run.id}{day}{marks}")


def _write_ratio(ratio: Ratio | None) -> str:
    return NOTHING if ratio is None else f"x{ratio.value:.2f}"


_COLUMNS: Sequence[tuple[str, Callable[[Pair], str]]] = (
    ("pair", name_pair),
    ("conv.", lambda pair: f"{pair.conversations:,}"),
    ("was", lambda pair: format_percent(pair.a.pass_rate.value)),
    ("is", lambda pair: format_percent(pair.b.pass_rate.value)),
    (
        "difference",
        lambda pair: f"{format_points(pair.difference.value)} ({format_interval(pair.difference)})",
    ),
    ("flaky", lambda pair: f"{pair.b.flaky:,}"),
    ("latency", lambda pair: _write_ratio(pair.latency)),
    ("cost", lambda pair: _write_ratio(pair.cost)),
    ("verdict", lambda pair: name_verdict(pair.verdict)),
)


def _list_pair(pair: Pair) -> list[str]:
    """List what differs beside the answers, then the conversations that ended otherwise."""
    changed = [case for case in pair.cases if case.kind not in ("same", "new", "missing")]
    counts = Counter(case.kind for case in changed)
    causes = list(_list_causes(pair))
    if not changed and not causes:
        return []
    said = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    lines = [f"{printable(name_pair(pair))}: {said or 'no conversation ends otherwise'}", *causes]
    lines += [
        printable(f"  {case.kind:<9} {_name_case(case)}  {_write_shares(case)}")
        for case in changed[:MOST_CASES]
    ]
    if len(changed) > MOST_CASES:
        lines.append(f"  and {len(changed) - MOST_CASES:,} more, in the report")
    return lines


def _list_causes(pair: Pair) -> Iterator[str]:
    for one in sorted(pair.changed, key=lambda one: one.who != "provider"):
        told = one.before is not None or one.after is not None
        values = f": {one.before or 'none'} → {one.after or 'none'}" if told else ""
        yield printable(f"  {name_changer(one)}: {one.name}{values}")


def _name_case(case: CaseChange) -> str:
    mark = ", known to fail" if case.known_failing else ""
    return f"{name_case(case.conversation, case.case)}{mark}"


def _write_shares(case: CaseChange) -> str:
    return f"{_write_share(case.a)} → {_write_share(case.b)}"


def _write_share(share: CaseShare | None) -> str:
    if share is None:
        return NOTHING
    return f"{share.passed} of {share.played}" if share.played else share.outcome


def _list_unpaired(comparison: Comparison) -> Iterator[str]:
    said = summarize_unpaired(comparison)
    if not said:
        return
    yield said
    for one in comparison.unpaired[:MOST_UNPAIRED]:
        where = one.target + (f" · {one.variant}" if one.variant != "default" else "")
        what = where
        if one.conversation is not None:
            what = f"{name_case(one.conversation, one.case)} on {where}"
        yield printable(f"  {one.side}: {what}: {one.reason}")
    if len(comparison.unpaired) > MOST_UNPAIRED:
        yield f"  and {len(comparison.unpaired) - MOST_UNPAIRED:,} more"
