"""Checks against real answers of real models, beside what plain Python says of the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion


@pytest.fixture(scope="module")
def replies(shared_data: Path) -> list[str]:
    """Every assistant text of the AlpacaEval and MT-Bench answers."""
    found = []
    for file in sorted((shared_data / "answers").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            found += [turn["assistant"] for turn in json.loads(line)["turns"]]
    return found


PLAIN_PYTHON: list[tuple[str, Any, Callable[[str], bool]]] = [
    ("contains", "the", lambda text: "the" in text),
    ("icontains", "THE", lambda text: "the" in text.lower()),
    ("contains-all", ["a", "。"], lambda text: "a" in text and "。" in text),
    (
        "contains-any",
        "however, 但是, しかし",
        lambda text: bool(re.search("however|但是|しかし", text)),
    ),
    ("starts-with", "I", lambda text: text.startswith("I")),
    ("ends-with", ".", lambda text: text.endswith(".")),
    ("regex", r"\b\d{4}\b", lambda text: re.search(r"\b\d{4}\b", text) is not None),
    ("word-count", {"min": 50, "max": 200}, lambda text: 50 <= len(text.split()) <= 200),
]


@pytest.mark.parametrize(
    ("name", "value", "expected"), PLAIN_PYTHON, ids=[row[0] for row in PLAIN_PYTHON]
)
def test_checks_agree_with_plain_python_on_every_real_answer(
    name: str, value: Any, expected: Callable[[str], bool], replies: list[str]
) -> None:
    found = [check(Assertion(type=name, value=value), Subject(text)).outcome for text in replies]
    assert found == ["passed" if expected(text) else "failed" for text in replies]
    assert {"passed", "failed"} == set(found)


def test_no_check_is_undecided_on_a_real_answer(replies: list[str]) -> None:
    for name in ("is-json", "contains-json", "is-refusal", "not-is-json"):
        assertion = Assertion(type=name.removeprefix("not-"), negated=name.startswith("not-"))
        assert {check(assertion, Subject(text)).outcome for text in replies} <= {"passed", "failed"}


def test_real_answers_are_hardly_ever_taken_for_refusals(replies: list[str]) -> None:
    taken = [
        t for t in replies if check(Assertion(type="is-refusal"), Subject(t)).outcome == "passed"
    ]
    assert len(taken) / len(replies) < 0.06
