"""Projects that use the plugin: written as people write them, run as they run pytest."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from _pytest.pytester import SysModulesSnapshot

ANSWERS = """\
{"model": "old", "version": "1", "turns": [{"user": "Capital of France?", "assistant": "Paris."}, \
{"user": "And of Sweden?", "assistant": "It is Oslo."}]}
{"model": "new", "version": "1", "turns": [{"user": "Capital of France?", "assistant": "Paris."}, \
{"user": "And of Sweden?", "assistant": "It is Stockholm."}]}
"""

SPEC = """\
version: 1
name: capitals
providers:
  app: {type: recorded, answers: answers.jsonl, models: {old: {version: "1"}, new: {version: "1"}}}
conversations:
  - id: france
    tags: [smoke, west]
    turns: [{user: "Capital of France?", assert: [{contains: Paris}]}]
  - id: both
    tags: [north]
    turns:
      - {user: "Capital of France?", assert: [{contains: Paris}]}
      - {user: "And of Sweden?", assert: [{contains: Stockholm}]}
"""

LIVE = """\
version: 1
name: live
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-4o: {}}}
simulator:
  replies:
    - {on: last_user, match: France, reply: Paris.}
    - {on: last_user, match: Founders, reply: "Bill Gates\\nSteve Jobs"}
"""


@pytest.fixture(autouse=True)
def _modules_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What pytest within pytest imported is kept, but for the tests of its own.

    Otherwise every run would import everything again; and classes would be there twice, once as
    caches know them and once anew.
    """
    made_here = str(tmp_path_factory.getbasetemp())

    def forget_only_tests(_: SysModulesSnapshot) -> None:
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", "")).startswith(made_here):
                del sys.modules[name]

    monkeypatch.setattr(SysModulesSnapshot, "restore", forget_only_tests)


@pytest.fixture
def capitals(pytester: pytest.Pytester) -> Path:
    """A project with one spec over transcripts, for which nobody is called."""
    (pytester.path / ".harness").mkdir()
    specs = pytester.path / "specs"
    specs.mkdir()
    (specs / "answers.jsonl").write_text(ANSWERS, encoding="utf-8")
    (specs / "capitals.yaml").write_text(SPEC, encoding="utf-8")
    return specs / "capitals.yaml"


@pytest.fixture
def live(pytester: pytest.Pytester) -> Path:
    """A project whose targets the simulator answers for; conversations are added to it."""
    (pytester.path / ".harness").mkdir()
    (pytester.path / "specs").mkdir()
    path = pytester.path / "specs" / "live.yaml"
    path.write_text(LIVE, encoding="utf-8")
    return path
