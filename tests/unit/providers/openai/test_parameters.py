import dataclasses
import json

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Message, ToolCall
from harness.providers.openai.parameters import Adaptation, write_completion
from harness.providers.openai.response_wire import write_response

PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
REQUEST = Request(
    PLACE,
    (Message("system", "Be brief."), Message("user", "Hello")),
    {"temperature": 0, "max_output_tokens": 50, "top_p": 1, "stop": ("END",)},
)


def test_names_of_the_contract_become_the_wires() -> None:
    body = write_completion(REQUEST, "mini", Adaptation.of(None)).body
    assert body == {
        "model": "mini",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
        ],
        "temperature": 0,
        "max_tokens": 50,
        "top_p": 1,
        "stop": ["END"],
    }


def test_a_reasoning_model_is_asked_in_its_own_terms_before_it_refuses() -> None:
    sent = write_completion(REQUEST, "five", Adaptation.of(True))
    assert "temperature" not in sent.body
    assert "max_tokens" not in sent.body
    assert sent.body["max_completion_tokens"] == 50
    assert sent.notes == (
        "temperature dropped",
        "max_output_tokens sent as max_completion_tokens",
    )


def test_leaving_out_a_default_is_not_worth_a_note() -> None:
    adaptation = Adaptation.of(True)
    request = dataclasses.replace(REQUEST, parameters={"temperature": 1, "presence_penalty": 0})
    sent = write_completion(request, "five", adaptation)
    assert sent.notes == ()
    assert set(sent.body) == {"model", "messages"}


def test_a_stream_asks_for_its_usage() -> None:
    body = write_completion(dataclasses.replace(REQUEST, stream=True), "m", Adaptation()).body
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}


def test_tool_calls_and_their_results_are_sent_again() -> None:
    messages = (
        Message("assistant", None, (ToolCall("c1", "get_weather", '{"city":"Malmö"}'),)),
        Message("tool", "4", tool_call_id="c1"),
    )
    tools = ({"type": "function", "function": {"name": "get_weather"}},)
    body = write_completion(Request(PLACE, messages, tools=tools), "m", Adaptation()).body
    assert body["tools"] == list(tools)
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "get_weather", "arguments": '{"city":"Malmö"}'},
                }
            ],
        },
        {"role": "tool", "content": "4", "tool_call_id": "c1"},
    ]


@pytest.mark.parametrize(
    ("param", "message", "gone", "there"),
    [
        pytest.param(
            "max_tokens",
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
            id="named",
        ),
        pytest.param(
            "",
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
            id="named by the message alone",
        ),
        pytest.param(
            "temperature",
            "Unsupported value: 'temperature' does not support 1E-8 with this model. "
            "Only the default (1) value is supported.",
            "temperature",
            "max_tokens",
            id="a value",
        ),
        pytest.param(
            "",
            "Unrecognized request argument supplied: top_p",
            "top_p",
            "temperature",
            id="an old api-version",
        ),
        pytest.param(
            "",
            "litellm.UnsupportedParamsError: O-series models don't support temperature=0.0. Only "
            "temperature=1 is supported. To drop unsupported openai params from the call, set "
            "`litellm.drop_params = True`",
            "temperature",
            "max_tokens",
            id="a proxy that knows its models",
        ),
    ],
)
def test_a_refusal_teaches_what_to_leave_out(
    param: str, message: str, gone: str, there: str
) -> None:
    adaptation = Adaptation()
    sent = write_completion(REQUEST, "m", adaptation)
    adaptation.learn(param, message, sent.body)
    better = write_completion(REQUEST, "m", adaptation)
    assert gone not in better.body
    assert there in better.body
    adaptation.learn(param, message, sent.body)  # another request that was in flight
    assert write_completion(REQUEST, "m", adaptation).body == better.body


def test_a_server_that_knows_neither_limit_gets_none() -> None:
    adaptation = Adaptation()
    for name in ("max_tokens", "max_completion_tokens"):
        sent = write_completion(REQUEST, "m", adaptation).body
        adaptation.learn(name, f"Unsupported parameter: '{name}'", sent)
    better = write_completion(REQUEST, "m", adaptation)
    assert not {"max_tokens", "max_completion_tokens"} & set(better.body)
    assert "max_output_tokens dropped" in better.notes


def test_a_refused_system_role_is_renamed_twice() -> None:
    adaptation = Adaptation()
    for role in ("developer", "user"):
        sent = write_completion(REQUEST, "m", adaptation).body
        said = sent["messages"][0]["role"]
        adaptation.learn(
            "messages[0].role",
            f"Unsupported value: 'messages[0].role' does not support '{said}' with this model.",
            sent,
        )
        assert write_completion(REQUEST, "m", adaptation).body["messages"][0]["role"] == role


@pytest.mark.parametrize(
    ("param", "message"),
    [
        pytest.param("messages", "Invalid 'messages': empty array.", id="the request is wrong"),
        pytest.param("temperature", "Invalid 'temperature': decimal above maximum", id="range"),
        pytest.param("web_search_options", "Web search options not supported", id="not ours"),
        pytest.param("tools", "Unsupported parameter: 'tools'", id="dropping it changes the test"),
    ],
)
def test_other_refusals_teach_nothing(param: str, message: str) -> None:
    adaptation = Adaptation()
    sent = write_completion(REQUEST, "m", adaptation).body
    adaptation.learn(param, message, {**sent, "tools": []})
    assert write_completion(REQUEST, "m", adaptation).body == sent


def test_how_likely_tokens_were_is_asked_where_the_model_tells() -> None:
    request = dataclasses.replace(REQUEST, parameters={"logprobs": True})
    assert write_completion(request, "m", Adaptation.of(None)).body["logprobs"] is True
    told = write_completion(request, "m", Adaptation.of(True))
    assert "logprobs" not in told.body
    assert told.notes == ("logprobs dropped",)


