"""What a spec means, beyond its shape: one table a subject, each row one wrong thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.checks.definitions import FORMS
from harness.errors import SpecError
from harness.spec.model.assertion_forms import list_names

Write = Callable[[str, str | bytes], Path]
Load = Callable[..., Any]
ProblemsOf = Callable[..., list[str]]

HEAD = """version: 1
name: s
cloud: simulator
resource_group: rg
accounts: {a: {account_name: acc-1, region: x, deployments: {d: {model: m, version: "1"}}}}
providers: {p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m/x: {}}}}
"""


def codes(told: list[str]) -> list[str]:
    return [" ".join(line.split()[:2]).removeprefix("spec.yaml:") for line in told]


def turn(assertion: str) -> str:
    return HEAD + f"conversations: [{{id: c, turns: [{{user: hi, assert: [{assertion}]}}]}}]\n"


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
    ],
)
def test_an_assertion_that_is_right(assertion: str, problems_of: ProblemsOf) -> None:
    text = turn(assertion).replace("{id: c,", "{id: c, vars: {user_id: 1},")
    assert problems_of(text) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("evaluation: {targets: [a/d, p/m/x]}", []),
        ("evaluation: {targets: [a/x]}", ["7:24 H301"]),
        ("evaluation: {targets: [a]}", ["7:24 H301"]),
        ("evaluation: {targets: [p]}", ["7:24 H301"]),
        ("evaluation: {judge: {target: a/judge}}", ["7:30 H301"]),
        ("evaluation: {embeddings: {target: b/d}}", ["7:35 H301"]),
        ("evaluation: {gate: {map: {a/d: a/old}}}", []),
        ("evaluation: {gate: {map: {a/x: a/d}}}", ["7:27 H306"]),
        ("defaults: {assert: [{llm-rubric: x}]}", ["7:22 H302"]),
        ("simulator: {upstream: localhost}", ["7:23 H208"]),
        ("simulator: {replies: [{match: '('}]}", ["7:23 H202", "7:31 H208"]),
        ("simulator: {faults: [{operation: chat}]}", ["7:22 H202"]),
        ("simulator: {date: 2026}", ["7:19 H208"]),
        ("simulator: {date: 2026-13-01}", ["7:19 H208"]),
        ("simulator: {date: 2026-09-01}", []),
        ("simulator: {answers: no.jsonl}", ["7:22 H101"]),
        ("conversations: [{id: c, turns: [{user: hi}], cases: no.csv}]", ["7:53 H101"]),
        ("conversations: [{id: c, turns: [{user: hi}], cases: spec.txt}]", ["7:53 H101"]),
        ("conversations: [{id: c, turns: [{user: hi}], cases: []}]", ["7:53 H202"]),
        ("conversations: [{id: c, turns: [{user: hi}], cases: [{x: 1}, {y: 1}]}]", ["7:1 H502"]),
        ("conversations: [{id: c, turns: [{user: hi}], cases: [{x: 1}], matrix: {y: [1]}}]",
         ["7:63 H209"]),
        ("conversations: [{id: c, turns: [{user: hi}], matrix: {y: []}}]", ["7:58 H202"]),
        ("conversations: [{id: c, turns: [{user: hi, assistant: a, assert: [is-json]}]}]",
         ["7:58 H209"]),
        ("conversations: [{id: c, turns: [{user: hi}]}, {id: c, turns: [{user: hi}]}]",
         ["7:52 H305"]),
        ("conversations: [{id: '', turns: [{user: hi}]}]", ["7:22 H207"]),
        ("conversations: [{id: c, must_pass: 0.67, turns: [{user: hi}]}]", []),
        ("conversations: [{id: c, must_pass: 1.5, turns: [{user: hi}]}]", ["7:36 H206"]),
    ],
)  # fmt: skip
def test_references_and_combinations(more: str, told: list[str], problems_of: ProblemsOf) -> None:
    assert codes(problems_of(HEAD + more + "\n")) == told


TOOLS = "conversations: [{{id: c, tools: [{0}], turns: [{{user: hi, tool_results: [{1}]}}]}}]\n"
WEATHER = "{type: function, function: {name: weather}}"


@pytest.mark.parametrize(
    ("tool", "result", "code"),
    [
        (WEATHER, "{name: weather, result: {celsius: 4}}", None),
        (WEATHER, "{name: wether, result: 4}", "H307"),
        (WEATHER, "{name: weather}", "H202"),
        ("{function: {name: f}}", "", "H307"),
        ("{type: function}", "", "H307"),
        ("{type: function, function: {name: a b}}", "", "H307"),
        ("{type: function, function: {name: f, parameters: []}}", "", "H307"),
        ("{type: function, function: {name: f, parameters: {type: objct}}}", "", "H307"),
        ("{type: web_search}", "", None),
    ],
)
def test_tools(tool: str, result: str, code: str | None, problems_of: ProblemsOf) -> None:
    told = problems_of(HEAD + TOOLS.format(tool, result))
    assert [line.split()[1] for line in told] == ([code] if code else [])


def spec_with(accounts: str, head: str = "resource_group: rg\n") -> str:
    return f"version: 1\nname: s\n{head}accounts:\n{accounts}"


D = '{model: m, version: "1"}'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (spec_with("  a: {region: x}\n"), ["5:3 H207"]),
        (spec_with("  a: {region: x, account_name: -bad}\n"), ["5:32 H207"]),
        (spec_with("  a: {region: x, account_name: ok-1, subdomain: a_b}\n"), ["5:49 H207"]),
        (spec_with("  aa: {region: x, account_name: ${AZURE_NAME}}\n"), ["5:34 H104"]),
        (spec_with('  aa: {region: x, account_name: "${AZURE_NAME}"}\n'), []),
        (spec_with("  aa: {region: x}\n  bb: {region: x, account_name: AA}\n"),
         ["6:33 H305"]),
        (spec_with(f"  aa: {{region: x, deployments: {{d: {D}, D: {D}}}}}\n"), ["5:62 H305"]),
        (spec_with(f"  aa: {{region: x, deployments: {{'d d': {D}}}}}\n"), ["5:33 H207"]),
        (spec_with("  a/b: {region: x, account_name: ok}\n"), ["5:3 H207"]),
        (spec_with("  aa: {region: x}\n", ""), ["4:3 H202"]),
        (spec_with("  aa: {region: x, resource_group: rg}\n", ""), []),
        (spec_with("  aa: {region: x, resource_group: {name: rg.}}\n", ""), ["4:42 H207"]),
        (spec_with("  aa: {region: x}\n", "resource_group: {name: g, regoin: x}\n"), ["3:27 H201"]),
        (spec_with("  aa: {region: x}\nproviders: {aa: {type: command, command: [x]}}\n"),
         ["6:13 H305", "6:18 H313"]),
        (spec_with(f"  aa: {{region: x, deployments: {{d: {D}, e: {D}}}}}\nnam: x\n"),
         ["6:1 H201"]),
        ("version: 1\nname: ../../etc\n", ["2:7 H207"]),
        ("version: 1\nname: ''\n", ["2:7 H207"]),
        ("version: 1\nname: 瑞典 1\n", []),
        ("version: 2\nname: s\n", ["1:10 H205"]),
        ("version: '1'\nname: s\n", ["1:10 H205"]),
        ("name: s\n", ["1:1 H202"]),
        ("version: 1\nname: s\naccounts:\n", ["3:10 H203"]),
        ("version: 1\nname: s\nevaluation: {timeout_s: 0}\n", ["3:25 H206"]),
    ],
)  # fmt: skip
def test_names_and_shapes(text: str, told: list[str], problems_of: ProblemsOf) -> None:
    assert codes(problems_of(text)) == told


URLS = "version: 1\nname: s\nproviders: {{p: {{type: {0}, models: {{m: {{}}}}}}}}\n"
KEY = ', api_key: "${OPENAI_API_KEY}"'


@pytest.mark.parametrize(
    ("provider", "code"),
    [
        ('azure-openai, endpoint: "https://c.openai.azure.com/"', None),
        ('azure-openai, endpoint: "http://c.openai.azure.com/"', "H405"),
        ('azure-openai, endpoint: "http://127.0.0.1:8080/x"', None),
        ('azure-openai, endpoint: "http://[::1]:8080/x"', None),
        ('azure-openai, endpoint: "http://127.0.0.1.evil.example/"', "H405"),
        ('azure-openai, endpoint: "https://user:pass@c.openai.azure.com/"', "H404"),
        ('azure-openai, endpoint: "https://c.openai.azure.com/?api-version=1"', "H208"),
        ('azure-openai, endpoint: "c.openai.azure.com"', "H208"),
        ('azure-openai, endpoint: "file:///etc/passwd"', "H208"),
        ('azure-openai, endpoint: "https://"', "H208"),
        ('azure-openai, endpoint: "https://x:99999/"', "H208"),
        ('openai-compatible, base_url: "http://192.168.1.5:11434/v1"', None),
        ('openai-compatible, base_url: "http://192.168.1.5:11434/v1"' + KEY, "H405"),
        ('openai-compatible, base_url: "http://localhost:11434/v1"' + KEY, None),
        ("openai" + KEY, None),
        ("openai", "H202"),
    ],
)
def test_where_credentials_may_go(provider: str, code: str | None, problems_of: ProblemsOf) -> None:
    told = problems_of(URLS.format(provider))
    assert [line.split()[1] for line in told] == ([code] if code else [])


def test_a_credential_in_a_header_is_refused(problems_of: ProblemsOf) -> None:
    text = """version: 1
