from __future__ import annotations

from typing import Any

import pytest

from harness.checks.verdict import Verdict
from harness.compare.summarize import Tally, summarize
from harness.conversation.transcript import Usage
from harness.results.model import (
    Outcome,
    Result,
)
from harness.spec.model.spec import Gate
from tests.unit.compare.made import MINI, TEN, run, trial, turn

# --- rows and cells ---------------------------------------------------------------------------


def test_a_row_counts_outcomes_and_rates_only_what_was_judged() -> None:
    summary = summarize(
        run(
            trial("passed", "a"),
            trial("failed", "b"),
            trial("blocked", "c"),
            trial("truncated", "d"),
            trial("errored", "e", error="timeout"),
            trial("skipped", "f"),
            trial("passed", "g", checked=False),
        ),
        None,
    )
    (row,) = summary.rows
    assert row.target is MINI
    assert row.outcomes == {
        "passed": 2, "failed": 1, "blocked": 1, "truncated": 1, "errored": 1, "skipped": 1,
    }  # fmt: skip
    assert row.pass_rate is not None
    assert row.pass_rate.value == 0.5
    assert row.conversations == 7
    assert row.errors == {"timeout": 1}
    assert row.unchecked == 1


def test_repeats_of_a_conversation_are_one_cell_with_the_worst_outcome() -> None:
    summary = summarize(
        run(
            trial("passed", repeat=1),
            trial("truncated", repeat=2),
            trial("failed", repeat=3),
            trial("passed", "capitals", case="norway"),
            trial("passed", "capitals", case="latvia"),
        ),
        None,
    )
    founders, norway, latvia = summary.cells
    assert (founders.outcome, founders.passed, founders.repeats) == ("truncated", 1, 3)
    assert founders.results == (0, 1, 2)
    assert (norway.case, latvia.case) == ("norway", "latvia")
    assert summary.rows[0].conversations == 3


def test_rows_follow_the_runs_targets_and_an_unknown_target_comes_last() -> None:
    summary = summarize(
        run(
            trial("passed", target="elsewhere/x"),
            trial("passed", target="sweden/five"),
            trial("passed", target="sweden/mini", variant="concise"),
            trial("passed", target="sweden/mini"),
        ),
        None,
    )
    assert [(row.target.name, row.variant) for row in summary.rows] == [
        ("sweden/mini", "concise"),
        ("sweden/mini", "default"),
        ("sweden/five", "default"),
        ("elsewhere/x", "default"),
    ]


def test_money_time_and_tokens_are_summed_over_turns_that_were_calls() -> None:
    turns = [turn(scripted=True, latency_s=9.0), turn(2.0), turn(4.0, Usage(1, 2), 0.002)]
    (row,) = summarize(run(trial("passed", turns=turns), trial("passed", "b")), None).rows
    assert row.cost_usd == pytest.approx(0.004)
    assert row.cost_per_conversation_usd == pytest.approx(0.002)
    assert (row.input_tokens, row.output_tokens, row.requests) == (201, 42, 3)
    assert row.latency is not None
    assert (row.latency.p50, row.latency.n) == (2.0, 3)
    assert row.ttft is None


@pytest.mark.parametrize(
    ("unknown", "field"),
    [({"cost_usd": None}, "cost_usd"), ({"usage": None}, "input_tokens")],
)
def test_one_unknown_part_makes_the_sum_unknown_and_never_smaller(
    unknown: dict[str, Any], field: str
) -> None:
    (row,) = summarize(run(trial("passed", turns=[turn(), turn(**unknown)])), None).rows
    assert getattr(row, field) is None


def test_a_target_that_never_answered_has_no_cost_rather_than_none_at_all() -> None:
    (row,) = summarize(run(trial("errored", error="auth")), None).rows
    assert row.cost_usd is None
    assert row.latency is None
    assert row.pass_rate is None


