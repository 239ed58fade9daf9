"""Checks of every family in one run: parsers, metrics, tools, and the author's own code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: checked
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
simulator:
  replies:
    - on: last_user
      match: Weather
      tool_calls: [{name: get_weather, arguments: {city: Malmö}}]
    - {on: last_user, match: query, reply: "SELECT name FROM users WHERE id = 1"}
    - {on: last_user, match: page, reply: "<h1>Hello</h1><p>Ada</p>"}
    - {on: last_user, match: ".", reply: "Hello Ada, how are you today?"}
conversations:
  - id: replies
    vars: {name: Ada}
    turns:
      - user: Greet me.
        assert:
          - {levenshtein: "Hello Ada. How are you today?"}
          - {rouge-n: "hello, ada: how are you today"}
          - {bleu: ["How do you do?", "Hello Ada, how are you today?"]}
          - {meteor: Hello Ada how are you today}
      - user: A query, please.
        assert: [{is-sql: {allowedColumns: ["select::users::(id|name)"]}}, not-contains-xml]
      - user: A page, please.
        assert: [is-html, {not-is-sql: PostgreSQL}]
  - id: tools
    tools:
      - type: function
        function:
          name: get_weather
          parameters: {type: object, properties: {city: {type: string}}, required: [city]}
    turns:
      - user: Weather in Malmö?
        assert: [is-valid-openai-tools-call, {tool-call-f1: get_weather}]
CODE
"""

CODE = """
  - id: code
    vars: {name: Ada}
    turns:
      - user: Greet me.
        assert:
          - python: checks/tone.py:greets
          - {assert-set: [{python: "len(output) < 50"}, {not-python: "'Bob' in output"}]}
    assert: [{python: "[turn['user'] for turn in context['turns']] == ['Greet me.']"}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "tone.py").write_text(
        "import os\n"
        "def greets(output, context):\n"
        "    assert 'OPENAI_API_KEY' not in os.environ\n"
        "    return {'pass': context['vars']['name'] in output, 'score': 0.75, 'reason': 'warm'}\n"
    )
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-shown")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verdicts(folder: Path) -> dict[str, list[tuple[str, str]]]:
    lines = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        line["conversation"]: [
            (check["type"], f"{check['outcome']}: {check['reason']}")
            for part in (*line["turns"], line)
            for check in part["checks"]
        ]
        for line in map(json.loads, lines)
    }


def test_every_family_of_checks_decides_in_a_run(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC.replace("CODE", ""), encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 0, verdicts(folder)
    assert [len(found) for found in verdicts(folder).values()] == [8, 2]


def test_code_runs_where_it_is_allowed_and_nowhere_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "spec.yaml").write_text(SPEC.replace("CODE", CODE), encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out", "-q"]) == 2
    assert "--allow-code" in capsys.readouterr().err
    assert not (folder / "out").exists()
    assert run(["eval", "spec.yaml", "--output", "out", "-q", "--allow-code"]) == 0, verdicts(
        folder
    )
    assert verdicts(folder)["code"] == [
        ("python", "passed: Warm."),
        ("assert-set", "passed: 2 of 2 checks passed."),
        ("python", "passed: The code returned true."),
    ]


def test_code_that_breaks_makes_the_trial_errored_and_not_failed(folder: Path) -> None:
    (folder / "checks" / "tone.py").write_text("def greets(output, context):\n    return 1 / 0\n")
    (folder / "spec.yaml").write_text(SPEC.replace("CODE", CODE), encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out", "-q", "-k", "code", "--allow-code"]) == 3
    reason = verdicts(folder)["code"][0][1]
    assert reason == (
        "errored: The code raised ZeroDivisionError: division by zero "
        '(tone.py, line 2: return 1 / 0) on "Hello Ada, how are you today?".'
    )
