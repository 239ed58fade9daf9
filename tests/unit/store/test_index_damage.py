"""An index that is damaged, cut, of another form or in a bad place: the answer stays the same."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from harness.store import index
from harness.store.index import explain_unused
from tests.unit.store.test_index import ids, write

DIES_WITH_A_LOG = """
import os, sqlite3, sys
at = sqlite3.connect(sys.argv[1])
at.execute("PRAGMA journal_mode = WAL")
at.execute("PRAGMA wal_autocheckpoint = 0")
at.execute("UPDATE run SET stamp = 'x'")
at.commit()
os._exit(9)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An index that holds two runs."""
    for number in (1, 2):
        write(tmp_path, number)
    assert ids(tmp_path) == ["2", "1"]
    return tmp_path / ".harness" / "runs.sqlite"


def test_a_log_that_is_cut_or_gone_beside_the_index_never_shows(file: Path) -> None:
    whole = file.read_bytes()
    log, shared = (file.with_name(f"{file.name}{ending}") for ending in ("-wal", "-shm"))
    for cut in (0, 1, 40, 4_000, None):
        file.write_bytes(whole)
        subprocess.run([sys.executable, "-c", DIES_WITH_A_LOG, file], check=False, timeout=60)
        assert log.exists()
        if cut is None:
            log.unlink()
        else:
            log.write_bytes(log.read_bytes()[:cut])
        shared.unlink(missing_ok=True)
        assert ids(file.parent.parent) == ["2", "1"]


@pytest.mark.parametrize("at", [0, 16, 18, 24, 44, 100])
def test_a_corrupted_header_never_shows(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at : at + 4] = b"\xff\xff\xff\xff"
    file.write_bytes(data)
    assert ids(file.parent.parent) == ["2", "1"]


def test_a_folder_in_the_place_of_the_index_is_left_alone(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "mine.txt").write_text("mine", encoding="utf-8")
    assert ids(file.parent.parent) == ["2", "1"]
    assert (file / "mine.txt").exists()


def test_on_a_networks_file_system_there_is_no_index_and_it_can_be_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.unlink()
    assert explain_unused(file) == ""
    monkeypatch.setattr(index, "is_on_network", lambda _: True)
    assert ids(file.parent.parent) == ["2", "1"]
    assert not file.exists()
    assert explain_unused(file).endswith("a network's file system; every run.json is read instead")


def test_the_index_of_somebody_else_runs_no_code_of_theirs(file: Path) -> None:
    with sqlite3.connect(file) as theirs:
        theirs.execute("ALTER TABLE run RENAME TO other")
        theirs.execute("CREATE VIEW run AS SELECT load_extension('x'), 1, 2, 3, 4, 5")
    theirs.close()
    assert ids(file.parent.parent) == ["2", "1"]
