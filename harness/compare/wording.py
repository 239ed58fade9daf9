"""Numbers as sentences say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.checks.verdict import CheckOutcome
from harness.compare.summary import Cell, Row
from harness.results.model import Outcome

SHOWN_FIRST: tuple[Outcome, ...] = (
    "passed",
    "failed",
    "blocked",
    "truncated",
    "errored",
    "skipped",
)
SYMBOLS: Mapping[Outcome | CheckOutcome, str] = {
    "passed": "✓",
    "failed": "✗",
    "blocked": "⊘",
    "truncated": "✂",
    "errored": "!",
    "skipped": "–",
}
"""One sign per outcome: colour alone tells a tenth of the readers nothing."""


def percent(share: float) -> str:
    """``93.5%``, ``50%``: one decimal where it says something."""
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def counted(count: int, noun: str) -> str:
    """``1 trial``, ``1,689 trials``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def joined(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def row_name(row: Row, rows: Sequence[Row]) -> str:
    """A row as a sentence names it: the variant only where there are several."""
    several = len({one.variant for one in rows}) > 1
    return f"{row.target.name} · {row.variant}" if several else row.target.name


def sentence(rows: Sequence[Row], cells: Sequence[Cell]) -> str:
    """A run in one sentence: how much was played, how it ended, and who is behind whom."""
    targets = len({row.target.name for row in rows})
    variants = len({row.variant for row in rows})
    conversations = len({(cell.conversation, cell.case) for cell in cells})
    trials = sum(sum(row.outcomes.values()) for row in rows)
    if not trials:
        return "Nothing was played."
    parts = [counted(targets, "target"), counted(conversations, "conversation")]
    if variants > 1:
        parts.insert(1, counted(variants, "variant"))
    if trials != targets * variants * conversations:
        parts.append(counted(trials, "trial"))
    ends = []
    for outcome in SHOWN_FIRST:
        count = sum(n for row in rows for name, n in row.outcomes.items() if name == outcome)
        if count or outcome == "passed":
            ends.append(f"{count:,} {outcome}")
    behind = _behind(rows)
    return f"{', '.join(parts)}: {', '.join(ends)}" + (f"; {behind}." if behind else ".")


def _behind(rows: Sequence[Row]) -> str:
    """The best and the worst row, and whether chance could tell them apart."""
    rated = [(row.pass_rate, row) for row in rows if row.pass_rate is not None]
    if len(rated) < 2:
        return ""
    best_rate, best = max(rated, key=lambda pair: pair[0].value)
    worst_rate, worst = min(rated, key=lambda pair: pair[0].value)
    points = (best_rate.value - worst_rate.value) * 100
    if points < 0.05:
        return f"all of them pass {percent(best_rate.value)}"
    distance = f"{points:.1f}".removesuffix(".0")
    unit = "point" if distance == "1" else "points"
    said = f"{row_name(worst, rows)} is {distance} {unit} below {row_name(best, rows)}"
    overlap = worst_rate.high >= best_rate.low
    return f"{said}, their intervals {'overlap' if overlap else 'do not overlap'}"
