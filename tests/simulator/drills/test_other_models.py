"""Another model answers, within a run or between two: whoever reads the rates is told."""

from __future__ import annotations

from pathlib import Path

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
    models: {mini: {model: gpt-4.1-mini}}
simulator:
  replies: [{on: any, match: ".", reply: "Paris."}]
  faults: [FAULT]
conversations:
  - {id: c, turns: [{user: "France?", assert: [{contains: Paris}]}, {user: "Sure?"}]}
"""
OTHER = "gpt-4.1-mini-2026-10-01"


def play(folder: Path, fault: str, out: str) -> None:
    text = SPEC.replace("FAULT", fault)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", out]) == 0


def test_a_model_that_changes_in_the_middle_of_a_run_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(folder, f"{{operation: chat, after: 1, model: {OTHER}}}", "out")
    said = f"d/mini was answered by different models: gpt-4.1-mini and {OTHER}."
    assert said in capsys.readouterr().out
    assert "different models" in (folder / "out" / "summary.md").read_text(encoding="utf-8")


def test_turns_that_spilled_over_to_another_deployment_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = "{x-ms-spillover-from-deployment: mini, x-ms-region: swedencentral}"
    play(folder, f"{{operation: chat, times: 1, headers: {headers}}}", "out")
    said = "1 turn of d/mini spilled over: another deployment answered."
    assert said in capsys.readouterr().out


def test_two_runs_by_different_models_are_told_apart(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(folder, "{operation: chat, delay_s: 0}", "before")
    play(folder, f"{{operation: chat, model: {OTHER}}}", "after")
    capsys.readouterr()
    run(["compare", "before", "after"])
    said = capsys.readouterr().out
    assert "model version" in said
    assert OTHER in said