name: s
providers:
  app: {type: http, url: "http://127.0.0.1/", headers: {Authorization: x}, body: {}, reply: $.a}
"""
    assert codes(problems_of(text)) == ["4:57 H404"]


def test_code_runs_only_when_it_is_allowed(problems_of: ProblemsOf, write: Write) -> None:
    text = turn("{python: 'check.py:f'}")
    assert codes(problems_of(text)) == ["7:54 H313"]
    assert codes(problems_of(text, allow_code=True)) == ["7:62 H101"]
    write("check.py", "def f(output, context): return True")
    assert problems_of(text, allow_code=True) == []


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("tone.py:polite", "specs/tone.py:polite"),
        ("./tone.py", "specs/tone.py:get_assert"),
        ("file://tone.py:polite", "specs/tone.py:polite"),
        ("../shared.py", "shared.py:get_assert"),
        ("len(output) > 3", "len(output) > 3"),
    ],
)
def test_code_is_named_from_the_project_root_whoever_names_it(
    value: str, named: str, write: Write, load_spec: Load
) -> None:
    write("specs/tone.py", "def polite(output, context): return True")
    write("shared.py", "")
    write("specs/spec.yaml", turn(f"{{assert-set: [{{python: '{value}'}}]}}"))
    (outer,) = (
        load_spec("specs/spec.yaml", allow_code=True).spec.conversations[0].turns[0].assertions
    )
    assert outer.assertions[0].value == named


@pytest.mark.parametrize("path", ["../../outside.py:f", "/etc/x.py:f", "gone.py:f"])
def test_code_stays_in_the_project_root(path: str, write: Write, load_spec: Load) -> None:
    write("specs/spec.yaml", turn(f"{{python: '{path}'}}"))
    with pytest.raises(SpecError) as refused:
        load_spec("specs/spec.yaml", allow_code=True)
    assert {found.code for found in refused.value.diagnostics} <= {"H101", "H111"}


VARIABLES = """version: 1
name: s
variants: {v: {user: "{{user}} {{tone}}"}, w: {user: "{{user}} {{both}}"}}
providers:
  app:
    {type: http, url: "http://127.0.0.1/", reply: $.a,
     body: {m: "{{messages}}", u: "{{user}}", t: "{{tone}}", z: "{{zone}}"}}