def test_metrics_are_weighted_means_parts_of_sets_included() -> None:
    def verdict(score: float, weight: float, metric: str, *parts: Verdict) -> Verdict:
        return Verdict("x", None, "passed", score, "", weight, metric, parts)

    inner = verdict(0.0, 1.0, "recall")
    verdicts = [
        verdict(1.0, 3.0, "recall"),
        verdict(1.0, 1.0, "form", inner),
        verdict(0.5, 0.0, "measured"),
    ]
    (row,) = summarize(run(trial("passed", turns=[turn(verdicts=verdicts)])), None).rows
    assert row.metrics == {"recall": 0.75, "form": 1.0, "measured": 0.5}


def test_an_error_of_a_check_is_counted_as_one() -> None:
    (row,) = summarize(run(trial("errored", turns=[turn()])), None).rows
    assert row.errors == {"check": 1}


# --- the verdict ------------------------------------------------------------------------------

GATE = Gate()
FLOOR = Gate(min_pass_rate=0.75)


@pytest.mark.parametrize(
    ("results", "gate", "word", "exit_code"),
    [
        ([trial("passed")], None, None, 0),
        ([trial("passed"), trial("failed", "b")], None, None, 1),
        ([trial("passed"), trial("blocked", "b")], None, None, 1),
        ([trial("passed"), trial("truncated", "b")], None, None, 1),
        ([trial("failed"), trial("errored", "b", error="server")], None, None, 3),
        ([trial("errored", error="auth")], None, None, 3),
        ([], None, None, 3),
        ([trial("passed"), trial("errored", "b", error="budget")], None, None, 4),
        ([trial("skipped")], None, None, 0),
        ([trial("passed"), trial("failed", "b")], GATE, "passed", 0),
        ([trial("passed"), trial("failed", "b")], FLOOR, "below_floor", 1),
        ([*TEN, trial("errored", "b", error="server")], GATE, "incomplete", 3),
        ([*TEN, trial("errored", "b", error="server")], Gate(max_error_rate=0.1), "passed", 0),
        ([*TEN, trial("errored", "b", error="budget")], GATE, "incomplete", 4),
        ([*TEN, trial("blocked", "b")], GATE, "below_floor", 1),
        ([*TEN, trial("blocked", "b")], Gate(max_unusable_rate=0.1), "passed", 0),
        ([trial("errored", error="auth")], GATE, "incomplete", 3),
        ([trial("skipped")], GATE, "incomplete", 4),
        ([trial("passed", checked=False)], GATE, "incomplete", 4),
        (TEN, Gate(baseline="main"), "incomplete", 4),
        (TEN, Gate(baseline="main", on_no_baseline="warn"), "passed", 0),
    ],
)
def test_the_gate_says_a_word_and_the_exit_code_follows(
    results: list[Result], gate: Gate | None, word: str | None, exit_code: int
) -> None:
    verdict = summarize(run(*results), gate).verdict
    assert (verdict.word, verdict.exit_code) == (word, exit_code)
    assert verdict.reasons
    assert all(reason.endswith(".") for reason in verdict.reasons)


def test_a_simulated_run_passes_a_gate_only_where_that_is_allowed() -> None:
    refused = summarize(run(*TEN, simulated=True), GATE).verdict
    allowed = summarize(run(*TEN, simulated=True), Gate(allow_simulated=True)).verdict
    assert (refused.word, refused.exit_code) == ("incomplete", 4)
    assert "simulated" in refused.reasons[0]
    assert (allowed.word, allowed.exit_code) == ("passed", 0)
    assert summarize(run(*TEN, simulated=True), None).verdict.exit_code == 0


@pytest.mark.parametrize("gate", [None, GATE])
def test_a_run_that_did_not_come_to_its_end_is_incomplete(gate: Gate | None) -> None:
    assert summarize(run(*TEN, status="interrupted"), gate).verdict.exit_code == 4
    tally = Tally(run().info)
    for result in TEN:
        tally.add(result)
    missing = tally.summary(gate, expected=12).verdict
    assert missing.exit_code == 4
    assert missing.reasons[0] == "2 trials of 12 are missing."
    assert tally.summary(gate, expected=11).verdict.reasons[0] == "1 trial of 11 is missing."
    assert tally.summary(gate, expected=10).verdict.exit_code == 0


