from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.checks.verdict import Verdict
from harness.spec.model.spec import Assertion

PERSON = '{"name": "Ada", "born": 1815, "languages": ["English", "French"], "pets": []}'
SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "born": {"type": "integer", "minimum": 1800}},
}


def verdict(name: str, value: Any, text: str, **more: Any) -> Verdict:
    negated = name.startswith("not-")
    base = name.removeprefix("not-")
    return check(Assertion(type=base, negated=negated, value=value, **more), Subject(text=text))


@pytest.mark.parametrize(
    ("name", "value", "text", "expected"),
    [
        ("is-json", None, PERSON, "passed"),
        ("is-json", None, "3", "passed"),
        ("is-json", None, "", "failed"),
        ("is-json", None, "NaN", "failed"),
        ("is-json", None, f"```json\n{PERSON}\n```", "failed"),
        ("is-json", None, "[" * 100_000, "failed"),
        ("is-json", None, "1" * 5000, "failed"),
        ("not-is-json", None, "plain words", "passed"),
        ("not-is-json", None, PERSON, "failed"),
        ("is-json", SCHEMA, PERSON, "passed"),
        ("is-json", SCHEMA, '{"name": "Ada", "born": 1700}', "failed"),
        ("is-json", SCHEMA, "{}", "failed"),
        ("not-is-json", SCHEMA, "{}", "passed"),
        ("is-json", '{"type": "array"}', "[]", "passed"),
        ("is-json", "type: array", "[]", "errored"),
        ("is-json", {"type": "nonsense"}, "[]", "errored"),
        ("is-json", {"properties": {"day": {"format": "date"}}}, '{"day": "2026-02-30"}', "failed"),
        ("contains-json", None, f"Here: {PERSON} and more", "passed"),
        ("contains-json", None, "a list: [1, 2]", "passed"),
        ("contains-json", None, "braces {like these} are not", "failed"),
        ("contains-json", None, "f(x) { return [ }", "failed"),
        ("contains-json", SCHEMA, f'first {{"no": 1}} then {PERSON}', "passed"),
        ("contains-json", SCHEMA, 'only {"no": 1}', "failed"),
        ("contains-json", None, "[" * 20_000, "errored"),
        ("not-contains-json", None, "no data here", "passed"),
    ],
)
def test_json_is_found_and_held_against_a_schema(
    name: str, value: Any, text: str, expected: str
) -> None:
    assert verdict(name, value, text).outcome == expected


def test_a_reason_names_the_place_that_breaks_the_schema() -> None:
    said = verdict("is-json", SCHEMA, '{"name": "Ada", "born": 1700}').reason
    assert said == (
        "The reply is JSON that does not fit the schema: "
        "$.born: 1700 is less than the minimum of 1800."
    )


def test_a_fenced_reply_is_told_apart_from_broken_json() -> None:
    assert "Markdown fence" in verdict("is-json", None, "```json\n{}\n```").reason
    assert "line 1, column 2" in verdict("is-json", None, "{name: 1}").reason


def test_a_schema_that_points_to_the_network_is_refused_without_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a schema opened a socket")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    found = verdict("is-json", {"$ref": "http://example.org/schema.json"}, "{}")
    assert found.outcome == "errored"
    assert "http://example.org/schema.json" in found.reason


ENDLESS = "^(?!x)(a|aa)+$"
"""A pattern with a lookaround, which only the engine with a time limit matches."""
UNLUCKY = f"{'a' * 40}b"


def test_a_pattern_in_a_schema_has_the_time_limit_too() -> None:
    found = verdict("is-json", {"type": "string", "pattern": ENDLESS}, f'"{UNLUCKY}"')
    assert found.outcome == "errored"


@pytest.mark.parametrize("part", ["anyOf", "oneOf", "allOf"])
def test_a_pattern_without_end_decides_nothing_wherever_it_stands(part: str) -> None:
    schema = {part: [{"pattern": ENDLESS}, {"type": "string"}]}
    assert verdict("is-json", schema, f'"{UNLUCKY}"').outcome == "errored"


def test_a_pattern_that_can_be_matched_in_linear_time_is_decided_whatever_its_form() -> None:
    schema = {"type": "string", "pattern": "^(a|aa)+$"}
    assert verdict("is-json", schema, f'"{UNLUCKY}"').outcome == "failed"
    assert verdict("is-json", schema, f'"{"a" * 40}"').outcome == "passed"


