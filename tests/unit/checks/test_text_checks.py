from __future__ import annotations

from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.checks.verdict import Verdict
from harness.spec.model.spec import Assertion

FOUNDERS = "Microsoft was founded by Bill Gates and Paul Allen in 1975."


def outcome(name: str, value: Any, text: str) -> str:
    return verdict(name, value, text).outcome


def verdict(name: str, value: Any, text: str) -> Verdict:
    negated = name.startswith("not-")
    assertion = Assertion(type=name.removeprefix("not-"), negated=negated, value=value)
    return check(assertion, Subject(text=text))


@pytest.mark.parametrize(
    ("name", "value", "text", "expected"),
    [
        ("contains", "Bill Gates", FOUNDERS, "passed"),
        ("contains", "bill gates", FOUNDERS, "failed"),
        ("contains", 1975, FOUNDERS, "passed"),
        ("contains", 19.0, "19 apples", "passed"),
        ("contains", "", FOUNDERS, "errored"),
        ("contains", None, FOUNDERS, "errored"),
        ("contains", ["Bill Gates"], FOUNDERS, "errored"),
        ("icontains", "bill GATES", FOUNDERS, "passed"),
        ("icontains", "Steve", FOUNDERS, "failed"),
        ("contains-all", ["Bill", "Paul"], FOUNDERS, "passed"),
        ("contains-all", ["Bill", "Steve"], FOUNDERS, "failed"),
        ("contains-all", "Bill, Paul", FOUNDERS, "passed"),
        ("contains-all", "Bill, Steve", FOUNDERS, "failed"),
        ("contains-all", 'Bill,"a, b"', "Bill: a, b", "passed"),
        ("contains-all", '"say ""hi"""', 'say "hi"', "passed"),
        ("contains-all", [1975, "Bill"], FOUNDERS, "passed"),
        ("contains-all", [], FOUNDERS, "errored"),
        ("contains-all", " , ", FOUNDERS, "errored"),
        ("contains-any", ["Steve", "Paul"], FOUNDERS, "passed"),
        ("contains-any", "Steve,Tim", FOUNDERS, "failed"),
        ("contains-any", "steve,paul", FOUNDERS, "failed"),
        ("icontains-any", "steve,PAUL", FOUNDERS, "passed"),
        ("icontains-all", ["BILL", "paul"], FOUNDERS, "passed"),
        ("icontains-all", ["BILL", "steve"], FOUNDERS, "failed"),
        ("starts-with", "Microsoft", FOUNDERS, "passed"),
        ("starts-with", "microsoft", FOUNDERS, "failed"),
        ("ends-with", "1975.", FOUNDERS, "passed"),
        ("ends-with", 1975, "It was 1975", "passed"),
        ("ends-with", "1975", FOUNDERS, "failed"),
        ("regex", r"\b1975\b", FOUNDERS, "passed"),
        ("regex", r"^\d+$", FOUNDERS, "failed"),
        ("regex", r"(?i)bill", FOUNDERS, "passed"),
        ("regex", r"[\p{Han}]{2}", "你好", "passed"),
        ("regex", "(", FOUNDERS, "errored"),
        ("regex", 7, FOUNDERS, "errored"),
        ("equals", FOUNDERS, FOUNDERS, "passed"),
        ("equals", "4", "4 ", "failed"),
        ("equals", 4, "4", "passed"),
        ("equals", 4.0, "4", "passed"),
        ("equals", 4, "4.0", "passed"),
        ("equals", 0.5, "0.50", "passed"),
        ("equals", 1, "true", "failed"),
        ("equals", "4", "4.0", "failed"),
        ("equals", True, "true", "passed"),
        ("equals", {"a": [1, 2]}, '{ "a": [1, 2.0] }', "passed"),
        ("equals", {"a": 1}, '{"a": true}', "failed"),
        ("equals", {"a": 1}, '{"a": 1, "b": 2}', "failed"),
        ("equals", [1, 2], "[2, 1]", "failed"),
        ("equals", {"a": 1}, "not JSON", "failed"),
        ("not-equals", {"a": 1}, "not JSON", "passed"),
        ("word-count", 3, "one two  three\n", "passed"),
        ("word-count", "3", "one two three", "passed"),
        ("word-count", {"min": 2}, "one", "failed"),
        ("word-count", {"max": 2}, "one two three", "failed"),
        ("word-count", {"min": 1, "max": 3}, "one two three", "passed"),
        ("word-count", {"min": "2", "max": "2"}, "one two", "passed"),
        ("word-count", 0, "", "passed"),
        ("char-count", 6, "a b\nöü", "passed"),
        ("char-count", {"max": 5}, "a b\nöü", "failed"),
        ("char-count", {"min": 1}, "", "failed"),
        ("word-count", {"min": 3, "max": 1}, "one", "errored"),
        ("word-count", {}, "one", "errored"),
        ("word-count", "many", "one", "errored"),
        ("not-contains", "sorry", FOUNDERS, "passed"),
        ("not-contains", "Bill", FOUNDERS, "failed"),
        ("not-contains", "", FOUNDERS, "errored"),
        ("not-regex", "(", FOUNDERS, "errored"),
        ("not-contains-all", ["Bill", "Steve"], FOUNDERS, "passed"),
        ("not-contains-any", ["Bill", "Steve"], FOUNDERS, "failed"),
    ],
)
def test_text_is_read_as_promptfoo_reads_it(
    name: str, value: Any, text: str, expected: str
) -> None:
    assert outcome(name, value, text) == expected


