"""The word that differences come to; floors are no business of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.compare.comparison.model import Pair, RateDifference, RunRef
from harness.compare.comparison.wording import describe_verdict, name_run
from harness.compare.figures import GateVerdict, VerdictWord
from harness.errors import Exit
from harness.spec.model.spec import Gate

ROUNDING = 1e-9
DECISIVE_FIRST: tuple[VerdictWord, ...] = (
    "incomplete", "regressed", "below_floor", "inconclusive", "passed",
)  # fmt: skip
"""The first of these that a pair has is the word of all. Source: the contract, section 5."""


def judge_difference(difference: RateDifference, gate: Gate) -> VerdictWord:
    """Judge a difference: a fall beyond chance, surely within the margin, or neither."""
    p_value = difference.p_value if difference.p_adjusted is None else difference.p_adjusted
    if p_value < gate.alpha and difference.value <= -gate.min_effect + ROUNDING:
        return "regressed"
    return "passed" if difference.low > -gate.margin else "inconclusive"


def decide_differences(pairs: Sequence[Pair], base: RunRef, gate: Gate) -> GateVerdict:
    """Decide on the differences of all pairs; a sentence for each, the decisive one first."""
    if not pairs:
        said = f"Nothing is compared with {name_run(base)}: no conversation was judged on both."
        return GateVerdict("incomplete", (said,), Exit.INCOMPLETE)
    judged = [replace(pair, verdict=judge_difference(pair.difference, gate)) for pair in pairs]
    judged.sort(key=lambda pair: DECISIVE_FIRST.index(pair.verdict))
    word = judged[0].verdict
    failed = word == "regressed" or (word == "inconclusive" and gate.on_inconclusive == "fail")
    reasons = tuple(describe_verdict(pair, base, gate) for pair in judged)
    return GateVerdict(word, reasons, Exit.NO if failed else Exit.OK)