@pytest.mark.parametrize(
    ("outcomes", "floor", "word"),
    [
        (["passed", "passed", "passed"], 1.0, "passed"),
        (["passed", "passed", "failed"], 1.0, "below_floor"),
        (["passed", "passed", "failed"], 0.67, "passed"),
        (["passed", "failed", "failed"], 0.67, "below_floor"),
        (["passed", "passed", "truncated"], 1.0, "below_floor"),
        (["passed", "passed", "blocked"], 0.67, "passed"),
        (["passed", "passed", "errored"], 1.0, "passed"),
        (["errored", "errored", "errored"], 1.0, "incomplete"),
    ],
)
def test_a_conversation_that_must_pass_is_held_to_its_share_of_repeats(
    outcomes: list[Outcome], floor: float, word: str
) -> None:
    repeats = [
        trial(outcome, repeat=number, error="server" if outcome == "errored" else None)
        for number, outcome in enumerate(outcomes, 1)
    ]
    gate = Gate(max_error_rate=1.0, max_unusable_rate=1.0)
    verdict = summarize(run(*repeats, trial("passed", "b")), gate, {"founders": floor}).verdict
    assert verdict.word == word


def test_each_target_is_held_to_the_floor_and_the_reason_names_it() -> None:
    results = [trial("passed", "a"), trial("failed", "a", "sweden/five"), *TEN]
    verdict = summarize(run(*results), FLOOR, {"a": 1.0}).verdict
    assert verdict.reasons == (
        "a on sweden/five passed 0 of 1; it must pass every time.",
        "sweden/five passed 0% of its judged trials; at least 75% is wanted.",
    )


def test_a_gate_that_held_says_how_narrowly_and_what_it_did_not_compare() -> None:
    gate = Gate(min_pass_rate=0.5, baseline="main", on_no_baseline="warn")
    results = [trial("passed", "a"), trial("failed", "b"), trial("passed", "a", "sweden/five")]
    assert summarize(run(*results), gate).verdict.reasons == (
        "Every floor holds (at least 50% passed); the lowest is sweden/mini with 50%.",
        "Not compared: there is no baseline 'main' yet; `harness baseline set latest` makes one.",
    )


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], "Nothing was played."),
        ([trial("passed")], "1 target, 1 conversation: 1 passed."),
        (
            [trial("passed", "a"), trial("passed", "b", checked=False)],
            "1 target, 2 conversations: 1 passed, 1 unchecked.",
        ),
        (
            [trial("passed", repeat=1), trial("failed", repeat=2)],
            "1 target, 1 conversation, 2 trials: 1 passed, 1 failed.",
        ),
        (
            [trial("passed"), trial("passed", target="sweden/five")],
            "2 targets, 1 conversation: 2 passed; all of them pass 100%.",
        ),
        (
            [
                *(trial("passed", f"{n}") for n in range(25)),
                *(trial("passed", f"{n}", "sweden/five") for n in range(24)),
                trial("failed", "24", "sweden/five"),
            ],
            (
                "2 targets, 25 conversations: 49 passed, 1 failed; sweden/five is 4 points below "
                "sweden/mini, their intervals overlap."
            ),
        ),
        (
            [trial("passed"), trial("errored", variant="concise", error="server")],
            "1 target, 2 variants, 1 conversation: 1 passed, 1 errored.",
        ),
    ],
)
def test_a_run_is_said_in_one_sentence(results: list[Result], expected: str) -> None:
    assert summarize(run(*results), None).sentence == expected


def test_what_went_wrong_is_named_beside_how_often() -> None:
    results = [*TEN, trial("errored", "b", error="server"), trial("errored", "c", error="timeout")]
    (without, *_) = summarize(run(*results), None).verdict.reasons
    assert "2 trials errored (1 server and 1 timeout)" in without
    (gated, *_) = summarize(run(*results), GATE).verdict.reasons
    assert "(16.7%): 1 server and 1 timeout" in gated


def test_a_reply_that_could_not_be_checked_was_an_answer_all_the_same() -> None:
    verdict = summarize(run(trial("errored")), None).verdict
    assert verdict.reasons == ("1 trial errored (1 check); no gate says how many may.",)
    assert verdict.exit_code == 3
