"""Files are replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.fs.atomic import create_file, replace_file


def test_a_text_that_breaks_off_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    file = tmp_path / "a.txt"
    replace_file(file, ["before"])
    with pytest.raises(KeyboardInterrupt):
        replace_file(file, broken())
    assert file.read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize(("mode", "expected"), [(None, 0o640), (0o600, 0o600), (0o644, 0o644)])
def test_a_file_has_the_permissions_of_any_new_one_unless_others_are_asked_for(
    tmp_path: Path, mode: int | None, expected: int
) -> None:
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "a.txt", ["text"], mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == expected


@pytest.mark.parametrize("sync", [True, False])
def test_lines_end_with_a_line_feed_on_every_system(tmp_path: Path, *, sync: bool) -> None:
    replace_file(tmp_path / "in" / "folders" / "a.txt", ["ä\n", "b\n"], sync=sync)
    assert (tmp_path / "in" / "folders" / "a.txt").read_bytes() == "ä\nb\n".encode()


def test_a_new_file_never_takes_the_place_of_one_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    create_file(file, "first\n")
    with pytest.raises(FileExistsError):
        create_file(file, "second\n")
    assert file.read_text(encoding="utf-8") == "first\n"


def test_a_new_file_that_breaks_off_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        create_file(tmp_path / "a.txt", "no character: \ud800")
    assert list(tmp_path.iterdir()) == []
