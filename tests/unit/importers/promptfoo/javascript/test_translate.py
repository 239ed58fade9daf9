"""Comparisons in JavaScript become assertions; the rest is named as code, and nothing runs."""

from __future__ import annotations

from typing import Any

import pytest

from harness.importers.promptfoo.javascript.translate import read_path, translate

COMPARISONS: list[tuple[str, list[Any]]] = [
    ("output.length > 100", [{"char-count": {"min": 101}}]),
    ("output.length <= 280 && output.length > 0", [{"char-count": {"min": 1, "max": 280}}]),
    ("output.startsWith('Ahoy')", [{"starts-with": "Ahoy"}]),
    ("output.trim().endsWith('.')", [{"regex": r"\.\s*$"}]),
    ("output.includes('a') && !output.includes('b')", [{"contains": "a"}, {"not-contains": "b"}]),
    ("output.toLowerCase().includes('ahoy')", [{"icontains": "ahoy"}]),
    (
        "output.toLowerCase().includes('a') || output.toLowerCase().includes('b')",
        [{"icontains-any": ["a", "b"]}],
    ),
    ("['x', 'y'].some(word => output.includes(word))", [{"contains-any": ["x", "y"]}]),
    ("['x', 'y'].every(w => output.includes(w))", [{"contains": "x"}, {"contains": "y"}]),
    ("output.indexOf('x') !== -1", [{"contains": "x"}]),
    ("output.indexOf('x') === -1", [{"not-contains": "x"}]),
    ("/\\d+/i.test(output)", [{"regex": "(?i)\\d+"}]),
    ("output.match(/foo/) !== null", [{"regex": "foo"}]),
    ("!/foo/.test(output)", [{"not-regex": "foo"}]),
    ("output === 'Yes'", [{"equals": "Yes"}]),
    ("output === context.vars.answer", [{"equals": "{{answer}}"}]),
    ("output.includes(context.vars.who.name)", [{"contains": "{{who.name}}"}]),
    ("output.trim().toLowerCase() === 'yes'", [{"regex": r"(?i)^\s*yes\s*$"}]),
    (
        "['yes', 'no'].includes(output.trim().toLowerCase())",
        [{"regex": r"(?i)^\s*(?:yes|no)\s*$"}],
    ),
    ("output.split(' ').length <= 50", [{"word-count": {"max": 50}}]),
    ("output.trim().split(/\\s+/).length >= 3", [{"word-count": {"min": 3}}]),
    ("JSON.parse(output).name === 'Ada'", [{"equals": "Ada", "path": "$.name"}]),
    ("output.sentiment === context.vars.want", [{"equals": "{{want}}", "path": "$.sentiment"}]),
    ("JSON.parse(output).items.length === 3", [{"json-path": {"path": "$.items", "length": 3}}]),
    ("JSON.parse(output).score >= 0.5", [{"json-path": {"path": "$.score", "at_least": 0.5}}]),
    ("JSON.parse(output).score > 0.5", [{"not-json-path": {"path": "$.score", "at_most": 0.5}}]),
    ("5 >= output.score", [{"json-path": {"path": "$.score", "at_most": 5}}]),
    ("output.tags.includes('new')", [{"json-path": {"path": "$.tags", "contains": "new"}}]),
    ("output[0]?.user['first name'] == 1", [{"equals": 1, "path": "$[0].user['first name']"}]),
    ("'name' in output", [{"json-path": {"path": "$.name", "exists": True}}]),
    ("output.error === undefined", [{"json-path": {"path": "$.error", "exists": False}}]),
    ("typeof output === 'object'", ["is-json"]),
    ("Array.isArray(JSON.parse(output))", [{"is-json": {"type": "array"}}]),
    (
        "output.actions.some(one => one.priority === 'high' && one.days < 3)",
        [
            {
                "json-path": {
                    "path": '$.actions[?(@.priority == "high" && @.days < 3)]', "exists": True,
                }
            }
        ],
    ),
    (
        "output.items.every(item => item.name.toLowerCase().includes('ab'))",
        [
            {"json-path": {"path": "$.items", "exists": True}},
            {
                "json-path": {
                    "path": '$.items[?!(search(@.name, "[aA][bB]"))]', "exists": False,
                }
            },
        ],
    ),
    (
        """const words = ['NYC', 'Big Apple', 'Broadway'];
        const found = words.filter(w => output.toLowerCase().includes(w.toLowerCase()));
        return found.length > 0 ? 1 : 0;""",
        [{"icontains-any": ["nyc", "big apple", "broadway"]}],
    ),
    (
        "['a', 'b', 'c'].filter(w => output.includes(w)).length >= 2",
        [
            {
                "assert-set": {
                    "threshold": 0.66,
                    "assert": [{"contains": "a"}, {"contains": "b"}, {"contains": "c"}],
                }
            }
        ],
    ),
    ("true", []),
    ("return output.includes('a') ? 1 : 0;", [{"contains": "a"}]),
    ("(output) => output.includes('a')", [{"contains": "a"}]),
    ("const t = output.trim(); return t.length < 10;", [{"char-count": {"max": 9}}]),
    ("if (!output.includes('a')) { return false; } return true;", [{"contains": "a"}]),
    (
        "try { const j = JSON.parse(output); return j.a === 1; } catch (e) { return false; }",
        [{"equals": 1, "path": "$.a"}],
    ),
    ("return { pass: output.includes('a'), score: 1, reason: 'x' };", [{"contains": "a"}]),
    (
        "output.includes('a') || output.length < 5",
        [
            {
                "assert-set": {
                    "threshold": 0.5, "assert": [{"contains": "a"}, {"char-count": {"max": 4}}],
                }
            }
        ],
    ),
]  # fmt: skip

