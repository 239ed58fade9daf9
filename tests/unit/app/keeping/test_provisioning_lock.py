"""One command at a time writes for a project."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

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
