"""A disk that is full, fails or refuses, at each call that an operation makes on it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from harness.app.documents import report_run
from harness.cli.files import write_file
from harness.errors import HarnessError, OutsideError
from harness.recording.storage.folder import Folder, Manifest, read_manifest
from harness.recording.storage.naming import MANAGEMENT
from harness.simulator.world import SimulatedWorld
from harness.store.baselines import keep_baseline, restore_baseline
from harness.store.writing import rewrite_file
from harness.wiring.project import DiskArchive
from harness.wiring.project_folder import DiskFolder
from tests.drills import count_rounds
from tests.failing_disk import FAULTS, FailingDisk, fail_at_every_call
from tests.unit.run.laboratory import Laboratory, lines

STEP = 1 if count_rounds(1, 2) > 1 else 6
"""Of faults that are much like another each sixth call fails; in the long form each."""


def require_said(error: HarnessError, disk: FailingDisk) -> None:
    """Hold an error to what a person needs: where, why, and how much room there is."""
    assert error.exit_code == 3
    said = "\n".join(map(str, error.diagnostics))
    reason = os.strerror(getattr(errno, disk.fault))
    assert str(disk.folder) in said, said
    assert reason in said, said
    if disk.fault in ("ENOSPC", "EDQUOT"):
        assert " free there" in said, said


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Path]:
    """Yield a fresh folder for each operation."""
    return (tmp_path / str(number) for number in range(1_000))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """A laboratory with an undisturbed run."""
    lab = Laboratory(tmp_path_factory.mktemp("calm"), "{concurrency: 1}")
    lab.run(targets=("p/a",), output=lab.folder / "run")
    return lab


@pytest.mark.parametrize(
    ("fault", "lasts", "step"),
    [("ENOSPC", True, 1), ("EIO", False, min(3, STEP)), *((one, True, STEP) for one in FAULTS[2:])],
)
def test_a_run_stops_spending_says_why_and_can_be_resumed(
    places: Iterator[Path], calm: Laboratory, fault: str, lasts: bool, step: int
) -> None:
    expected = [line["turns"] for line in lines(calm.folder / "run")]

    def operate(disk: FailingDisk) -> None:
        lab = Laboratory(disk.folder, "{concurrency: 1}")
        run = disk.folder / "run"
        try:
            with disk.mounted():
                lab.run(targets=("p/a",), output=run)
        except OutsideError as error:
            require_said(error, disk)
        asked = lab.asked
        if not (run / "run.json").exists():
            assert asked == 0, "nothing is spent before the run's files are there"
            return
        lab.run(resume=str(run))
        assert asked + lab.asked <= calm.asked + 1, "spending stops within a call"
        assert [line["turns"] for line in lines(run)] == expected

    calls = fail_at_every_call(places, fault, operate, lasts=lasts, step=step)
    assert calls > 30


def keep_what_was_there(
    places: Iterator[Path],
    fault: str,
    prepare: Callable[[Path], Path],
    operate: Callable[[Path], None],
) -> None:
    """Fail an operation at each call: what it replaces is there whole, the old or the new."""

    def once(disk: FailingDisk) -> None:
        at = prepare(disk.folder)
        before = read_tree(at)
        try:
            with disk.mounted():
                operate(disk.folder)
        except HarnessError as error:
            require_said(error, disk)
            restore_baseline(at)
            assert read_tree(at) == before
            operate(disk.folder)
        assert read_tree(at) != before
        left = [path.name for path in disk.folder.rglob(".*.tmp")]
        assert left == [], "nothing half written is left where it can be removed"

    assert fail_at_every_call(places, fault, once, step=1 if fault == "ENOSPC" else STEP) >= 3


def read_tree(at: Path) -> dict[str, bytes]:
    """Read every file at or beneath a path, hidden ones apart."""
    files = [at] if at.is_file() else sorted(at.rglob("*"))
    return {
        path.name: path.read_bytes()
        for path in files
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_baseline_is_the_old_one_or_the_new_one(
    places: Iterator[Path], calm: Laboratory, fault: str
) -> None:
    def prepare(folder: Path) -> Path:
        old = folder / "s.baselines" / "main"
        old.mkdir(parents=True)
        for name in ("run.json", "results.jsonl", "spec.json"):
            (old / name).write_text("old", encoding="utf-8")
        return old

    def operate(folder: Path) -> None:
        keep_baseline(calm.folder / "run", folder / "s.baselines" / "main")

    keep_what_was_there(places, fault, prepare, operate)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_rewritten_spec_and_a_saved_plan_are_the_old_or_the_new(
    places: Iterator[Path], fault: str
) -> None:
    def prepare(folder: Path) -> Path:
        (folder / "spec.yaml").write_text("old: 1\n", encoding="utf-8")
        return folder / "spec.yaml"

    keep_what_was_there(
        places,
        fault,
        prepare,
        lambda folder: rewrite_file(folder / "spec.yaml", "old: 1\n", "new: 1\n"),
    )
    keep_what_was_there(
        places, fault, prepare, lambda folder: write_file(folder / "spec.yaml", "plan", "H951")
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_simulated_world_keeps_the_state_that_was_saved(
    places: Iterator[Path], fault: str
) -> None:
    def prepare(folder: Path) -> Path:
        SimulatedWorld(folder).close()
        return folder / "world.json"

    def operate(folder: Path) -> None:
        world = SimulatedWorld(folder)
        with world.writing() as state:
            state.groups["x"] = {"name": "x"}

    keep_what_was_there(places, fault, prepare, operate)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_recording_stays_as_its_manifest_lists_it(places: Iterator[Path], fault: str) -> None:
    name = MANAGEMENT

    def open_folder(folder: Path) -> Folder:
        path = folder / "s.cassette"
        return Folder(path, lambda _: nullcontext(), read_manifest(path) or Manifest("simulator"))

    def write(folder: Path, text: str) -> None:
        opened = open_folder(folder)
        opened.write(name, {"format_version": 1, "text": text}, lambda text: text)
        opened.list_written()

    def once(disk: FailingDisk) -> None:
        write(disk.folder, "old")
        try:
            with disk.mounted():
                write(disk.folder, "new")
        except OutsideError as error:
            require_said(error, disk)
            write(disk.folder, "new")
        read = open_folder(disk.folder).read(name)
        assert read is not None
        assert read["text"] == "new"

    assert fail_at_every_call(places, fault, once, step=STEP) >= 4


def test_a_report_is_the_old_one_or_the_new_one(places: Iterator[Path], calm: Laboratory) -> None:
    def prepare(folder: Path) -> Path:
        run = folder / "reports" / "engine" / "run"
        shutil.copytree(calm.folder / "run", run)
        return run

    def write(disk: FailingDisk) -> None:
        run = prepare(disk.folder)
        archive = DiskArchive(disk.folder)
        page = report_run(archive, str(run)).page
        before = page.read_bytes()
        try:
            with disk.mounted():
                report_run(archive, str(run))
        except OutsideError as error:
            require_said(error, disk)
        assert page.read_bytes() == before

    assert fail_at_every_call(places, "ENOSPC", write, step=STEP) > 5


def test_a_project_is_begun_with_whole_files(places: Iterator[Path]) -> None:
    def prepare(folder: Path) -> Path:
        (folder / ".gitignore").write_text("mine\n", encoding="utf-8")
        return folder / ".gitignore"

    def operate(disk: FailingDisk) -> None:
        at = prepare(disk.folder)
        try:
            with disk.mounted():
                DiskFolder(disk.folder).write(".gitignore", "mine\n.harness/\n")
        except OutsideError as error:
            require_said(error, disk)
            assert at.read_text(encoding="utf-8") == "mine\n"

    assert fail_at_every_call(places, "ENOSPC", operate) >= 3
