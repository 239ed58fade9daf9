"""A comparison in sentences: the same in the terminal, in documents and on the page."""

from __future__ import annotations

from harness.compare.comparison.model import (
    CaseShare,
    Changed,
    Comparison,
    Needed,
    Pair,
    Parity,
    RateDifference,
    RunRef,
)
from harness.compare.wording import format_percent
from harness.spec.model.spec import Gate
from harness.text.numbers import format_money, format_plural

MINUS = "-"


def format_points(share: float, *, signed: bool = True) -> str:
    """Write a difference of shares in percentage points: ``+2.5``, ``-10``; 0 without a sign."""
    number = f"{abs(share) * 100:.1f}".removesuffix(".0")
    if number == "0" or not signed:
        return number
    return ("+" if share > 0 else MINUS) + number


def count_points(share: float) -> str:
    """Write a size in points with its unit: ``1 point``, ``2.5 points``."""
    number = format_points(abs(share), signed=False)
    return f"{number} point" if number == "1" else f"{number} points"


def format_interval(difference: RateDifference) -> str:
    """Write the ends of a difference's interval: ``-4.1 to +3``."""
    return f"{format_points(difference.low)} to {format_points(difference.high)}"


def format_p(p_value: float) -> str:
    """Write ``p = 0.031``, and ``p < 0.001`` where more digits say nothing."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}".rstrip("0").rstrip(".")


def name_run(run: RunRef) -> str:
    """Name a run as a reader knows it: the baseline's name, or its id."""
    return f"the baseline '{run.baseline}'" if run.baseline else f"run {run.id}"


def name_pair(pair: Pair | Parity) -> str:
    """Name a pair by its head, and by its base where that is called otherwise."""
    head = _name(pair.b.target.name, pair.b.variant)
    base = _name(pair.a.target.name, pair.a.variant)
    return head if head == base else f"{head} (was {base})"


def _name(target: str, variant: str) -> str:
    return target if variant == "default" else f"{target} · {variant}"


def describe_difference(pair: Pair) -> str:
    """Describe a pair's difference: ``85% → 71.4%, -13.6 points (90% interval -18 to -9)``."""
    before, after = format_percent(pair.a.pass_rate.value), format_percent(pair.b.pass_rate.value)
    level = format_percent(pair.difference.confidence)
    moved = f"{format_points(pair.difference.value)} points"
    return f"{before} → {after}, {moved} ({level} interval {format_interval(pair.difference)})"


def describe_verdict(pair: Pair, base: RunRef, gate: Gate) -> str:
    """Describe in a sentence why a pair has its word."""
    difference, than = pair.difference, name_run(base)
    over = f"over {format_plural(pair.conversations, 'conversation')}"
    seen = f"{name_pair(pair)}: {describe_difference(pair)} {over}"
    if pair.verdict == "regressed":
        p_value = difference.p_adjusted if difference.p_adjusted is not None else difference.p_value
        return f"{seen}; worse than {than} beyond chance ({format_p(p_value)})."
    margin = count_points(gate.margin)
    if pair.verdict == "inconclusive":
        enough = describe_needed(pair.needed)
        return f"{seen}; neither a sure fall nor surely within {margin} of {than}. {enough}"
    return f"{seen}; within {margin} of {than}."


def describe_needed(needed: Needed | None) -> str:
    """Describe what would settle a result: ``About 120 conversations, or 8 repeats, would …``."""
    if needed is None or needed.conversations is None:
        return "No number of conversations would settle it: mend the margin and min_effect."
    said = f"About {format_plural(needed.conversations, 'conversation')}"
    if needed.repeats is not None:
        said += f", or {needed.repeats:,} repeats of each,"
    costs = []
    if needed.usd is not None:
        costs.append(format_money(needed.usd))
    if needed.minutes is not None:
        costs.append(f"{needed.minutes:.0f} min" if needed.minutes >= 1 else "under a minute")
    more = f" ({', '.join(costs)} more)" if costs else ""
    return f"{said} would settle it{more}."


def name_changer(changed: Changed) -> str:
    """Say who changed something: ``the provider changed`` or ``we changed``."""
    return "the provider changed" if changed.who == "provider" else "we changed"


def format_case_share(share: CaseShare | None) -> str:
    """Write the repeats of a conversation that passed: ``2/3``; its outcome where none counts."""
    if share is None:
        return "not there"
    return f"{share.passed}/{share.played}" if share.played else share.outcome


def describe_parity(parity: Parity) -> str:
    """Describe in a sentence how two targets, or variants, of one run stand to each other."""
    b, a = (
        _name(parity.b.target.name, parity.b.variant),
        _name(parity.a.target.name, parity.a.variant),
    )
    moved = f"{format_points(parity.difference.value)} points, {format_interval(parity.difference)}"
    over = f"over {format_plural(parity.conversations, 'conversation')}"
    match parity.word:
        case "equivalent":
            said = f"{b} and {a} are equivalent within the margin"
        case "better":
            said = f"{b} is better than {a}"
        case "worse":
            said = f"{b} is worse than {a}"
        case "inconclusive":
            said = f"{b} and {a} cannot be told apart, nor be called equivalent"
    return f"{said} ({moved}; {over})."


def summarize_unpaired(comparison: Comparison) -> str:
    """Say how much is on one side only; "" where nothing is."""
    counts = {"base": 0, "head": 0}
    for one in comparison.unpaired:
        counts[one.side] += 1
    said = [f"{count} in the {side} only" for side, count in counts.items() if count]
    return f"not compared: {', '.join(said)}" if said else ""