CODE = [
    "Math.max(0, output.length - 300)",
    "output.length / 100",
    "output.length > 10 ? 1 : 0.5",
    "output.length > 1e9999",
    "output.split('').reverse().join('') === output",
    "JSON.parse(output).items.every(item => item.price > item.cost * 2)",
    "output.items.map(item => item.price).includes(3)",
    "require('fs').readFileSync('/etc/passwd')",
    "output.a === output.b",
    "output.toLowerCase().includes('Ahoy')",
    "let n = 0; for (const c of output) { n++; } return n > 3;",
    "const {a} = JSON.parse(output); return a > 1;",
    "output ===",
    "while (true) {}",
    "}{",
    "",
    "x" * 30_000,
    "(" * 5_000,
    "!" * 5_000 + "output",
    "`${output}` === 'a'",
]


@pytest.mark.parametrize(("code", "wanted"), COMPARISONS, ids=[code for code, _ in COMPARISONS])
def test_a_comparison_becomes_assertions(code: str, wanted: list[Any]) -> None:
    assert translate(code).assertions == wanted


@pytest.mark.parametrize("code", CODE, ids=[code[:40] for code in CODE])
def test_code_is_left_out_with_the_reason(code: str) -> None:
    found = translate(code)
    assert found.assertions is None
    assert found.reason


@pytest.mark.parametrize(
    ("code", "reply", "holds"),
    [
        ("output.a.some(x => x.n >= 2)", {"a": [{"n": 1}, {"n": 2}]}, True),
        ("output.a.some(x => x.n >= 2)", {"a": [{"n": 1}]}, False),
        ("output.a.every(x => x.n >= 2)", {"a": [{"n": 1}, {"n": 2}]}, False),
        ("output.a.every(x => x.n >= 2)", {"a": [{"n": 2}]}, True),
        (
            "output.a.some(x => x.t.toLowerCase().includes('re.d'))",
            {"a": [{"t": "a RE.D b"}]},
            True,
        ),
        ("output.a.some(x => x.t.toLowerCase().includes('re.d'))", {"a": [{"t": "rexd"}]}, False),
        ("output.a.some(x => x.t.startsWith('ab'))", {"a": [{"t": "abc"}]}, True),
        ("output.a.some(x => x === 'c')", {"a": ["b", "c"]}, True),
        ("output.a.some(x => x.length > 3)", {"a": ["bbbb"]}, True),
    ],
)
def test_a_filter_decides_as_the_code_would(code: str, reply: Any, holds: bool) -> None:
    import json

    from harness.checks.registry import check
    from harness.checks.subject import Subject
    from harness.spec.model.spec import Assertion

    for one in translate(code).assertions or []:
        assert isinstance(one, dict)
        ((name, value),) = one.items()
        verdict = check(Assertion(type=name, value=value), Subject(text=json.dumps(reply)))
        if verdict.outcome == "failed":
            assert not holds
            break
    else:
        assert holds


def test_three_lines_are_counted_by_a_pattern() -> None:
    import regex

    code = "output.trim().split('\\n').filter(line => line.trim().length > 0).length === 3"
    (found,) = translate(code).assertions or []
    assert isinstance(found, dict)
    for text, holds in (
        ("a\nb\nc", True),
        ("\na\n\nb\nc \n", True),
        ("a\nb", False),
        ("a\nb\nc\nd", False),
    ):
        assert bool(regex.search(found["regex"], text)) is holds, text


def test_a_negated_condition_is_turned_inside_out() -> None:
    found = translate("output.includes('a') && output.includes('b')", negated=True)
    assert found.assertions == [
        {"assert-set": {"threshold": 0.5, "assert": [{"not-contains": "a"}, {"not-contains": "b"}]}}
    ]


def test_a_field_that_only_has_to_be_there_is_said_to_be_loose() -> None:
    assert translate("output.name").is_loose
    assert not translate("output.name && output.name === 'Ada'").is_loose


def test_a_number_that_may_stand_in_quotes_is_said_to_be_one_here() -> None:
    found = translate("parseInt(output.urgency) >= 3")
    assert found.assertions == [{"json-path": {"path": "$.urgency", "at_least": 3}}]
    assert found.wants_number
    assert not translate("output.urgency >= 3").wants_number


def test_a_score_of_its_own_is_said_to_be_lost() -> None:
    assert not translate(
        "return {pass: output.includes('a'), score: output.length / 9}"
    ).keeps_score


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("output.field", "$.field"),
        ("JSON.parse(output).a[0]['b c']", "$.a[0]['b c']"),
        ("(json) => json.choices[0].message.content", "$.choices[0].message.content"),
        ("json.x", "$.x"),
        ("output.trim()", ""),
        ("output.toUpperCase()", None),
        ("output.split(',')[0]", None),
    ],
)
def test_a_transform_of_a_field_is_a_path(code: str, path: str | None) -> None:
    assert read_path(code) == path
