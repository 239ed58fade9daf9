from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.fs.regular import read_regular
from harness.results.codec import encode_run
from harness.results.model import RunInfo
from harness.store import index
from harness.store.index import decode_indexed, list_runs
from harness.store.runs import DiskRuns

A_DAY_S = 86_400


def write(root: Path, number: int, place: str = "reports/sweden/{}", name: str = "sweden") -> Path:
    info = RunInfo(f"20261122-13000{number}-abcdef", name, "cd", "0.1.0", "", ())
    directory = root / place.format(info.id)
    directory.mkdir(parents=True)
    (directory / "run.json").write_text(encode_run(info), encoding="utf-8")
    settle(directory)
    return directory


def settle(directory: Path, age_s: float = A_DAY_S) -> None:
    """Let the file be old: one that is new is read whatever the index says."""
    path = directory / "run.json"
    then = path.stat().st_mtime - age_s
    os.utime(path, (then, then))


def ids(root: Path, name: str | None = None) -> list[str]:
    found = list_runs(root / "reports", root / ".harness" / "runs.sqlite", name)
    return [entry.id[14:15] for entry in found]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are read, as they are read."""
    seen: list[Path] = []

    def note(path: Path) -> bytes:
        seen.append(path)
        return read_regular(path)

    monkeypatch.setattr("harness.store.index.read_regular", note)
    return seen


def test_runs_come_newest_first_and_only_those_of_the_spec(tmp_path: Path) -> None:
    for number in (1, 3, 2):
        write(tmp_path, number)
    write(tmp_path, 4, "reports/norway/{}", "norway")
    assert ids(tmp_path) == ["4", "3", "2", "1"]
    assert ids(tmp_path, "sweden") == ["3", "2", "1"]


def test_what_did_not_change_is_not_read_again(tmp_path: Path, reads: list[Path]) -> None:
    for number in (1, 2):
        write(tmp_path, number)
    assert ids(tmp_path) == ["2", "1"]
    assert len(reads) == 2
    assert ids(tmp_path) == ["2", "1"]
    assert len(reads) == 2


def test_what_changed_a_moment_ago_is_read_each_time_for_it_may_change_again(
    tmp_path: Path, reads: list[Path]
) -> None:
    settle(write(tmp_path, 1), age_s=-A_DAY_S)
    assert ids(tmp_path) == ids(tmp_path) == ["1"]
    assert len(reads) == 2


def test_an_edited_a_moved_and_a_deleted_run_are_noticed(tmp_path: Path) -> None:
    edited, moved, deleted = (write(tmp_path, number) for number in (1, 2, 3))
    assert ids(tmp_path) == ["3", "2", "1"]
    path = edited / "run.json"
    path.write_text(path.read_text(encoding="utf-8").replace("130001", "130009"), encoding="utf-8")
    settle(edited, 2 * A_DAY_S)
    (tmp_path / "reports" / "old" / "of 2026").mkdir(parents=True)
    moved.rename(tmp_path / "reports" / "old" / "of 2026" / moved.name)
    shutil.rmtree(deleted)
    assert ids(tmp_path) == ["9", "2"]


def test_a_run_that_lies_there_twice_is_listed_once_where_it_was_written(tmp_path: Path) -> None:
    home = write(tmp_path, 1)
    shutil.copytree(home, tmp_path / "reports" / "zebra" / "copy")
    (found,) = list_runs(tmp_path / "reports", tmp_path / ".harness" / "runs.sqlite")
    assert found.directory == home


def test_a_run_json_that_is_none_comes_last_and_says_what_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, 1)
    (write(tmp_path, 2) / "run.json").write_bytes(b"{\xff")
    assert ids(tmp_path) == ["1", ""]
    ((directory, why),) = DiskRuns(tmp_path).unreadable()
    assert directory.name.startswith("20261122-130002")
    assert "UTF-8" in why
    assert [info.id[14] for _, info in DiskRuns(tmp_path).runs()] == ["1"]


def test_only_the_newest_of_each_spec_are_read_where_no_more_are_wanted(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path, number)
    write(tmp_path, 5, "reports/norway/{}", "norway")
    found = [(info.id[14], among) for _, info, among in DiskRuns(tmp_path).newest(2)]
    assert found == [("5", 1), ("2", 3), ("1", 3)]


@pytest.mark.parametrize("junk", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 9_000])
def test_a_broken_index_is_made_anew(tmp_path: Path, junk: bytes, reads: list[Path]) -> None:
    write(tmp_path, 1)
    assert ids(tmp_path) == ["1"]
    (tmp_path / ".harness" / "runs.sqlite").write_bytes(junk)
    assert ids(tmp_path) == ["1"]
    reads.clear()
    assert ids(tmp_path) == ["1"]
    assert reads == [], "it is whole again"


def test_a_flipped_bit_in_the_index_never_shows(tmp_path: Path) -> None:
    directory = write(tmp_path, 1)
    file = tmp_path / ".harness" / "runs.sqlite"
    assert ids(tmp_path) == ["1"]
    whole = file.read_bytes()
    for at in [place for place in range(0, len(whole), 61) if whole[place]]:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        (entry,) = list_runs(tmp_path / "reports", file)
        assert decode_indexed(entry).id == entry.id == directory.name


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
COLUMNS = "x path, x stamp, x id, x spec, x sum, x text"
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END"


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE run", f"CREATE VIEW run AS {ENDLESS} SELECT {COLUMNS} FROM n"],
        [TRIGGER],
        ["CREATE TABLE another (x)"],
    ],
    ids=["a view that never ends", "a trigger", "a table"],
)  # fmt: skip
def test_an_index_that_a_stranger_made_is_made_anew(tmp_path: Path, statements: list[str]) -> None:
    write(tmp_path, 1)
    assert ids(tmp_path) == ["1"]
    file = tmp_path / ".harness" / "runs.sqlite"
    other = sqlite3.connect(file)
    for statement in statements:
        other.execute(statement)
    other.commit()
    other.close()
    assert ids(tmp_path) == ["1"]
    again = sqlite3.connect(file)
    held = {name for (name,) in again.execute("SELECT name FROM sqlite_schema WHERE sql NOT NULL")}
    again.close()
    assert held == {"run", "state"}


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "DROP TABLE run"])
def test_an_index_of_another_version_is_made_anew(tmp_path: Path, statement: str) -> None:
    write(tmp_path, 1)
    assert ids(tmp_path) == ["1"]
    other = sqlite3.connect(tmp_path / ".harness" / "runs.sqlite")
    other.execute(statement)
    other.close()
    assert ids(tmp_path) == ["1"]


def test_a_locked_index_is_no_error_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BUSY_S", 0.05)
    write(tmp_path, 1)
    assert ids(tmp_path) == ["1"]
    write(tmp_path, 2)
    holder = sqlite3.connect(tmp_path / ".harness" / "runs.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert ids(tmp_path) == ["2", "1"]
    holder.execute("ROLLBACK")
    assert holder.execute("SELECT count(*) FROM run").fetchone() == (1,)
    holder.close()


def cannot_be_made(root: Path) -> None:
    (root / ".harness").write_text("a file, where the folder would be", encoding="utf-8")


def is_a_folder(root: Path) -> None:
    (root / ".harness" / "runs.sqlite").mkdir(parents=True)


@pytest.mark.parametrize("hinder", [cannot_be_made, is_a_folder])
def test_where_no_index_can_be_written_there_is_none(
    tmp_path: Path, hinder: Callable[[Path], None]
) -> None:
    write(tmp_path, 1)
    hinder(tmp_path)
    assert ids(tmp_path) == ["1"]


def test_no_index_is_made_where_there_are_no_runs(tmp_path: Path) -> None:
    assert ids(tmp_path) == []
    assert not (tmp_path / ".harness").exists()


READER = """
import sys
from pathlib import Path
from harness.store.index import list_runs
root = Path(sys.argv[1])
for _ in range(15):
    found = [entry.id for entry in list_runs(root / "reports", root / ".harness" / "runs.sqlite")]
    assert len(found) == len(set(found)) >= 30, found
print(len(found))
"""


def test_eight_processes_use_it_at_once_while_runs_come(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, number % 10, f"reports/s{number // 10}/{{}}")
    for number, path in enumerate(sorted(tmp_path.glob("reports/*/*/run.json"))):
        text = path.read_text(encoding="utf-8").replace("abcdef", f"{number:06x}")
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", READER, str(tmp_path)]
    readers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for number in range(5):
        write(tmp_path, number, "reports/new/{}", "new")
    for reader in readers:
        said, complaint = reader.communicate(timeout=120)
        assert (reader.returncode, complaint) == (0, "")
        assert 30 <= int(said) <= 35
    assert len(ids(tmp_path)) == 35
