"""Locks between processes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import portalocker
import pytest

from harness.errors import OutsideError
from harness.fs.holders import NamedLock
from harness.fs.locks import FileLock
from harness.simulator.embedded import serve
from harness.spec.model.spec import Simulator
from harness.wiring.recording import cassette
from harness.wiring.recording.cassette import lock_listing


def test_one_holder_keeps_everybody_else_out(tmp_path: Path) -> None:
    with FileLock(tmp_path / "a.lock") as held, FileLock(tmp_path / "a.lock") as other:
        assert held.take()
        assert not other.take()
        assert not other.take(shared=True)
        held.close()
        assert other.take()


def test_a_lock_can_be_shared_by_those_who_ask_for_it_so(tmp_path: Path) -> None:
    with FileLock(tmp_path / "a.lock") as one, FileLock(tmp_path / "a.lock") as other:
        assert one.take(shared=True)
        assert other.take(shared=True)
        with FileLock(tmp_path / "a.lock") as third:
            assert not third.take()


def test_who_waits_gets_the_lock_when_it_is_let_go(tmp_path: Path) -> None:
    with FileLock(tmp_path / "a.lock") as held, FileLock(tmp_path / "a.lock") as other:
        held.take()
        waiting = threading.Thread(target=other.take, kwargs={"wait": True})
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        held.close()
        waiting.join(10)
        assert not waiting.is_alive()


def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from harness.fs.locks import FileLock\n"
        "assert FileLock(pathlib.Path(sys.argv[1])).take(); os._exit(9)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.lock")], check=False, timeout=60
    )
    assert ended.returncode == 9
    with FileLock(tmp_path / "a.lock") as lock:
        assert lock.take()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_can_open_a_lock_and_hold_up_its_owner(tmp_path: Path) -> None:
    with FileLock(tmp_path / "a.lock"):
        assert stat.S_IMODE((tmp_path / "a.lock").stat().st_mode) == 0o600


def test_who_waits_goes_on_waiting_where_the_system_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows says after ten seconds that a lock is held, although it was told to wait."""
    answers: list[Exception | None] = [
        portalocker.AlreadyLocked(),
        portalocker.AlreadyLocked(),
        None,
    ]

    def lock(descriptor: int, flags: object) -> None:
        if answer := answers.pop(0):
            raise answer

    monkeypatch.setattr(portalocker, "lock", lock)
    with FileLock(tmp_path / "a.lock") as waiting:
        assert waiting.take(wait=True)
    assert answers == []


def test_a_recording_is_locked_in_its_project_and_not_in_a_shared_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with lock_listing(tmp_path / "specs" / "sweden.cassette"):
        (file,) = (tmp_path / ".harness" / "locks").iterdir()
        with FileLock(file) as other:
            assert not other.take()
    assert not (tmp_path / "specs").exists()


def test_two_recordings_of_a_project_do_not_wait_for_each_other(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with lock_listing(tmp_path / "a.cassette"), lock_listing(tmp_path / "b.cassette"):
        assert len(list((tmp_path / ".harness" / "locks").iterdir())) == 2


def test_who_cannot_lock_a_recording_is_told_so(tmp_path: Path) -> None:
    (tmp_path / ".harness").write_text("no folder", encoding="utf-8")
    with (
        pytest.raises(OutsideError, match="the recording cannot be locked") as caught,
        lock_listing(tmp_path / "sweden.cassette"),
    ):
        raise AssertionError
    (said,) = caught.value.diagnostics
    assert said.code == "H824"
    assert "simulator" not in str(said)


def test_who_holds_a_recording_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cassette, "LISTED_WITHIN_S", 0.05)
    with (
        lock_listing(tmp_path / "sweden.cassette"),
        pytest.raises(OutsideError, match=f"is being written by `.*` \\(process {os.getpid()} on "),
        lock_listing(tmp_path / "sweden.cassette"),
    ):
        raise AssertionError


def test_who_holds_a_simulated_world_is_named(tmp_path: Path) -> None:
    with (
        serve(tmp_path, Simulator()),
        pytest.raises(OutsideError, match=f"process {os.getpid()} on .*; it serves at http"),
        serve(tmp_path, Simulator()),
    ):
        raise AssertionError


def test_a_lock_names_nobody_when_it_was_let_go_or_its_file_holds_something_else(
    tmp_path: Path,
) -> None:
    lock = NamedLock(tmp_path / "a.lock")
    assert lock.take(command="harness apply a.yaml")
    assert lock.name_holder().startswith("`harness apply a.yaml` (process ")
    lock.close()
    assert NamedLock(tmp_path / "a.lock").name_holder() == "another process"
    (tmp_path / "a.lock").write_bytes(b"\xff[1]")
    assert NamedLock(tmp_path / "a.lock").name_holder() == "another process"
