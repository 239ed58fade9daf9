"""The table of a run on a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.compare.summarize import summarize
from harness.compare.table import format_lines
from harness.results.model import (
    Judging,
)
from harness.spec.model.spec import Gate
from harness.text.tables import count_columns
from tests.unit.compare.made import TEN, run, trial, turn


def test_the_table_is_aligned_and_names_what_did_not_pass() -> None:
    results = [
        *TEN,
        *(trial("passed", f"c{n}", "sweden/five") for n in range(8)),
        trial("failed", "c8", "sweden/five"),
        trial("blocked", "c9", "sweden/five", case="新年"),
    ]
    said = format_lines(summarize(run(*results), Gate(min_pass_rate=0.5, max_unusable_rate=0.2)))
    assert said == [
        "target       passed   rate  95% interval    other       cost     p50     p95       tokens",
        "sweden/mini   10/10   100%  72.2% to 100%              $0.01  1.00 s  1.00 s  1,000 + 200",
        "sweden/five     8/9  88.9%  48.2% to 98.6%  1 blocked  $0.01  1.00 s  1.00 s  1,000 + 200",
        "",
        "not passed:",
        "  failed    c8 on sweden/five",
        "  blocked   c9 (新年) on sweden/five",
        "",
        (
            "2 targets, 11 conversations, 20 trials: 18 passed, 1 failed, 1 blocked; "
            "sweden/five is 11.1 points below sweden/mini, their intervals overlap."
        ),
        "gate: passed",
        "  Every floor holds (at least 50% passed); the lowest is sweden/five with 88.9%.",
    ]


def test_the_table_shows_the_fraction_that_the_rate_is_made_of() -> None:
    unchecked = [trial("passed", f"u{n}", checked=False) for n in range(8)]
    said = format_lines(summarize(run(trial("passed"), trial("failed", "b"), *unchecked), None))[1]
    assert "1/2 50%" in " ".join(said.split())
    assert "8 unchecked" in said


@pytest.mark.parametrize("width", [40, 60, 80])
def test_names_that_are_cut_can_still_be_told_apart(width: int) -> None:
    targets = ["openai/gpt-4.1", "openai/gpt-4.1-mini", "openai/gpt-4.1-nano"]
    table = format_lines(
        summarize(run(*(trial("passed", target=name) for name in targets)), None), width=width
    )
    assert len({line.split()[0] for line in table[1:4]}) == 3


def test_what_costs_next_to_nothing_is_not_shown_as_nothing() -> None:
    said = format_lines(summarize(run(trial("passed", turns=[turn(cost_usd=0.0000234)])), None))[1]
    assert "$0.0000234" in said


def test_a_table_says_dash_for_the_unknown_and_moves_no_cursor() -> None:
    hostile = trial("errored", "a\x1b[2Jb", "evil/\u202ename", error="auth")
    said = "\n".join(format_lines(summarize(run(hostile), None)))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "a\\x1b[2Jb on evil/\\u202ename" in said
    assert "–" in said


def test_wide_letters_keep_the_columns_in_line() -> None:
    assert (count_columns("新年"), count_columns("e\u0301"), count_columns("abc")) == (4, 1, 3)
    summary = summarize(run(trial("passed", target="瑞典/小"), trial("passed")), None)
    first, second = format_lines(summary)[1:3]
    assert count_columns(first) == count_columns(second)


def test_a_long_list_of_what_did_not_pass_is_cut_and_long_names_give_way_to_numbers() -> None:
    results = [trial("failed", f"c{n}", "sweden/" + "x" * 200) for n in range(25)]
    said = format_lines(summarize(run(*results), None), width=80)
    assert "  and 15 more, in the report" in said
    assert max(len(line) for line in said[:2]) <= 100


def test_what_checks_paid_for_stands_beside_the_targets_and_not_in_them() -> None:
    first = replace(trial("passed"), judging=Judging(2, 200, 20, 0.5))
    second = replace(trial("passed", "c2"), judging=Judging(1, 100, 10, 0.25))
    summary = summarize(run(first, second), None)
    assert summary.judging == Judging(3, 300, 30, 0.75)
    assert summary.rows[0].cost_usd == 0.002
    assert "judges and embeddings: 3 requests, $0.75, in no target's row" in format_lines(summary)
    unknown = replace(trial("passed", "c3"), judging=Judging(1, None, None, None))
    said = format_lines(summarize(run(first, unknown), None))
    assert "judges and embeddings: 3 requests, cost unknown, in no target's row" in said
