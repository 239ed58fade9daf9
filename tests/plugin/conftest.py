"""Projects that use the plugin: written as people write them, run as they run pytest."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

# Loaded once: pytest within pytest would let go of what it imported, and import it again.
for name in (
    "aiohttp.web",
    "genai_prices",
    "harness.models.chat",
    "harness.pytest_plugin.playing",
    "harness.simulator.server",
    "httpcore2",
    "hypothesis",
    "openai.resources.chat.completions",
    "trio",
    "truststore",
    "vcr",
):
    with suppress(ImportError):
        import_module(name)

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
