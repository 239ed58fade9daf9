"""A configuration of promptfoo, converted and run at once on the simulator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

CONFIG = """\
prompts: [file://chat.json]
providers:
  - {id: "azure:chat:prod", config: {apiHost: contoso.openai.azure.com, temperature: 0}}
  - openai:gpt-4.1-mini
defaultTest:
  vars: {system_message: You are kind.}
  assert: [{type: javascript, value: output.length > 0}]
tests:
  - {vars: {q: "Who?"}, metadata: {conversationId: a}, assert: [{type: llm-rubric, value: kind}]}
  - {vars: {q: "Where?"}, metadata: {conversationId: a}}
  - {vars: {q: "Else?"}, metadata: {conversationId: b}}
"""
CHAT = """\
[{"role": "system", "content": {{ system_message | dump }}},
{% for c in _conversation %}
 {"role": "user", "content": {{ c.input | dump }}},
 {"role": "assistant", "content": {{ c.output | dump }}},
{% endfor %}
 {"role": "user", "content": {{ q | dump }}}]
"""


def test_what_was_converted_runs_turn_by_turn_and_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_CLOUD", raising=False)
    Path(".harness").mkdir()
    Path("promptfooconfig.yaml").write_text(CONFIG, encoding="utf-8")
    Path("chat.json").write_text(CHAT, encoding="utf-8")
    assert run(["convert", "promptfooconfig.yaml", "-o", "specs/bot.yaml"]) == 0
    assert run(["eval", "specs/bot.yaml", "--output", "run"]) == 0
    capsys.readouterr()
    lines = (tmp_path / "run" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    results = [json.loads(line) for line in lines]
    played = {(one["conversation"], one["target"], len(one["turns"])) for one in results}
    assert played == {
        ("a", "azure/prod", 2),
        ("a", "openai/gpt-4.1-mini", 2),
        ("b", "azure/prod", 1),
        ("b", "openai/gpt-4.1-mini", 1),
    }
    assert {one["outcome"] for one in results} == {"passed"}
    first = next(one for one in results if one["conversation"] == "a")
    assert [check["type"] for check in first["turns"][0]["checks"]] == ["char-count", "llm-rubric"]
