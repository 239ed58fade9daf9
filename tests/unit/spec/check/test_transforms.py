"""The part of a reply that a turn stores, as a spec says it."""

from __future__ import annotations

import json

import pytest

from tests.unit.spec.written import HEAD, ProblemsOf


def turn(written: str) -> str:
    return HEAD + f"conversations: [{{id: c, turns: [{{user: hi, {written}}}]}}]\n"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("store_as: x, transform: $.stock", []),
        ("store_as: x, transform: {regex: '(a)(?P<b>c)', group: 1}", []),
        ("store_as: x, transform: {regex: '(a)(?P<b>c)', group: b}", []),
        ("store_as: x, transform: {regex: a}", []),
        ("assistant: '[1]', store_as: x, transform: '$[0]'", []),
        ("transform: $.stock", ["H202"]),
        ("store_as: x, transform: stock", ["H208"]),
        ("store_as: x, transform: '$['", ["H208"]),
        ("store_as: x, transform: {regex: '('}", ["H208"]),
        ("store_as: x, transform: {regex: '(a)', group: 2}", ["H208"]),
        ("store_as: x, transform: {regex: '(a)', group: b}", ["H208"]),
        ("store_as: x, transform: {group: 1}", ["H202"]),
        ("store_as: x, transform: {regexp: a}", ["H201", "H202"]),
        ("store_as: x, transform: '$.{{y}}'", ["H304"]),
    ],
)
def test_a_transform_is_a_path_or_a_group_of_a_pattern(
    written: str, told: list[str], problems_of: ProblemsOf
) -> None:
    assert sorted(line.split()[1] for line in problems_of(turn(written))) == told


@pytest.mark.parametrize(
    "pattern",
    ["(((a{100}){100}){100}){100}", "a{999999999}", "(?x) ((a{100}) {100}) # again\n {100}"],
)
def test_a_pattern_that_would_fill_the_memory_is_refused_before_it_is_compiled(
    pattern: str, problems_of: ProblemsOf
) -> None:
    (told,) = problems_of(turn(f"assert: [{{regex: {json.dumps(pattern)}}}]"))
    assert "the pattern repeats its parts too often" in told
