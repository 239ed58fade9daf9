"""Chats and embeddings of harness and of the simulator, held against Azure's description.

Where recorded answers contradict the description, they win: those places are found, not listed.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.cli.main import run
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator
from tests.recordings.inference_play import documents
from tests.recordings.tapped import TOKEN, tapped
from tests.recordings.traffic import Exchange, recordings

SPEC = """\
version: 1
name: described
cloud: simulator
simulator:
  date: 2026-09-01
  replies:
    - {match: weather, tool_calls: [{name: get_weather, arguments: {city: Oslo}}]}
    - {match: JSON, reply: '{"a": 1}'}
resource_group: {name: rg-described, region: swedencentral, create: true}
accounts:
  main:
    account_name: described-01
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
      five: {model: gpt-5-mini, version: "2025-08-07", sku: GlobalStandard, capacity: 10}
      embed: {model: text-embedding-3-small, version: "1", sku: GlobalStandard, capacity: 10}
evaluation:
  targets: [main/mini, main/five]
  api: chat
  system: You are a helpful assistant.
  parameters: {temperature: 0, max_output_tokens: 800, top_p: 0.9, seed: 7}
  stream: STREAM
  embeddings: {target: main/embed}
conversations:
  - id: plain
    turns: [{user: Hello}, {user: Again, assert: [{similar: Hello, threshold: 0.01}]}]
  - id: weather
    tools:
      - type: function
        function:
          name: get_weather
          parameters: {type: object, properties: {city: {type: string}}}
    turns:
      - user: The weather?
        tool_results: [{name: get_weather, arguments: {city: Oslo}, result: {celsius: 4}}]
"""


class Api:
    """An OpenAPI 3 document; its schemas by the end of a path."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self.components = _with_null(document["components"])
        self._paths = document["paths"]

    def request(self, path: str) -> Any:
        return self._operation(path)["requestBody"]["content"]["application/json"]["schema"]

    def answer(self, path: str, kind: str = "application/json") -> Any:
        return self._operation(path)["responses"]["200"]["content"][kind]["schema"]

    def problems(self, schema: Any, document: object) -> Iterator[str]:
        """Where and by which rule; which alternative was meant is not said."""
        validator = Draft202012Validator({**schema, "components": self.components})
        for error in validator.iter_errors(document):
            at = "".join("[]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
            yield f"{at or 'body'}: {error.validator} {error.message[-80:]}"

    def _operation(self, path: str) -> Any:
        return next(one["post"] for known, one in self._paths.items() if known.endswith(path))


def _with_null(value: Any) -> Any:
    """OpenAPI 3.0 writes ``nullable`` where JSON Schema has a type of its own for it."""
    if isinstance(value, list):
        return [_with_null(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _with_null(part) for key, part in value.items()}
    return {"anyOf": [inner, {"type": "null"}]} if inner.pop("nullable", False) is True else inner


@pytest.fixture(scope="module")
def v1(shared_data: Path) -> Api:
    """The v1 API, by which harness calls deployments."""
    specs = shared_data / "api" / "azure-openai-inference" / "modules" / "apim" / "v3" / "specs"
    return Api(specs / "AIFoundryOpenAIV1.json")


@pytest.fixture(scope="module")
def contradicted(shared_data: Path, v1: Api) -> set[str]:
    """Where recorded answers differ from the description."""
    found: set[str] = set()
    for recording in recordings(shared_data, "inference-azure"):
        for exchange in recording.exchanges:
            if exchange.status == 200 and "/chat/completions" in exchange.url:
                found |= {_place(problem) for problem in answer_problems(v1, exchange)}
    return found


def answer_problems(api: Api, exchange: Exchange) -> Iterator[str]:
    path = re.search(r"/(chat/completions|embeddings)", exchange.url)
    assert path is not None
    stream = exchange.answer.startswith("data:")
    schema = api.answer(path[0], "text/event-stream" if stream else "application/json")
    for document in documents(exchange.answer):
        yield from api.problems(schema, document)


def _asked_again(exchange: Exchange) -> Exchange:
    request = urllib.request.Request(
        exchange.url, exchange.body.encode(), {"Authorization": f"Bearer {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return replace(exchange, answer=response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return replace(exchange, answer=error.read().decode())


def _place(problem: str) -> str:
    return problem.partition(" ")[0]


@pytest.mark.parametrize("stream", ["false", "true"])
def test_chats_and_embeddings_are_as_azure_describes_them(
    v1: Api,
    contradicted: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stream: str,
) -> None:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "described.yaml"
    spec.write_text(SPEC.replace("STREAM", stream), encoding="utf-8")
    with tapped(Simulator(), {"p": {"m": ProviderModelInfo("m")}}) as tap:
        for name, value in tap.environment.items():
            monkeypatch.setenv(name, value)
        assert run(["apply", str(spec)]) == 0
        assert run(["eval", str(spec), "--output", str(tmp_path / "out")]) == 0
        chosen = [one for one in tap.exchanges if "/openai/v1/" in one.url]
        # What was streamed past the tap is asked for again: the simulator repeats itself.
        asked = [_asked_again(one) for one in chosen if one.method == "POST"]
    kinds = {one.path.rpartition("/openai/v1")[2] for one in asked}
    assert kinds == {"/chat/completions", "/embeddings"}
    wrong = []
    for exchange in asked:
        path = exchange.path.rpartition("/openai/v1")[2]
        wrong += list(v1.problems(v1.request(path), json.loads(exchange.body)))
        assert exchange.answer
        if exchange.status == 200:
            wrong += [p for p in answer_problems(v1, exchange) if _place(p) not in contradicted]
    assert not sorted(set(wrong))
    assert len(asked) >= 8