conversations:
  - id: one
    vars: {both: 1, person: {first: Ada}}
    matrix: {tone: [formal]}
    system: "{{person.first}} {{person.last}}"
    turns: [{user: "{{user}} {{ both }}", tool_results: []}]
  - id: two
    vars: {both: 1}
    cases: cases.csv
    turns: [{user: "{{column}} {{colunm}}"}]
  - id: three
    vars: {both: 1, tone: x}
    cases: gone.csv
    turns: [{user: "{{anything}}"}]
"""


def test_variables(write: Write, problems_of: ProblemsOf) -> None:
    write("cases.csv", "id,column\n1,x\n")
    assert [line.removeprefix("spec.yaml:") for line in problems_of(VARIABLES)] == [
        '3:22 H304 unknown variable "tone"',
        '12:13 H304 unknown variable "person.last"',
        '13:20 H304 unknown variable "user"',
        '17:20 H304 unknown variable "colunm"',
        '20:12 H101 "gone.csv" cannot be read',
    ]


def test_what_is_in_braces_and_no_name_is_warned_of(write: Write, load_spec: Load) -> None:
    write("spec.yaml", turn("is-json").replace("user: hi", "user: '{{ name | upper }}'"))
    (warning,) = load_spec().warnings
    assert (warning.code, str(warning.span)) == ("H304", "spec.yaml:7:40")


def test_a_pattern_that_matches_no_target_is_warned_of(write: Write, load_spec: Load) -> None:
    write(
        "spec.yaml", HEAD + "simulator: {faults: [{operation: chat, status: 429, target: b/*}]}\n"
    )
    (warning,) = load_spec().warnings
    assert (warning.code, str(warning.span)) == ("H301", "spec.yaml:7:61")


LOCAL = """version: 1
name: s
providers:
  a: {{type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {{m: {{}}}}}}
  here: {{type: sentence-transformers, models: {{e: {{{}}}}}}}
