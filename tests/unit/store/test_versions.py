"""Files of a run, and of a simulated world, that are older, newer, or something else altogether."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.app.documents import report_run
from harness.errors import HarnessError
from harness.simulator.world import SimulatedWorld
from harness.store.runs import DiskRuns
from harness.wiring.project import DiskArchive
from tests.unit.run.laboratory import Laboratory, lines

NAMES = ("run.json", "spec.json", "results.jsonl", "events.jsonl")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that ended well."""
    lab = Laboratory(tmp_path_factory.mktemp("whole"))
    return lab.run(targets=("p/a",)).directory


@pytest.fixture
def lab(tmp_path: Path, whole: Path) -> Laboratory:
    lab = Laboratory(tmp_path)
    shutil.copytree(whole, tmp_path / "reports" / "engine" / whole.name)
    return lab


def find_run(lab: Laboratory) -> Path:
    return next(lab.folder.glob("reports/engine/*"))


def use(lab: Laboratory) -> list[str]:
    """Read, report, list and resume the run; say the codes of what was refused."""
    run = find_run(lab)
    archive = DiskArchive(lab.folder)
    uses: tuple[Callable[[], object], ...] = (
        lambda: list(archive.read(run).results),
        lambda: report_run(archive, str(run)),
        lambda: lab.run(resume=str(run)),
        lambda: list(archive.runs()),
    )
    codes = []
    for each in uses:
        try:
            each()
        except HarnessError as error:
            (said,) = error.diagnostics
            assert str(run) in str(said), said
            codes.append(said.code)
    return codes


def test_a_run_that_an_older_version_wrote_is_read_and_gone_on_with(lab: Laboratory) -> None:
    run = find_run(lab)
    info = json.loads((run / "run.json").read_text(encoding="utf-8"))
    kept = ("id", "spec", "status", "selection", "started_at", "targets")
    (run / "run.json").write_text(json.dumps({name: info[name] for name in kept}), "utf-8")
    events = [line for line in lines(run, "events.jsonl") if line["event"] in ("sent", "answered")]
    for event in events:
        for name in ("most_usd", "most_tokens", "took_usd", "took_tokens", "at"):
            event.pop(name, None)
    (run / "events.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in events), "utf-8")
    assert use(lab) == []
    assert lab.asked == 0


def test_a_run_of_a_newer_version_is_refused_by_name_and_left_as_it_is(lab: Laboratory) -> None:
    run = find_run(lab)
    info = json.loads((run / "run.json").read_text(encoding="utf-8"))
    text = json.dumps({**info, "format_version": 99})
    (run / "run.json").write_text(text, encoding="utf-8")
    assert use(lab) == ["H702", "H702", "H702"]
    (told,) = [why for _, why in DiskRuns(lab.folder).unreadable()]
    assert "format 99 is newer than this version reads" in told
    assert (run / "run.json").read_text(encoding="utf-8") == text


def test_lines_of_a_newer_version_are_passed_over_and_kept(lab: Laboratory) -> None:
    run = find_run(lab)
    newer = '{"event":"pondered","thing":{"a":[1]}}\n'
    with (run / "events.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(newer)
    assert use(lab) == []
    assert newer in (run / "events.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["a folder", "nothing", "empty", "not UTF-8"])
def test_a_file_that_is_something_else_is_named_or_does_without(
    lab: Laboratory, name: str, damage: str
) -> None:
    path = find_run(lab) / name
    path.unlink()
    if damage == "a folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine", encoding="utf-8")
    elif damage != "nothing":
        path.write_bytes(b"" if damage == "empty" else b"\xff\xfe{}\n")
    assert set(use(lab)) <= {"H701", "H702", "H811", "H606"}
    if damage == "a folder":
        assert (path / "mine.txt").exists()


def test_a_world_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    SimulatedWorld(tmp_path).close()
    world = tmp_path / "world.json"
    text = json.dumps({**json.loads(world.read_text(encoding="utf-8")), "format_version": 2})
    world.write_text(text, encoding="utf-8")
    with pytest.raises(HarnessError, match="written by a newer version of harness"):
        SimulatedWorld(tmp_path)
    assert world.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", ["{}", '{"groups": {}}', '{"format_version": 1, "new": 1}'])
def test_a_world_of_an_older_version_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "world.json").write_text(text, encoding="utf-8")
    SimulatedWorld(tmp_path).close()
    written = json.loads((tmp_path / "world.json").read_text(encoding="utf-8"))
    assert written["format_version"] == 1


def test_a_folder_in_the_place_of_the_world_is_named(tmp_path: Path) -> None:
    (tmp_path / "world.json").mkdir()
    with pytest.raises(HarnessError, match=r"world\.json"):
        SimulatedWorld(tmp_path)
