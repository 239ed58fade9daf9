"""The forms that an assertion is written in, and the values that it takes."""

from __future__ import annotations

import pytest

from harness.checks.definitions import FORMS
from harness.errors import SpecError
from harness.spec.model.assertion_forms import list_names
from harness.spec.values.kinds import KINDS
from tests.unit.spec.written import HEAD, Load, ProblemsOf, Write, turn

ROLES = "evaluation: {judge: {target: a/d}, embeddings: {target: a/d}}\n"

EXAMPLES = {
    "none": "",
    "any": ": {a: 1}",
    "text": ": words",
    "texts": ": [one, two]",
    "text_or_texts": ": words",
    "pattern": ": 'a+'",
    "words": ": {min: 1}",
    "schema": ": {type: object}",
    "elements": ": [a]",
    "sql": ": {databaseType: PostgreSQL, allowedTables: ['select::null::t']}",
    "finish_reason": ": stop",
    "call": ": {name: f, arguments: {x: 1}}",
    "calls": ": [f, g]",
    "comparison": ": {path: $.a, equals: 1}",
    "code": ": check.py:passes",
    "optional_text": ": words",
    "parts": ": [is-json]",
}


def test_each_assertion_takes_a_kind_of_value_that_has_a_row() -> None:
    assert {form.value for form in FORMS.values()} == set(KINDS) == set(EXAMPLES)


@pytest.mark.parametrize("name", list_names(FORMS))
def test_every_assertion_of_the_contract_is_known_in_its_forms(
    name: str, write: Write, load_spec: Load
) -> None:
    kind = FORMS[name.removeprefix("not-")]
    short = f"{name}: 0.5" if kind.short_threshold else f"{name}{EXAMPLES[kind.value]}"
    form = f"{{{short}}}" if ": " in short else short
    given = turn(form).replace("{id: c,", "{id: c, vars: {context: x},")
    write("spec.yaml", given + ROLES)
    write("check.py", "")
    (assertion,) = load_spec(allow_code=True).spec.conversations[0].turns[0].assertions
    assert (assertion.name, assertion.type, assertion.negated) == (
        name,
        name.removeprefix("not-"),
        name.startswith("not-"),
    )
    if kind.short_threshold:
        assert (assertion.threshold, assertion.value) == (0.5, None)


def test_short_and_long_forms_mean_the_same(write: Write, load_spec: Load) -> None:
    forms = [
        "{icontains: x, weight: 2, metric: m, path: $.a}",
        "{type: icontains, value: x, weight: 2, metric: m, path: $.a}",
    ]
    write("spec.yaml", turn(", ".join(forms)))
    one, other = load_spec().spec.conversations[0].turns[0].assertions
    assert one == other


def test_a_sentence_alone_is_a_rubric(write: Write, load_spec: Load) -> None:
    given = turn("The answer is polite., {llm-rubric: The answer is polite.}")
    write("spec.yaml", given + ROLES)
    one, other = load_spec().spec.conversations[0].turns[0].assertions
    assert one == other


def test_defaults_of_turns_join_every_turn_that_is_asked(write: Write, load_spec: Load) -> None:
    text = HEAD + (
        "defaults: {turn: {assert: [is-json]}, assert: [{contains: x}]}\n"
        "conversations: [{id: c, turns: [{user: a, assistant: b}, {user: c}, "
        "{user: d, assert: [{contains: y}]}]}]\n"
    )
    write("spec.yaml", text)
    spec_file = load_spec()
    asked = [
        [one.type for one in turn.assertions] for turn in spec_file.spec.conversations[0].turns
    ]
    assert asked == [[], ["is-json"], ["contains", "is-json"]]
    assert spec_file.warnings == ()


@pytest.mark.parametrize(
    ("assertion", "warned"),
    [
        ("is-json", True),
        ("{not-equals: x}", True),
        ("{starts-with: x}", True),
        ("{word-count: 5}", True),
        ("{assert-set: [is-json]}", True),
        ("{contains: x}", False),
        ("is-refusal", False),
    ],
)
def test_checks_of_one_reply_are_warned_of_where_all_are_joined(
    assertion: str, warned: bool, write: Write, load_spec: Load
) -> None:
    write("spec.yaml", f"{HEAD}defaults: {{assert: [{assertion}]}}\n")
    assert [warning.code for warning in load_spec().warnings] == ["H314"] * warned


