"""One command at a time writes for a project."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import portalocker
import pytest

from harness.app.keeping.provisioning_lock import NAME, hold_lock
from harness.fs.holders import name_host


def now() -> datetime:
    return datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def test_a_second_command_waits_for_the_first_and_names_it(tmp_path: Path) -> None:
    said: list[str] = []
    is_waiting, is_at_work = threading.Event(), threading.Event()

    def say(line: str) -> None:
        said.append(line)
        is_waiting.set()

    def second() -> None:
        with hold_lock(tmp_path, "harness destroy b.yaml", now, say):
            is_at_work.set()

    with hold_lock(tmp_path, "harness apply a.yaml", now, said.append):
        command = threading.Thread(target=second)
        command.start()
        assert is_waiting.wait(10)
        assert not is_at_work.wait(0.2)
    assert is_at_work.wait(10)
    command.join(10)
    (line,) = said
    assert line.startswith("waiting for `harness apply a.yaml` (process ")
    assert f" on {name_host()}, since" in line
    assert line.endswith(", since 2026-05-01T12:00:00Z); Ctrl-C to give up")


def test_nobody_is_named_when_the_command_has_ended(tmp_path: Path) -> None:
    with hold_lock(tmp_path, "harness apply a.yaml", now, print):
        assert "harness apply a.yaml" in (tmp_path / NAME).read_text(encoding="utf-8")
    assert (tmp_path / NAME).read_text(encoding="utf-8") == ""


def test_where_nothing_can_be_locked_the_command_runs_and_says_so(tmp_path: Path) -> None:
    (tmp_path / ".harness").write_text("no folder", encoding="utf-8")
    said: list[str] = []
    with hold_lock(tmp_path / ".harness", "harness apply a.yaml", now, said.append):
        pass
    (line,) = said
    assert "cannot be locked: nothing keeps a second command from writing meanwhile" in line


def test_on_a_file_system_without_locks_the_command_runs_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise portalocker.LockException("not supported")

    monkeypatch.setattr(portalocker, "lock", refuse)
    said: list[str] = []
    with hold_lock(tmp_path, "harness apply a.yaml", now, said.append):
        said.append("at work")
    assert said[1:] == ["at work"]
    assert "cannot be locked: nothing keeps a second command" in said[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_nothing_is_written_where_a_link_in_the_locks_place_leads(tmp_path: Path) -> None:
    elsewhere = tmp_path / "profile"
    elsewhere.write_text("mine", encoding="utf-8")
    (tmp_path / NAME).symlink_to(elsewhere)
    said: list[str] = []
    with hold_lock(tmp_path, "harness apply a.yaml", now, said.append):
        pass
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert "cannot be locked" in said[0]
