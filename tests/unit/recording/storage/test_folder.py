"""A cassette on disk: whole files, and a manifest that lets nothing pass unnoticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.errors import OutsideError, RequestError
from harness.recording.storage import codec
from harness.recording.storage.folder import (
    BrokenFileError,
    Folder,
    open_recorded,
    open_to_record,
    read_manifest,
)
from harness.recording.storage.texts import hash_text, read_text

NAME = "targets/sweden.mini.json"
DOCUMENT = codec.encode_target(codec.TargetNotes("sweden/mini", "2026-11-22T12:00:00Z"))


@contextmanager
def unlocked(path: Path) -> Iterator[None]:
    yield


def recorded(path: Path) -> Folder:
    folder = open_to_record(path, unlocked, "simulator")
    folder.write(NAME, DOCUMENT, lambda text: text)
    folder.list_written()
    return folder


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    recorded(tmp_path)
    folder = open_recorded(tmp_path, unlocked, record="harness eval")
    assert folder.read(NAME) == DOCUMENT
    assert folder.manifest.cloud == "simulator"
    assert list(folder.list_unlisted()) == []


def test_nothing_is_made_before_something_is_written(tmp_path: Path) -> None:
    open_to_record(tmp_path / "new", unlocked, "azure")
    assert not (tmp_path / "new").exists()


def test_several_processes_list_what_each_of_them_wrote(tmp_path: Path) -> None:
    one = open_to_record(tmp_path, unlocked, "simulator")
    other = open_to_record(tmp_path, unlocked, "simulator")
    one.write("targets/a.json", DOCUMENT, lambda text: text)
    other.write("targets/b.json", DOCUMENT, lambda text: text)
    one.list_written()
    other.list_written()
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert list(manifest.files) == ["targets/a.json", "targets/b.json"]


def test_who_lists_last_lists_what_was_written_last(tmp_path: Path) -> None:
    """Two processes record the same: the file is one's, and so is its hash."""
    one = open_to_record(tmp_path, unlocked, "simulator")
    other = open_to_record(tmp_path, unlocked, "simulator")
    one.write(NAME, DOCUMENT, lambda text: text)
    later = {**DOCUMENT, "recorded_at": "2026-11-22T13:00:00Z"}
    other.write(NAME, later, lambda text: text)
    other.list_written()
    one.list_written()
    assert open_recorded(tmp_path, unlocked, record="harness eval").read(NAME) == later


def test_what_may_not_be_written_is_not(tmp_path: Path) -> None:
    def refuse(text: str) -> str:
        raise OutsideError

    folder = open_to_record(tmp_path, unlocked, "simulator")
    with pytest.raises(OutsideError):
        folder.write(NAME, DOCUMENT, refuse)
    assert list(tmp_path.rglob("*.json")) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "is not there"),
        (lambda path: path.write_text("{}"), "was changed"),
        (lambda path: path.write_bytes(b"\xff"), "cannot be read"),
    ],
)
def test_a_file_that_is_not_as_it_was_is_broken(tmp_path: Path, spoil: Any, said: str) -> None:
    folder = recorded(tmp_path)
    spoil(tmp_path / NAME)
    with pytest.raises(BrokenFileError, match=said):
        folder.read(NAME)


def test_no_more_of_a_file_is_read_than_it_may_hold(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text("12345", encoding="utf-8")
    assert read_text(file, 5) == "12345"
    with pytest.raises(ValueError, match="larger than"):
        read_text(file, 4)


def test_a_link_out_of_the_cassette_is_not_followed(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "cassette")
    file = tmp_path / "cassette" / NAME
    elsewhere = tmp_path / "elsewhere.json"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    with pytest.raises(BrokenFileError, match="leads out"):
        folder.read(NAME)


def test_a_file_that_no_manifest_lists_is_not_read(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    (tmp_path / "targets" / "other.json").write_text("{}", encoding="utf-8")
    assert list(folder.list_unlisted()) == ["targets/other.json"]
    with pytest.raises(BrokenFileError, match="does not list it"):
        folder.read("targets/other.json")


def test_newlines_do_not_count(tmp_path: Path) -> None:
    assert hash_text("a\r\nb\r\n") == hash_text("a\nb\n")
    assert hash_text("a\nb\n") != hash_text("a\n\nb\n")


def test_the_cloud_stays_the_same(tmp_path: Path) -> None:
    recorded(tmp_path)
    with pytest.raises(RequestError, match="recorded on simulator, not on azure"):
        open_to_record(tmp_path, unlocked, "azure")


def test_without_a_manifest_there_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="record one: harness eval"):
        open_recorded(tmp_path, unlocked, record="harness eval")


GOOD = {"format_version": 1, "cloud": "simulator", "files": {NAME: "0" * 64}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        json.dumps({**GOOD, "format_version": 2}),
        json.dumps({**GOOD, "cloud": "sky"}),
        json.dumps({**GOOD, "cloud": []}),
        json.dumps({**GOOD, "more": 1}),
        json.dumps({**GOOD, "files": []}),
        json.dumps({**GOOD, "files": {"../x.json": "0" * 64}}),
        json.dumps({**GOOD, "files": {NAME: "0" * 63}}),
        json.dumps({**GOOD, "files": {NAME: "A" * 64}}),
        json.dumps({**GOOD, "files": {NAME: None}}),
        json.dumps({"format_version": 1, "files": {}}),
    ],
)
def test_a_manifest_is_exactly_what_it_should_be(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(OutsideError, match="H821"):
        read_manifest(tmp_path)