evaluation: {{{}}}
conversations: [{{id: c, turns: [{{user: hi, assert: [{}]}}]}}]
"""


@pytest.mark.parametrize(
    ("model", "evaluation", "assertion", "told"),
    [
        ("", "embeddings: {target: here/e}", "similar: x", []),
        ("path: models/not-here-yet", "embeddings: {target: here/e}", "similar: x", []),
        ("path: ../models", "", "is-json", ["5:58 H111"]),
        ("path: /models", "", "is-json", ["5:58 H111"]),
        ("api_key: '${OPENAI_API_KEY}'", "", "is-json", ["5:52 H201"]),
        ("", "targets: [a/m, here/e]", "is-json", ["6:29 H308"]),
        ("", "judge: {target: here/e}", "llm-rubric: x", ["6:30 H308"]),
        ("", "judge: {target: a/m}", "{llm-rubric: x, judge: here/e}", ["7:76 H308"]),
        ("", "embeddings: {target: here/x}", "similar: x", ["6:35 H301"]),
    ],
)  # fmt: skip
def test_a_model_on_this_machine_embeds_and_does_nothing_else(
    model: str, evaluation: str, assertion: str, told: list[str], problems_of: ProblemsOf
) -> None:
    assert codes(problems_of(LOCAL.format(model, evaluation, assertion))) == told


def test_columns_that_could_not_be_read_are_not_missed_as_well(
    write: Write, problems_of: ProblemsOf
) -> None:
    write("rows.csv", "a,a\n1,2\n")
    text = HEAD + 'conversations: [{id: c, cases: rows.csv, turns: [{user: "{{a}}"}]}]\n'
    assert codes(problems_of(text)) == ["rows.csv:1:1 H503"]
