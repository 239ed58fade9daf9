"""How likely a reply's tokens were: asked for where a check needs it, by either API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: likely
cloud: simulator
providers:
  openai:
    type: openai
    api_key: "${OPENAI_API_KEY}"
    models: {m: {model: MODEL}}
simulator:
  replies: [{on: any, match: ".", reply: "Paris is the capital of France."}]
evaluation: {api: API, stream: STREAM, parameters: {max_output_tokens: LIMIT}}
conversations:
  - id: capital
    turns:
      - {user: "Capital of France?", assert: [CHECK]}
      - {user: "Sure?", assert: [contains: Paris]}
"""


def write(
    folder: Path,
    model: str = "gpt-4.1-mini",
    api: str = "chat",
    stream: str = "false",
    check: str = "perplexity: 20",
    limit: int = 100,
) -> None:
    text = SPEC.replace("MODEL", model).replace("api: API", f"api: {api}").replace("STREAM", stream)
    text = text.replace("CHECK", check).replace("LIMIT", str(limit))
    (folder / "spec.yaml").write_text(text, encoding="utf-8")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answers(folder: Path) -> list[dict[str, Any]]:
    found = lines(folder / "out" / "events.jsonl")
    return [line["reply"] for line in found if line["event"] == "answered"]


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("stream", ["false", "true"])
def test_perplexity_is_measured_where_it_is_checked(folder: Path, api: str, stream: str) -> None:
    write(folder, api=api, stream=stream)
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0
    (line,) = lines(folder / "out" / "results.jsonl")
    assert "Its perplexity is " in line["turns"][0]["checks"][0]["reason"]
    first, second = answers(folder)
    assert len(first["logprobs"]) == 7, "six words and a full stop"
    assert "logprobs" not in second, "nothing was asked for that no check needs"


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_reasoning_model_does_not_tell_and_the_check_says_so(folder: Path, api: str) -> None:
    write(folder, model="gpt-5-mini", api=api, limit=500)
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 3
    (line,) = lines(folder / "out" / "results.jsonl")
    check = line["turns"][0]["checks"][0]
    assert check["outcome"] == "errored"
    assert "reasoning models refuse" in check["reason"]
    assert "logprobs dropped" in line["turns"][0]["notes"]


def test_a_resumed_run_knows_how_likely_the_tokens_were(folder: Path) -> None:
    write(folder)
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0
    whole = (folder / "out" / "results.jsonl").read_bytes()
    (folder / "out" / "results.jsonl").write_bytes(b"")
    assert run(["eval", "spec.yaml", "--resume", "out", "-q"]) == 0
    assert (folder / "out" / "results.jsonl").read_bytes() == whole


def test_a_conversation_is_as_likely_as_all_its_replies(folder: Path) -> None:
    write(folder, check="skip: later")
    text = (folder / "spec.yaml").read_text(encoding="utf-8")
    (folder / "spec.yaml").write_text(text + "    assert: [perplexity: 20]\n", encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0
    assert all(len(answer["logprobs"]) == 7 for answer in answers(folder))


def test_a_limit_below_the_responses_apis_least_is_raised_and_noted(folder: Path) -> None:
    write(folder, api="responses", check="contains: Paris", limit=5)
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0
    (line,) = lines(folder / "out" / "results.jsonl")
    assert line["turns"][0]["notes"] == ["max_output_tokens raised to 16"]
    (target,) = json.loads((folder / "out" / "run.json").read_text("utf-8"))["targets"]
    assert target["adapted"] == ["max_output_tokens raised to 16"]
