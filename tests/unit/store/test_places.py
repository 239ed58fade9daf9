"""Runs in places that are small, read-only, far down, linked, or named in any script."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from harness.app.documents import write_run_documents
from harness.cli.main import run
from harness.conversation.transcript import Reply, Usage
from harness.errors import OutsideError
from harness.run.events import Cramped
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
from harness.store import runs
from harness.wiring.project import DiskArchive
from tests.unit.run.laboratory import Laboratory, lines

NOBODY = 65_534
SIMULATED = """
version: 1
name: homeless
cloud: simulator
providers: {openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4o: {}}}}
conversations: [{id: hello, turns: [{user: hi}]}]
"""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True, timeout=60)


def remount(place: Path, options: str) -> None:
    command = ["mount", "-o", f"remount,{options}", str(place)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@contextmanager
def being_nobody() -> Iterator[None]:
    """Be a user without rights; a superuser may write everywhere."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_disk_that_fills_up_ends_the_run_which_goes_on_when_there_is_room(
    tmp_path: Path, small: Path
) -> None:
    lab = Laboratory(tmp_path, "{concurrency: 1}")
    long = "x" * 150_000
    lab.answer = lambda _request, _number: Reply(long, "stop", model="m", usage=Usage(7, 3))
    with pytest.raises(OutsideError) as caught:
        lab.run(targets=("p/a",), repeats=4, output=small / "run")
    (said,) = caught.value.diagnostics
    assert said.code == "H701"
    assert "No space left on device (" in said.summary
    assert " free there" in said.summary
    asked = lab.asked
    remount(small, "size=8m")
    done = lab.run(resume=str(small / "run"))
    assert asked + lab.asked <= 3 * 4 + 1, "what is in the journal is not asked again"
    assert len(lines(done.directory)) == 8
    assert done.info.status == "complete"


def test_a_run_that_cannot_fit_is_refused_before_anything_is_spent(
    tmp_path: Path, small: Path
) -> None:
    lab = Laboratory(tmp_path)
    with pytest.raises(OutsideError, match=r"not enough room for this run: .* at least 3\.0 MB"):
        lab.run(repeats=500, output=small / "run")
    assert lab.asked == 0


def test_a_disk_on_which_a_run_may_not_fit_is_told_and_the_run_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "measure_free", lambda _: 100_000)
    lab = Laboratory(tmp_path)
    lab.run()
    (event,) = [event for event in lab.events if isinstance(event, Cramped)]
    assert (event.free, event.likely) == (100_000, 536_000)


def test_a_disk_that_may_only_be_read_is_told_before_anything_is_spent(
    tmp_path: Path, small: Path
) -> None:
    lab = Laboratory(tmp_path)
    remount(small, "ro")
    with pytest.raises(OutsideError, match="Read-only file system") as caught:
        lab.run(output=small / "run")
    assert str(small / "run") in str(caught.value)
    assert lab.asked == 0


@pytest.fixture
def anywhere() -> Iterator[Path]:
    """A folder that others may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve()


def test_a_folder_of_somebody_elses_is_told_before_anything_is_spent(anywhere: Path) -> None:
    lab = Laboratory(anywhere)
    anywhere.chmod(0o555)
    with being_nobody(), pytest.raises(OutsideError, match="Permission denied") as caught:
        lab.run()
    anywhere.chmod(0o755)
    assert str(anywhere / "reports") in str(caught.value)
    assert lab.asked == 0


def test_a_run_of_somebody_elses_is_read_and_not_written(anywhere: Path) -> None:
    lab = Laboratory(anywhere)
    done = lab.run()
    archive = DiskArchive(anywhere)
    write_run_documents(archive, done.directory, done.summary)
    done.directory.chmod(0o555)
    with being_nobody():
        assert [info.id for _, info in archive.runs()] == [done.info.id]
        assert not archive.is_being_written(done.directory)
        with pytest.raises(OutsideError, match="Permission denied"):
            write_run_documents(archive, done.directory, done.summary)
    done.directory.chmod(0o755)


def test_a_strict_umask_keeps_everything_private(tmp_path: Path) -> None:
    lab = Laboratory(tmp_path)
    before = os.umask(0o077)
    try:
        done = lab.run()
        write_run_documents(DiskArchive(tmp_path), done.directory, done.summary)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in done.directory.iterdir()}
    assert {name for name, mode in modes.items() if mode != 0o600} == set()
    assert stat.S_IMODE(done.directory.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    [
        "with spaces and 'quotes'",
        "项目 – проект – مشروع",
        "🧪\u200d👩 \u202egnp",
        "a/" * 120 + "deep",
    ],
    ids=["spaces", "scripts", "emoji and marks", "longer than 260"],
)
def test_a_project_may_be_anywhere_and_called_anything(tmp_path: Path, name: str) -> None:
    project = tmp_path / name
    project.mkdir(parents=True)
    lab = Laboratory(project)
    done = lab.run()
    page = write_run_documents(DiskArchive(project), done.directory, done.summary)
    assert page.read_text(encoding="utf-8").endswith("</html>")
    assert lab.run(resume="latest").info.id == done.info.id


def test_reports_may_be_a_link_and_stay_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "reports").symlink_to("elsewhere")
    lab = Laboratory(tmp_path)
    done = lab.run()
    write_run_documents(DiskArchive(tmp_path), done.directory, done.summary)
    assert (tmp_path / "reports").is_symlink()
    assert (tmp_path / "elsewhere" / "engine" / done.info.id / "report.html").is_file()


def test_a_run_works_where_there_is_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "spec.yaml").write_text(SIMULATED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".harness").mkdir()
    assert run(["eval", "spec.yaml", "-q"]) == 0
    assert (tmp_path / "reports" / "homeless").is_dir()


def test_a_full_disk_beneath_the_simulated_world_is_told_and_not_waited_for(small: Path) -> None:
    with simulate(small, Simulator(), {}, environment={}) as simulated:
        fill(small)
        sent = urllib.request.Request(
            f"{simulated.url}/subscriptions/{'0' * 8}-0000-0000-0000-{'0' * 12}/resourceGroups/rg"
            "?api-version=2024-03-01",
            method="PUT",
            data=b'{"location": "swedencentral"}',
            headers={
                "Authorization": f"Bearer {simulated.token}",
                "Content-Type": "application/json",
            },
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(sent, timeout=30)
        assert caught.value.code == 507
        assert b"No space left on device (" in caught.value.read()
        (small / "fill").unlink()


def fill(place: Path) -> None:
    """Leave no room on a small file system."""
    with suppress(OSError), (place / "fill").open("wb", buffering=0) as file:
        for _ in range(2_000):
            file.write(b"x" * 1024)


def test_what_is_nobody_elses_business_is_in_a_folder_that_nobody_else_may_list(
    tmp_path: Path,
) -> None:
    chat = tmp_path / ".harness" / "chats" / "gpt.json"
    DiskArchive(tmp_path).write(chat, ["{}"])
    assert stat.S_IMODE(chat.stat().st_mode) == 0o600
    assert stat.S_IMODE(chat.parent.stat().st_mode) == 0o700
