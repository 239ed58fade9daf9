"""What the content filter does, and what a model refuses, over HTTP and through the real SDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: drill
cloud: simulator
providers:
  d:
    type: azure-openai
    endpoint: https://contoso.openai.azure.com
    api_key: "${AZURE_OPENAI_API_KEY}"
    models: {mini: {model: gpt-4.1-mini}, think: {model: o4-mini}}
evaluation: {stream: STREAM, targets: [TARGET], repeats: 3, concurrency: 1}
simulator:
  date: 2026-09-01
  replies: [{on: any, match: ".", reply: "Paris is it.", finish_reason: FINISH}]
  faults: [FAULT]
conversations:
  - {id: c, turns: [{user: "France?", parameters: PARAMETERS, assert: [{contains: Paris}]}]}
"""
IDLE = "{operation: chat, delay_s: 0}"


def play(folder: Path, stream: str, **words: str) -> tuple[int, list[dict[str, Any]], Any]:
    text = SPEC
    usual = {"TARGET": "d/mini", "FINISH": "stop", "FAULT": IDLE, "PARAMETERS": "{}"}
    for name, word in {**usual, **words, "STREAM": stream}.items():
        text = text.replace(name, word)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    code = run(["eval", "spec.yaml", "--output", "out"])
    out = folder / "out"
    kept = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    return code, kept, json.loads((out / "run.json").read_text("utf-8"))


@pytest.mark.parametrize("stream", ["false", "true"])
def test_a_filtered_prompt_is_blocked_with_its_categories_and_asked_once(
    folder: Path, stream: str
) -> None:
    code, kept, told = play(
        folder, stream, FAULT="{operation: chat, status: 400, code: content_filter}"
    )
    assert (code, {line["outcome"] for line in kept}) == (1, {"blocked"})
    (turn,) = kept[0]["turns"]
    assert turn["attempts"] == 1
    assert turn["content_filter"]["violence"]["filtered"] is True
    assert turn["usage"] is None, "Azure bills the prompt, and does not say how much it was"
    assert told["totals"]["requests"] == 3
    said = (folder / "out" / "summary.md").read_text("utf-8")
    assert "3 prompts of d/mini ended in the filter" in said


@pytest.mark.parametrize("stream", ["false", "true"])
def test_a_reply_that_the_filter_ended_is_blocked_and_its_tokens_are_paid(
    folder: Path, stream: str
) -> None:
    code, kept, told = play(folder, stream, FINISH="content_filter")
    assert (code, {line["outcome"] for line in kept}) == (1, {"blocked"})
    assert kept[0]["error"] is None
    assert kept[0]["turns"][0]["usage"]["input_tokens"] > 0
    assert told["totals"]["cost_usd"] > 0
    assert told["totals"]["requests"] == 3


@pytest.mark.parametrize("stream", ["false", "true"])
def test_what_a_model_refuses_costs_one_refusal_and_is_noted(folder: Path, stream: str) -> None:
    code, kept, told = play(
        folder, stream, TARGET="d/think", PARAMETERS="{temperature: 0.2, max_output_tokens: 500}"
    )
    assert (code, {line["outcome"] for line in kept}) == (0, {"passed"})
    assert all(turn["attempts"] == 1 for line in kept for turn in line["turns"])
    (target,) = told["targets"]
    assert any("temperature" in note for note in target["adapted"])


def test_a_filter_that_failed_is_noted_beside_the_reply(folder: Path) -> None:
    code, kept, _ = play(folder, "false", FAULT="{operation: chat, malform: filter-error}")
    assert code == 0
    assert kept[0]["turns"][0]["notes"] == ["not filtered: the content filter failed"]
