"""The assertions of a configuration, as those of a spec."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.importers.promptfoo.conftest import Convert
from tests.unit.importers.promptfoo.written import HEAD, list_unmapped


def test_what_every_test_demands_stands_at_the_turn_and_the_rest_at_its_case(
    convert: Convert,
) -> None:
    found = convert(
        f"{HEAD}defaultTest: {{assert: [{{type: is-json}}]}}\ntests:\n"
        "  - {description: one, vars: {x: a}, assert: [{type: contains, value: 1}]}\n"
        "  - {description: two, vars: {x: b}}\n"
    ).conversion.document
    assert found is not None
    (conversation,) = found["conversations"]
    assert conversation["turns"] == [{"user": "Say {{x}}", "assert": ["is-json"]}]
    assert conversation["cases"] == [
        {"id": "one", "x": "a", "assert": [{"contains": "1"}]},
        {"id": "two", "x": "b"},
    ]


def test_a_judge_that_most_name_is_everybodys(convert: Convert) -> None:
    rubric = "{type: llm-rubric, value: kind"
    found = convert(
        f"{HEAD}tests:\n  - vars: {{x: a}}\n    assert:\n"
        f"      - {rubric}, provider: 'openai:gpt-4.1'}}\n"
        f"      - {{type: factuality, value: so, provider: 'openai:gpt-4.1'}}\n"
        f"      - {{type: llm-rubric, value: short, provider: 'openai:o3'}}\n"
    ).conversion.document
    assert found is not None
    assert found["evaluation"]["judge"] == {"target": "openai/gpt-4.1"}
    assert found["evaluation"]["targets"] == ["openai/gpt-4.1-mini"]
    assert found["conversations"][0]["turns"][0]["assert"] == [
        {"llm-rubric": "kind"},
        {"factuality": "so"},
        {"llm-rubric": "short", "judge": "openai/o3"},
    ]


ASSERTIONS: list[tuple[str, list[Any]]] = [
    ("{type: contains-any, value: 'a, b'}", [{"contains-any": ["a", "b"]}]),
    ("{type: latency, threshold: 500}", [{"latency": 500}]),
    ("{type: not-equals, value: ''}", [{"not-equals": ""}]),
    ("{type: model-graded-factuality, value: so}", [{"factuality": "so"}]),
    ("{type: equals, value: 3, transform: output.count}", [{"equals": 3, "path": "$.count"}]),
    ("{type: contains, value: a, weight: 2, metric: m}",
     [{"contains": "a", "weight": 2, "metric": "m"}]),
    ("{type: javascript, value: 'output.length < 9'}", [{"char-count": {"max": 8}}]),
    (
        "{type: assert-set, threshold: 0.5, assert: [{type: is-json}, {type: contains, value: a}]}",
        [{"assert-set": {"threshold": 0.5, "assert": ["is-json", {"contains": "a"}]}}],
    ),
    ("{$ref: '#/assertionTemplates/polite'}", [{"icontains": "please"}]),
    ("{type: python, value: 'len(output) > 3'}", [{"python": "len(output) > 3"}]),
    ("{type: is-json, value: '{\"type\": \"object\"}'}", [{"is-json": {"type": "object"}}]),
    ("{type: human}", [{"skip": "assert human: people decide it"}]),
    ("{type: regex, value: '(unclosed'}", [{"skip": "not a regular expression"}]),
]  # fmt: skip


@pytest.mark.parametrize(("written", "wanted"), ASSERTIONS, ids=[one for one, _ in ASSERTIONS])
def test_an_assertion_becomes_ours(written: str, wanted: list[Any], convert: Convert) -> None:
    templates = "assertionTemplates: {polite: {type: icontains, value: please}}\n"
    found = convert(f"{HEAD}{templates}tests: [{{vars: {{x: a}}, assert: [{written}]}}]\n")
    assert found.conversion.document is not None
    (written_here,) = found.conversion.document["conversations"][0]["turns"][0]["assert"]
    if "skip" in wanted[0] and "regular" in wanted[0]["skip"]:
        assert "skip" in written_here
        assert not found.conversion.is_whole
        return
    assert [written_here] == wanted


def test_after_a_transform_everything_looks_at_what_it_left(convert: Convert) -> None:
    found = convert(
        f"{HEAD}tests:\n  - vars: {{x: a}}\n    options: {{transform: JSON.parse(output).item}}\n"
        "    assert:\n"
        "      - {type: javascript, value: output.color === 'red' && output.tags.length > 1}\n"
        "      - {type: contains-any, value: [a, b], transform: output.names}\n"
        "      - {type: latency, threshold: 900}\n"
    ).conversion.document
    assert found is not None
    assert found["conversations"][0]["turns"][0]["assert"] == [
        {"equals": "red", "path": "$.item.color"},
        {"json-path": {"path": "$.item.tags", "length": {"at_least": 2}}},
        {"contains-any": ["a", "b"], "path": "$.item.names"},
        {"latency": 900},
    ]


def test_after_a_transform_that_is_code_an_assertion_keeps_its_place(convert: Convert) -> None:
    found = convert(
        f"{HEAD}tests:\n  - vars: {{x: a}}\n    options: {{transform: output.toUpperCase()}}\n"
        "    assert: [{type: equals, value: a}]\n"
    )
    document = found.conversion.document
    assert document is not None
    reason = "it looks at what code made of the reply"
    (one,) = document["conversations"][0]["turns"][0]["assert"]
    assert one == {"skip": f"assert equals: {reason}"}
    assert [one.reason for one in found.conversion.unmapped][-1] == reason


def test_calls_of_tools_are_looked_at_by_name_and_arguments(convert: Convert) -> None:
    tools = "[{type: function, function: {name: get_weather, parameters: {type: object}}}]"
    found = convert(
        f"prompts: ['Weather in {{{{x}}}}?']\n"
        f"providers: [{{id: 'openai:gpt-4o', config: {{tools: {tools}}}}}]\n"
        "tests:\n  - vars: {x: Malmö}\n    assert:\n"
        "      - type: javascript\n        value: output[0].function.name === 'get_weather'\n"
        "      - type: javascript\n"
        "        value: JSON.parse(output[0].function.arguments).c === 'M'\n"
        "      - {type: equals, value: get_weather, transform: 'output[0].function.name'}\n"
    ).conversion.document
    assert found is not None
    assert found["conversations"][0]["tools"][0]["function"]["name"] == "get_weather"
    assert found["conversations"][0]["turns"][0]["assert"] == [
        {"tool-called": "get_weather"},
        {"tool-called": {"name": "get_weather", "arguments": {"c": "M"}}},
    ]


def test_what_no_spec_takes_is_named_at_its_own_place(convert: Convert) -> None:
    found = convert(
        f"{HEAD}tests:\n  - vars: {{x: a}}\n    assert:\n"
        "      - {type: regex, value: '(unclosed'}\n"
        "      - {type: latency}\n"
        "      - {type: context-faithfulness}\n"
    )
    assert list_unmapped(found) == [
        (6, "left out", "assert regex"),
        (7, "left out", "assert latency"),
        (8, "left out", "assert context-faithfulness"),
    ]


def test_a_grading_prompt_without_a_rubric_is_one(convert: Convert) -> None:
    found = convert(
        f"{HEAD}defaultTest: {{options: {{rubricPrompt: 'Is {{{{output}}}} kind?'}}}}\n"
        "tests: [{vars: {x: a}, assert: [{type: llm-rubric}]}]\n"
    ).conversion.document
    assert found is not None
    (one,) = found["conversations"][0]["turns"][0]["assert"]
    assert one["rubric_prompt"] == "Is {{output}} kind?"


def test_a_check_in_python_is_named_by_its_path_from_the_spec(convert: Convert) -> None:
    found = convert(
        f"{HEAD}tests: [{{vars: {{x: a}}, assert: [{{type: python, value: 'file://c.py:ok'}}]}}]\n",
        {"c.py": "def ok(output, context):\n    return True\n"},
    )
    assert found.conversion.needs_code
    assert "python: c.py:ok" in found.text


def test_a_check_in_python_of_another_folder_is_named_from_the_spec(convert: Convert) -> None:
    found = convert(
        f"{HEAD}tests: [{{vars: {{x: a}}, assert: [{{type: python, value: 'file://c.py'}}]}}]\n",
        {"c.py": "def get_assert(output, context):\n    return True\n"},
        out="specs/bot.yaml",
    )
    assert "python: ../c.py" in found.text
    assert found.conversion.files == ()
