"""What killed writers leave behind is known for what it is, by all who list folders."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from harness.fs.atomic import WRITING_S, is_temporary, replace_file, sweep
from harness.store.baselines import list_baselines
from harness.store.files import DiskReader
from harness.store.removal import list_others_files, remove_leftovers
from harness.store.runs import DiskRuns
from harness.wiring.project import DiskArchive
from tests.unit.store.test_runs import THEN, begun


class KilledError(BaseException):
    """Ends a writer between its writing and its renaming, as a kill does: nothing is cleaned up."""


def leave(path: Path, monkeypatch: pytest.MonkeyPatch, *, age_s: float = 0.0) -> Path:
    """Leave the temporary file of a writer that was killed while it wrote ``path``."""

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", die)
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(KilledError):
            replace_file(path, ["half"], sync=False)
    (left,) = [one for one in path.parent.iterdir() if one.name.startswith(f".{path.name}.")]
    then = time.time() - age_s
    os.utime(left, (then, then))
    return left


def test_a_temporary_file_is_known_by_its_name_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_temporary(leave(tmp_path / "run.json", monkeypatch).name)
    long = "x" * 250 + ".yml"
    assert is_temporary(leave(tmp_path / long[-200:], monkeypatch).name)
    for name in ("run.json", ".gitignore", ".eslintrc.override", ".a.tmp", "x.abcdefgh.tmp"):
        assert not is_temporary(name)


def test_only_what_is_old_is_swept_for_the_rest_may_still_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = leave(tmp_path / "old.json", monkeypatch, age_s=WRITING_S + 60)
    young = leave(tmp_path / "young.json", monkeypatch)
    (tmp_path / ".mine").write_text("mine", encoding="utf-8")
    sweep(tmp_path)
    assert not old.exists()
    assert young.exists()
    assert (tmp_path / ".mine").exists()


def test_a_run_that_is_gone_on_with_sweeps_its_folder_and_prune_does_not_mind_the_young(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DiskRuns(tmp_path, lambda: THEN)
    run = tmp_path / "reports" / "sweden" / "run"
    run.mkdir(parents=True)
    old = leave(run / "spec.json", monkeypatch, age_s=WRITING_S + 60)
    leave(run / "run.json", monkeypatch)
    with begun(store, run) as log:
        assert log.directory == run
        assert not old.exists()
    assert [one.id for _, one in store.runs()] != []
    assert list_others_files(run) == []


def test_a_removal_that_died_half_way_is_finished_by_the_next(tmp_path: Path) -> None:
    gone = tmp_path / "reports" / "sweden" / ".20261122-130000-abcdef.gone"
    others = tmp_path / "reports" / "sweden" / ".mine.gone"
    for folder in (gone, others):
        folder.mkdir(parents=True)
        (folder / "results.jsonl").touch()
    assert list(DiskArchive(tmp_path).runs()) == []
    remove_leftovers(tmp_path / "reports")
    assert not gone.exists()
    assert others.exists()


def test_neither_baselines_nor_globs_of_specs_take_them_for_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.baselines" / ".main.new").mkdir(parents=True)
    (tmp_path / "s.baselines" / ".main.new" / "run.json").write_text("{}", encoding="utf-8")
    assert list(list_baselines(tmp_path)) == []
    assert list(list_baselines(tmp_path, tmp_path / "s.yaml")) == []
    leave(tmp_path / "a.yaml", monkeypatch)
    reader = DiskReader(tmp_path)
    assert reader.matches(str(tmp_path / "spec.yaml"), "**/*") == ()
