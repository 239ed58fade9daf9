"""A chat over a spec, with nobody behind it: slash commands that ask nothing need nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from harness.errors import RequestError
from harness.playground.commands import run_command
from harness.playground.ports import ChatPorts
from harness.playground.session import ChatSession
from harness.playground.state import Chat
from harness.run.ports import RunPorts
from harness.run.targets import select_targets
from harness.spec.load import SpecFile
from harness.wiring import Permissions, add_conversation, read_spec

SPEC = """\
version: 1
name: s
providers:
  p:
    type: openai-compatible
    base_url: http://127.0.0.1:1/v1
    models: {gpt-4.1-mini: {parameters: {top_p: 0.5}}, gpt-5-mini: {}}
evaluation: {targets: [p/gpt-4.1-mini], system: You sell bread., parameters: {temperature: 0}}
conversations:   # ours
  - id: loaves
    system: You sell {{what}}.
    vars: {what: loaves}
    parameters: {seed: 7}
    turns:
      - {user: "Hello, {{what}}", assistant: "Hello."}
      - user: One please.
        assert: [{icontains: "{{what}}"}, {not-contains: no, weight: 2}, is-json]
      - user: Two?
    assert: [{icontains: bread}]
  - id: kinds
    cases: [{id: rye, kind: rye}, {id: oat, kind: oat}]
    turns: [{user: "Any {{kind}}?"}]
"""


def refuse(*_: object) -> NoReturn:
    raise AssertionError


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("s.yaml").write_text(SPEC, encoding="utf-8")
    return Path("s.yaml")


@pytest.fixture
def session(path: Path) -> ChatSession:
    return open_session(path, "p/gpt-4.1-mini")


def open_session(path: Path, target: str) -> ChatSession:
    spec_file = read_spec(path, Permissions())

    def save(conversation: Mapping[str, Any], file: str) -> SpecFile:
        assert file == ""
        add_conversation(path, conversation, Permissions())
        return read_spec(path, Permissions())

    [chosen] = select_targets(spec_file.spec, [target])
    run = RunPorts(refuse, refuse, lambda one: one.cases or (), None, None, refuse)  # type: ignore[arg-type,return-value]
    ports = ChatPorts(run, refuse, refuse, refuse, refuse, refuse, lambda: 100, save)
    return ChatSession(chosen, spec_file, ports, Chat(system=spec_file.spec.evaluation.system))


def give(session: ChatSession, command: str) -> str:
    outcome = asyncio.run(run_command(session, command))
    return "\n".join([*outcome.lines, *([f"ASK {outcome.ask}"] if outcome.ask else [])])


def refusal(session: ChatSession, command: str) -> str:
    with pytest.raises(RequestError) as caught:
        give(session, command)
    return str(caught.value)
