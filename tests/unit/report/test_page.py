"""What stands on the page, read as a browser without a stylesheet or a script would."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import overload

import pytest

from harness.compare.summary import GateVerdict
from harness.conversation.transcript import Failure
from harness.report import conversations
from harness.report.html import render_html
from harness.report.junit import render_junit
from harness.report.markdown import render_summary
from harness.report.view import view_page
from harness.results.codec import decode_result, encode_result
from harness.results.model import Result, Totals
from tests.unit.report.compared import compare_with_base
from tests.unit.report.factory import (
    FIVE,
    LAPTOP,
    MINI,
    SPEC,
    result,
    run_of,
    small_run,
    summary_of,
    turn,
    verdict,
)


class Plain(HTMLParser):
    """The text of a page in its order, and what could ever act: tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag in ("script", "style"):
            self._silent = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def read(html: str) -> Plain:
    plain = Plain()
    plain.feed(html)
    plain.close()
    return plain


def small_page() -> str:
    run = small_run()
    return render_html(run, summary_of(run), spec=SPEC)


def test_the_page_reads_in_a_sensible_order() -> None:
    text = read(small_page()).text
    expected = (
        "Simulated", "sweden", "Not everything held", "2 of 3 conversations held", "Targets",
        "sweden/mini", "90.0 %", "65.0 to 98.0 %", "Conversations", "founders", "2/3",
        "What did not pass", "founders", "sweden/five", '"Bill Gates" is not in the reply',
        "Who were the founders of Microsoft?", "Paul Allen, together with William H. Gates III.",
        "About this run", "9f2c9f2c", "gpt-5-mini",
    )  # fmt: skip
    position = 0
    for words in expected:
        found = text.find(words, position)
        assert found >= 0, f"{words!r} is missing after {text[max(0, position - 80) : position]!r}"
        position = found


def test_the_page_needs_nothing_else_and_lets_nothing_else_run() -> None:
    html = small_page()
    plain = read(html)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    for tag in ("script", "style"):
        bodies = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(b.encode()).digest()).decode() for b in bodies]
        allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
        assert f"{tag}-src {allowed};" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")
    assert "base-uri 'none'; form-action 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    names = {name for name, _ in plain.attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}
    links = {value for name, value in plain.attributes if name in ("href", "src", "action")}
    assert {link for link in links if not link.startswith("#")} == {"data:,"}


