"""The comparison of two runs, and the word that its differences come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.model import CaseShare, Comparison
from harness.compare.comparison.sides import name_change
from harness.results.model import Outcome
from harness.spec.model.spec import Gate
from tests.unit.compare.comparison.made import BASE, HEAD, results, scores
from tests.unit.compare.made import trial

GATE = Gate()
ALL, FEW = [3] * 100, [3] * 80 + [0] * 20


def compare(then: list[int], now: list[int], gate: Gate = GATE) -> Comparison:
    return compare_scores(scores(results(then), BASE), scores(results(now)), gate)


def test_a_clear_fall_is_regressed_and_the_exit_is_1() -> None:
    found = compare(ALL, FEW)
    (pair,) = found.pairs
    assert (found.gate.word, found.gate.exit_code, pair.verdict) == ("regressed", 1, "regressed")
    assert pair.difference.value == pytest.approx(-0.2)
    assert "100% → 80%, -20 points" in found.gate.reasons[0]
    assert "run 20261122-120000-base00 beyond chance (p < 0.001)" in found.gate.reasons[0]
    assert [case.kind for case in pair.cases] == ["regressed"] * 20 + ["same"] * 80


def test_the_same_over_enough_conversations_passes_and_over_few_is_inconclusive() -> None:
    assert compare(ALL, ALL).gate.word == "passed"
    found = compare([3] * 20, [3] * 20)
    (pair,) = found.pairs
    assert (found.gate.word, found.gate.exit_code) == ("inconclusive", 0)
    assert pair.needed is not None
    assert (pair.needed.conversations, pair.needed.repeats) == (59, None)
    assert "About 59 conversations would settle it ($0.234 more)." in found.gate.reasons[0]
    # 39 more conversations, three times on each side, at a tenth of a cent.
    assert pair.needed.usd == pytest.approx(39 * 3 * 0.002)


def test_an_inconclusive_result_fails_where_the_gate_wants_it() -> None:
    gate = Gate(on_inconclusive="fail")
    assert compare([3] * 20, [3] * 20, gate).gate.exit_code == 1


def test_a_fall_smaller_than_min_effect_is_no_regression_however_sure_it_is() -> None:
    then, now = [3] * 1000, [3] * 985 + [0] * 15
    assert compare(then, now).gate.word == "passed"
    assert compare(then, now, Gate(min_effect=0.01)).gate.word == "regressed"


def test_p_values_are_adjusted_over_all_pairs_that_the_gate_sees() -> None:
    def play(passed: list[int], target: str) -> list:  # type: ignore[type-arg]
        return list(results(passed, 1, target))

    then, now = [1] * 40, [1] * 35 + [0] * 5
    base = scores([*play(then, "sweden/mini"), *play(then, "sweden/five")], BASE)
    alone = compare_scores(base, scores(play(now, "sweden/mini")), GATE)
    assert alone.pairs[0].difference.p_adjusted == pytest.approx(1 / 32)
    both = compare_scores(
        base, scores([*play(now, "sweden/mini"), *play(then, "sweden/five")]), GATE
    )
    assert both.pairs[0].difference.p_adjusted == pytest.approx(2 / 32)
    assert (alone.gate.word, both.gate.word) == ("regressed", "inconclusive")


@pytest.mark.parametrize("outcome", ["blocked", "truncated"])
def test_blocked_and_truncated_count_as_not_passed(outcome: Outcome) -> None:
    head = scores(results(FEW, otherwise=outcome))
    assert compare_scores(scores(results(ALL), BASE), head, GATE).gate.word == "regressed"


def test_errored_trials_are_no_answers_and_are_named() -> None:
    head = [
        *results([3] * 80),
        *(trial("errored", f"c{n}", error="server") for n in range(80, 100)),
    ]
    found = compare_scores(scores(results(ALL), BASE), scores(head), GATE)
    (pair,) = found.pairs
    assert (pair.conversations, pair.difference.value, found.gate.word) == (80, 0.0, "passed")
    assert {(one.conversation, one.reason) for one in found.unpaired} == {
        (f"c{n}", "it errored in every repeat") for n in range(80, 100)
    }
    assert [case.kind for case in pair.cases[:20]] == ["errored"] * 20


def test_a_conversation_that_is_known_to_fail_is_shown_and_decides_nothing() -> None:
    base, head = scores(results([3] * 60), BASE), scores(results([0] + [3] * 59))
    found = compare_scores(base, head, GATE, known_failing={"c0"})
    (pair,) = found.pairs
    assert (pair.conversations, pair.difference.value, found.gate.word) == (59, 0.0, "passed")
    first = pair.cases[0]
    assert (first.conversation, first.kind, first.known_failing) == ("c0", "regressed", True)
    assert first.q_value is None


def test_a_map_pairs_a_target_with_one_of_another_name() -> None:
    base, head = scores(results(ALL), BASE), scores(results(FEW, target="sweden/five"))
    assert compare_scores(base, head, GATE).gate.word == "incomplete"
    found = compare_scores(base, head, GATE, names={"sweden/five": "sweden/mini"})
    assert found.gate.word == "regressed"
    assert (found.pairs[0].a.target.name, found.pairs[0].b.target.name) == (
        "sweden/mini",
        "sweden/five",
    )
    assert "sweden/five (was sweden/mini)" in found.gate.reasons[0]


def test_targets_without_a_partner_are_named_with_the_reason() -> None:
    base, head = scores(results(ALL), BASE), scores(results(ALL, target="sweden/five"))
    found = compare_scores(base, head, GATE)
    assert [(one.side, one.target, one.conversation) for one in found.unpaired] == [
        ("head", "sweden/five", None),
        ("base", "sweden/mini", None),
    ]
    assert "NEW=OLD" in found.unpaired[0].reason
    assert (found.gate.word, found.gate.exit_code) == ("incomplete", 4)


def test_two_targets_of_one_run_are_compared_under_a_map_and_no_target_with_itself() -> None:
    one = scores([*results(ALL), *results(FEW, target="sweden/five")])
    found = compare_scores(one, one, GATE, names={"sweden/five": "sweden/mini"})
    assert [(pair.a.target.name, pair.b.target.name) for pair in found.pairs] == [
        ("sweden/mini", "sweden/five")
    ]
    assert found.unpaired == ()
    assert found.notes == ()


def test_a_side_is_measured_over_what_is_compared() -> None:
    base = scores(results([3, 3, 2, 0]), BASE)
    head = scores(results([3, 1, 2, 0], latency_s=2.0))
    (pair,) = compare_scores(base, head, GATE).pairs
    b = pair.b
    assert (b.passes_every, b.passes_any, b.flaky) == (0.25, 0.75, 2)
    assert (b.pass_rate.value, b.latency_s) == (0.5, 2.0)
    assert b.cost_usd == pytest.approx(0.001)
    assert pair.latency is not None
    assert pair.latency.value == pytest.approx(2.0)
    assert (pair.conversations, pair.repeats) == (4, 3)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ((3, 3), (0, 3), "regressed"),
        ((3, 3), (1, 3), "regressed"),
        ((3, 3), (2, 3), "flaky"),
        ((2, 2), (1, 2), "flaky"),
        ((2, 3), (2, 3), "flaky"),
        ((0, 1), (1, 1), "fixed"),
        ((3, 3), (3, 3), "same"),
        ((0, 3), (0, 2), "same"),
    ],
)
def test_a_conversation_regressed_when_most_of_its_repeats_ended_otherwise(
    a: tuple[int, int], b: tuple[int, int], kind: str
) -> None:
    assert name_change(CaseShare(*a, "failed"), CaseShare(*b, "failed")) == kind


def test_an_old_a_foreign_and_a_broken_base_is_said_to_be_so() -> None:
    old = replace(BASE, started_at="2026-07-01T12:00:00Z", spec_name="norway", status="partial")
    found = compare_scores(scores(results(ALL), old), scores(results(ALL)), GATE, baseline="main")
    notes = "\n".join(found.notes)
    assert "The baseline 'main' is 150 days old" in notes
    assert "is of another spec, 'norway'; this one is 'sweden'" in notes
    assert "is not whole: it is partial" in notes


def test_what_a_run_of_a_part_did_not_play_is_not_missing() -> None:
    part = {"keyword": "c1", "named_targets": ["sweden/mini"], "tags": ["smoke"]}
    base = scores([*results([3] * 9), *results([3] * 9, target="sweden/five")], BASE)
    head = scores(results([3] * 4), replace(HEAD, selection=part))
    found = compare_scores(base, head, GATE)
    assert found.unpaired == ()
    assert len(found.pairs[0].cases) == 4
    assert found.notes[0] == (
        "The run played a part (-t sweden/mini, -k 'c1', --tag smoke): "
        "what it did not play is not compared."
    )


def test_another_simulator_is_said() -> None:
    base = replace(BASE, simulated=True, harness_version="0.0.9")
    head = replace(HEAD, simulated=True)
    found = compare_scores(scores(results(ALL), base), scores(results(ALL), head), GATE)
    assert any("the simulator of harness 0.0.9" in note for note in found.notes)


def test_drift_is_told_from_chance_where_nothing_of_ours_has_changed() -> None:
    fell, held = compare(ALL, FEW).notes, compare(ALL, [*ALL[:-1], 2]).notes
    assert "nothing on our side has changed since 2026-11-22" in fell[0]
    assert "it has changed without saying so" in fell[0]
    assert "the difference of 0.3 points may well be chance" in held[0]
    assert "no conversation ends otherwise" in compare(ALL, ALL).notes[0]
    other = replace(HEAD, spec_sha256="1" * 64)
    assert compare_scores(scores(results(ALL), BASE), scores(results(FEW), other), GATE).notes == ()


def test_the_same_scores_give_the_same_comparison() -> None:
    assert compare([3, 2, 1] * 30, [2, 2, 1] * 30) == compare([3, 2, 1] * 30, [2, 2, 1] * 30)