@pytest.mark.parametrize(
    "schema",
    [
        {"patternProperties": {ENDLESS: {}}},
        {"patternProperties": {ENDLESS: {}}, "additionalProperties": False},
        {"patternProperties": {ENDLESS: {}}, "unevaluatedProperties": False},
        {"propertyNames": {"pattern": ENDLESS}},
    ],
)
def test_patterns_of_names_in_a_schema_have_it_too(schema: Any) -> None:
    assert verdict("is-json", schema, f'{{"{UNLUCKY}": 1}}').outcome == "errored"


# An empty lookahead changes nothing but the engine: both of them must say the same.
@pytest.mark.parametrize("engine", [{}, {"dependentSchemas": {"no such": {"pattern": "(?=)"}}}])
@pytest.mark.parametrize(
    ("schema", "text", "place"),
    [
        ({"type": "integer"}, "1.0", None),
        ({"type": "integer"}, "1e3", None),
        ({"type": "integer"}, "true", "$"),
        ({"type": "integer"}, "1" + "0" * 40, None),
        ({"maximum": 10}, "1" + "0" * 40, "$"),
        ({"enum": [1, "a"]}, "1.0", None),
        ({"const": {"a": [1]}}, '{"a": [1.0]}', None),
        ({"uniqueItems": True}, "[1, true]", None),
        ({"uniqueItems": True}, "[1, 1.0]", "$"),
        ({"minLength": 2}, r'"\ud83d\ude00"', "$"),
        ({"minLength": 1}, r'"\ud800"', None),
        ({"properties": {"a b": {"type": "null"}}}, '{"a b": 1}', "$['a b']"),
        ({"items": {"required": ["id"]}}, '[{"id": 1}, {}]', "$[1]"),
        ({"additionalProperties": False}, '{"b": 1}', "$"),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}}, "1", "$"),
        ({"format": "date"}, '"2026-02-30"', "$"),
        ({"format": "date-time"}, '"tomorrow"', "$"),
        ({"format": "date-time"}, '"2026-02-03T04:05:06Z"', None),
        ({"format": "email"}, '"@"', "$"),
        ({"format": "uri"}, '"no address"', "$"),
        ({"format": "uuid"}, "1", None),
        ({"format": "shape of my own"}, '"x"', None),
    ],
)
def test_a_schema_means_the_same_in_both_engines(
    schema: dict[str, Any], engine: dict[str, Any], text: str, place: str | None
) -> None:
    found = verdict("is-json", {**schema, **engine}, text)
    if place is None:
        assert found.outcome == "passed", found.reason
    else:
        assert found.outcome == "failed"
        assert f"does not fit the schema: {place}: " in found.reason


CHOICE = {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"n": {"type": "null"}}}]}


@pytest.mark.parametrize(
    ("schema", "text", "said"),
    [
        ({"required": ["id"]}, "{}", '$: "id" is a required property.'),
        ({"additionalProperties": False}, '{"b": 1}', "$: additional properties are not allowed"),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            '{"a": 1, "b": 2}',
            "$: Additional properties are not allowed ('b' was unexpected).",
        ),
        ({"additionalProperties": {"properties": {"x": False}}}, '{"b": {"x": 1}}', "$.b.x: False"),
        ({"enum": ["a", "b"]}, '"c"', '$: "c" is not one of "a" or "b".'),
        (CHOICE, '{"n": 1}', '$.n: 1 is not of type "null".'),
        (CHOICE, "1", "$: 1 is not valid under any of the schemas listed in the 'anyOf' keyword."),
        ({"items": CHOICE, "minItems": 3}, '[{"n": 1}]', "$: [{"),
    ],
)
def test_the_outermost_fault_is_told_or_the_one_inside_the_choice_that_fits(
    schema: dict[str, Any], text: str, said: str
) -> None:
    assert said in verdict("is-json", schema, text).reason


@pytest.mark.parametrize(
    ("draft", "schema", "text", "expected"),
    [
        ("draft-03", {"type": "integer", "divisibleBy": 2}, "3", "failed"),
        ("draft-04", {"minimum": 5, "exclusiveMinimum": True}, "5", "failed"),
        ("draft-06", {"exclusiveMinimum": 5}, "5", "failed"),
        ("draft-07", {"if": {"type": "string"}, "then": False}, '"x"', "failed"),
        ("draft-07", {"items": [{"type": "string"}]}, '["x", 1]', "passed"),
    ],
)
def test_older_drafts_are_understood(draft: str, schema: Any, text: str, expected: str) -> None:
    named = {"$schema": f"http://json-schema.org/{draft}/schema#", **schema}
    assert verdict("is-json", named, text).outcome == expected


