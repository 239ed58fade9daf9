"""Hold one run against another, or two targets of one: the comparison, and its word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.compare.comparison.changes import list_changes
from harness.compare.comparison.exact import SEED
from harness.compare.comparison.model import (
    Comparison,
    Needed,
    Pair,
    RateDifference,
    RunRef,
    Unpaired,
)
from harness.compare.comparison.needed import estimate_needed
from harness.compare.comparison.notes import describe_drift, list_notes, name_part
from harness.compare.comparison.paired import compare_amounts, compare_every_pair
from harness.compare.comparison.pairing import (
    REPHRASED,
    CellPair,
    PairedCells,
    explain_broken,
    pair_cells,
)
from harness.compare.comparison.scores import Scores, SideName
from harness.compare.comparison.sides import list_cases, measure_side
from harness.compare.comparison.verdict import decide_differences, judge_difference
from harness.compare.looks.bounds import Look, has_ended_early
from harness.results.model import RunInfo
from harness.spec.model.spec import Gate


@dataclass(frozen=True, slots=True)
class _Match:
    """A side of the base and one of the head, and their conversations in pairs."""

    a: SideName
    b: SideName
    cells: PairedCells
    gating: Sequence[CellPair]


def compare_scores(
    base: Scores,
    head: Scores,
    gate: Gate,
    *,
    names: Mapping[str, str] | None = None,
    known_failing: Collection[str] = (),
    baseline: str | None = None,
    seed: int = SEED,
) -> Comparison:
    """Compare two runs, target by target and conversation by conversation.

    The word of ``gate`` in what is returned is that of the differences alone: floors are no
    business of a comparison.

    Args:
        base: the run that was.
        head: the run that is; the same as ``base`` to compare two targets of it by ``names``.
        gate: alpha, margin and the least effect; ``map`` is not looked at.
        names: the base's name for a target of the head that is called otherwise there. Within one
            run only these are compared.
        known_failing: ids of conversations that are shown and decide nothing.
        baseline: the name of the baseline that the base is.
        seed: of the flips of signs, where they are drawn.
    """
    reference = refer(base.info, baseline)
    matches, unpaired = _match_sides(base, head, names or {}, known_failing)
    differences = _compare_all(matches, gate, Look.of(head.info), seed)
    pairs = tuple(
        _make_pair(base, head, match, difference, gate, known_failing)
        for match, difference in zip(matches, differences, strict=True)
    )
    return Comparison(
        base=reference,
        head=refer(head.info),
        pairs=pairs,
        unpaired=tuple(unpaired),
        gate=decide_differences(pairs, reference, gate),
        notes=(
            *list_notes(base.info, head.info, reference),
            *describe_drift(base.info, head.info, pairs),
        ),
    )


def refer(info: RunInfo, baseline: str | None = None) -> RunRef:
    """Name a run that is compared."""
    return RunRef(info.id, info.spec_name, info.started_at, baseline, info.simulated, info.replayed)


def _compare_all(
    matches: Sequence[_Match], gate: Gate, look: Look, seed: int
) -> list[RateDifference]:
    family = [[(pair.a.share, pair.b.share) for pair in match.gating] for match in matches]
    return compare_every_pair(family, gate.alpha, look, seed=seed)


def _match_sides(
    base: Scores, head: Scores, names: Mapping[str, str], known_failing: Collection[str]
) -> tuple[list[_Match], list[Unpaired]]:
    within = base.info.id == head.info.id and base is head
    matches: list[_Match] = []
    unpaired: list[Unpaired] = []
    used: set[SideName] = set()
    for target, variant in head.sides:
        if within and target not in names:
            continue
        a, b = (names.get(target, target), variant), (target, variant)
        if a not in base.sides:
            unpaired.append(Unpaired("head", *b, None, None, _explain_absent(a, base, names)))
            continue
        used.add(a)
        cells = pair_cells(base.sides[a].cells, head.sides[b].cells)
        if has_ended_early(head.info) or name_part(head.info):
            cells.missing.clear()  # it was not asked: a note says so, once
        if name_part(base.info):
            cells.new.clear()  # likewise
        gating = [pair for pair in cells.compared if pair.name[0] not in known_failing]
        unpaired += _list_unpaired(a, b, cells)
        if gating:
            matches.append(_Match(a, b, cells, gating))
    unpaired += [
        Unpaired("base", *side, None, None, "the head has no such target and variant")
        for side in base.sides
        if side not in used and not within and not name_part(head.info)
    ]
    return matches, unpaired


def _explain_absent(side: SideName, base: Scores, names: Mapping[str, str]) -> str:
    if not base.sides:
        return "the base holds no results"
    if side[0] in {target for target, _ in base.sides}:
        return f"the base has no variant {side[1]} of {side[0]}"
    if side[0] in names.values():
        return f"the base has no target {side[0]}"
    return "the base has no target of this name: a map NEW=OLD pairs it with another"


def _list_unpaired(a: SideName, b: SideName, cells: PairedCells) -> Iterator[Unpaired]:
    for pair in cells.broken:
        yield Unpaired("head", *b, *pair.name, explain_broken(pair))
    for name, _ in cells.rephrased:
        yield Unpaired("head", *b, *name, REPHRASED)
    for name, _ in cells.new:
        yield Unpaired("head", *b, *name, "the base does not have it")
    for name, _ in cells.missing:
        yield Unpaired("base", *a, *name, "the head does not have it")


def _make_pair(
    base: Scores,
    head: Scores,
    match: _Match,
    difference: RateDifference,
    gate: Gate,
    known_failing: Collection[str],
) -> Pair:
    gating = match.gating
    before, after = [pair.a for pair in gating], [pair.b for pair in gating]
    verdict = judge_difference(difference, gate)
    pair = Pair(
        a=measure_side(base.find_target(match.a[0]), match.a[1], before),
        b=measure_side(head.find_target(match.b[0]), match.b[1], after),
        conversations=len(gating),
        repeats=max(min(one.a.played, one.b.played) for one in gating),
        difference=difference,
        verdict=verdict,
        changed=list_changes(base, head, match.a, match.b, match.cells),
        latency=compare_amounts(
            [(p.a.mean_s, p.b.mean_s) for p in gating if p.a.mean_s and p.b.mean_s]
        ),
        cost=compare_amounts(
            [(p.a.mean_usd, p.b.mean_usd) for p in gating if p.a.mean_usd and p.b.mean_usd]
        ),
        cases=list_cases(match.cells, known_failing),
    )
    if verdict != "inconclusive":
        return pair
    shares = [(one.a.share, one.b.share) for one in gating]
    return replace(pair, needed=_price(estimate_needed(shares, difference, gate), pair, head.info))


def _price(needed: Needed | None, pair: Pair, head: RunInfo) -> Needed | None:
    """Say what the cheaper way costs, on both sides, in money and in time."""
    if needed is None or needed.conversations is None:
        return needed
    ways = [(needed.conversations - pair.conversations) * pair.repeats]
    if needed.repeats is not None:
        ways.append((needed.repeats - pair.repeats) * pair.conversations)
    plays = min(ways)
    costs = (pair.a.cost_usd, pair.b.cost_usd)
    usd = None if costs[0] is None or costs[1] is None else plays * (costs[0] + costs[1])
    minutes = None
    if head.totals.trials and head.totals.wall_s > 0 and not head.replayed:
        minutes = 2 * plays * head.totals.wall_s / head.totals.trials / 60
    return replace(needed, usd=usd, minutes=minutes)