def test_every_link_leads_somewhere_and_no_id_stands_twice() -> None:
    plain = read(small_page())
    ids = [value for name, value in plain.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {v[1:] for n, v in plain.attributes if n == "href" and v.startswith("#")}
    assert targets <= set(ids)
    labels = {v for n, v in plain.attributes if n == "aria-labelledby"}
    assert labels <= set(ids)


def test_nobody_marks_text_as_safe() -> None:
    package = Path(conversations.__file__).parent
    for path in package.rglob("*.*"):
        if path.suffix in (".py", ".html"):
            source = path.read_text(encoding="utf-8")
            assert "|safe" not in source.replace(" ", "")
            assert "Markup(" not in source
            assert "autoescape=False" not in source.replace(" ", "")


def test_hostile_text_stays_text_wherever_it_stands() -> None:
    evil = '</pre></script><img src=x onerror="alert(1)"><script>alert(2)</script>{{7*7}}'
    trap = Failure("server", evil, 500, evil, request_id=evil)
    target = replace(MINI, name=evil, model=evil, version=evil, region=evil, sku=evil,
                     adapted=(evil,))  # fmt: skip
    bad = verdict("failed", evil, {"k": evil}, evil, metric=evil, parts=(verdict(reason=evil),))
    asked = turn(1, evil, evil, bad, failure=trap, finish_reason=evil, notes=(evil,))
    held = result(evil, target, "failed", asked, case=evil, variant=evil, system=evil,
                  tags=(evil,), failure=trap, verdicts=(bad,))  # fmt: skip
    run = run_of([held], [target], id=evil, spec_name=evil, spec_sha256=evil, started_at=evil)
    summary = summary_of(run, verdict=GateVerdict("regressed", (evil,), 1), sentence=evil)
    plain = read(render_html(run, summary, spec={"description": evil, "cloud": evil}))
    benign = read(small_page())
    assert set(plain.tags) <= set(benign.tags)
    assert "img" not in plain.tags
    assert plain.tags.count("script") == benign.tags.count("script")
    assert not [name for name, _ in plain.attributes if name.startswith("on")]
    assert "".join(plain.words).count(evil) >= 8
    assert "{{7*7}}" in plain.text


def test_a_run_that_is_not_simulated_does_not_say_so() -> None:
    run = run_of([result("a", LAPTOP, "passed", turn(1, "Hi", "Hello"))], [LAPTOP])
    text = read(render_html(run, summary_of(run), spec=None)).text
    assert "simulat" not in text.lower()
    assert "replay" not in text.lower()


def test_a_replayed_run_says_so_before_anything_else() -> None:
    run = run_of([result("a", LAPTOP, "passed", turn(1, "Hi", "Hello"))], [LAPTOP], replayed=True)
    text = read(render_html(run, summary_of(run), spec=None)).text
    assert text.index("Replayed") < text.index("evaluation report")


def test_only_the_simulated_targets_of_a_mixed_run_are_named() -> None:
    results = [
        result("a", MINI, "passed", turn(1, "Hi", "Hello")),
        result("a", LAPTOP, "passed", turn(1, "Hi", "Hello")),
    ]
    run = run_of(results, [MINI, LAPTOP], simulated=False)
    assert view_page(run, summary_of(run), None).simulated == (
        "The simulator answered for sweden/mini: no model was called there."
    )


def test_what_is_unknown_is_never_shown_as_zero() -> None:
    held = result("a", LAPTOP, "passed", turn(1, "Hi", "Hello", usage=None, cost=None))
    run = run_of([held], [LAPTOP], totals=Totals(1, 1, input_tokens=None, cost_usd=None))
    summary = summary_of(run)
    row = replace(summary.rows[0], pass_rate=None, score=None, cost_usd=None, latency=None,
                  cost_per_conversation_usd=None, input_tokens=None, output_tokens=None,
                  metrics={})  # fmt: skip
    text = read(render_html(run, replace(summary, rows=(row,)), spec=None)).text
    assert "unknown → unknown" in text
    assert "$0" not in text
    assert "0 %" not in text


@pytest.mark.parametrize(
    ("verdict_", "tone", "word"),
    [
        (GateVerdict("passed", (), 0), "good", "Gate passed"),
        (GateVerdict("regressed", (), 1), "bad", "Regressed"),
        (GateVerdict("inconclusive", (), 0), "unsure", "Inconclusive"),
        (GateVerdict("incomplete", (), 4), "broken", "Incomplete"),
        (GateVerdict(None, (), 0), "good", "Everything held"),
        (GateVerdict(None, (), 1), "bad", "Not everything held"),
        (GateVerdict(None, (), 3), "broken", "Not everything was answered"),
        (GateVerdict(None, (), 4), "broken", "Incomplete"),
        (GateVerdict(None, (), 130), "broken", "Interrupted"),
    ],
)
def test_each_verdict_has_its_own_banner(verdict_: GateVerdict, tone: str, word: str) -> None:
    run = small_run()
    shown = view_page(run, summary_of(run, verdict=verdict_), None)
    assert (shown.verdict.tone, shown.verdict.word) == (tone, word)
    assert shown.title.startswith(f"{shown.verdict.symbol} {word}: sweden (simulated)")


def test_an_unfinished_run_says_how_to_go_on() -> None:
    run = run_of(small_run().results, [MINI, FIVE], status="interrupted")
    assert view_page(run, summary_of(run), None).unfinished == (
        "This run was interrupted: what follows is what it had. "
        "--resume 20260901-120000-a1b2c3 goes on."
    )


def test_variants_are_named_only_where_there_are_several() -> None:
    held = result("a", LAPTOP, "passed", turn(1, "Hi", "Hello"), variant="plain")
    run = run_of([held], [LAPTOP])
    assert [c.label for c in view_page(run, summary_of(run), None).columns] == ["laptop/llama3.2"]
    brief = result("a", LAPTOP, "passed", turn(1, "Hi. Be brief.", "Hi"), variant="concise")
    both = run_of([held, brief], [LAPTOP])
    shown = view_page(both, summary_of(both), None)
    assert [c.label for c in shown.columns] == [
        "laptop/llama3.2 · plain",
        "laptop/llama3.2 · concise",
    ]


def test_a_conversation_that_a_target_did_not_play_leaves_its_cell_empty() -> None:
    results = [
        result("a", MINI, "passed", turn(1, "Hi", "Hello")),
        result("a", FIVE, "passed", turn(1, "Hi", "Hello")),
        result("b", MINI, "passed", turn(1, "Ho", "Hello")),
    ]
    run = run_of(results, [MINI, FIVE])
    html = render_html(run, summary_of(run), spec=None)
    cells = view_page(run, summary_of(run), None).matrix[1].cells
    assert [cell.outcome for cell in cells] == ["passed", None]
    assert "not played" in read(html).text


def many(conversations_: int, targets: int = 3, length: int = 1_500) -> list[Result]:
    names = [replace(MINI, name=f"east/{n}") for n in range(targets)]
    said = "Some famous actors started their careers on Broadway. " * (length // 54)
    checks = tuple(verdict(value=f"word {n}") for n in range(5))
    return [
        result(
            f"question-{n:04}",
            target,
            "failed" if n % 7 == 0 and target is names[0] else "passed",
            turn(1, f"Question {n}?", said, *checks),
        )
        for n in range(conversations_)
        for target in names
    ]


def test_the_static_part_of_a_big_run_is_small_and_shows_what_matters_first() -> None:
    results = many(1_500, targets=2)
    run = run_of(results, [replace(MINI, name=f"east/{n}") for n in range(2)])
    shown = view_page(run, summary_of(run), None)
    assert len(shown.matrix) == len(shown.failures) == 200
    assert [row.index for row in shown.matrix] == sorted(row.index for row in shown.matrix)
    assert all(row.cells[0].outcome == "failed" for row in shown.matrix)
    assert shown.failing == len(range(0, 1_500, 7))
    text = read(render_html(run, summary_of(run), spec=None)).text
    assert "Here stand 200 of them" in text
    assert "The first 200; with JavaScript" in text


def test_what_regressed_stands_before_what_failed_already() -> None:
    results = [result(n, MINI, "failed", turn(1, "Hi", "Hello", verdict("failed"))) for n in "ab"]
    run = run_of(results, [MINI])
    summary = replace(summary_of(run), comparison=compare_with_base("b", "regressed"))
    shown = view_page(run, summary, None).failures
    assert [(one.name, one.change) for one in shown] == [("b", "regressed"), ("a", "")]


def test_a_comparison_is_told_without_scripts() -> None:
    results = [result(n, MINI, "failed", turn(1, "Hi", "Hello", verdict("failed"))) for n in "ab"]
    run = run_of(results, [MINI])
    comparison = replace(compare_with_base("b", "regressed"), notes=("The baseline is old.",))
    summary = replace(summary_of(run), comparison=comparison)
    text = " ".join(read(render_html(run, summary, spec=None)).text.split())
    assert "Compared with the baseline 'main', 1 August 2026, 12:00 UTC" in text
    assert "sweden/mini90.0 %90.0 %-50-90 to -10 (90 %)2 × 1regressed" in text
    assert "The baseline is old." in text
    assert "ConversationTargetWasIs regressedbsweden/mini1/10/1" in text


def test_a_page_without_results_is_less_than_half_a_megabyte() -> None:
    run = run_of([], [MINI])
    assert len(render_html(run, summary_of(run), spec=SPEC).encode()) < 500_000


class Counted(Sequence[Result]):
    """Results that are decoded when asked for, as those on disk are; counts how often."""

    def __init__(self, results: Sequence[Result]) -> None:
        self._lines = [encode_result(held) for held in results]
        self.asked: list[int] = []

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Result, ...]: ...
    def __getitem__(self, index: int | slice) -> Result | tuple[Result, ...]:
        assert isinstance(index, int)
        if index < len(self):
            self.asked.append(index)
        return decode_result(self._lines[index])

    def read_line(self, index: int) -> bytes:
        return self._lines[index].encode()


def test_a_page_decodes_the_results_that_its_static_part_shows_and_no_other() -> None:
    results = many(1_000, targets=2, length=60)
    run = run_of(results, [replace(MINI, name=f"east/{n}") for n in range(2)])
    counted = Counted(results)
    render_html(replace(run, results=counted), summary_of(run), spec=None)
    assert len(set(counted.asked)) == 2 * 200


def test_documents_are_the_same_from_results_that_are_decoded_as_they_are_wanted() -> None:
    run, summary = small_run(), summary_of(small_run())
    lazy = replace(run, results=Counted(run.results))
    assert render_html(lazy, summary, spec=SPEC) == render_html(run, summary, spec=SPEC)
    assert render_junit(lazy, summary) == render_junit(run, summary)
    assert render_summary(lazy, summary) == render_summary(run, summary)


def test_one_enormous_answer_does_not_fill_the_page() -> None:
    held = result("a", MINI, "passed", turn(1, "Hi", "x" * 3_000_000))
    run = run_of([held], [MINI])
    html = render_html(run, summary_of(run), spec=None)
    assert len(html) < 350_000  # the application among it
    failed = run_of([replace(held, outcome="failed")], [MINI])
    text = read(render_html(failed, summary_of(failed), spec=None)).text
    assert "2,998,500 more characters" in text


def test_an_empty_run_is_still_a_page() -> None:
    run = run_of([], [])
    assert "Nothing" not in view_page(run, summary_of(run), None).title
    assert "About this run" in read(render_html(run, summary_of(run), spec=None)).text
