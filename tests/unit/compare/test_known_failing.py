"""Conversations that are known to fail: shown, in no rate, and red when their mark has to go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from harness.compare.summarize import summarize
from harness.compare.table import format_lines
from harness.errors import Exit
from harness.spec.model.spec import Gate, KnownFailing
from tests.unit.compare.made import TEN, run, trial, turn

ISSUE = "https://example.org/1"
MARK = KnownFailing(until=date(2026, 11, 22), issue=ISSUE)
"""Holds on the day of the runs made here, its last."""
OVER = KnownFailing(until=date(2026, 11, 21), issue=ISSUE)
GATE = Gate(min_pass_rate=1.0)


def test_a_known_failure_is_in_no_rate_and_no_floor() -> None:
    results = [*TEN, trial("failed", "bug")]
    summary = summarize(run(*results), GATE, {"bug": 1.0}, {"bug": MARK})
    (row,) = summary.rows
    assert (row.pass_rate is not None and row.pass_rate.value, row.known_failing) == (1.0, 1)
    assert row.outcomes["failed"] == 0
    assert summary.verdict.word == "passed"
    assert summary.sentence == ("1 target, 11 conversations: 10 passed, 1 known to fail.")


def test_what_a_known_failure_costs_is_counted() -> None:
    summary = summarize(run(trial("failed", "bug", turns=[turn()])), None, {}, {"bug": MARK})
    assert summary.rows[0].cost_usd == pytest.approx(0.001)


@pytest.mark.parametrize("outcome", ["failed", "blocked", "truncated", "errored"])
def test_without_a_gate_a_known_failure_does_not_decide_the_exit_code(outcome: str) -> None:
    known = trial(outcome, "bug", error="server" if outcome == "errored" else None)  # type: ignore[arg-type]
    verdict = summarize(run(*TEN, known), None, {}, {"bug": MARK}).verdict
    assert verdict.exit_code == Exit.OK
    assert verdict.reasons == ("No trial failed but those that are known to.",)


def test_it_is_listed_with_the_day_and_the_issue() -> None:
    said = format_lines(summarize(run(*TEN, trial("failed", "bug")), None, {}, {"bug": MARK}))
    assert (
        "  failed    bug on sweden/mini, known to fail until 2026-11-22: https://example.org/1"
        in said
    )
    assert "1 known to fail" in said[1]


@pytest.mark.parametrize("outcome", ["failed", "passed"])
@pytest.mark.parametrize("gate", [GATE, None])
def test_once_its_day_is_over_the_run_is_red_whatever_it_does(
    outcome: str, gate: Gate | None
) -> None:
    found = trial(outcome, "bug")  # type: ignore[arg-type]
    verdict = summarize(run(*TEN, found), gate, {}, {"bug": OVER}).verdict
    assert verdict.exit_code == Exit.NO
    assert verdict.reasons[-1] == (
        "bug was known to fail until 2026-11-21, and that day is over: "
        "mend it, or set a later day. https://example.org/1"
    )


@pytest.mark.parametrize("gate", [GATE, None])
def test_when_it_passes_every_time_the_mark_has_to_go(gate: Gate | None) -> None:
    twice = [trial("passed", "bug", repeat=number) for number in (1, 2)]
    verdict = summarize(run(*TEN, *twice), gate, {}, {"bug": MARK}).verdict
    assert verdict.exit_code == Exit.NO
    (reason,) = verdict.reasons
    assert reason == (
        "bug is known to fail until 2026-11-22, and it passed every time: "
        "take `known_failing` out. https://example.org/1"
    )


def test_when_it_passes_only_sometimes_or_somewhere_the_mark_stays() -> None:
    sometimes = [trial("passed", "bug"), trial("failed", "bug", repeat=2)]
    somewhere = [trial("passed", "other"), trial("failed", "other", "sweden/five")]
    marks = {"bug": MARK, "other": MARK}
    verdict = summarize(run(*TEN, *sometimes, *somewhere), None, {}, marks).verdict
    assert verdict.exit_code == Exit.OK


def test_a_run_of_known_failures_alone_has_judged_nothing() -> None:
    summary = summarize(run(trial("failed", "bug")), GATE, {}, {"bug": MARK})
    assert summary.verdict.word == "incomplete"
    assert summary.verdict.reasons == (
        "Nothing was judged: no trial passed or failed a check; what was played is known to fail.",
    )
    assert summarize(run(trial("failed", "bug")), None, {}, {"bug": MARK}).verdict.exit_code == 0


def test_a_mark_of_what_was_not_played_says_nothing() -> None:
    assert summarize(run(*TEN), None, {}, {"bug": OVER}).verdict.exit_code == Exit.OK


def test_known_failures_are_among_the_trials_that_the_run_has_to_have() -> None:
    whole = run(*TEN, trial("failed", "bug"))
    assert summarize(whole, GATE, {}, {"bug": MARK}).verdict.word == "passed"


def test_no_mark_hides_a_stale_recording() -> None:
    stale = trial("errored", "bug", error="stale_recording")
    verdict = summarize(run(*TEN, stale), None, {}, {"bug": MARK}).verdict
    assert verdict.exit_code == Exit.OUTSIDE_FAILED
    assert verdict.reasons == ("The recording is stale in 1 trial.",)


def test_on_targets_that_were_picked_it_may_pass() -> None:
    whole = run(*TEN, trial("passed", "bug"))
    part = replace(whole, info=replace(whole.info, selection={"named_targets": ["sweden/mini"]}))
    assert summarize(part, None, {}, {"bug": MARK}).verdict.exit_code == Exit.OK
    assert summarize(whole, None, {}, {"bug": MARK}).verdict.exit_code == Exit.NO
