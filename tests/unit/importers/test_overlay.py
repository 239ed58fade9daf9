"""A spec is read before it is written: texts that are not on disk yet lie over those that are."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.importers.overlay import OverlaidReader
from harness.store.files import DiskReader


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OverlaidReader:
    monkeypatch.chdir(tmp_path)
    Path("old.txt").write_text("from disk", encoding="utf-8")
    return OverlaidReader(DiskReader(tmp_path), {"new.txt": "not yet\n", "old.txt": "laid over"})


def test_a_text_that_nobody_wrote_yet_is_there_and_is_read(reader: OverlaidReader) -> None:
    assert reader.exists("new.txt")
    assert reader.read("new.txt", 2) == b"not"
    with reader.stream("new.txt") as file:
        assert list(file) == ["not yet\n"]


def test_it_wins_over_the_file_of_the_same_name(reader: OverlaidReader) -> None:
    assert reader.read("old.txt", 100) == b"laid over"


def test_every_other_file_is_the_one_on_disk(reader: OverlaidReader, tmp_path: Path) -> None:
    (tmp_path / "third.txt").write_text("third", encoding="utf-8")
    assert reader.read("third.txt", 100) == b"third"
    assert reader.resolve("new.txt", "third.txt") == "third.txt"
    assert reader.matches("new.txt", "*.txt") == ("old.txt", "third.txt")
    assert not reader.exists("fourth.txt")
