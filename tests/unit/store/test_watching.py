"""A save is seen however an editor does it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.app.specs.noting import NamedFiles
from harness.store.watching import list_saved, stamp_files, wait_for_save


def rename_over(path: Path) -> None:
    new = path.with_name("4913.tmp")
    new.write_text("new", encoding="utf-8")
    new.replace(path)


def back_up_and_write(path: Path) -> None:
    path.rename(path.with_name("a.yaml~"))
    path.write_text("new", encoding="utf-8")


def write_in_place(path: Path) -> None:
    path.write_text("new", encoding="utf-8")


def name(*paths: Path, patterns: tuple[str, ...] = ()) -> NamedFiles:
    return NamedFiles(frozenset(map(str, paths)), frozenset(patterns))


def wait(named: NamedFiles, save: Callable[[], None], looks: int = 80) -> list[str]:
    """Wait while something saves from another thread; give up after so many looks."""
    before = stamp_files(named)
    left = iter(range(looks))
    saving = threading.Timer(0.3, save)
    saving.start()
    try:
        return wait_for_save(named, before, lambda: next(left, None) is not None)
    finally:
        saving.join()


@pytest.mark.parametrize("save", [rename_over, back_up_and_write, write_in_place, Path.unlink])
def test_a_save_is_seen(tmp_path: Path, save: Callable[[Path], None]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old", encoding="utf-8")
    assert wait(name(path), lambda: save(path)) == [str(path)]


def test_a_file_that_was_named_and_is_made_only_now_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "later.csv"
    assert wait(name(path), lambda: write_in_place(path)) == [str(path)]


def test_a_file_that_a_glob_would_include_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    named = name(patterns=(str(tmp_path / "*.yaml"),))
    assert wait(named, lambda: write_in_place(path)) == [str(path)]


def test_what_no_spec_names_wakes_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old", encoding="utf-8")
    other = tmp_path / ".a.yaml.swp"
    assert wait(name(path), lambda: write_in_place(other), looks=8) == []


def test_what_was_saved_before_anybody_waits_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old", encoding="utf-8")
    before = stamp_files(name(path))
    path.write_text("newer", encoding="utf-8")
    assert wait_for_save(name(path), before, lambda: True) == [str(path)]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_save_of_what_a_link_leads_to_is_seen(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    real, link = tmp_path / "shared/a.yaml", tmp_path / "a.yaml"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    assert wait(name(link), lambda: write_in_place(real)) == [str(link)]


def test_stamps_tell_what_is_otherwise() -> None:
    assert list_saved({"a": (1, 1, 1), "b": (1, 1, 1)}, {"a": (1, 1, 1), "c": (1, 1, 1)}) == [
        "b",
        "c",
    ]
