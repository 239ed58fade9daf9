"""Conversations find their partners by name, or by question where they have no name."""

from __future__ import annotations

from harness.compare.comparison.pairing import REPHRASED, UNANSWERED, explain_broken, pair_cells
from harness.compare.comparison.scores import CaseName, CellScore
from harness.results.model import Outcome
from harness.results.scored import ScoredTrial


def cells(*named: tuple[str, str | None, str]) -> dict[CaseName, CellScore]:
    return {(name, case): cell(question, "passed") for name, case, question in named}


def cell(question: str, outcome: Outcome) -> CellScore:
    made = CellScore(question)
    made.add(ScoredTrial("c", "t", outcome, score=1.0))
    return made


def test_a_row_put_in_before_unnamed_ones_moves_no_pair() -> None:
    base = cells(("q", "#1", "one"), ("q", "#2", "two"))
    head = cells(("q", "#1", "new"), ("q", "#2", "one"), ("q", "#3", "two"))
    paired = pair_cells(base, head)
    questions = [(pair.name[1], pair.a.question, pair.b.question) for pair in paired.compared]
    assert questions == [("#2", "one", "one"), ("#3", "two", "two")]
    assert [name for name, _ in paired.new] == [("q", "#1")]
    assert paired.missing == []


def test_unnamed_rows_that_ask_the_same_are_paired_in_turn_and_once() -> None:
    base = cells(("q", "#1", "same"), ("q", "#2", "same"))
    head = cells(("q", "#1", "same"), ("q", "#2", "same"), ("q", "#3", "same"))
    paired = pair_cells(base, head)
    assert [pair.name[1] for pair in paired.compared] == ["#1", "#2"]
    assert [name for name, _ in paired.new] == [("q", "#3")]


def test_a_named_case_with_another_question_is_named_and_not_compared() -> None:
    paired = pair_cells(cells(("q", "milk", "old")), cells(("q", "milk", "new")))
    assert paired.compared == []
    assert [name for name, _ in paired.rephrased] == [("q", "milk")]
    assert "checks" in REPHRASED


def test_a_run_that_does_not_know_its_questions_pairs_by_name() -> None:
    paired = pair_cells(cells(("q", None, "")), cells(("q", None, "abc")))
    assert [pair.name for pair in paired.compared] == [("q", None)]


def test_what_errored_every_time_is_no_answer_on_either_side() -> None:
    base, head = cells(("q", None, "x")), cells(("q", None, "x"))
    head["q", None] = cell("x", "errored")
    paired = pair_cells(base, head)
    assert paired.compared == []
    assert explain_broken(paired.broken[0]) == UNANSWERED


def test_what_is_on_one_side_only_is_new_or_missing() -> None:
    paired = pair_cells(cells(("old", None, "x")), cells(("young", None, "x")))
    assert [name for name, _ in paired.new] == [("young", None)]
    assert [name for name, _ in paired.missing] == [("old", None)]
