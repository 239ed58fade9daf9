"""The gate's word over differences and floors together, in the contract's order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.compare.comparison.compare import compare_scores
from harness.compare.summarize import Tally
from harness.compare.summary import Summary
from harness.spec.model.spec import Gate
from tests.unit.compare.comparison.made import BASE, HEAD, results, scores

ALL, FEW, SOME = [3] * 100, [3] * 80 + [0] * 20, [3] * 20


def judge(
    now: Sequence[int],
    gate: Gate,
    then: Sequence[int] = ALL,
    must_pass: dict[str, float] | None = None,
    expected: int | None = None,
) -> Summary:
    tally, head = Tally(HEAD), list(results(now))
    for result in head:
        tally.add(result)
    comparison = compare_scores(scores(results(then), BASE), scores(head), gate, baseline="main")
    return tally.summary(gate, must_pass, expected=expected, comparison=comparison)


@pytest.mark.parametrize(
    ("now", "gate", "word", "exit_code"),
    [
        (ALL, Gate(), "passed", 0),
        (FEW, Gate(), "regressed", 1),
        (FEW, Gate(min_pass_rate=0.9), "regressed", 1),
        ([*ALL[:-1], 2], Gate(min_pass_rate=0.999), "below_floor", 1),
        (SOME, Gate(), "inconclusive", 0),
        (SOME, Gate(on_inconclusive="fail"), "inconclusive", 1),
        ([3] * 19 + [2], Gate(min_pass_rate=0.99), "below_floor", 1),
    ],
)
def test_the_first_word_that_applies_is_the_gates(
    now: list[int], gate: Gate, word: str, exit_code: int
) -> None:
    summary = judge(now, gate)
    assert (summary.verdict.word, summary.verdict.exit_code) == (word, exit_code)
    assert summary.comparison is not None
    assert summary.comparison.gate == summary.verdict
    assert all(reason.endswith((".", "more).")) for reason in summary.verdict.reasons)


def test_what_is_missing_comes_before_any_fall() -> None:
    verdict = judge(FEW, Gate(), expected=301).verdict
    assert (verdict.word, verdict.exit_code) == ("incomplete", 4)


def test_a_run_that_shares_nothing_with_its_baseline_is_incomplete() -> None:
    tally, gate = Tally(HEAD), Gate()
    for result in results(ALL):
        tally.add(result)
    other = scores(results(ALL, target="sweden/five"), BASE)
    comparison = compare_scores(other, scores(results(ALL)), gate, baseline="main")
    verdict = tally.summary(gate, comparison=comparison).verdict
    assert (verdict.word, verdict.exit_code) == ("incomplete", 4)
    assert "Nothing is compared with the baseline 'main'" in verdict.reasons[0]


def test_a_pair_below_a_floor_of_its_own_says_so_and_reasons_name_both() -> None:
    summary = judge([*ALL[:-1], 2], Gate(), must_pass={"c99": 1.0})
    assert summary.comparison is not None
    assert [pair.verdict for pair in summary.comparison.pairs] == ["below_floor"]
    assert summary.verdict.reasons[0] == (
        "c99 on sweden/mini passed 2 of 3; it must pass every time."
    )
    assert "within 5 points of the baseline 'main'" in summary.verdict.reasons[1]


def test_a_gate_that_passed_says_how_far_it_is_from_the_baseline_and_from_its_floors() -> None:
    reasons = judge(ALL, Gate(min_pass_rate=0.5)).verdict.reasons
    assert "100% → 100%, 0 points (90% interval -3 to +3) over 100 conversations" in reasons[0]
    assert reasons[1].startswith("Every floor holds (at least 50% passed)")


def test_a_pair_that_regressed_says_so_even_below_its_floor() -> None:
    summary = judge(FEW, Gate(min_pass_rate=0.9))
    assert summary.comparison is not None
    assert [pair.verdict for pair in summary.comparison.pairs] == ["regressed"]
