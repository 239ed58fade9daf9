"""The data of the application: what stands in it, in which order, and what is left out."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from harness.report.html import render_html
from harness.report.payload import blocks
from harness.results.codec import result_as_json
from harness.results.model import Result
from tests.unit.report.bare import BLOCK, read_blocks, unpack_blocks
from tests.unit.report.compared import compare_with_base
from tests.unit.report.factory import (
    FIVE,
    MINI,
    SPEC,
    result,
    run_of,
    small_run,
    summary_of,
    turn,
    verdict,
)


def test_each_result_stands_in_the_page_as_its_line() -> None:
    run = small_run()
    chunk = read_blocks(run)["t0"]
    held = [line for number in sorted(chunk, key=int) for line in chunk[number]["head"]]
    key = lambda line: json.dumps(line, sort_keys=True)  # noqa: E731
    assert sorted(held, key=key) == sorted(
        (json.loads(json.dumps(result_as_json(one))) for one in run.results), key=key
    )


def test_the_columns_of_numbers_speak_of_the_same_trials() -> None:
    data = read_blocks(small_run())
    summary, trials = data["summary"], data["summary"]["trials"]
    count = len(small_run().results)
    assert {
        name: len(values) for name, values in trials.items() if name != "amiss"
    } == dict.fromkeys(
        ("repeat", "outcome", "score", "latency", "cost", "input", "output", "reason"), count
    )
    assert sum(summary["cells"]["repeats"]) == count
    assert len(data["turns"]["count"]) == count
    assert sum(data["turns"]["count"]) == len(data["turns"]["latency"])


def failing(name: str) -> Result:
    bad = verdict("failed", "icontains", "x", '"x" is not in the reply')
    return result(name, MINI, "failed", turn(1, "Ask?", "No.", bad, cost=0.0000123))


def test_a_trial_has_its_cost_its_reason_and_the_checks_that_did_not_hold() -> None:
    summary = read_blocks(run_of([failing("a")], [MINI]))["summary"]
    trials = summary["trials"]
    assert trials["cost"] == [12_300]
    assert trials["latency"] == [830]
    assert summary["reasons"][trials["reason"][0]] == '"x" is not in the reply'
    assert [summary["checks"][number] for number in trials["amiss"]["0"]] == ["icontains"]


def test_unknown_stays_unknown() -> None:
    run = run_of([result("a", MINI, "passed", turn(1, "?", "!", cost=None, usage=None,
                                                   latency_s=0.0))], [MINI])  # fmt: skip
    trials = read_blocks(run)["summary"]["trials"]
    assert [trials[name] for name in ("cost", "input", "output", "latency")] == [[None]] * 4


def passing(name: str, target: Any = MINI) -> Result:
    return result(name, target, "passed", turn(1, "Ask?", "Yes. " * 50, verdict()))


def test_a_full_page_keeps_what_failed_and_counts_what_it_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "MOST_TRANSCRIPTS", 100)
    monkeypatch.setattr(blocks, "TRIALS_OF_CHUNK", 1)
    data = read_blocks(run_of([passing("a"), passing("b"), failing("c")], [MINI]))
    assert data["summary"]["conversations"]["chunk"] == [-1, -1, 0]
    assert data["summary"]["omitted"] == 2
    assert [name for name in data if re.fullmatch(r"t\d+", name)] == ["t0"]


def test_what_changed_is_kept_before_what_passed_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_TRANSCRIPTS", 1)
    monkeypatch.setattr(blocks, "TRIALS_OF_CHUNK", 1)
    run = run_of([passing("a"), passing("b")], [MINI])
    summary = replace(summary_of(run), comparison=compare_with_base("b", "fixed"))
    data = unpack_blocks(render_html(run, summary, spec=None))
    assert data["summary"]["conversations"]["chunk"] == [-1, 0]


def test_a_conversation_is_whole_in_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "TRIALS_OF_CHUNK", 1)
    names = ["a", "b"]
    run = run_of([passing(name, target) for name in names for target in (MINI, FIVE)], [MINI, FIVE])
    data = read_blocks(run)
    assert data["summary"]["conversations"]["chunk"] == [0, 1]
    assert [len(data[f"t{n}"][str(n)]["head"]) for n in range(2)] == [2, 2]


def test_the_same_run_gives_the_same_bytes() -> None:
    run = small_run()
    once, again = (render_html(run, summary_of(run), spec=SPEC) for _ in range(2))
    assert once == again


def test_half_characters_and_what_is_no_number_do_not_keep_a_browser_from_reading() -> None:
    odd = replace(passing("a"), system="half \ud83d")
    bad = verdict("failed", "equals", float("nan"), "differs")
    run = run_of([odd, result("b", MINI, "failed", turn(1, "?", "!", bad))], [MINI])
    html = render_html(run, summary_of(run), spec=None)
    text = gzip.decompress(base64.b64decode(dict(BLOCK.findall(html))["t0"])).decode()
    assert "NaN" not in text
    held = json.loads(text)
    assert held["0"]["head"][0]["system"] == "half \ud83d"
    assert held["1"]["head"][0]["turns"][0]["checks"][0]["value"] is None
