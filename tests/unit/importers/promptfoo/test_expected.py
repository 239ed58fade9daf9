"""The grammar of `__expected`, and tables of tests."""

from __future__ import annotations

from typing import Any

import pytest

from harness.importers.formats import SourceFile
from harness.importers.promptfoo.expected import read_expected, read_table
from harness.importers.promptfoo.workbench import Workbench
from harness.spec.document.located import to_plain


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Paris", {"type": "equals", "value": "Paris"}),
        ("contains: Paris", {"type": "contains", "value": "Paris"}),
        ("icontains:bonjour", {"type": "icontains", "value": "bonjour"}),
        ("not-contains:x", {"type": "not-contains", "value": "x"}),
        ('contains-any: a, "b, c"', {"type": "contains-any", "value": ["a", "b, c"]}),
        ("similar(0.8):hello", {"type": "similar", "threshold": 0.8, "value": "hello"}),
        ("similar:cosine(0.9): hi", {"type": "similar:cosine", "threshold": 0.9, "value": "hi"}),
        ("grade: is polite", {"type": "llm-rubric", "value": "is polite"}),
        ("fn:output.length > 3", {"type": "javascript", "value": "output.length > 3"}),
        ("eval:output === 'a:b'", {"type": "javascript", "value": "output === 'a:b'"}),
        ("is-json", {"type": "is-json"}),
        ("latency(2000)", {"type": "latency", "threshold": 2000}),
        ("file://check.py", {"type": "python", "value": "file://check.py"}),
        ("note: nothing known", {"type": "equals", "value": "note: nothing known"}),
        ("12:30", {"type": "equals", "value": "12:30"}),
    ],
)  # fmt: skip
def test_a_cell_says_an_assertion(text: str, wanted: dict[str, Any]) -> None:
    assert read_expected(text) == wanted


class NoFiles:
    root = "."


def read(text: str, path: str) -> tuple[list[Any], Workbench]:
    bench = Workbench(SourceFile(path, text, None, NoFiles(), "out.yaml"))  # type: ignore[arg-type]
    return [to_plain(one) for one in read_table(text, path, bench)], bench


def test_a_row_is_a_test_with_its_assertions_in_order() -> None:
    header = "question,__expected1,__expected2,__metric,__threshold,__description,__metadata:kind"
    (row,), _ = read(f"{header}\nWhy?,is-json,contains:x,tone,0.5,asks,short\n", "t.csv")
    assert row == {
        "threshold": 0.5,
        "description": "asks",
        "vars": {"question": "Why?"},
        "assert": [
            {"type": "is-json", "metric": "tone"},
            {"type": "contains", "value": "x", "metric": "tone"},
        ],
        "metadata": {"kind": "short"},
    }


def test_a_threshold_beside_an_expectation_goes_to_that_one() -> None:
    header = "q,__expected,__expected2,__config:__expected2:threshold"
    (row,), _ = read(f"{header}\na,is-json,similar:x,0.9\n", "t.csv")
    assert row["assert"] == [
        {"type": "is-json"},
        {"type": "similar", "value": "x", "threshold": 0.9},
    ]


def test_a_column_that_nothing_reads_is_named() -> None:
    _, bench = read("q,__provider\na,openai:gpt-4\n", "t.csv")
    assert [(one.what, one.span.line) for one in bench.unmapped] == [("column __provider", 2)]


@pytest.mark.parametrize("text", ['{"vars": {"q": "a"}}\n', '{"q": "a"}\n', "q\na\n", "q;r\na;b\n"])
def test_lines_of_json_and_other_dividers_are_read_too(text: str) -> None:
    (row,), _ = read(text, "t.jsonl" if text.startswith("{") else "t.csv")
    assert row["vars"]["q"] == "a"


def test_a_line_that_is_broken_is_named_and_the_others_are_read() -> None:
    rows, bench = read('{"q": "a"}\n{broken\n[1]\n', "t.jsonl")
    assert len(rows) == 1
    assert [one.span.line for one in bench.unmapped] == [2, 3]
