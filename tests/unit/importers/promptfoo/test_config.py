"""Each thing that configurations hold, and what it is in a spec."""

from __future__ import annotations

import pytest

from tests.unit.importers.promptfoo.conftest import Convert
from tests.unit.importers.promptfoo.written import HEAD


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


def test_a_scenario_is_each_setting_with_each_test(convert: Convert) -> None:
    found = convert(
        "prompts: ['{{a}} {{b}}']\nproviders: ['openai:gpt-4o']\nscenarios:\n"
        "  - config: [{vars: {a: 1}}, {vars: {a: 2}}]\n"
        "    tests: [{vars: {b: x}}, {vars: {b: y}}]\n"
    )
    assert found.conversations == 4


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


def test_a_stored_reply_whose_name_is_an_escape_is_refused_by_name(convert: Convert) -> None:
    found = convert(
        "prompts: ['{{message}}']\nproviders: ['openai:gpt-4o']\ntests:\n"
        "  - {vars: {message: 'A fruit?'}, options: {storeOutputAs: 'a\\x'}}\n"
        "  - {vars: {message: 'Why {{a}}?'}}\n"
    ).conversion
    assert found.document is None
    assert any("variable's name" in one.what + one.reason for one in found.unmapped)


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
