"""A run's directory belongs to one process, also where locks do not hold."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import portalocker
import pytest

from harness.errors import OutsideError, RequestError
from harness.fs.holders import describe_self, name_host, read_holder
from harness.run.ports import Trials
from harness.run.requests.spent import Amount
from harness.store import journal
from harness.store.ownership import FRESH_S, RECORD, Ownership, is_held
from harness.store.runs import DiskRuns
from tests.unit.store.test_runs import THEN, begun, place

OPEN = os.open


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.jsonl").touch()
    return tmp_path


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that lets everybody have the lock, as some of a network's do."""
    monkeypatch.setattr(portalocker, "lock", lambda *_: None)


@pytest.fixture
def owner(folder: Path) -> Iterator[Ownership]:
    owner = Ownership(folder, folder / "events.jsonl")
    yield owner
    owner.release()


def leave_record(folder: Path, *, host: str = "", pid: int = 0, idle_s: float = 0.0) -> None:
    """Leave the record of another process; by default of one of this machine that lives."""
    us = describe_self(nonce="theirs")
    holder = replace(us, host=host or us.host, pid=pid or us.pid, command="harness eval a.yaml")
    (folder / RECORD).write_text(holder.encode(), encoding="utf-8")
    seen = time.time() - idle_s
    os.utime(folder / RECORD, (seen, seen))


def test_a_second_process_is_refused_and_told_who_holds_the_run(
    folder: Path, owner: Ownership
) -> None:
    owner.take()
    with pytest.raises(RequestError) as caught:
        Ownership(folder, folder / "events.jsonl").take()
    (said,) = caught.value.diagnostics
    assert said.code == "H704"
    assert f"(process {os.getpid()} on {name_host()}, since 20" in said.summary
    assert said.hint == "wait until it has ended, or stop it"
    assert is_held(folder, folder / "events.jsonl")
    owner.release()
    assert not (folder / RECORD).exists()
    assert not is_held(folder, folder / "events.jsonl")