def test_a_reference_that_leads_nowhere_counts_only_where_it_is_followed() -> None:
    schema = {"properties": {"a": {"$ref": "file:///etc/passwd"}}}
    assert verdict("is-json", schema, "{}").outcome == "passed"
    assert verdict("is-json", schema, '{"a": 1}').outcome == "errored"


@pytest.mark.parametrize(
    ("more", "text", "expected"),
    [
        ({}, '{"a1": 1}', "passed"),
        ({}, '{"a1": "x"}', "failed"),
        ({"additionalProperties": False}, '{"a1": 1, "n": "x"}', "passed"),
        ({"additionalProperties": False}, '{"a1": 1, "b": 2}', "failed"),
        ({"additionalProperties": {"type": "string"}}, '{"a1": 1, "b": "x"}', "passed"),
        ({"additionalProperties": {"type": "string"}}, '{"a1": 1, "b": 2}', "failed"),
    ],
)
def test_a_schema_may_speak_of_names_by_pattern(more: Any, text: str, expected: str) -> None:
    schema = {"properties": {"n": {}}, "patternProperties": {"^a": {"type": "integer"}}, **more}
    assert verdict("is-json", schema, text).outcome == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$[?match(@.n, 'A.a')].n", "passed"),
        ("$[?match(@.n, 'A')].n", "failed"),
        ("$[?search(@.n, 'd')].n", "passed"),
        ("$[?search(@.n, '(')].n", "errored"),
        ("$[?search(@.m, '^(a|aa)+$')].n", "errored"),
        ("$..*..*..*..*", "errored"),
        ("$..n", "passed"),
    ],
)
def test_a_path_may_hold_patterns_that_end(path: str, expected: str) -> None:
    text = f'[{{"n": "Ada", "m": "{UNLUCKY}"}}]'
    assert verdict("json-path", {"path": path, "exists": True}, text).outcome == expected


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        ({"path": "$.name"}, "passed"),
        ("$.name", "passed"),
        ({"path": "$.name", "equals": "Ada"}, "passed"),
        ({"path": "$.born", "equals": 1815}, "passed"),
        ({"path": "$.born", "equals": "1815"}, "passed"),
        ({"path": "$.born", "equals": 1816}, "failed"),
        ({"path": "$.born", "at_least": 1800, "at_most": 1900}, "passed"),
        ({"path": "$.born", "at_least": "1800"}, "passed"),
        ({"path": "$.born", "at_least": 1900}, "failed"),
        ({"path": "$.name", "at_most": 5}, "failed"),
        ({"path": "$.born", "at_least": "soon"}, "errored"),
        ({"path": "$.languages", "length": 2}, "passed"),
        ({"path": "$.languages[*]", "length": 2}, "passed"),
        ({"path": "$.pets", "length": 0}, "passed"),
        ({"path": "$.languages", "length": {"at_least": 2}}, "passed"),
        ({"path": "$.languages", "length": {"at_least": 3}}, "failed"),
        ({"path": "$.languages", "length": {"at_most": 2}}, "passed"),
        ({"path": "$.languages", "length": {"at_most": 1}}, "failed"),
        ({"path": "$.languages", "length": {"at_least": "1", "at_most": 2}}, "passed"),
        ({"path": "$.languages", "length": {"at_least": 3, "at_most": 2}}, "failed"),
        ({"path": "$.languages", "length": {}}, "errored"),
        ({"path": "$.languages", "length": {"min": 1}}, "errored"),
        ({"path": "$.languages", "length": {"at_least": "few"}}, "errored"),
        ({"path": "$.pets[*]", "length": 0}, "failed"),
        ({"path": "$.languages", "contains": "French"}, "passed"),
        ({"path": "$.languages", "contains": "Fren"}, "failed"),
        ({"path": "$.name", "contains": "Ad"}, "passed"),
        ({"path": "$", "contains": "pets"}, "passed"),
        ({"path": "$.name", "matches": "^A"}, "passed"),
        ({"path": "$.born", "matches": "^18"}, "passed"),
        ({"path": "$.death", "exists": False}, "passed"),
        ({"path": "$.name", "exists": False}, "failed"),
        ({"path": "$.death"}, "failed"),
        ({"path": "$.death", "equals": None}, "failed"),
        ({"path": "name"}, "errored"),
        ({"equals": 1}, "errored"),
        ({"path": "$.name", "equal": "Ada"}, "errored"),
    ],
)
def test_json_path_compares_what_it_finds(demand: Any, expected: str) -> None:
    assert verdict("json-path", demand, PERSON).outcome == expected


