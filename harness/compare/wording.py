"""Numbers as sentences say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.checks.verdict import CheckOutcome
from harness.compare.summary import Cell, Row
from harness.results.model import Judging, Outcome
from harness.spec.model.spec import KnownFailing
from harness.text.numbers import format_money, format_plural

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


def format_percent(share: float) -> str:
    """Write ``93.5%`` or ``50%``: one decimal where it says something."""
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def name_verdict(word: str) -> str:
    """Name a gate's word as people say it: ``below the floor``; files hold the contract's."""
    return "below the floor" if word == "below_floor" else word


MOST_MODELS = 4
"""Of the models that answered for a row that are named."""


def name_case(conversation: str, case: str | None) -> str:
    """Name a conversation and its case, as people say it: ``faq (refund)``."""
    return conversation if case is None else f"{conversation} ({case})"


def join_words(parts: Sequence[str]) -> str:
    """Write ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def describe_judging(judging: Judging) -> str:
    """Describe the cost of checks that asked a model, which stands in no target's row; or ""."""
    if not judging.requests:
        return ""
    cost = "cost unknown" if judging.cost_usd is None else format_money(judging.cost_usd)
    requests = format_plural(judging.requests, "request")
    return f"judges and embeddings: {requests}, {cost}, in no target's row"


def describe_mark(mark: KnownFailing | None) -> str:
    """Describe that a conversation is known to fail, until when and where to read on; or ""."""
    return "" if mark is None else f"known to fail until {mark.until}: {mark.issue}"


def name_row(row: Row, rows: Sequence[Row]) -> str:
    """Name a row in a sentence, by its variant only where there are several."""
    several = len({one.variant for one in rows}) > 1
    return f"{row.target.name} · {row.variant}" if several else row.target.name


def describe_models(rows: Sequence[Row]) -> tuple[str, ...]:
    """Say of each row that different models, or another deployment, answered for it.

    Its rates are then of none of them. Between two runs the comparison names what has changed.
    """
    said = []
    for row in rows:
        name = name_row(row, rows)
        if len(row.answered_by) > 1:
            named = [*row.answered_by[:MOST_MODELS]]
            more = len(row.answered_by) - len(named)
            named += [f"{more} more"] if more else []
            said.append(f"{name} was answered by different models: {join_words(named)}.")
        if row.spilled:
            turns = format_plural(row.spilled, "turn")
            said.append(f"{turns} of {name} spilled over: another deployment answered.")
    return tuple(said)


def describe_unmeasured(rows: Sequence[Row]) -> tuple[str, ...]:
    """Say what the cost leaves out: prompts that a filter stopped.

    Source: azure-ai-docs, content-streaming: a 400 of the filter is charged for the prompt; its
    answer has no usage.
    """
    said = []
    for row in rows:
        if row.unmeasured:
            prompts = format_plural(row.unmeasured, "prompt")
            said.append(
                f"{prompts} of {name_row(row, rows)} ended in the filter: Azure bills them without "
                "a number, and the cost leaves them out."
            )
    return tuple(said)


def write_sentence(rows: Sequence[Row], cells: Sequence[Cell], *, is_timed: bool = True) -> str:
    """Describe a run in a sentence: how much was played, how it ended, who is behind whom.

    Of one whose replies came in batches a second one says that they have no latency.
    """
    targets = len({row.target.name for row in rows})
    variants = len({row.variant for row in rows})
    conversations = len({(cell.conversation, cell.case) for cell in cells})
    trials = sum(row.trials for row in rows)
    if not trials:
        return "Nothing was played."
    parts = [format_plural(targets, "target"), format_plural(conversations, "conversation")]
    if variants > 1:
        parts.insert(1, format_plural(variants, "variant"))
    if trials != targets * variants * conversations:
        parts.append(format_plural(trials, "trial"))
    ends = []
    unchecked = sum(row.unchecked for row in rows)
    for outcome in SHOWN_FIRST:
        count = sum(n for row in rows for name, n in row.outcomes.items() if name == outcome)
        count -= unchecked if outcome == "passed" else 0
        if count or outcome == "passed":
            ends.append(f"{count:,} {outcome}")
    if unchecked:
        ends.append(f"{unchecked:,} unchecked")
    if known := sum(row.known_failing for row in rows):
        ends.append(f"{known:,} known to fail")
    behind = _describe_distance(rows)
    said = f"{', '.join(parts)}: {', '.join(ends)}" + (f"; {behind}." if behind else ".")
    return said if is_timed else f"{said} Asked in batches, so that no reply has a latency."


def _describe_distance(rows: Sequence[Row]) -> str:
    """Describe the best and the worst row, and whether chance could tell them apart."""
    rated = [(row.pass_rate, row) for row in rows if row.pass_rate is not None]
    if len(rated) < 2:
        return ""
    best_rate, best = max(rated, key=lambda pair: pair[0].value)
    worst_rate, worst = min(rated, key=lambda pair: pair[0].value)
    points = (best_rate.value - worst_rate.value) * 100
    if points < 0.05:
        return f"all of them pass {format_percent(best_rate.value)}"
    distance = f"{points:.1f}".removesuffix(".0")
    unit = "point" if distance == "1" else "points"
    said = f"{name_row(worst, rows)} is {distance} {unit} below {name_row(best, rows)}"
    overlap = worst_rate.high >= best_rate.low
    return f"{said}, their intervals {'overlap' if overlap else 'do not overlap'}"
