"""References that lead somewhere, and keys that mean something together."""

from __future__ import annotations

import pytest

from tests.unit.spec.written import HEAD, Load, ProblemsOf, Write, codes

KNOWN = "conversations: [{{id: c, turns: [{{user: hi}}], known_failing: {{{0}}}}}]"


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
        (KNOWN.format("until: '2027-01-31', issue: 'https://example.org/1'"), []),
        (KNOWN.format("until: 'soon', issue: 'javascript:alert(1)'"), ["7:69 H208", "7:84 H208"]),
        (KNOWN.format("until: '2027-01-31'"), ["7:46 H202"]),
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