def test_a_length_that_is_wrong_is_told() -> None:
    bounds = {"path": "$.languages", "length": {"at_least": 3, "at_most": 5}}
    assert verdict("json-path", bounds, PERSON).reason == (
        '$.languages has a length of 2: ["English","French"]; wanted: at least 3 and at most 5.'
    )
    assert verdict("json-path", {"path": "$.name", "length": 4}, PERSON).reason == (
        '$.name has a length of 3: "Ada"; wanted: 4.'
    )


@pytest.mark.parametrize(
    ("path", "demand", "expected"),
    [
        ("$.born", {"equals": 1815}, "passed"),
        ("$.death", {"exists": False}, "passed"),
        ("$.death", {"equals": 1852}, "failed"),
        ("$.languages", {"path": "$[0]", "exists": True}, "passed"),
    ],
)
def test_the_path_of_json_path_may_stand_beside_it(path: str, demand: Any, expected: str) -> None:
    found = check(Assertion(type="json-path", value=demand, path=path), Subject(text=PERSON))
    assert found.outcome == expected


def test_json_path_can_demand_that_something_is_absent() -> None:
    assert verdict("not-json-path", {"path": "$.error"}, PERSON).outcome == "passed"
    assert verdict("json-path", {"path": "$.error", "exists": False}, "no JSON").outcome == "failed"


@pytest.mark.parametrize("text", ["no JSON", PERSON])
def test_a_comparison_with_what_is_not_there_fails_whether_it_is_negated_or_not(text: str) -> None:
    for name in ("json-path", "not-json-path"):
        assert verdict(name, {"path": "$.death", "equals": 1852}, text).outcome == "failed"


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("equals", 1815, "$.born", "passed"),
        ("equals", "1815", "$.born", "passed"),
        ("equals", "Ada", "$.name", "passed"),
        ("equals", ["English", "French"], "$.languages", "passed"),
        ("equals", ["English", "French"], "$.languages[*]", "passed"),
        ("equals", "French", "$.languages[1]", "passed"),
        ("contains-all", "English,French", "$.languages", "passed"),
        ("word-count", 1, "$.name", "passed"),
        ("is-json", {"type": "string"}, "$.name", "passed"),
        ("is-json", {"type": "string"}, "$.born", "failed"),
        ("contains", "Ada", "$.nobody", "failed"),
        ("not-contains", "Ada", "$.nobody", "failed"),
        ("contains", "Ada", "$.[", "errored"),
    ],
)
def test_a_path_narrows_any_check_to_one_value(
    name: str, value: Any, path: str, expected: str
) -> None:
    assert verdict(name, value, PERSON, path=path).outcome == expected


def test_a_path_into_a_reply_that_is_not_json_fails_the_check() -> None:
    found = verdict("equals", 1, "one word", path="$.words")
    assert found.outcome == "failed"
    assert found.reason.startswith("The reply is not JSON")
    assert verdict("not-equals", 1, "one word", path="$.words").outcome == "failed"


def test_a_reply_of_nested_brackets_is_given_up_on_early() -> None:
    said = verdict("contains-json", None, "[" * 20_000)
    assert said.outcome == "errored"
    assert "nested too deeply" in said.reason
    assert verdict("contains-json", None, "[" * 100 + ' {"name": 1}').outcome == "passed"


@pytest.mark.parametrize("text", ['"{\\"a\\": 1}"', '"[1"', '"[]"'])
def test_a_reply_that_is_a_text_in_json_is_not_read_as_json_once_more(text: str) -> None:
    found = verdict("json-path", {"path": "$.a", "exists": True}, text)
    assert (found.outcome, found.score) == ("failed", 0.0)
    whole = verdict("json-path", {"path": "$", "equals": json.loads(text)}, text)
    assert whole.outcome == "passed"
