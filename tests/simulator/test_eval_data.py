"""`harness eval` with data, histories and demands of cases, recorded as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

HEAD = """
version: 1
name: trial
cloud: simulator
providers:
  p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m: {}, judge: {}}}
simulator:
  replies:
    - {on: system, match: verdict, reply: '{"reason": "rude", "score": 0.1, "pass": false}'}
    - {on: last_user, match: stock, reply: '{"stock": 5}'}
    - {on: last_user, match: ., reply: "Yes, there is."}
"""


def play(folder: Path, conversations: str, *options: str, api: str = "auto") -> list[Any]:
    """The results of a run, in their order."""
    text = f"{HEAD}evaluation: {{targets: [p/m], api: {api}, judge: {{target: p/judge}}}}\n"
    (folder / "s.yaml").write_text(f"{text}conversations:\n{conversations}", encoding="utf-8")
    output = folder / f"run{len(list(folder.glob('run*')))}"
    run(["eval", "s.yaml", "--output", str(output), *options])
    lines = (output / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_what_a_case_demands_is_judged_only_of_that_case(folder: Path) -> None:
    (folder / "cases.jsonl").write_text(
        '{"id": "milk", "item": "milk", "kind": "food"}\n'
        '{"id": "gold", "item": "gold", "kind": "", "assert": ["The answer is polite."]}\n'
    )
    told = play(
        folder,
        '  - {id: c, cases: cases.jsonl, turns: [{user: "{{item}}", '
        'assert: [{contains: "Yes", when: "{{kind}}"}]}]}\n',
    )
    checks = [[(one["type"], one["outcome"]) for one in r["turns"][0]["checks"]] for r in told]
    assert checks == [
        [("contains", "passed")],
        [("contains", "skipped"), ("llm-rubric", "failed")],
    ]


HISTORY = """
  - id: c
    vars: {item: milk}
    tools: [{type: function, function: {name: f, parameters: {type: object}}}]
    turns:
      - messages:
          - role: assistant
            content: null
            tool_calls: [{id: c1, type: function, function: {name: f, arguments: {item: milk}}}]
          - {role: tool, tool_call_id: c1, content: "5"}
          - {role: system, content: Be brief.}
          - {role: user, content: [{type: text, text: "Is {{item}} there?"}]}
        assert: [{contains: "Yes"}]
      - {user: And now?, assert: [{contains: "Yes"}]}
"""


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_history_is_played_recorded_and_replayed(folder: Path, api: str) -> None:
    recorded = play(folder, HISTORY, "--record", api=api)
    replayed = play(folder, HISTORY, "--replay", api=api)
    assert [one["outcome"] for one in (*recorded, *replayed)] == ["passed", "passed"]
    assert recorded[0]["turns"][0]["messages"] == replayed[0]["turns"][0]["messages"]
    assert recorded[0]["turns"][0]["user"] == "Is milk there?"
    assert len(recorded[0]["turns"][0]["messages"]) == 4
    assert "messages" not in recorded[0]["turns"][1]


def test_a_part_of_a_reply_is_named_by_a_later_turn(folder: Path) -> None:
    (told,) = play(
        folder,
        "  - {id: c, turns: [{user: stock?, store_as: n, transform: $.stock}, "
        "{user: 'So {{n}}?'}]}\n",
    )
    assert told["turns"][1]["user"] == "So 5?"
    assert [one["type"] for one in told["turns"][0]["checks"]] == ["json-path"]


def test_what_is_probably_not_meant_is_said_before_a_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(folder, "  - {id: c, cases: [{item: a, note: b}], turns: [{user: '{{item}}'}]}\n")
    assert 'no text uses the column "note"' in capsys.readouterr().err
    many = "".join(
        f"  - {{id: c{n}, cases: [{{item: a, n{n}: b}}], turns: [{{user: '{{{{item}}}}'}}]}}\n"
        for n in range(7)
    )
    play(folder, many, "--repeats", "1")
    assert "2 more warnings: harness validate s.yaml" in capsys.readouterr().err
