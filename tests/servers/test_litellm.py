"""`harness eval` against LiteLLM's proxy: real processes, real SDKs on both of its sides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.conftest import Evaluate, Proxy

pytestmark = pytest.mark.servers

KEY = "HARNESS_SERVER_KEY"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


@pytest.fixture
def provider(litellm: Proxy, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv(KEY, litellm.key)
    return {
        "type": "openai-compatible",
        "base_url": litellm.base_url,
        "api_key": f"${{{KEY}}}",
    }


def asked(provider: dict[str, Any], *models: str, **rest: Any) -> dict[str, Any]:
    """A spec that says hello to these models."""
    return {
        "providers": {"lite": {**provider, "models": {model: {} for model in models}}},
        "conversations": [{"id": "hello", "turns": [{"user": "Hello."}]}],
        **rest,
    }


@pytest.mark.parametrize("stream", [False, True])
def test_a_conversation_of_two_turns_is_answered_and_counted(
    provider: dict[str, Any], evaluate: Evaluate, stream: bool
) -> None:
    spec = asked(
        provider,
        "paris",
        evaluation={"stream": stream, "parameters": {"temperature": 0, "max_output_tokens": 20}},
        conversations=[
            {
                "id": "capital",
                "system": "Be brief.",
                "turns": [
                    {"user": "Capital of France?", "assert": [{"equals": "Paris."}]},
                    {"user": "Again?", "assert": [{"contains": "Paris"}]},
                ],
            }
        ],
    )
    result = evaluate(spec)["paris"]
    assert result["outcome"] == "passed"
    for turn in result["turns"]:
        assert turn["finish_reason"] == "stop"
        assert turn["usage"]["input_tokens"] > 0
        assert turn["usage"]["output_tokens"] > 0
        assert turn["model"] == "paris"
        assert turn["attempts"] == 1
        assert (turn["ttft_s"] is not None) is stream
        assert turn["ttft_s"] is None or 0 < turn["ttft_s"] <= turn["latency_s"]


ERRORS = {
    "broken": ("errored", "server", 500, 5),
    "nowhere": ("errored", "server", 500, 5),
    "full": ("errored", "context_length", 400, 1),
    "filtered": ("blocked", "content_filter", 400, 1),
    "nobody": ("errored", "bad_request", 400, 1),
}


@pytest.mark.parametrize("stream", [False, True])
def test_each_error_is_what_a_person_would_call_it(
    provider: dict[str, Any], evaluate: Evaluate, stream: bool
) -> None:
    found = evaluate(asked(provider, *ERRORS, evaluation={"stream": stream}))
    assert {
        name: (
            result["outcome"],
            result["error"]["kind"],
            result["error"].get("status"),
            result["turns"][0]["attempts"],
        )
        for name, result in found.items()
    } == ERRORS
    assert all(result["turns"][0]["assistant"] is None for result in found.values())


def test_a_proxy_that_takes_too_long_is_waited_for_no_longer(
    provider: dict[str, Any], evaluate: Evaluate
) -> None:
    result = evaluate(asked(provider, "slow", evaluation={"timeout_s": 0.5}))["slow"]
    assert (result["outcome"], result["error"]["kind"]) == ("errored", "timeout")
    assert result["turns"][0]["assistant"] is None


def test_another_key_than_its_own_is_what_its_status_says(
    provider: dict[str, Any], evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyless = {name: value for name, value in provider.items() if name != "api_key"}
    monkeypatch.setenv(KEY, "sk-of-somebody-else")
    for client in (keyless, provider):
        error = evaluate(asked(client, "paris"))["paris"]["error"]
        assert (error["kind"], error["status"]) == ("bad_request", 400)


@pytest.mark.parametrize("stream", [False, True])
def test_a_parameter_that_the_proxy_refuses_is_left_out_and_noted(
    provider: dict[str, Any], evaluate: Evaluate, stream: bool
) -> None:
    parameters = {
        "temperature": 0,
        "max_output_tokens": 50,
        "seed": 7,
        "frequency_penalty": 0.5,
    }
    found = evaluate(
        asked(
            provider,
            "thinker",
            "claude",
            "paris",
            evaluation={"stream": stream, "parameters": parameters},
        )
    )
    noted = {name: result["turns"][0].get("notes") for name, result in found.items()}
    assert noted["paris"] is None
    assert "temperature dropped" in noted["thinker"]
    assert "seed dropped" in noted["claude"]
    assert "frequency_penalty dropped" in noted["claude"]
    assert {result["outcome"] for result in found.values()} == {"passed"}
    assert found["claude"]["turns"][0]["assistant"] == "Bonjour."


def test_a_call_that_ended_with_stop_is_a_call(
    provider: dict[str, Any], evaluate: Evaluate
) -> None:
    called = {"tool-called": {"name": "get_weather", "arguments": {"city": "Malmö"}}}
    turn = {"user": "Weather in Malmö?", "assert": [called, "is-valid-openai-tools-call"]}
    spec = asked(
        provider, "caller", conversations=[{"id": "weather", "tools": TOOLS, "turns": [turn]}]
    )
    assert evaluate(spec)["caller"]["outcome"] == "passed"


@pytest.mark.parametrize("stream", [False, True])
def test_results_of_tools_are_fed_back_through_the_proxy(
    provider: dict[str, Any], evaluate: Evaluate, stream: bool
) -> None:
    told = {"name": "get_weather", "arguments": {"city": "Malmö"}, "result": {"celsius": 4}}
    turn = {
        "user": "Weather in Malmö?",
        "tool_results": [told],
        "assert": [{"tool-called": {"name": "get_weather"}}, {"contains": "4 degrees"}],
    }
    spec = asked(
        provider,
        "weather",
        evaluation={"stream": stream},
        conversations=[{"id": "weather", "tools": TOOLS, "turns": [turn]}],
    )
    result = evaluate(spec)["weather"]
    assert result["outcome"] == "passed", result
    assert result["turns"][0]["requests"] == 2


def test_a_schema_of_the_reply_is_kept_through_the_proxy(
    provider: dict[str, Any], evaluate: Evaluate
) -> None:
    schema = {
        "type": "object",
        "properties": {"greeting": {"type": "string"}, "words": {"type": "integer"}},
        "required": ["greeting", "words"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "g", "strict": True, "schema": schema}}
    spec = asked(
        provider,
        "weather",
        evaluation={"parameters": {"response_format": wanted}},
        conversations=[
            {"id": "json", "turns": [{"user": "Greet me.", "assert": [{"is-json": schema}]}]}
        ],
    )
    result = evaluate(spec)["weather"]
    assert result["outcome"] == "passed", result


def test_a_limit_that_is_over_in_a_second_costs_one_more_attempt(
    provider: dict[str, Any], evaluate: Evaluate
) -> None:
    result = evaluate(asked(provider, "busy"))["busy"]
    assert result["outcome"] == "passed", result
    assert result["turns"][0]["attempts"] == 2


@pytest.mark.parametrize(
    ("embeddings", "wanted", "outcome"),
    [
        pytest.param("near", "Paris.", "passed", id="equal texts"),
        pytest.param("near", "Something else altogether", "failed", id="other words"),
        pytest.param("vectors", "Paris.", "errored", id="one vector for two texts"),
    ],
)
def test_replies_are_compared_by_its_embeddings(
    provider: dict[str, Any], evaluate: Evaluate, embeddings: str, wanted: str, outcome: str
) -> None:
    similar = {"type": "similar", "value": wanted, "threshold": 0.8}
    spec = asked(
        provider,
        "paris",
        embeddings,
        evaluation={"targets": ["lite/paris"], "embeddings": {"target": f"lite/{embeddings}"}},
        conversations=[{"id": "near", "turns": [{"user": "Hello.", "assert": [similar]}]}],
    )
    result = evaluate(spec)["paris"]
    assert result["outcome"] == outcome, result


def test_its_responses_are_read_and_a_stream_that_cannot_begin_is_no_answer(
    provider: dict[str, Any], evaluate: Evaluate
) -> None:
    whole = evaluate(asked(provider, "paris", evaluation={"api": "responses"}))["paris"]
    assert (whole["outcome"], whole["turns"][0]["assistant"]) == ("passed", "Paris.")
    streamed = evaluate(asked(provider, "paris", evaluation={"api": "responses", "stream": True}))
    error = streamed["paris"]["error"]
    assert (error["kind"], error["message"]) == ("server", "Error processing stream start")


@pytest.mark.parametrize("stream", [False, True])
def test_responses_go_through_the_proxy(
    provider: dict[str, Any], evaluate: Evaluate, stream: bool
) -> None:
    turn = {"user": "Capital of France?", "assert": [{"contains": "Paris"}]}
    spec = asked(
        provider,
        "deep",
        evaluation={"api": "responses", "stream": stream},
        conversations=[{"id": "capital", "turns": [turn]}],
    )
    result = evaluate(spec)["deep"]
    assert result["outcome"] == "passed", result
    assert result["turns"][0]["usage"]["output_tokens"] > 0
