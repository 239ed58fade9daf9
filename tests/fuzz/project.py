"""A small project with a file of each kind that harness reads, all made by its own commands."""

# ruff: noqa: E501 - data, a row a line

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.cli.main import run

SPEC: dict[str, Any] = {
    "version": 1,
    "name": "fuzzed",
    "cloud": "simulator",
    "resource_group": {"name": "rg-fuzzed", "region": "swedencentral", "create": True},
    "accounts": {
        "sweden": {
            "region": "swedencentral",
            "tags": {"team": "a"},
            "deployments": {
                name: {"model": model, "version": version, "sku": "GlobalStandard", "capacity": 10}
                for name, model, version in (
                    ("mini", "gpt-4.1-mini", "2025-04-14"),
                    ("judge", "gpt-4.1", "2025-04-14"),
                )
            },
        }
    },
    "providers": {
        "told": {"type": "recorded", "answers": "answers.jsonl", "models": {"m": {"version": "1"}}}
    },
    "simulator": {
        "date": "2026-09-01",
        "replies": [
            {"on": "system", "match": "verdict", "reply": '{"pass": true, "score": 1, "reason": ""}'},
            {"on": "last_user", "match": "Look", "tool_calls": [{"name": "look", "arguments": {}}]},
        ],
        "faults": [{"operation": "chat", "status": 500, "rate": 0.0}],
    },
    "variants": {"plain": {}, "curt": {"system": "Be curt.", "user": "{{user}} Now."}},
    "evaluation": {
        "targets": ["sweden/mini"],
        "parameters": {"temperature": 0.5, "stop": ["END"]},
        "judge": {"target": "sweden/judge"},
        "history": {"max_turns": 3},
        "budget": {"usd": 2.0},
        "gate": {"allow_simulated": True, "min_pass_rate": 0.0, "max_error_rate": 1.0},
    },
    "defaults": {"assert": [{"type": "latency", "threshold": 20000}]},
    "conversations": [
        {
            "id": "asked",
            "must_pass": 0.5,
            "tags": ["smoke"],
            "system": "file://system.txt",
            "vars": {"who": "Ada", "list": ["a", "b"]},
            "turns": [
                {"user": "I am {{who}}.", "assistant": "Hello."},
                {
                    "user": "Look, {{who}}.",
                    "store_as": "said",
                    "tool_results": [{"name": "look", "arguments": {}, "result": {"is": 1}}],
                    "assert": [
                        {"icontains": "x", "when": "{{who}}"},
                        {"type": "regex", "value": "a+", "weight": 2, "metric": "m"},
                        {"json-path": {"path": "$.a[0]", "equals": 1}},
                        {"assert-set": {"assert": ["is-json"], "threshold": 0.5}},
                        {"llm-rubric": "Polite.", "threshold": 0.7},
                    ],
                },
            ],
            "tools": [{"type": "function", "function": {"name": "look", "parameters": {}}}],
        },
        {
            "id": "rows",
            "cases": "rows.csv",
            "turns": [{"user": "Is {{word}}?", "store_as": "b", "transform": {"regex": "(.)", "group": 1}}],
        },
        {"id": "grid", "matrix": {"a": [1, 2]}, "turns": [{"user": "{{a}}"}]},
        {"include": "more.yaml"},
    ],
}  # fmt: skip

MORE = """\
- id: more
  known_failing: {until: "2027-01-31", issue: "https://example.org/1"}
  turns:
    - messages:   # any role
        - {role: assistant, content: "Hello."}
        - {role: user, content: "In stock?"}
      assert: [{icontains: "yes"}, not-is-refusal]
"""
YAML = """\
version: 1
name: fuzzed
x-base: &base {temperature: 0, stop: [END]}
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
  app: {type: http, url: "http://127.0.0.1:8/chat", body: {q: "{{user}}"}, reply: $.answer}
evaluation:
  parameters: {<<: *base, seed: 7}
conversations:
  - id: founders   # 中文
    turns:
      - user: "Who founded {{company}}?"
        assert:
          - icontains: Bill Gates
          - {type: icontains, value: Paul Allen, weight: 2}
      - user: |
          In which
          year?
    vars: {company: Microsoft, n: "0613", d: 2024-11-20, no: no}
"""
ROWS = 'id,word,n\none,"a,b",1106\ntwo,"line\nbreak",\n'
ANSWERS: list[dict[str, Any]] = [
    {"model": "m", "version": "1", "turns": [{"user": "a", "assistant": "b"}] * 2},
    {"model": "gpt-4", "version": "0613", "turns": [{"user": "c", "assistant": "d"}]},
]


def write_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def make_project(folder: Path) -> None:
    """Fill a folder, which is the working one, with a project that was used once."""
    (folder / ".git").mkdir()
    texts = {
        "spec.yaml": json.dumps(SPEC),
        "plain.yaml": YAML,
        "more.yaml": MORE,
        "system.txt": "Be kind.",
        "rows.csv": ROWS,
        "answers.jsonl": write_lines(ANSWERS),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    commands = (
        ["run", "spec.yaml", "--record", "-q", "--output", "first"],
        ["baseline", "set", "first"],
        ["eval", "spec.yaml", "-q", "--output", "second", "--baseline", "main"],
        ["plan", "spec.yaml", "-o", "saved.plan"],
        ["models", "spec.yaml", "--region", "swedencentral", "--save", "mine.json"],
    )
    for command in commands:
        code = run(command)
        assert code in (0, 1, 4), (command, code)