def test_a_run_whose_process_was_killed_is_simply_taken(folder: Path, owner: Ownership) -> None:
    code = (
        "import os, sys; from pathlib import Path; from harness.store.ownership import Ownership\n"
        "at = Path(sys.argv[1]); Ownership(at, at / 'events.jsonl').take(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False, timeout=60)
    left = read_holder((folder / RECORD).read_bytes())
    assert left is not None
    assert not left.is_alive()
    owner.take()
    assert owner.is_ours()


@pytest.mark.usefixtures("lying")
def test_where_the_lock_lies_the_record_refuses_the_second(folder: Path, owner: Ownership) -> None:
    owner.take()
    with pytest.raises(RequestError, match=f"process {os.getpid()} on"):
        Ownership(folder, folder / "events.jsonl").take()


def test_where_there_are_no_locks_at_all_the_record_has_to_do(
    folder: Path, owner: Ownership, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise portalocker.LockException("Operation not supported")

    monkeypatch.setattr(portalocker, "lock", refuse)
    owner.take()
    with pytest.raises(RequestError, match="another process is writing this run"):
        Ownership(folder, folder / "events.jsonl").take()


def test_another_machine_that_shows_signs_of_life_is_not_taken_over_unasked(
    folder: Path, owner: Ownership
) -> None:
    leave_record(folder, host="build-3", idle_s=2.0)
    with pytest.raises(RequestError) as caught:
        owner.take()
    (said,) = caught.value.diagnostics
    assert "`harness eval a.yaml` (process" in said.summary
    assert "on build-3, since" in said.summary
    assert "its last sign is 2 s old" in said.summary
    assert "stop it on build-3" in said.hint
    assert "--take-over" in said.hint
    owner.take(take_over=True)
    assert owner.is_ours()


@pytest.mark.parametrize(
    "idle_s", [FRESH_S + 5, 3600.0], ids=["silent for half a minute", "for an hour"]
)
def test_another_machine_that_has_fallen_silent_is_taken_over(
    folder: Path, owner: Ownership, idle_s: float
) -> None:
    leave_record(folder, host="build-3", idle_s=idle_s)
    owner.take()
    assert owner.is_ours()


def test_a_live_process_of_this_machine_is_never_taken_over(folder: Path, owner: Ownership) -> None:
    owner.take()
    with pytest.raises(RequestError, match="another process is writing"):
        Ownership(folder, folder / "events.jsonl").take(take_over=True)


def test_a_number_that_was_given_to_another_process_holds_nothing(
    folder: Path, owner: Ownership
) -> None:
    if not describe_self().started:
        pytest.skip("this system does not tell when a process began")
    leave_record(folder)
    text = (folder / RECORD).read_text(encoding="utf-8")
    started = describe_self().started
    (folder / RECORD).write_text(text.replace(f'"{started}"', '"1"'), encoding="utf-8")
    owner.take()
    assert owner.is_ours()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', "\0" * 10])
def test_a_record_that_is_none_holds_nobody_up(folder: Path, owner: Ownership, text: str) -> None:
    (folder / RECORD).write_text(text, encoding="utf-8")
    owner.take()
    assert owner.is_ours()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_a_record_that_is_a_link_is_none_and_nothing_is_written_where_it_leads(
    folder: Path, owner: Ownership, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("home") / "profile"
    (folder / RECORD).symlink_to(elsewhere)
    assert not is_held(folder, folder / "events.jsonl")
    assert not elsewhere.exists()
    elsewhere.write_text("mine", encoding="utf-8")
    (folder / RECORD).symlink_to(elsewhere)
    owner.take()
    assert owner.is_ours()
    assert elsewhere.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_record_that_is_a_pipe_is_told_and_not_waited_for(folder: Path, owner: Ownership) -> None:
    os.mkfifo(folder / RECORD)
    assert not is_held(folder, folder / "events.jsonl")
    with pytest.raises(OutsideError, match="not a regular file"):
        owner.take()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
@pytest.mark.parametrize("name", ["events.jsonl", "results.jsonl"])
@pytest.mark.parametrize("kind", ["a link", "a pipe"])
def test_a_run_whose_files_lead_elsewhere_is_not_gone_on_with(
    tmp_path: Path, name: str, kind: str
) -> None:
    store, run, elsewhere = DiskRuns(tmp_path, lambda: THEN), tmp_path / "run", tmp_path / "profile"
    with begun(store, run):
        pass
    elsewhere.write_text("mine\nand no end", encoding="utf-8")
    (run / name).unlink()
    if kind == "a link":
        (run / name).symlink_to(elsewhere)
    else:
        os.mkfifo(run / name)
    with pytest.raises(OutsideError), store.reopen(run, Trials(1, lambda _: None)):
        pass
    assert elsewhere.read_text(encoding="utf-8") == "mine\nand no end"


@pytest.mark.usefixtures("lying")
def test_whoever_lost_a_run_is_told_so_on_a_disk_that_takes_nothing(
    folder: Path, owner: Ownership, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.take()
    leave_record(folder, host="build-3")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutsideError) as caught:
        owner.confirm()
    monkeypatch.undo()
    assert caught.value.diagnostics[0].code == "H705"


def refuse(path: object, flags: int, *_: object) -> int:
    """Refuse to make a file, as a full disk does."""
    if flags & os.O_CREAT:
        raise OSError(errno.ENOSPC, "no room")
    return OPEN(path, flags)  # type: ignore[arg-type]


@pytest.mark.usefixtures("lying")
def test_whoever_lost_a_run_notices_before_the_next_sync_and_writes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "SYNC_S", 0.01)
    store = DiskRuns(tmp_path, lambda: THEN)

    def write_on() -> None:
        with begun(store, tmp_path / "run") as log:
            leave_record(tmp_path / "run", host="build-3")
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                log.note_sent(place(1), 1, Amount())
                time.sleep(0.01)

    with pytest.raises(OutsideError) as caught:
        write_on()
    (said,) = caught.value.diagnostics
    assert said.code == "H705"
    assert "on build-3" in said.detail
    assert read_holder((tmp_path / "run" / RECORD).read_bytes()) is not None, "it stays theirs"
