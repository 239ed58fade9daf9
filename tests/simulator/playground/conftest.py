"""A project whose deployments are there, for chats with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cli.main import run
from tests.simulator.playground.screen import Screen

SPEC = """\
version: 1
name: chats
cloud: simulator
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg-chats, region: swedencentral, create: true}
accounts:
  sweden:
    account_name: chats-01
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}
      five: {model: gpt-5-mini, version: "2025-08-07", capacity: 50}
simulator:
  replies:
    - {match: "capital of Norway", reply: "The capital is **Oslo**.", target: sweden/mini}
    - {match: "capital of Norway", reply: "It is Oslo, on the fjord.", target: sweden/five}
    - {match: hostile, reply: "safe \\e[2J\\e]0;owned\\a\\e[31mred <b>bold</b> \\u202Ereversed"}
    - {match: "my cat", reply: "Your cat is {{nice}}."}
  faults:
    - {operation: chat, target: sweden/five, status: 429, retry_after_s: 86400, times: 1}
evaluation:
  system: Be brief.
  parameters: {max_output_tokens: 100}
conversations:
  - id: first
    turns: [{user: Hello}]
"""


@pytest.fixture
def project_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the spec in specs/, deployed."""
    (tmp_path / ".harness").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "chats.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "specs/chats.yaml", "--yes", "-q"]) == 0
    return tmp_path


@pytest.fixture
def screens(project_folder: Path) -> Iterator[list[Screen]]:
    """Screens that are closed at the end, whatever became of them."""
    opened: list[Screen] = []
    yield opened
    for screen in opened:
        screen.close()
