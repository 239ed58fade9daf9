"""What ``/json`` shows of a request and its answer holds no key that came back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulator.echo_server import serve
from tests.simulator.playground.screen import Screen

KEY = "canary/with+no=form-7"
SPEC = """
version: 1
name: echoed
providers:
  p: {type: openai-compatible, base_url: URL/v1, api_key: "${HARNESS_ECHO}", models: {pieces: {}}}
conversations: [{id: one, turns: [{user: Hello}]}]
"""


def test_a_key_in_pieces_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_ECHO", KEY)
    (tmp_path / ".harness").mkdir()
    with serve() as url:
        (tmp_path / "spec.yaml").write_text(SPEC.replace("URL", url), encoding="utf-8")
        screen = Screen(tmp_path, "chat", "p/pieces", "--spec", "spec.yaml")
        try:
            screen.wait_for("turns kept")
            screen.type("Hello")
            screen.wait_for("turns kept 1/1")
            screen.type("/json")
            shown = screen.wait_for("data: [DONE]").replace("\n", "")
        finally:
            screen.close()
    assert "REDACTED-sent-credential" in shown.partition("HTTP 200")[2]
    assert KEY[3:9] not in shown
    assert KEY[9:] not in shown
