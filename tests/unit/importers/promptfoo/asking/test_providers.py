"""The providers of a configuration, as providers and targets of a spec."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.importers.promptfoo.conftest import Convert
from tests.unit.importers.promptfoo.written import list_unmapped

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


def test_a_provider_without_an_id_is_named_and_the_others_are_asked(convert: Convert) -> None:
    found = convert(
        "prompts: [Hello]\nproviders: [{config: {temperature: 0}, label: x}, 'openai:gpt-4o']\n"
    )
    assert found.conversion.document is not None
    assert (2, "broken", "provider") in list_unmapped(found)
