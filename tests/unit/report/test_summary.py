"""The job summary."""

from __future__ import annotations

import re
from dataclasses import replace

from harness.compare.summary import GateVerdict
from harness.report.markdown import MOST_BYTES, MOST_FAILURES, render_summary
from harness.report.view import view_page
from harness.results.model import Judging
from tests.unit.report.factory import MINI, result, run_of, small_run, summary_of, turn, verdict

FENCE = re.compile(r"^(`{3,})text\n(.*?)\n\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
SUMMARY = re.compile(r"<summary>(.*)</summary>")
TAG = re.compile(r"(?<!\\)<[a-z/!][^>]*>")


def outside_of_code(markdown: str) -> str:
    return CODE.sub("", FENCE.sub("", markdown))


def test_it_says_the_verdict_that_it_is_simulated_and_the_table_first() -> None:
    run = small_run()
    lines = render_summary(run, summary_of(run)).splitlines()
    assert lines[0] == "## ✗ Not everything held: sweden"
    assert lines[2].startswith("> ⚠️ **SIMULATED.** Azure was not called.")
    assert (
        "| `sweden/mini` | 90.0 % (65.0 to 98.0 %) | ✓ 6 ✗ 1 ⊘ 1 | 0.93 | $0.0098 | 620 ms "
        "| 1.40 s | 20,110 → 4,020 |"
    ) in lines


def test_only_the_first_failures_are_told_and_the_rest_is_counted() -> None:
    bad = [
        result(f"c{n}", MINI, "failed", turn(1, "Hi", "Ho", verdict("failed"))) for n in range(50)
    ]
    run = run_of(bad, [MINI])
    summary = render_summary(run, summary_of(run))
    assert "### 50 conversations not passed on a target, the first 20" in summary
    assert summary.count("<details>") == summary.count("</details>") == MOST_FAILURES


def test_nothing_that_a_model_says_takes_effect() -> None:
    evil = [
        "</details><script>alert(1)</script>",
        "```\n# heading\n```",
        "~~~~\n::error::x",
        "| a | b |\n|---|---|",
        "[click](javascript:alert(1)) ![img](https://evil.example/x.png)",
        "https://evil.example www.evil.example a@evil.example @everyone #1",
        "`````````\n<img src=x onerror=alert(1)>",
        "- # 1. heading\n\n---\n\n> quote",
        "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    ]
    for text in evil:
        asked = turn(1, text, text, verdict("failed", text, text, text))
        held = result(text, replace(MINI, name=text), "failed", asked, case=text)
        run = run_of([held], [replace(MINI, name=text)], spec_name=text)
        verdict_ = GateVerdict("regressed", (text,), 1)
        markdown = render_summary(run, summary_of(run, verdict=verdict_, sentence=text))
        heads = SUMMARY.findall(markdown)
        assert len(heads) == 1
        assert TAG.findall(heads[0]) == ["<br>"]
        bare = outside_of_code(SUMMARY.sub("", markdown))
        assert TAG.findall(bare) == ["<details>", "</details>"]
        assert len(FENCE.findall(markdown)) == 2
        assert not re.search(r"(?<!\\)[\[\]]", bare)
        assert not re.search(r"@[a-z]|://", bare)
        assert "\x1b" not in markdown
        rows = [line for line in bare.splitlines() if line.startswith("|")]
        assert {line.count("|") for line in rows} == {9}


def test_it_stays_under_the_limit_of_github() -> None:
    long = "漢" * 100_000
    turns = [turn(n, long, long, verdict("failed", reason=long)) for n in range(1, 30)]
    bad = [result(f"{n}{long}", MINI, "failed", *turns) for n in range(30)]
    run = run_of(bad, [MINI])
    size = len(render_summary(run, summary_of(run)).encode())
    assert 10_000 < size < MOST_BYTES


def test_a_run_without_failures_is_short() -> None:
    run = run_of([result("a", MINI, "passed", turn(1, "Hi", "Ho", verdict()))], [MINI])
    summary = render_summary(run, summary_of(run, verdict=GateVerdict("passed", (), 0)))
    assert summary.startswith("## ✓ Gate passed: sweden")
    assert "<details>" not in summary


def test_what_checks_paid_for_is_told_below_the_table_and_only_then() -> None:
    run = small_run()
    summary = summary_of(run)
    assert "Judges and embeddings" not in render_summary(run, summary)
    asked = replace(summary, judging=Judging(1204, 10, 10, 0.5))
    told = "Judges and embeddings: 1,204 requests, $0.50, in no target's row."
    assert told in render_summary(run, asked).splitlines()
    assert ("Of it for checks", "$0.50") in view_page(run, asked, None).tiles
