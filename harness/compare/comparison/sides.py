"""One side of a pair in figures, and each conversation of it beside the other side's."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterator, Sequence

from harness.compare.comparison.exact import compute_fisher
from harness.compare.comparison.model import CaseChange, CaseShare, ChangeKind, ComparedSide
from harness.compare.comparison.multiplicity import adjust_by_benjamini_hochberg
from harness.compare.comparison.pairing import CellPair, PairedCells
from harness.compare.comparison.scores import CellScore
from harness.compare.statistics import estimate_mean_share, quantile
from harness.results.model import TargetInfo

CHANGED_FIRST: tuple[ChangeKind, ...] = (
    "regressed", "errored", "flaky", "fixed", "new", "missing", "same",
)  # fmt: skip

CLEAR = 0.5
"""A share that fell or rose by more than this is no flake: most of the repeats ended otherwise."""


def measure_side(target: TargetInfo, variant: str, cells: Sequence[CellScore]) -> ComparedSide:
    """Measure a side over the conversations that are compared; at least one."""
    shares = [cell.share for cell in cells]
    costs = [cell.mean_usd for cell in cells]
    known = [cost for cost in costs if cost is not None]
    turns_s = array("d")
    for cell in cells:
        turns_s.extend(cell.turns_s)
    return ComparedSide(
        target=target,
        variant=variant,
        pass_rate=estimate_mean_share(shares),
        passes_every=sum(share.passed == share.judged for share in shares) / len(shares),
        passes_any=sum(share.passed > 0 for share in shares) / len(shares),
        flaky=sum(0 < share.passed < share.judged for share in shares),
        cost_usd=math.fsum(known) / len(known) if len(known) == len(costs) else None,
        latency_s=quantile(turns_s, 0.5) if turns_s else None,
    )


def list_cases(paired: PairedCells, known_failing: Collection[str]) -> tuple[CaseChange, ...]:
    """List every conversation of either side, those that changed first and the worst first of all.

    Conversations that are known to fail are among them, and in no correction for many questions.
    """
    gating = [pair for pair in paired.compared if pair.name[0] not in known_failing]
    p_values = [_test_pair(pair) for pair in gating]
    q_values = adjust_by_benjamini_hochberg(p_values)
    cases = [
        _change(pair, p_value, q_value)
        for pair, p_value, q_value in zip(gating, p_values, q_values, strict=True)
    ]
    cases += [
        _change(pair, _test_pair(pair), None, known_failing=True)
        for pair in paired.compared
        if pair.name[0] in known_failing
    ]
    cases += _list_uncompared(paired, known_failing)
    return tuple(sorted(cases, key=_rank))


def _list_uncompared(paired: PairedCells, known_failing: Collection[str]) -> Iterator[CaseChange]:
    for pair in paired.broken:
        if pair.a.errored or pair.b.errored:
            a, b = _share(pair.a), _share(pair.b)
            mark = pair.name[0] in known_failing
            yield CaseChange(*pair.name, "errored", a, b, known_failing=mark)
    for name, cell in (*paired.rephrased, *paired.new):
        mark = name[0] in known_failing
        yield CaseChange(*name, "new", None, _share(cell), known_failing=mark)
    for name, cell in paired.missing:
        mark = name[0] in known_failing
        yield CaseChange(*name, "missing", _share(cell), None, known_failing=mark)


def _change(
    pair: CellPair, p_value: float, q_value: float | None, *, known_failing: bool = False
) -> CaseChange:
    return CaseChange(
        *pair.name,
        kind=name_change(_share(pair.a), _share(pair.b)),
        a=_share(pair.a),
        b=_share(pair.b),
        p_value=p_value,
        q_value=q_value,
        known_failing=known_failing,
    )


def name_change(a: CaseShare, b: CaseShare) -> ChangeKind:
    """Name what became of a conversation that was judged on both sides.

    *Regressed* and *fixed* want a share that moved by more than half of the repeats; *flaky* is one
    that passes now and then on either side, or moved by less.
    """
    moved = b.passed / b.played - a.passed / a.played
    if moved < -CLEAR:
        return "regressed"
    if moved > CLEAR:
        return "fixed"
    mixed = 0 < a.passed < a.played or 0 < b.passed < b.played
    return "flaky" if mixed else "same"


def _rank(case: CaseChange) -> tuple[int, float]:
    moved = 0.0
    if case.a and case.b and case.a.played and case.b.played:
        moved = case.b.passed / case.b.played - case.a.passed / case.a.played
    return CHANGED_FIRST.index(case.kind), moved


def _share(cell: CellScore) -> CaseShare:
    return CaseShare(cell.passed, cell.played, cell.outcome)


def _test_pair(pair: CellPair) -> float:
    return compute_fisher(pair.b.passed, pair.b.played, pair.a.passed, pair.a.played)
