"""A run in figures: gathered from results in memory, or from their lines, all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.compare.comparison.scores import Scores, name_policy
from harness.compare.comparison.standing import make_cells, make_rows
from harness.compare.statistics import Share
from harness.compare.summarize import summarize
from harness.results.codec import encode_result, encode_run
from harness.results.lines import RunFormatError
from harness.results.model import Result
from harness.results.scored import decode_scored, score_result
from harness.spec.model.spec import KnownFailing
from harness.store.runs import DiskRuns
from tests.unit.compare.made import run, trial, turn


def gather(*results: Result) -> Scores:
    return Scores.gather(run().info, map(score_result, results))


MIXED = [
    trial("passed", repeat=1),
    trial("failed", repeat=2),
    trial("blocked", repeat=3, turns=[]),
    trial("truncated", repeat=4),
    trial("errored", repeat=5, error="server"),
    trial("skipped", repeat=6, checked=False),
]


def test_blocked_and_truncated_repeats_are_played_and_errored_and_skipped_ones_are_not() -> None:
    cell = gather(*MIXED).sides["sweden/mini", "default"].cells["founders", None]
    assert cell.share == Share(passed=1, judged=4)
    assert (cell.errored, cell.outcome) == (1, "errored")


def test_a_trial_with_nothing_to_check_is_in_no_share() -> None:
    cell = gather(trial("passed", checked=False)).sides["sweden/mini", "default"].cells
    assert cell["founders", None].share == Share(0, 0)


def test_a_lines_figures_are_those_of_the_result_that_it_was_written_from() -> None:
    for result in [*MIXED, trial("passed", turns=[turn(scripted=True), turn(cost_usd=None)])]:
        line = decode_scored(encode_result(result))
        direct = score_result(result)
        assert line.judged == direct.judged
        assert [one.answered for one in line.turns] == [one.answered for one in direct.turns]
        assert [one.paid for one in line.turns] == [one.paid for one in direct.turns]
        assert Scores.gather(run().info, [line]).sides == gather(result).sides


def test_costs_and_times_are_means_a_trial_and_what_is_unknown_stays_so() -> None:
    known = gather(
        trial("passed", turns=[turn(1.0, cost_usd=0.25), turn(3.0, cost_usd=0.25)]),
        trial("passed", repeat=2, turns=[turn(2.0, cost_usd=1.0)]),
    ).sides["sweden/mini", "default"]
    cell = known.cells["founders", None]
    assert (cell.mean_s, cell.mean_usd) == (3.0, 0.75)
    assert list(cell.turns_s) == [1.0, 3.0, 2.0]
    unknown = gather(trial("passed", turns=[turn(0.0, cost_usd=0.1), turn(1.0, cost_usd=None)]))
    cell = unknown.sides["sweden/mini", "default"].cells["founders", None]
    assert (cell.mean_s, cell.mean_usd) == (None, None)


@pytest.mark.parametrize("wrong", [b'{"a": "\xed\xa0\x80"}', b'{"a": "\xff"}'])
def test_annotations_that_nobody_can_read_name_no_policy(wrong: bytes) -> None:
    line = encode_result(trial("passed", turns=[turn()])).encode()
    (whole,) = [line.replace(b'"content_filter":null', b'"content_filter":' + wrong)]
    assert whole != line
    side = Scores.gather(run().info, [decode_scored(whole)]).sides["sweden/mini", "default"]
    assert not side.policies


def test_the_policy_of_a_filter_is_known_by_the_categories_that_it_annotates() -> None:
    safe = {"filtered": False, "severity": "safe"}
    annotations = {
        "prompt_filter_results": [
            {
                "prompt_index": 0,
                "content_filter_results": {"hate": safe, "jailbreak": {"filtered": False}},
            }
        ],
        "content_filter_results": {"violence": safe, "hate": safe},
    }
    assert name_policy(annotations) == "hate, jailbreak, violence"
    assert name_policy(None) == ""


def test_a_run_on_disk_is_read_by_its_figures_and_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(encode_run(run().info), "utf-8")
    lines = [encode_result(result) + "\n" for result in MIXED]
    (tmp_path / "results.jsonl").write_text("".join(lines), "utf-8")
    archive = DiskRuns(tmp_path)
    read = Scores.gather(archive.info(tmp_path), archive.read_scored(tmp_path))
    assert read.sides == gather(*MIXED).sides
    (tmp_path / "results.jsonl").write_text('{"conversation": 1}\n', "utf-8")
    with pytest.raises(Exception, match=r"results\.jsonl:1"):
        list(archive.read_scored(tmp_path))


def test_a_line_that_only_python_reads_is_read_and_one_without_a_target_is_refused() -> None:
    odd = '{"conversation": "c", "target": "t", "outcome": "passed", "turns": [%s]}'
    line = decode_scored(odd % '{"assistant": "\\ud800", "content_filter": {"hate": NaN}}')
    assert line.turns[0].answered
    with pytest.raises(RunFormatError, match="target"):
        decode_scored('{"conversation": "c", "outcome": "passed"}')


def test_rows_and_cells_out_of_figures_are_those_of_the_summary_as_far_as_they_go() -> None:
    results = [*MIXED, trial("failed", "known"), trial("errored", "known", error="stale_recording")]
    mark = KnownFailing(until=date(2099, 1, 1), issue="https://example.org/1")
    marks = {"known": mark}
    summary = summarize(run(*results), None, None, marks)
    scores = gather(*results)
    (row,), (whole,) = make_rows(scores, marks), summary.rows
    assert (row.outcomes, row.errors, row.known_failing) == (
        whole.outcomes,
        whole.errors,
        whole.known_failing,
    )
    assert (row.pass_rate, row.unchecked, row.trials) == (
        whole.pass_rate,
        whole.unchecked,
        whole.trials,
    )
    made = make_cells(scores, marks)
    assert [replace(cell, trials=()) for cell in summary.cells] == list(made)
