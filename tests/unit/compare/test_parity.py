"""Two targets of one run, told in a word: equivalent, better, worse, or not to be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.compare.comparison.model import Parity
from harness.compare.summarize import summarize
from harness.report.markdown import render_summary
from harness.results.model import TargetInfo
from tests.unit.compare.comparison.made import results
from tests.unit.compare.made import run, trial

ALL, FEW = [3] * 100, [3] * 80 + [0] * 20


def hold(then: list[int], now: list[int]) -> Parity:
    both = [*results(then), *results(now, target="sweden/five", latency_s=2.0)]
    (parity,) = summarize(run(*both), None).parities
    return parity


@pytest.mark.parametrize(
    ("then", "now", "word"),
    [
        (ALL, ALL, "equivalent"),
        (ALL, FEW, "worse"),
        (FEW, ALL, "better"),
        (ALL[:20], ALL[:20], "inconclusive"),
        (ALL[:20], [*ALL[:19], 0], "inconclusive"),
    ],
)
def test_the_word_is_about_the_second(then: list[int], now: list[int], word: str) -> None:
    parity = hold(then, now)
    assert parity.word == word
    assert (parity.a.target.name, parity.b.target.name) == ("sweden/mini", "sweden/five")
    assert parity.latency is not None
    assert parity.latency.value == pytest.approx(2.0)


def test_the_summary_says_the_word_in_a_sentence() -> None:
    played = run(*results(ALL), *results(FEW, target="sweden/five"))
    said = render_summary(played, summarize(played, None))
    assert (
        "sweden/five is worse than sweden/mini (-20 points, -26.7 to -13.3; over 100 conversations)"
        in said
    )
    played = run(*results(ALL), *results(ALL, target="sweden/five"))
    said = render_summary(played, summarize(played, None))
    assert "sweden/five and sweden/mini are equivalent within the margin (0 points" in said


def test_its_p_value_counts_both_directions() -> None:
    fell, rose = hold(ALL[:6], [0] * 6), hold([0] * 6, ALL[:6])
    assert fell.difference.p_value == rose.difference.p_value == 2 / 2**6


def test_a_model_is_held_against_the_same_model_elsewhere_and_the_rest_against_the_first() -> None:
    names = ("sweden/mini", "sweden/five", "openai/five", "sweden/large")
    models = ("gpt-4.1-mini", "gpt-5-mini", "gpt-5-mini", "gpt-4.1")
    targets = tuple(map(TargetInfo, names, models))
    played = run(*(one for name in names for one in results(ALL[:2], target=name)))
    summary = summarize(replace(played, info=replace(played.info, targets=targets)), None)
    assert [(one.a.target.name, one.b.target.name) for one in summary.parities] == [
        ("sweden/mini", "sweden/five"),
        ("sweden/five", "openai/five"),
        ("sweden/mini", "sweden/large"),
    ]


def test_variants_of_a_target_are_held_against_its_first() -> None:
    both = [*results(ALL), *results(FEW, variant="concise")]
    (parity,) = summarize(run(*both), None).parities
    assert (parity.a.variant, parity.b.variant, parity.word) == ("default", "concise", "worse")


def test_what_is_not_on_both_sides_is_not_compared_and_one_side_has_no_parity() -> None:
    assert summarize(run(*results(ALL)), None).parities == ()
    apart = run(trial("passed", "a"), trial("passed", "b", "sweden/five"))
    assert summarize(apart, None).parities == ()