def test_a_set_holds_assertions_in_any_form(write: Write, load_spec: Load) -> None:
    forms = [
        "{assert-set: {assert: [is-json, {contains: a}], threshold: 0.5, weight: 3}}",
        "{type: assert-set, assert: [is-json, {contains: a}], threshold: 0.5, weight: 3}",
        "{assert-set: [is-json, {type: contains, value: a}], threshold: 0.5, weight: 3}",
    ]
    write("spec.yaml", turn(", ".join(forms)))
    first, second, third = load_spec().spec.conversations[0].turns[0].assertions
    assert first == second == third
    assert [part.type for part in first.assertions] == ["is-json", "contains"]


def test_a_check_that_could_not_be_carried_over_keeps_its_reason(
    write: Write, load_spec: Load
) -> None:
    write("spec.yaml", turn("{skip: javascript is not carried over}"))
    (assertion,) = load_spec().spec.conversations[0].turns[0].assertions
    assert (assertion.type, assertion.value) == ("skip", "javascript is not carried over")


@pytest.mark.parametrize(
    ("assertion", "code"),
    [
        ("icontans", "H310"),
        ("{icontans: x}", "H310"),
        ("{type: icontans, value: x}", "H310"),
        ("{type: not-not-contains, value: x}", "H310"),
        ("{contains: x, icontains: y}", "H311"),
        ("{weight: 2}", "H311"),
        ("{}", "H311"),
        ("5", "H311"),
        ("{type: 5}", "H311"),
        ("{contains: x, wieght: 2}", "H201"),
        ("{type: contains, value: x, negated: true}", "H201"),
        ("{contains: x, assertions: []}", "H201"),
        ("{contains: x, weight: heavy}", "H203"),
        ("{contains: x, weight: -1}", "H206"),
        ("{contains: x, threshold: high}", "H203"),
        ("contains", "H312"),
        ("{contains: null}", "H312"),
        ("{contains: [x]}", "H312"),
        ("{contains: 0613}", "H204"),
        ("{contains: 1.10}", "H204"),
        ("{contains: true}", "H204"),
        ("{contains-all: []}", "H312"),
        ("{contains-all: [x, 1.10]}", "H204"),
        ("{regex: '('}", "H208"),
        ("{regex: 5.10}", "H204"),
        ("{is-json: [x]}", "H312"),
        ("{is-json: {type: objekt}}", "H312"),
        ("{is-json: {properties: {a: {required: a}}}}", "H312"),
        ("{is-json: {minimum: true}}", "H312"),
        ("{is-refusal: x}", "H312"),
        ("latency", "H312"),
        ("{latency: fast}", "H203"),
        ("{latency: -1}", "H312"),
        ("{type: latency, value: 5}", "H312"),
        ("{latency: 5, threshold: 6}", "H311"),
        ("{word-count: many}", "H312"),
        ("{word-count: {minimum: 5}}", "H312"),
        ("{word-count: {min: 5, max: 2}}", "H312"),
        ("{word-count: {min: few}}", "H203"),
        ("{finish-reason: stopp}", "H312"),
        ("{tool-called: {arguments: {}}}", "H312"),
        ("{tool-called: {name: f, args: {}}}", "H201"),
        ("{json-path: {equals: 1}}", "H312"),
        ("{json-path: {path: $.a}}", "H312"),
        ("{json-path: {path: a, equals: 1}}", "H208"),
        ("{json-path: {path: $.a, at_least: x}}", "H203"),
        ("{json-path: {path: $.a, matches: '['}}", "H208"),
        ("{json-path: {path: $.a, equal: 1, exists: true}}", "H201"),
        ("{contains: x, path: a.b}", "H208"),
        ("{contains: x, path: '$['}", "H208"),
        ("{json-path: {path: '$.a[', equals: 1}}", "H208"),
        ("{is-sql: Foo}", "H312"),
        ("{is-sql: {databaseType: MyQSL}}", "H312"),
        ("{assert-set: {assert: [is-json], threshold: 2}}", "H312"),
        ("{assert-set: []}", "H312"),
        ("{assert-set: {threshold: 1}}", "H312"),
        ("{assert-set: {assert: [icontans]}}", "H310"),
        ("{assert-set: {asert: [is-json], assert: [is-json]}}", "H201"),
        ("{type: contains, value: x, assert: []}", "H311"),
        ("{skip: 5}", "H312"),
        ("{json-path: {path: $.a, length: many}}", "H203"),
        ("{json-path: {path: $.a, length: {at_least: 1.5}}}", "H203"),
        ("{json-path: {path: $.a, length: {min: 1}}}", "H201"),
        ("{contains: x, when: [yes]}", "H203"),
        ("{contains: x, when: '{{x}}'}", "H304"),
        ("{contains: x, config: {a: 1}}", "H201"),
        ("polite", "H310"),
        ("The answer is polite.", "H302"),
        ("{llm-rubric: polite}", "H302"),
        ("{llm-rubric: polite, judge: a/x}", "H301"),
        ("{similar: words}", "H302"),
        ("{not-llm-rubric: polite}", "H302"),
        ("{python: 'check.py:f'}", "H313"),
        ("{contains: '{{x}}'}", "H304"),
        ("{equals: {deep: ['{{x}}']}}", "H304"),
    ],
)
def test_an_assertion_that_is_wrong(assertion: str, code: str, problems_of: ProblemsOf) -> None:
    assert [line.split()[1] for line in problems_of(turn(assertion))] == [code]


