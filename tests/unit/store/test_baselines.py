"""A baseline is there whole or not at all, and is found by its spec before its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.store.baselines import find_baseline, keep_baseline, list_baselines


def write_run(folder: Path, text: str = "{}") -> Path:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(text, "utf-8")
    (folder / "results.jsonl").write_text("one\ntwo\n", "utf-8")
    return folder


def test_a_copy_that_fails_leaves_the_baseline_that_was_there(tmp_path: Path) -> None:
    kept = tmp_path / "sweden.baselines" / "main"
    keep_baseline(write_run(tmp_path / "good"), kept)
    assert (kept / "results.jsonl").read_text("utf-8") == "one\ntwo\n"
    bad = write_run(tmp_path / "bad")
    (bad / "spec.json").mkdir()
    with pytest.raises(HarnessError):
        keep_baseline(bad, kept)
    assert find_baseline(tmp_path, "main") == kept
    assert (kept / "results.jsonl").read_text("utf-8") == "one\ntwo\n"


def test_a_baseline_is_its_specs_and_without_a_spec_the_only_one_of_its_name(
    tmp_path: Path,
) -> None:
    run = write_run(tmp_path / "run")
    for place in ("specs/a.baselines/main", "specs/b.baselines/main", "specs/b.baselines/old"):
        keep_baseline(run, tmp_path / place)
    assert find_baseline(tmp_path, "main", tmp_path / "specs" / "b.yaml") == (
        tmp_path / "specs" / "b.baselines" / "main"
    )
    assert find_baseline(tmp_path, "old", tmp_path / "specs" / "a.yaml") is None
    assert find_baseline(tmp_path, "main") is None
    assert find_baseline(tmp_path, "old") == tmp_path / "specs" / "b.baselines" / "old"
    names = [folder.name for folder in list_baselines(tmp_path, tmp_path / "specs" / "b.yaml")]
    assert names == ["main", "old"]
    assert len(list(list_baselines(tmp_path))) == 3


def test_a_baseline_that_a_killed_process_hid_is_found_again(tmp_path: Path) -> None:
    kept = tmp_path / "sweden.baselines" / "main"
    keep_baseline(write_run(tmp_path / "good"), kept)
    kept.rename(kept.with_name(".main.old"))
    assert find_baseline(tmp_path, "main", tmp_path / "sweden.yaml") == kept
    kept.rename(kept.with_name(".main.old"))
    assert list(list_baselines(tmp_path, tmp_path / "sweden.yaml")) == [kept]


def test_what_others_put_beside_a_baseline_stays_when_it_is_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "sweden.baselines" / "main"
    keep_baseline(write_run(tmp_path / "good"), kept)
    (kept / "README.md").write_text("mine", encoding="utf-8")
    keep_baseline(write_run(tmp_path / "better"), kept)
    assert (kept / "README.md").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in kept.parent.iterdir()] == ["main"]
