"""A comparison in the job summary, in the comment of a pull request, and in JUnit."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.model import Changed, Comparison
from harness.compare.summary import Summary
from harness.report.ci.comparison import MOST_CHANGES, write_comparison
from harness.report.junit import render_junit
from harness.report.markdown import (
    CUT,
    MOST_BYTES,
    MOST_COMMENT_BYTES,
    render_comment,
    render_summary,
)
from harness.results.model import Looks, Run
from harness.spec.model.spec import Gate
from tests.unit.compare.comparison.made import BASE, results, scores
from tests.unit.report.factory import MINI, result, run_of, small_run, summary_of, turn, verdict

ALL, FEW = [3] * 100, [3] * 80 + [0] * 20


def compare(then: Sequence[int], now: Sequence[int]) -> Comparison:
    then_, now_ = scores(results(then), BASE), scores(results(now))
    return compare_scores(then_, now_, Gate(), baseline="main")


def compared(then: Sequence[int], now: Sequence[int]) -> tuple[Run, Summary]:
    run = small_run()
    return run, replace(summary_of(run), comparison=compare(then, now))


def test_the_summary_says_against_what_by_how_much_and_which_conversations() -> None:
    said = render_summary(*compared(ALL, FEW))
    assert "### Compared with the baseline 'main', 22 November 2026, 12:00 UTC" in said
    assert (
        "| `sweden/mini` | 100% | 80% | -20 points | -26.7 to -13.3 (90%) | < 0.001 | 100 × 3 "
        "| regressed |"
    ) in said
    assert "<summary>20 conversations of sweden/mini: 20 regressed</summary>" in said
    assert "- regressed: `c80` 3/3 → 0/3" in said


def test_a_run_that_was_compared_with_nothing_says_nothing_of_it() -> None:
    assert write_comparison(None) == []
    assert "Compared" not in render_summary(small_run(), summary_of(small_run()))


def test_a_cause_says_who_changed_what() -> None:
    found = compare(ALL, FEW)
    causes = (
        Changed("provider", "version", "2025-04-14", "2026-01-01"),
        Changed("us", "system", None, "Be brief."),
        Changed("us", "turns or checks of 1 conversation", None, None),
    )
    (pair,) = found.pairs
    said = "\n".join(write_comparison(replace(found, pairs=(replace(pair, changed=causes),))))
    assert "- `sweden/mini`: the provider changed version: `2025-04-14` → `2026-01-01`" in said
    assert "- `sweden/mini`: we changed system: nothing → `Be brief.`" in said
    assert "- `sweden/mini`: we changed turns or checks of 1 conversation" in said.splitlines()


def test_many_changes_are_counted_and_only_the_first_are_named() -> None:
    said = "\n".join(write_comparison(compare([3] * 100, [0] * 100)))
    assert said.count("- regressed:") == MOST_CHANGES
    assert "- 75 more are in report.html" in said


def test_the_look_that_settled_it_is_named() -> None:
    run, summary = compared(ALL, FEW)
    stopped = replace(run, info=replace(run.info, looks=Looks(4, 2)))
    assert "look 2 of 4" in render_summary(stopped, summary)
    assert '"looks" value="2 of 4"' in render_junit(stopped, summary)


def test_the_comment_begins_with_a_hidden_mark_that_names_the_spec_and_nothing_else() -> None:
    run, summary = compared(ALL, FEW)
    first, second, *_ = render_comment(run, summary).splitlines()
    assert (first, second) == ("<!-- harness: sweden -->", "")
    evil = replace(run, info=replace(run.info, spec_name="a --> <b>@x</b>\n`; rm -rf $HOME"))
    first = render_comment(evil, summary).splitlines()[0]
    assert re.fullmatch(r"<!-- harness: [A-Za-z0-9_.-]+ -->", first)
    assert first.count("--") == 2


def long_run() -> tuple[Run, Summary]:
    long = "中" * 4_000
    checks = [verdict("failed", reason=long)] * 40
    turns = [turn(number, long, long, *checks) for number in range(1, 11)]
    run = run_of([result(f"{n}{long}", MINI, "failed", *turns) for n in range(60)], [MINI])
    return run, replace(summary_of(run, sentence=long), comparison=compare(ALL, FEW))


def test_no_document_is_larger_than_its_service_takes_measured_in_bytes() -> None:
    run, summary = long_run()
    for said, most in (
        (render_summary(run, summary), MOST_BYTES),
        (render_comment(run, summary), MOST_COMMENT_BYTES),
    ):
        assert most * 0.5 < len(said.encode()) <= most
        assert said.count("<details>") == said.count("</details>")


def test_what_does_not_fit_is_said_to_be_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.report.markdown.MOST_BYTES", 50_000)
    said = render_summary(*long_run())
    assert len(said.encode()) <= 50_000
    assert said.rstrip().endswith(CUT)


def test_the_comment_tells_each_failure_in_a_line() -> None:
    said = render_comment(*compared(ALL, FEW))
    assert (
        "- ✗ failed 2/3: founders · sweden/five · default<br>"
        'turn 1: "Bill Gates" is not in the reply<br>'
        "reply: Paul Allen, together with William H. Gates III."
    ) in said
    assert "```" not in said


def test_each_spec_has_a_mark_of_its_own() -> None:
    run, summary = compared(ALL, FEW)
    names = ["天气", "天空", "a b", "a-b", "a.b"]
    marks = {
        render_comment(replace(run, info=replace(run.info, spec_name=name)), summary).split("\n")[0]
        for name in names
    }
    assert len(marks) == len(names)


HOSTILE = [
    "</summary></details><script>alert(1)</script>",
    "| a | b |",
    "`` ` ``",
    "[x](javascript:alert(1))",
    "@everyone closes #1 and !2",
    "::error::x",
    "--><b>",
    "/approve",
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_no_name_in_a_comparison_takes_effect(evil: str) -> None:
    found = compare(ALL, FEW)
    (pair,) = found.pairs
    cases = tuple(replace(case, conversation=evil, case=evil) for case in pair.cases)
    side = replace(pair.b, target=replace(pair.b.target, name=evil), variant=evil)
    cause = Changed("us", evil, evil, evil)
    bad = replace(pair, b=side, cases=cases, changed=(cause,))
    base = replace(found.base, baseline=evil)
    require_harmless(
        "\n\n".join(write_comparison(replace(found, base=base, pairs=(bad,), notes=(evil,))))
    )


@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_that_a_model_says_takes_effect_in_a_comment(evil: str) -> None:
    asked = turn(1, evil, evil, verdict("failed", evil, evil, evil))
    run = run_of(
        [result(evil, replace(MINI, name=evil), "failed", asked, case=evil)],
        [replace(MINI, name=evil)],
        spec_name=evil,
    )
    require_harmless(render_comment(run, summary_of(run, sentence=evil)).partition("\n")[2])


def require_harmless(markdown: str) -> None:
    """Fail where markup is not ours: outside of code, and of HTML in which Markdown is off."""
    plain = re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", markdown)
    ours = r"/?(?:details|summary)>|br>"
    assert re.findall(rf"(?<!\\)<(?!{ours})[a-z/!][^>]*>", plain) == []
    assert len(re.findall(r"(?<!\\)<details>", plain)) <= 1
    assert len(re.findall(r"(?<!\\)</details>", plain)) <= 1
    for line in plain.splitlines():
        assert not line.startswith(("::", "/"))
        assert not re.search(r"@(?!\u2060)\w", line)
        assert not re.search(r"[#!](?!\u2060)\d", line)
        assert line.startswith("<details>") or not re.search(r"(?<!\\)\]\(", line)


def test_a_suite_has_the_numbers_of_its_target_and_of_its_difference() -> None:
    run, summary = compared(ALL, FEW)
    root = ET.fromstring(render_junit(run, summary))
    mini, five = ({p.attrib["name"]: p.attrib["value"] for p in s.iter("property")} for s in root)
    assert {
        key: mini[key] for key in ("input_tokens", "output_tokens", "cost_usd", "pass_rate")
    } == {
        "input_tokens": "20110",
        "output_tokens": "4020",
        "cost_usd": "0.0098",
        "pass_rate": "0.9",
    }
    assert (mini["run"], mini["model"], mini["version"], mini["region"]) == (
        "20260901-120000-a1b2c3",
        "gpt-4.1-mini",
        "2025-04-14",
        "swedencentral",
    )
    assert (mini["base"], mini["difference"], mini["difference.verdict"]) == (
        "main",
        "-0.2",
        "regressed",
    )
    assert "difference" not in five
    assert "verdict" not in mini, "without a gate there is none"


def test_what_nobody_knows_is_left_out_of_a_suite() -> None:
    run = small_run()
    summary = summary_of(run)
    rows = tuple(replace(row, cost_usd=None, input_tokens=None) for row in summary.rows)
    root = ET.fromstring(render_junit(run, replace(summary, rows=rows)))
    names = {one.attrib["name"] for one in root.iter("property")}
    assert "output_tokens" in names
    assert not names & {"cost_usd", "input_tokens"}
