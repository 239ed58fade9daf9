"""A gate that stops: what settles it, and what is said of the look that did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.scores import Scores
from harness.compare.looks.settling import describe_look, is_settled
from harness.compare.summarize import Tally
from harness.compare.summary import Summary
from harness.results.model import Looks, Result, RunInfo, RunStatus
from harness.results.scored import score_result
from harness.spec.model.spec import Gate
from tests.unit.compare.made import run, trial, turn

GATE = Gate(baseline="main")
MANY = [f"c{number}" for number in range(100)]


def played(failing: Sequence[str] = (), target: str = "sweden/mini") -> list[Result]:
    return [trial("failed" if name in failing else "passed", name, target) for name in MANY]


def look(
    head: list[Result], *, at: int = 3, gate: Gate = GATE, must_pass: dict[str, float] | None = None
) -> Summary:
    """Summarize the first three quarters of a run against one in which everything passed."""
    before = run(*played(), *played(target="sweden/five"))
    base = Scores.gather(before.info, map(score_result, before.results))
    info = replace(before.info, id="20261123-120000-abcdef", looks=Looks(4, at, 1, 200))
    tally = Tally(info)
    for result in head:
        tally.add(result)
    comparison = compare_scores(base, Scores.gather(info, map(score_result, head)), gate)
    return tally.summary(gate, must_pass, comparison=comparison)


def settled(summary: Summary, *, gate: Gate = GATE, all_asked: bool = True) -> bool:
    return is_settled(summary, gate, {"c0": 1.0}, all_asked=all_asked)


def test_one_pair_that_regressed_settles_it_whatever_the_other_is() -> None:
    one, other = played(MANY[:30])[:75], played(MANY[:2], "sweden/five")[:75]
    assert settled(look(one + other))
    assert look(one + other).verdict.word == "regressed"


def test_it_passes_only_when_all_pairs_have() -> None:
    one, other = played()[:75], played(target="sweden/five")[:75]
    assert settled(look(one + other))
    undecided = played(MANY[:2], "sweden/five")[:75]
    assert not settled(look(one + undecided))


def test_it_does_not_pass_while_something_that_must_pass_was_not_asked() -> None:
    assert not settled(look(played()[:75]), all_asked=False)
    assert settled(look(played(MANY[:30])[:75]), all_asked=False)


def test_that_a_conversation_that_must_pass_did_not_is_certain() -> None:
    missed = look(played(["c0"])[:75], gate=Gate(margin=0.2), must_pass={"c0": 1.0})
    assert missed.verdict.word == "below_floor"
    assert settled(missed, gate=Gate(margin=0.2))


def test_a_rate_below_its_floor_may_be_otherwise_in_the_end() -> None:
    gate = Gate(margin=0.2, min_pass_rate=0.999)
    missed = look(played(["c5"])[:75], gate=gate)
    assert missed.verdict.word == "below_floor"
    assert not settled(missed, gate=gate)


def test_nothing_is_settled_without_a_baseline_or_while_the_gate_may_not_decide() -> None:
    one = look(played(MANY[:30])[:75])
    assert not settled(replace(one, comparison=None))
    assert not settled(replace(one, verdict=replace(one.verdict, word="incomplete")))


def test_what_was_not_asked_is_not_missing_and_is_said_once() -> None:
    comparison = look(played(MANY[:30])[:75]).comparison
    assert comparison is not None
    assert {case.kind for case in comparison.pairs[0].cases} == {"regressed", "same"}
    assert [one.conversation for one in comparison.unpaired] == [None]
    assert comparison.notes[0] == (
        "The run ended at look 3 of 4: p-values and intervals count that, "
        "and what it did not ask is not compared."
    )


def described(looks: Looks | None, *results: Result, status: RunStatus = "complete") -> str | None:
    info: RunInfo = replace(run(*results, status=status).info, looks=looks)
    tally = Tally(info)
    for result in results:
        tally.add(result)
    summary = tally.summary(None)
    return describe_look(info, summary.rows, summary.judging)


SAVED = (
    "The gate was settled at look 2 of 4: 100 of 200 trials were not needed, "
    "about 100 requests and $0.10 saved."
)


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        (None, None),
        (
            Looks(4, 2, 1, 200),
            SAVED,
        ),
        (
            Looks(4, 4, 1, 100),
            "The gate was decided at look 4 of 4, with every conversation asked.",
        ),
    ],
)
def test_the_look_is_named_with_what_it_saved(looks: Looks | None, said: str | None) -> None:
    assert described(looks, *played()) == said


def test_a_cost_that_is_not_known_is_not_said_to_be_saved() -> None:
    free = [trial("passed", name, turns=[turn(cost_usd=None)]) for name in MANY]
    said = described(Looks(4, 2, 1, 200), *free)
    assert said is not None
    assert "about 100 requests saved" in said


def test_a_run_that_was_stopped_by_others_names_the_look_that_it_did_not_reach() -> None:
    said = described(Looks(4, 1, 1, 200), *played(), status="partial")
    assert said == "The run was stopped before look 2 of 4."
