"""The real openai SDK against the simulated Responses API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest

from harness.cli.main import run

Start = Callable[..., Any]
THREE = {
    "mini": ("gpt-4.1-mini", "2025-04-14"),
    "five": ("gpt-5-mini", "2025-08-07"),
    "codex": ("gpt-5-codex", "2025-09-15"),
}
TOOL: Any = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def test_the_same_reply_comes_by_either_api_plain_and_streamed(start: Start) -> None:
    text = "Ord för  ord,\nrad för rad. " * 60
    azure = start(replies=[{"match": "long", "reply": text}], deployments=THREE)
    with azure.v1_client() as client:
        whole = client.responses.create(model="mini", input="long")
        with client.responses.stream(model="mini", input="long") as stream:
            deltas = [e.delta for e in stream if e.type == "response.output_text.delta"]
            last = stream.get_final_response()
    assert whole.output_text == last.output_text == "".join(deltas) == text
    assert whole.status == last.status == "completed"
    assert whole.usage == last.usage
    assert whole.to_dict()["content_filters"]
    assert azure.counters() == {"responses": {"200": 2}}


def test_the_dated_api_names_the_deployment_in_the_body(start: Start) -> None:
    azure = start(deployments=THREE)
    with azure.dated_client("2025-04-01-preview") as client:
        assert "synthetic" in client.responses.create(model="mini", input="Hello").output_text


def test_a_conversation_finds_its_recorded_answer(start: Start, tmp_path: Path) -> None:
    turns = [{"user": "One?", "assistant": "1"}, {"user": "Two?", "assistant": "2"}]
    entry = {"model": "gpt-4.1-mini", "version": "2025-04-14", "turns": turns}
    (tmp_path / "a.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    azure = start(answers=str(tmp_path / "a.jsonl"), deployments=THREE)
    with azure.v1_client() as client:
        asked: Any = [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "1"},
            {"role": "user", "content": [{"type": "input_text", "text": "Two?"}]},
        ]
        assert client.responses.create(model="mini", input=asked).output_text == "2"


def test_a_tool_is_called_and_its_result_is_heard(start: Start) -> None:
    call = {"name": "get_weather", "arguments": {"city": "Malmö"}}
    rules = [{"match": "Weather", "tool_calls": [call]}, {"on": "any", "match": "4", "reply": "4."}]
    azure = start(replies=rules, deployments=THREE)
    asked: Any = [{"role": "user", "content": "Weather?"}]
    with azure.v1_client() as client:
        first = client.responses.create(model="mini", input=asked, tools=[TOOL])
        (made,) = first.output
        assert made.type == "function_call"
        assert json.loads(made.arguments) == {"city": "Malmö"}
        asked += [
            made.to_dict(),
            {"type": "function_call_output", "call_id": made.call_id, "output": "4"},
        ]
        assert client.responses.create(model="mini", input=asked, tools=[TOOL]).output_text == "4."
        with pytest.raises(openai.BadRequestError, match="No tool output found"):
            client.responses.create(model="mini", input=asked[:2], tools=[TOOL])


def test_a_reasoning_model_thinks_first_and_may_never_speak(start: Start) -> None:
    azure = start(deployments=THREE)
    with azure.v1_client() as client:
        spoken = client.responses.create(model="five", input="Hello")
        silent = client.responses.create(model="five", input="Hello", max_output_tokens=32)
    assert [item.type for item in spoken.output] == ["reasoning", "message"]
    assert silent.status == "incomplete"
    assert silent.incomplete_details is not None
    assert silent.incomplete_details.reason == "max_output_tokens"
    assert silent.output_text == ""


@pytest.mark.parametrize(
    ("deployment", "more", "status", "words"),
    [
        ("nobody", {}, 404, "deployment"),
        ("mini", {"max_output_tokens": 5}, 400, ">= 16"),
        ("mini", {"max_output_tokens": 99_999}, 400, "max_output_tokens is too large"),
        ("five", {"temperature": 0}, 400, "'temperature' is not supported"),
        ("mini", {"extra_body": {"seed": 7}}, 400, "Unknown parameter: 'seed'"),
        ("mini", {"previous_response_id": "resp_1"}, 400, "Previous response with id 'resp_1'"),
        ("mini", {"conversation": "conv_1"}, 501, "conversation"),
        ("mini", {"tools": [{"type": "web_search"}]}, 501, "web_search"),
    ],
)
def test_what_is_refused_says_why(
    start: Start, deployment: str, more: dict[str, Any], status: int, words: str
) -> None:
    azure = start(deployments=THREE)
    with azure.v1_client() as client, pytest.raises(openai.APIStatusError, match=words) as refused:
        client.responses.create(model=deployment, input="Hello", **more)
    assert refused.value.status_code == status


def test_a_model_without_chat_refuses_it_as_azure_does(start: Start) -> None:
    azure = start(deployments=THREE)
    refused = azure.chat("codex")
    assert (refused.status, refused.json["error"]["code"]) == (400, "OperationNotSupported")
    with azure.v1_client() as client:
        assert client.responses.create(model="codex", input="Hello").status == "completed"


SPEC = """
version: 1
name: by-responses
cloud: simulator
simulator:
  date: 2026-09-01
  replies:
    - {match: hard, reply: I thought about it.}
    - {match: Weather, tool_calls: [{name: get_weather, arguments: {city: Malmö}}]}
    - {on: any, match: celsius, reply: It is 4 degrees.}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-5-codex: {}}}
  gateway:
    type: azure-openai
    endpoint: "https://contoso.openai.azure.com"
    models: {somebodys-name: {}}
evaluation: {stream: STREAM, api: WHICH, parameters: {max_output_tokens: 200, seed: 7}}
conversations:
  - id: weather
    tools: [{type: function, function: {name: get_weather, parameters: {type: object}}}]
    turns:
      - user: Weather in Malmö?
        tool_results: [{name: get_weather, result: {celsius: 4}}]
        assert: [{contains: 4 degrees}, {tool-called: {name: get_weather}}]
      - {user: Is that hard?, assert: [{contains: thought}]}
"""


@pytest.mark.parametrize(("api", "stream"), [("auto", "false"), ("responses", "true")])
def test_an_evaluation_asks_each_model_as_it_wants_to_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str, stream: str
) -> None:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    text = SPEC.replace("STREAM", stream).replace("WHICH", api)
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out"]) == 0
    lines = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    results = [json.loads(line) for line in lines]
    assert [result["outcome"] for result in results] == ["passed"] * 3
    first = results[0]["turns"][0]
    assert first["usage"]["output_tokens"] > 0
    assert (first["requests"], first["finish_reason"]) == (2, "stop")
