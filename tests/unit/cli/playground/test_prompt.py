"""What was typed in a chat is kept for the next one, without secrets."""

from __future__ import annotations

from pathlib import Path

from harness.cli.playground.prompt import open_history
from harness.redaction.hiding import Redaction

KEY = "sk-proj-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY" * 2


def test_a_secret_that_was_typed_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / ".harness" / "chat_history"
    open_history(file, Redaction({}).hide_text).append_string(f"use api_key={KEY} please")
    kept = file.read_text(encoding="utf-8")
    assert KEY not in kept
    assert "please" in kept
    assert file.stat().st_mode & 0o077 == 0


def test_a_disk_that_refuses_does_not_end_the_chat(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    for refused in (tmp_path / "folder", tmp_path / "file" / "chat_history"):
        history = open_history(refused, str)
        history.append_string("Hello")
        assert history.get_strings() == ["Hello"]
        assert list(history.load_history_strings()) == []
