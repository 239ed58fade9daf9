"""Replies that later turns name, and turns that fail half-way, from the spec to the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

HEAD = """
version: 1
name: stored
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {m: {model: gpt-4.1-mini}}}
"""
CHAIN = """
simulator:
  replies:
    - {on: last_user, match: "Name a city", reply: "Malmö {{country}}"}
    - on: last_user
      match: Weather
      tool_calls: [{name: weather, arguments: {city: "Malmö {{country}}"}}]
    - {on: any, match: "cold there", reply: "It is cold in Malmö {{country}}."}
conversations:
  - id: chain
    vars: {country: Sweden}
    tools: [{type: function, function: {name: weather, parameters: {type: object}}}]
    turns:
      - {user: Name a city, store_as: city}
      - user: "Weather in {{city}}?"
        tool_results:
          - {name: weather, arguments: {city: "{{city}}"}, result: "cold there: {{city}}"}
        assert: [contains: "{{city}}"]
    assert: [{contains: "cold in {{city}}"}]
"""


def write(folder: Path, text: str) -> None:
    (folder / "spec.yaml").write_text(HEAD + text, encoding="utf-8")


def result(folder: Path) -> dict[str, Any]:
    (line,) = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_stored_reply_is_known_to_assertions_and_tools_of_later_turns(folder: Path) -> None:
    write(folder, CHAIN)
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0
    line = result(folder)
    assert line["turns"][1]["user"] == "Weather in Malmö {{country}}?"
    assert line["turns"][1]["requests"] == 2, "the tool's result was fed back"
    assert line["turns"][1]["checks"][0]["value"] == "Malmö {{country}}"
    assert line["checks"][0]["value"] == "cold in Malmö {{country}}"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('assert: [contains: "{{citi}}"]', 'did you mean "city"'),
        ('assert: [{contains: "cold in {{town}}"}]', 'unknown variable "town"'),
        ("assert: [context-faithfulness]", "context-faithfulness needs a variable named context"),
        ("assert: [{context-recall: x}]", "context-recall needs a variable named context"),
    ],
)
def test_names_that_nothing_stores_are_found_before_anything_runs(
    folder: Path, capsys: pytest.CaptureFixture[str], wrong: str, told: str
) -> None:
    text = CHAIN.replace('assert: [contains: "{{city}}"]', wrong)
    judge = "evaluation: {targets: [openai/m], judge: {target: openai/m}}\n"
    write(folder, judge + text)
    assert run(["validate", "spec.yaml"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        'vars: {country: Sweden, context: "Malmö lies there."}',
        "cases: [{country: Sweden, context: There.}]",
    ],
)
def test_a_context_that_somebody_gives_is_no_problem(folder: Path, given: str) -> None:
    text = CHAIN.replace("vars: {country: Sweden}", given)
    text = text.replace('assert: [contains: "{{city}}"]', "assert: [context-faithfulness]")
    judge = "evaluation: {targets: [openai/m], judge: {target: openai/m}}\n"
    write(folder, judge + text)
    assert run(["validate", "spec.yaml"]) == 0


def test_a_stored_reply_may_be_the_context(folder: Path) -> None:
    text = CHAIN.replace("store_as: city", "store_as: context").replace("{{city}}", "{{context}}")
    text = text.replace('assert: [contains: "{{context}}"]', "assert: [{context-recall: Cold}]")
    judge = "evaluation: {targets: [openai/m], judge: {target: openai/m}}\n"
    write(folder, judge + text)
    assert run(["validate", "spec.yaml"]) == 0


def test_a_round_that_was_answered_before_the_turn_failed_is_paid_for(folder: Path) -> None:
    long = "cold there " * 60_000
    write(
        folder,
        f"""
simulator:
  replies: [{{on: last_user, match: Weather, tool_calls: [{{name: weather, arguments: {{}}}}]}}]
conversations:
  - id: half
    tools: [{{type: function, function: {{name: weather, parameters: {{type: object}}}}}}]
    turns: [{{user: "Weather?", tool_results: [{{name: weather, result: {long}}}]}}]
""",
    )
    text = (folder / "spec.yaml").read_text(encoding="utf-8")
    (folder / "spec.yaml").write_text(text.replace("gpt-4.1-mini", "gpt-4o"), encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 3
    assert result(folder)["error"]["kind"] == "context_length"
    (turn,) = result(folder)["turns"]
    totals = json.loads((folder / "out" / "run.json").read_text("utf-8"))["totals"]
    assert turn["assistant"] is None
    assert turn["usage"]["input_tokens"] == totals["input_tokens"] > 0
    assert turn["cost_usd"] == pytest.approx(totals["cost_usd"])
    assert turn["cost_usd"] > 0