@pytest.mark.parametrize(
    ("assertion", "names"),
    [
        ("{javascript: output.length > 5}", "word-count"),
        ("{not-model-graded-factuality: x}", "factuality"),
        ("is-valid-openai-function-call", "is-valid-openai-tools-call"),
        ("{type: moderation}", "guardrails"),
        ("{type: llm-rubric, value: x, judge: a/d, provider: a/d}", "judge"),
        ("{type: llm-rubric, value: x, judge: a/d, rubricPrompt: y}", "rubric_prompt"),
        ("{contains: x, transform: output.a}", "path"),
    ],
)
def test_what_is_called_otherwise_elsewhere_is_told_its_name_here(
    assertion: str, names: str, write: Write, load_spec: Load
) -> None:
    write("spec.yaml", turn(assertion))
    with pytest.raises(SpecError) as raised:
        load_spec()
    (problem,) = raised.value.diagnostics
    assert f"`{names}" in problem.hint


@pytest.mark.parametrize(
    "assertion",
    [
        "{contains: 42}",
        "{contains: 1.5}",
        "{equals: 1.0}",
        "{equals: null}",
        "{type: cost, weight: 0, metric: spent}",
        "{llm-rubric: polite, judge: a/d}",
        "is-json",
        "{is-json: null}",
        "{contains-any: 'a, b'}",
        "{regex: 'a{{user_id}}'}",
        "{json-path: {exists: true}, path: $.a}",
        "{tool-called: f}",
        "{word-count: 5}",
        "{is-xml: {requiredElements: [a.b]}}",
        "{is-sql: postgresql}",
        "{is-sql: '{{user_id}}'}",
        "{contains: x, path: '$.{{user_id}}'}",
        "{contains: x, when: '{{user_id}}'}",
        "{contains: x, when: false}",
        "{json-path: {path: $.a, length: 3}}",
        "{json-path: {path: $.a, length: {at_least: 1, at_most: '{{user_id}}'}}}",
        "{word-count: {max: '{{user_id}}'}}",
        "{json-path: {path: $.a, at_least: '{{user_id}}'}}",
    ],
)
def test_an_assertion_that_is_right(assertion: str, problems_of: ProblemsOf) -> None:
    text = turn(assertion).replace("{id: c,", "{id: c, vars: {user_id: 1},")
    assert problems_of(text) == []
