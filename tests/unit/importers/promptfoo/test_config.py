"""Each thing that configurations hold, and what it is in a spec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.app.converting.specs import Converted

Convert = Callable[..., Converted]

HEAD = "prompts: ['Say {{x}}']\nproviders: ['openai:gpt-4.1-mini']\n"


def list_unmapped(found: Converted) -> list[tuple[int, str, str]]:
    return [(one.span.line, one.fate, one.what) for one in found.conversion.unmapped]


def test_the_shortest_configuration_is_a_spec_that_a_person_would_write(convert: Convert) -> None:
    found = convert(
        f"description: A bot\n{HEAD}tests:\n  - vars: {{x: hi}}\n"
        "    assert: [{type: icontains, value: hello}]\n"
    )
    assert found.text.splitlines() == [
        "# Converted by `harness convert` from promptfooconfig.yaml",
        "version: 1",
        f"name: {found.conversion.document['name']}",  # type: ignore[index]
        "description: A bot",
        "cloud: ${HARNESS_CLOUD:-simulator}",
        "providers:",
        "  openai:",
        "    type: openai",
        "    api_key: ${OPENAI_API_KEY}",
        "    models: {gpt-4.1-mini: {}}",
        "evaluation: {targets: [openai/gpt-4.1-mini]}",
        "conversations:",
        f"  - id: {found.conversion.document['name']}",  # type: ignore[index]
        "    vars: {x: hi}",
        "    turns:",
        "      - user: Say {{x}}",
        "        assert:",
        "          - icontains: hello",
    ]
    assert found.conversion.is_whole


PROVIDERS: list[tuple[str, dict[str, Any], str]] = [
    ("'openai:chat:gpt-4o'", {"type": "openai", "api_key": "${OPENAI_API_KEY}"}, "openai/gpt-4o"),
    ("'openai:responses:gpt-5'", {"type": "openai"}, "openai/gpt-5"),
    ("'openai:o3-mini'", {"type": "openai"}, "openai/o3-mini"),
    (
        "{id: 'openai:chat:local', config: {apiBaseUrl: 'http://localhost:1234/v1'}}",
        {"type": "openai-compatible", "base_url": "http://localhost:1234/v1"},
        "server/local",
    ),
    (
        "{id: 'azure:chat:prod', config: {apiHost: r.openai.azure.com, apiVersion: '2024-10-21'}}",
        {
            "type": "azure-openai",
            "endpoint": "https://r.openai.azure.com",
            "api_version": "2024-10-21",
            "api_key": "${AZURE_API_KEY}",
        },
        "azure/prod",
    ),
    ("'azureopenai:chat:prod'", {"endpoint": "https://${AZURE_API_HOST}"}, "azure/prod"),
    ("'ollama:chat:llama3.2'", {"base_url": "http://127.0.0.1:11434/v1"}, "ollama/llama3.2"),
    (
        "'openrouter:meta/llama'",
        {"api_key": "${HARNESS_OPENROUTER_API_KEY}"},
        "openrouter/meta/llama",
    ),
    (
        "{'openai:gpt-4o': {config: {temperature: 0.5, max_tokens: 10}}}",
        {"models": {"gpt-4o": {"parameters": {"temperature": 0.5, "max_output_tokens": 10}}}},
        "openai/gpt-4o",
    ),
    (
        "{id: 'https://a.io', config: {body: {q: '{{prompt}}'}, transformResponse: json.answer}}",
        {"type": "http", "body": {"q": "{{user}}"}, "reply": "$.answer"},
        "app",
    ),
]


@pytest.mark.parametrize(("written", "wanted", "target"), PROVIDERS)
def test_a_provider_is_declared_and_asked(
    written: str, wanted: dict[str, Any], target: str, convert: Convert
) -> None:
    found = convert(f"prompts: [Hello]\nproviders: [{written}]\n").conversion.document
    assert found is not None
    assert found["evaluation"]["targets"] == [target]
    (declared,) = found["providers"].values()
    assert {key: declared.get(key) for key in wanted} == wanted


def test_the_same_model_with_other_parameters_is_another_target(convert: Convert) -> None:
    found = convert(
        "prompts: [Hello]\nproviders:\n"
        "  - {id: 'openai:gpt-4o', label: cold, config: {temperature: 0}}\n"
        "  - {id: 'openai:gpt-4o', label: hot, config: {temperature: 1}}\n"
    ).conversion.document
    assert found is not None
    assert found["evaluation"]["targets"] == ["openai/gpt-4o", "hot/gpt-4o"]


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        ("bedrock:anthropic.claude", "a model of another cloud: Amazon Bedrock"),
        ("file://provider.py", "no model: code"),
        ("openai:image:dall-e-3", "media"),
        ("azure:foundry-agent:a", "an agent of Azure AI Foundry"),
        ("exec:./run.sh", "no model: a program"),
    ],
)
def test_what_no_spec_can_ask_is_out_of_reach_and_says_why(
    provider: str, reason: str, convert: Convert
) -> None:
    found = convert(f"prompts: [Hello]\nproviders: ['{provider}']\n")
    assert found.conversion.document is None
    assert reason in found.conversion.out_of_reach
    assert list_unmapped(found)[0][:2] == (2, "left out")


def test_a_written_key_is_never_copied(convert: Convert) -> None:
    found = convert(
        "prompts: [Hello]\nproviders: [{id: 'openai:gpt-4o', config: {apiKey: sk-secret}}]\n"
    )
    assert "sk-secret" not in found.text
    assert list_unmapped(found) == [(2, "changed", "apiKey")]


def test_several_prompts_are_variants_of_what_the_cases_bring(convert: Convert) -> None:
    found = convert(
        "prompts: [file://p.txt]\nproviders: ['openai:gpt-4o']\ntests: [{vars: {topic: tea}}]\n",
        {"p.txt": "A tweet about {{topic}}\n---\nA poem about {{ topic }}\n"},
    ).conversion.document
    assert found is not None
    assert found["variants"] == {
        "prompt-1": {"user": "A tweet about {{user}}"},
        "prompt-2": {"user": "A poem about {{user}}"},
    }
    assert found["conversations"][0]["turns"] == [{"user": "{{topic}}"}]


CHATS = [
    '[{"role": "system", "content": "{{s}}"}, {"role": "user", "content": {{ q | dump }}}]',
    '[{"role": "system", "content": "{{s}}"},\n{"role": "user", "content": "{{q}}"},]',
    "- role: system\n  content: '{{s}}'\n- role: user\n  content: '{{q}}'\n",
]


@pytest.mark.parametrize("chat", CHATS)
def test_a_chat_is_a_system_text_and_a_turn(chat: str, convert: Convert) -> None:
    name = "chat.yaml" if chat.startswith("-") else "chat.json"
    found = convert(
        f"prompts: [file://{name}]\nproviders: ['openai:gpt-4o']\n"
        "tests: [{vars: {s: Be kind, q: Hello}}]\n",
        {name: chat},
    ).conversion.document
    assert found is not None
    (conversation,) = found["conversations"]
    assert conversation["system"] == "{{s}}"
    assert conversation["turns"] == [{"user": "{{q}}"}]


def test_what_was_said_before_is_history(convert: Convert) -> None:
    chat = (
        '[{% for m in past %}{"role": "user", "content": "{{m.q}}"},'
        '{"role": "assistant", "content": "{{m.a}}"},{% endfor %}'
        '{"role": "user", "content": "{{q}}"}]'
    )
    found = convert(
        "prompts: [file://chat.json]\nproviders: ['openai:gpt-4o']\n"
        "defaultTest: {vars: {past: [{q: One?, a: Yes.}]}}\ntests: [{vars: {q: Two?}}]\n",
        {"chat.json": chat},
    ).conversion.document
    assert found is not None
    assert found["conversations"][0]["turns"] == [
        {"user": "One?", "assistant": "Yes."},
        {"user": "{{q}}"},
    ]


def test_tests_of_one_thread_are_turns(convert: Convert) -> None:
    chat = (
        '[{% for c in _conversation %}{"role": "user", "content": "{{c.input}}"},'
        '{"role": "assistant", "content": "{{c.output}}"},{% endfor %}'
        '{"role": "user", "content": "{{q}}"}]'
    )
    found = convert(
        "prompts: [file://chat.json]\nproviders: ['openai:gpt-4o']\ntests:\n"
        "  - {vars: {q: Who?}, metadata: {conversationId: a}, assert: [{type: is-json}]}\n"
        "  - {vars: {q: Else?}, metadata: {conversationId: b}}\n"
        "  - {vars: {q: Where?}, metadata: {conversationId: a}}\n",
        {"chat.json": chat},
    ).conversion.document
    assert found is not None
    first, second = found["conversations"]
    assert first["turns"] == [{"user": "Who?", "assert": ["is-json"]}, {"user": "Where?"}]
    assert second["turns"] == [{"user": "Else?"}]


def test_lists_of_variables_are_a_matrix(convert: Convert) -> None:
    found = convert(f"{HEAD}tests: [{{vars: {{x: [a, b, c]}}}}]\n")
    assert found.conversion.document is not None
    assert found.conversion.document["conversations"][0]["matrix"] == {"x": ["a", "b", "c"]}
    assert found.conversations == 3


def test_variables_in_variables_are_put_in(convert: Convert) -> None:
    found = convert(f"{HEAD}tests: [{{vars: {{x: 'a {{{{y}}}}', y: cat}}}}]\n").conversion.document
    assert found is not None
    assert found["conversations"][0]["vars"] == {"x": "a cat"}


def test_a_filter_is_worked_out_for_each_case(convert: Convert) -> None:
    found = convert(
        "prompts: ['Say {{ x | upper }}']\nproviders: ['openai:gpt-4o']\n"
        "tests: [{vars: {x: a}}, {vars: {x: b}}]\n"
    ).conversion.document
    assert found is not None
    (conversation,) = found["conversations"]
    assert conversation["turns"] == [{"user": "Say {{x_upper}}"}]
    assert [case["x_upper"] for case in conversation["cases"]] == ["A", "B"]


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


def test_a_scenario_is_each_setting_with_each_test(convert: Convert) -> None:
    found = convert(
        "prompts: ['{{a}} {{b}}']\nproviders: ['openai:gpt-4o']\nscenarios:\n"
        "  - config: [{vars: {a: 1}}, {vars: {a: 2}}]\n"
        "    tests: [{vars: {b: x}}, {vars: {b: y}}]\n"
    )
    assert found.conversations == 4


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


BROKEN = [
    ("assert: [{type: is-json}]\n", "assert at the top"),
    ("tests: [{vars: {x: a, assert: [{type: is-json}]}}]\n", "assert under vars"),
    ("tests: [{vars: {x: a}, assert: [{value: 1}]}]\n", "an assertion without a type"),
    ("tests: [{vars: {x: a}, asert: []}]\n", "test asert"),
    ("tests: [{vars: {x: a}, assert: [{type: contains}]}]\n", "assert contains"),
    ("tests: [{vars: {x: a}, assert: [{type: latency, value: 9}]}]\n", "assert latency value"),
    ("frobnicate: 1\n", "frobnicate"),
]


@pytest.mark.parametrize(("more", "what"), BROKEN)
def test_what_promptfoo_tolerates_though_it_is_broken_is_named(
    more: str, what: str, convert: Convert
) -> None:
    found = convert(HEAD + more)
    assert found.conversion.document is not None
    assert ("broken", what) in [(one.fate, one.what) for one in found.conversion.unmapped]


def test_three_braces_are_said_to_be_handlebars(convert: Convert) -> None:
    found = convert(
        "prompts: ['Say {{{x}}}']\nproviders: ['openai:gpt-4o']\ntests: [{vars: {x: a}}]\n"
    )
    assert ("broken", "{{{x}}}") in [(one.fate, one.what) for one in found.conversion.unmapped]


def test_a_provider_without_an_id_is_named_and_the_others_are_asked(convert: Convert) -> None:
    found = convert(
        "prompts: [Hello]\nproviders: [{config: {temperature: 0}, label: x}, 'openai:gpt-4o']\n"
    )
    assert found.conversion.document is not None
    assert (2, "broken", "provider") in list_unmapped(found)


def test_a_reply_that_later_tests_name_is_stored(convert: Convert) -> None:
    found = convert(
        "prompts: ['{{message}}']\nproviders: ['openai:gpt-4o']\ntests:\n"
        "  - {vars: {message: 'A fruit?'}, options: {storeOutputAs: fruit}}\n"
        "  - {vars: {message: 'Why {{fruit}}?'}}\n"
    ).conversion.document
    assert found is not None
    assert found["conversations"][0]["turns"] == [
        {"user": "A fruit?", "store_as": "fruit"},
        {"user": "Why {{fruit}}?"},
    ]
    assert found["evaluation"]["history"] == {"max_turns": 0}


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


def test_a_name_that_means_something_here_is_another_one(convert: Convert) -> None:
    found = convert(
        "prompts: ['{{id}} of {{user}}', 'The {{ user }}']\nproviders: ['openai:gpt-4o']\ntests:\n"
        "  - {vars: {id: 1, user: Ann}, assert: [{type: contains, value: 'n {{user}}'}]}\n"
        "  - {vars: {id: 2, user: Bob}}\n"
    ).conversion.document
    assert found is not None
    assert found["variants"]["prompt-2"] == {"user": "The {{var_user}}"}
    assert found["conversations"][0]["cases"] == [
        {"var_id": 1, "var_user": "Ann", "assert": [{"contains": "n {{var_user}}"}]},
        {"var_id": 2, "var_user": "Bob"},
    ]


def test_many_cases_become_a_data_set_beside_the_spec(convert: Convert) -> None:
    rows = "".join(f"value {number}\n" for number in range(150))
    found = convert(f"{HEAD}tests: file://t.csv\n", {"t.csv": f"x\n{rows}"}, out="specs/bot.yaml")
    (file,) = found.conversion.files
    assert file.path == "bot.cases.jsonl"
    assert file.text.count("\n") == 150
    assert found.conversations == 150


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