@pytest.mark.parametrize(
    ("param", "message"),
    [
        ("logprobs", "Unsupported parameter: 'logprobs' is not supported with this model."),
        ("", "logprobs are not supported with reasoning models."),
        ("", "This model does not support 'logprobs'"),
    ],
)
def test_a_model_that_does_not_tell_how_likely_tokens_were_is_asked_without(
    param: str, message: str
) -> None:
    adaptation = Adaptation()
    request = dataclasses.replace(REQUEST, parameters={"logprobs": True})
    adaptation.learn(param, message, write_completion(request, "m", adaptation).body)
    assert write_completion(request, "m", adaptation).notes == ("logprobs dropped",)


def test_an_output_limit_below_the_least_is_raised_to_it() -> None:
    adaptation = Adaptation()
    request = dataclasses.replace(REQUEST, parameters={"max_output_tokens": 5})
    assert write_completion(request, "m", adaptation).body["max_tokens"] == 5
    message = (
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got "
        "5 instead."
    )
    adaptation.learn("max_output_tokens", message, {"max_output_tokens": 5})
    sent = write_completion(request, "m", adaptation)
    assert sent.body["max_tokens"] == 16
    assert sent.notes == ("max_output_tokens raised to 16",)
    enough = dataclasses.replace(REQUEST, parameters={"max_output_tokens": 16})
    assert write_completion(enough, "m", adaptation).notes == ()


def test_no_service_raises_a_limit_to_what_costs() -> None:
    adaptation = Adaptation()
    message = "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 4096."
    adaptation.learn("max_output_tokens", message, {"max_output_tokens": 5})
    assert adaptation.least_output == 0


def test_what_was_learned_is_told_on_as_plain_data() -> None:
    adaptation = Adaptation.of(reasoning=None)
    refusal = "Unsupported parameter: 'max_tokens' is not supported with this model."
    adaptation.learn("max_tokens", refusal, {"max_tokens": 1})
    adaptation.learn("seed", "Unsupported parameter: 'seed'", {"seed": 1})
    other = Adaptation.of(reasoning=None)
    other.relearn(json.loads(json.dumps(adaptation.learned)))
    assert other.learned == adaptation.learned
    assert other.limit == "max_completion_tokens"
    assert other.dropped == {"seed"}


PASSED = {
    "verbosity": "low",
    "service_tier": "priority",
    "prompt_cache_key": "k",
    "logit_bias": {"50256": -100.0},
    "store": True,
    "metadata": {"team": "search"},
    "safety_identifier": "u",
    "extra": {"top_k": 7, "min_p": 0.05, "nested": {"a": [1]}},
}
PASSING = dataclasses.replace(REQUEST, parameters=PASSED)


def test_parameters_pass_by_name_and_any_other_as_it_is() -> None:
    body = write_completion(PASSING, "m", Adaptation()).body
    assert {name: value for name, value in body.items() if name not in ("model", "messages")} == {
        **{name: value for name, value in PASSED.items() if name != "extra"},
        "top_k": 7,
        "min_p": 0.05,
        "nested": {"a": [1]},
    }


def test_by_responses_they_stand_where_that_api_has_them() -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}
    more = {"reasoning": {"summary": "auto"}}
    request = dataclasses.replace(
        REQUEST,
        parameters={
            **PASSED,
            "reasoning_effort": "low",
            "response_format": schema,
            "extra": more,
        },
    )
    sent = write_response(request, "m", Adaptation())
    assert sent.body["text"] == {
        "verbosity": "low",
        "format": {"type": "json_schema", "name": "n", "schema": {}},
    }
    assert sent.body["reasoning"] == {"effort": "low", "summary": "auto"}
    assert (sent.body["service_tier"], sent.body["store"]) == ("priority", True)
    assert "logit_bias" not in sent.body
    assert sent.notes == ("logit_bias dropped",)


@pytest.mark.parametrize(
    ("name", "param", "message"),
    [
        ("top_k", "top_k", "Unrecognized request argument supplied: top_k"),
        ("min_p", "", "Unknown parameter: 'min_p'."),
        ("verbosity", "verbosity", "Unsupported parameter: 'verbosity' is not supported here."),
        ("service_tier", "service_tier", "Unsupported value: 'service_tier' does not support x"),
    ],
)
def test_what_a_model_refuses_of_them_is_left_out_and_noted(
    name: str, param: str, message: str
) -> None:
    adaptation = Adaptation()
    adaptation.learn(param, message, write_completion(PASSING, "m", adaptation).body)
    sent = write_completion(PASSING, "m", adaptation)
    assert name not in sent.body
    assert sent.notes == (f"{name} dropped",)


def test_a_verbosity_that_responses_refuse_takes_no_format_with_it() -> None:
    adaptation = Adaptation()
    asked = dataclasses.replace(
        PASSING, parameters={"verbosity": "low", "response_format": {"type": "json_object"}}
    )
    body = write_response(asked, "m", adaptation).body
    adaptation.learn("text.verbosity", "Unsupported parameter: 'text.verbosity'.", body)
    assert write_response(asked, "m", adaptation).body["text"] == {
        "format": {"type": "json_object"}
    }


@pytest.mark.parametrize("word", ["messages", "model", "tools", "input"])
def test_neither_messages_nor_tools_are_ever_left_out(word: str) -> None:
    adaptation = Adaptation()
    request = dataclasses.replace(REQUEST, tools=({"type": "function"},))
    body = write_completion(request, "m", adaptation).body
    adaptation.learn(word, f"Unsupported parameter: '{word}'.", body)
    assert write_completion(request, "m", adaptation).body == body
