"""Parity: the same conversations on two targets, or under two variants, of one run.

No gate decides on it; it answers in a word whether one may stand in the other's place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.compare.comparison.model import ComparedSide, Parity, ParityWord, RateDifference
from harness.compare.comparison.multiplicity import adjust_by_holm
from harness.compare.comparison.paired import SharePair, compare_amounts, compare_shares
from harness.compare.statistics import Share, estimate_mean_share
from harness.compare.summary import Row
from harness.spec.model.spec import Gate

CaseName = tuple[str, str | None]
SideName = tuple[str, str]


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """One conversation on one side: its share that passed, and seconds a trial (0: not known)."""

    share: Share
    mean_s: float


Sides = Mapping[SideName, Mapping[CaseName, JudgedCase]]
"""Conversations that were judged, by target and variant."""


def compare_within(rows: Sequence[Row], sides: Sides, gate: Gate) -> tuple[Parity, ...]:
    """Compare each target with the first, or the first of the same model; each variant likewise."""
    parities = [parity for a, b in _choose_pairs(rows) for parity in _compare(a, b, sides, gate)]
    adjusted = adjust_by_holm([one.difference.p_value for one in parities])
    return tuple(
        replace(
            one,
            difference=replace(one.difference, p_adjusted=p_value),
            word=_choose_word(one.difference, p_value, gate),
        )
        for one, p_value in zip(parities, adjusted, strict=True)
    )


def _choose_pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Choose whom each row is held against; the first of all against nobody."""
    for place, row in enumerate(rows):
        before = rows[:place]
        variants = [one for one in before if one.target.name == row.target.name]
        if variants:
            yield variants[0], row
            continue
        alike = [one for one in before if one.variant == row.variant]
        twins = [one for one in alike if row.target.model and one.target.model == row.target.model]
        if alike:
            yield (twins or alike)[0], row


def _compare(a: Row, b: Row, sides: Sides, gate: Gate) -> Iterator[Parity]:
    """Compare two rows; nothing where no conversation was judged on both."""
    then, now = sides[a.target.name, a.variant], sides[b.target.name, b.variant]
    pairs = [(then[name], played) for name, played in now.items() if name in then]
    if not pairs:
        return
    difference = _compare_both_ways([(x.share, y.share) for x, y in pairs], gate)
    yield Parity(
        a=_measure(a, [x.share for x, _ in pairs]),
        b=_measure(b, [y.share for _, y in pairs]),
        conversations=len(pairs),
        repeats=max(min(x.share.judged, y.share.judged) for x, y in pairs),
        difference=difference,
        word="inconclusive",
        latency=compare_amounts([(x.mean_s, y.mean_s) for x, y in pairs]),
    )


def _measure(row: Row, shares: Sequence[Share]) -> ComparedSide:
    return ComparedSide(
        target=row.target,
        variant=row.variant,
        pass_rate=estimate_mean_share(shares),
        passes_every=sum(share.passed == share.judged for share in shares) / len(shares),
        passes_any=sum(share.passed > 0 for share in shares) / len(shares),
        flaky=sum(0 < share.passed < share.judged for share in shares),
        cost_usd=row.cost_per_conversation_usd,
        latency_s=row.latency.p50 if row.latency else None,
    )


def _compare_both_ways(pairs: Sequence[SharePair], gate: Gate) -> RateDifference:
    """Compare with a p-value for either direction: nobody said beforehand which is the worse."""
    fall = compare_shares(pairs, alpha=gate.alpha)
    rise = compare_shares([(b, a) for a, b in pairs], alpha=gate.alpha)
    return replace(fall, p_value=min(1.0, 2 * min(fall.p_value, rise.p_value)))


def _choose_word(difference: RateDifference, p_value: float, gate: Gate) -> ParityWord:
    if p_value < gate.alpha and abs(difference.value) >= gate.min_effect:
        return "worse" if difference.value < 0 else "better"
    if difference.low > -gate.margin and difference.high < gate.margin:
        return "equivalent"
    return "inconclusive"