def test_equals_without_a_value_is_an_error_and_not_a_comparison_with_null() -> None:
    assert check(Assertion(type="equals"), Subject(text="null")).outcome == "errored"
    assert check(Assertion(type="equals", value=None), Subject(text="null")).outcome == "passed"


@pytest.mark.parametrize(
    ("name", "value", "text", "reason"),
    [
        ("contains", "1976", FOUNDERS, f'The reply does not contain "1976": "{FOUNDERS}".'),
        ("contains", "1975", FOUNDERS, 'The reply contains "1975".'),
        (
            "not-contains",
            "1975",
            FOUNDERS,
            'The reply contains "1975", which not-contains rules out.',
        ),
        (
            "contains-all",
            ["Bill", "Steve", "Tim"],
            "Bill",
            'The reply does not contain "Steve" or "Tim": "Bill".',
        ),
        ("starts-with", "Yes", "No way", 'The reply starts with "No way", not with "Yes".'),
        (
            "word-count",
            {"max": 2},
            "one two three",
            "The reply has 3 words; wanted: at most 2.",
        ),
        ("equals", "4", "four", 'The reply is not "4" but "four".'),
    ],
)
def test_a_reason_says_what_was_found_and_what_was_wanted(
    name: str, value: Any, text: str, reason: str
) -> None:
    assert verdict(name, value, text).reason == reason


def test_a_reason_cuts_long_replies_and_moves_no_cursor() -> None:
    hostile = "\x1b[2Jgone\u202e\ud800 {0} %s " + "x" * 1000
    reason = verdict("contains", "y", hostile).reason
    assert len(reason) < 250
    assert "\\x1b[2Jgone\\u202e\\ud800 {0} %s x" in reason
    assert reason.encode("utf-8")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(a+)+$", "a" * 40 + "b"),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 60),
        (r"(x+x+)+y", "x" * 60),
        (r"^(a|aa)+$", "a" * 60 + "b"),
        (r"(a|a)*$", "a" * 60 + "b"),
        (r"(.*)*[0-9]{3}!$", "z" * 60),
        (r"((((a{200}){200}){200}){200}){200}", "a"),
    ],
)
def test_a_pattern_that_would_never_end_ends(pattern: str, text: str) -> None:
    assert outcome("regex", pattern, text) in ("errored", "failed")


@pytest.mark.parametrize("pattern", [r"a{3,}b{2}", r"[{3}]", r"\{2\}", r"(?:ab){4}", "x{,3}"])
def test_honest_counts_are_no_reason_to_refuse_a_pattern(pattern: str) -> None:
    assert outcome("regex", pattern, "aaabb {3} {2} abababab") == "passed"
