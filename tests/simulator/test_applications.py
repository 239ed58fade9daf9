"""`harness eval` on applications: programs, and servers that stream and keep sessions."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.cli.main import run
from harness.simulator.hosting import host

PROGRAM = """
import json, sys
asked = json.load(sys.stdin)
words = asked["user"].split()
print(json.dumps({"answer": f"{len(asked['messages'])} messages, last word {words[-1]}"}))
"""
SPEC = """
version: 1
name: applications
cloud: simulator
providers:
  program: {type: command, command: [PYTHON, app.py], reply: $.answer}
  server:
    type: http
    url: "URL/chat"
    body: {question: "{{user}}", session: "{{session}}"}
    reply: $.delta
    session: $.session
conversations:
  - id: chain
    vars: {country: Sweden}
    turns:
      - {user: "Name a city of {{country}}", store_as: city}
      - {user: "You said: {{city}} and {{country}}", assert: [{not-contains: "{{"}]}
"""


async def server(request: web.Request) -> web.StreamResponse:
    asked = await request.json()
    session = asked["session"] or "s-1"
    words = [f"session {asked['session']}: ", asked["question"], " åäö"]
    events: list[dict[str, Any]] = [{"delta": word} for word in words] + [{"session": session}]
    text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return web.Response(text=text, content_type="text/event-stream")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import sys

    (tmp_path / ".harness").mkdir()
    (tmp_path / "app.py").write_text(PROGRAM, encoding="utf-8")
    text = SPEC.replace("PYTHON", json.dumps(sys.executable))
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results(folder: Path) -> dict[str, list[str]]:
    lines = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return {one["target"]: [turn["assistant"] for turn in one["turns"]] for one in found}


def test_a_program_and_a_server_are_asked_and_remember(folder: Path) -> None:
    with ExitStack() as stack:
        app = web.Application()
        app.router.add_post("/chat", server)
        url = stack.enter_context(host(app))
        spec = folder / "spec.yaml"
        spec.write_text(spec.read_text(encoding="utf-8").replace("URL", url), encoding="utf-8")
        assert run(["eval", "spec.yaml", "--allow-code", "--output", "out"]) == 0
    assert results(folder) == {
        "program": ["1 messages, last word Sweden", "3 messages, last word Sweden"],
        "server": [
            "session None: Name a city of Sweden åäö",
            "session s-1: You said: session None: Name a city of Sweden åäö and Sweden åäö",
        ],
    }
    targets = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))["targets"]
    assert [target["simulated"] for target in targets] == [False, False]


def test_without_leave_no_program_is_started(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "spec.yaml", "-t", "program", "--output", "out"]) == 2
    assert "--allow-code" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("store_as: city", "store_as: 2nd", "cannot be a variable's name"),
        ("store_as: city", "store_as: country", "is a variable already"),
        ("Name a city of {{country}}", "{{city}} of {{country}}", "unknown variable"),
    ],
)
def test_a_stored_reply_has_a_name_that_later_turns_alone_know(
    folder: Path, capsys: pytest.CaptureFixture[str], was: str, becomes: str, says: str
) -> None:
    spec = folder / "spec.yaml"
    text = spec.read_text(encoding="utf-8").replace("URL", "http://127.0.0.1:1")
    spec.write_text(text.replace(was, becomes), encoding="utf-8")
    assert run(["validate", "spec.yaml", "--allow-code"]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("path", ["answer", "$.answer[", "$.["])
def test_a_path_that_cannot_be_understood_is_told_before_anybody_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    spec = folder / "spec.yaml"
    text = spec.read_text(encoding="utf-8").replace("URL", "http://127.0.0.1:1")
    spec.write_text(text.replace("reply: $.answer", f'reply: "{path}"'), encoding="utf-8")
    assert run(["validate", "spec.yaml", "--allow-code"]) == 2
    assert "this is not a JSONPath" in capsys.readouterr().err


RETRIEVING = """
version: 1
name: retrieving
cloud: simulator
providers:
  app:
    type: http
    url: "URL/chat"
    body: {question: "{{user}}"}
    reply: $.answer
    tool_calls: $.calls
    context: $.passages[*].text
  judge: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m: {}}}
simulator:
  replies:
    - {on: last_user, match: "Malmö has 350 000 people", reply: VERDICT}
evaluation: {targets: [app], judge: {target: judge/m}}
conversations:
  - id: retrieval
    turns:
      - user: How many people live in Malmö?
        assert:
          - tool-called: {name: search, arguments: {q: Malmö}}
          - context-faithfulness
      - user: And in Lund?
        assert: [{not-tool-called: {name: delete}}, {tool-called: {name: search}}]
"""
VERDICT = json.dumps({"points": [{"point": "350 000.", "holds": True}], "reason": "It is there."})


async def retrieving(request: web.Request) -> web.StreamResponse:
    del request
    return web.json_response(
        {
            "answer": "350 000.",
            "calls": [{"name": "search", "arguments": {"q": "Malmö"}}],
            "passages": [{"text": "Malmö has 350 000 people."}, {"text": "It rains."}],
        }
    )


def test_an_applications_own_calls_and_passages_are_judged(folder: Path) -> None:
    with ExitStack() as stack:
        app = web.Application()
        app.router.add_post("/chat", retrieving)
        url = stack.enter_context(host(app))
        text = RETRIEVING.replace("URL", url).replace("VERDICT", json.dumps(VERDICT))
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        run(["eval", "spec.yaml", "--output", "out"])
    (line,) = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = json.loads(line)["turns"]
    assert first["tool_calls"] == [{"id": "", "name": "search", "arguments": '{"q": "Malmö"}'}]
    assert first["context"] == ["Malmö has 350 000 people.", "It rains."]
    assert [check["outcome"] for check in first["checks"]] == ["passed", "passed"]
    assert [check["outcome"] for check in second["checks"]] == ["passed", "passed"]
