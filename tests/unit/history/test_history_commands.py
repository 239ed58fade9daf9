"""Commands of two projects that share runs, through a real database."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.cli.main import run as harness
from tests.unit.history.projects import FIRST, SECOND, make_run, write_run


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Path:
    """The folder of a project whose team has two runs, none of them on this disk."""
    monkeypatch.setenv("HARNESS_HISTORY_URL", url)
    elsewhere = tmp_path / "elsewhere"
    for run in (make_run(), make_run(SECOND)):
        write_run(elsewhere, run)
    monkeypatch.chdir(elsewhere)
    assert harness(["history", "push", FIRST, "latest"]) == 0
    desk = tmp_path / "desk"
    (desk / ".harness").mkdir(parents=True)
    monkeypatch.chdir(desk)
    return desk


def test_runs_of_the_team_are_listed_shown_reported_and_compared(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert harness(["runs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [SECOND, FIRST]
    assert all(line.endswith(" · shared") and "simulated" in line for line in lines)
    assert harness(["runs", "--trend"]) == 0
    assert "75" in capsys.readouterr().out
    assert harness(["show", FIRST]) == 0
    assert f"run {FIRST} is from the shared history" in capsys.readouterr().err
    assert harness(["report", "latest", "-o", "page.html"]) == 0
    assert (desk / "page.html").is_file()
    assert harness(["baseline", "set", FIRST, "--shared"]) == 0
    assert harness(["compare", "main", "latest", "--json"]) in (0, 1, 3)
    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[-1])["base"] == FIRST
    assert "the baseline 'main'" in err


def test_a_run_that_is_on_this_disk_is_listed_once_and_is_not_shared(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(desk, make_run(SECOND))
    capsys.readouterr()
    assert harness(["runs"]) == 0
    second, first = capsys.readouterr().out.splitlines()
    assert "shared" not in second
    assert first.endswith("shared")


def test_a_merged_run_is_uploaded_and_a_history_that_is_gone_does_not_change_its_exit_code(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(desk, make_run())
    expected = harness(["merge", FIRST, "--allow-simulated"])
    assert "uploaded: " in capsys.readouterr().err
    monkeypatch.setenv("HARNESS_HISTORY_URL", "postgresql://me:hush@127.0.0.1:1/team")
    assert harness(["merge", FIRST, "--allow-simulated", "-o", "other"]) == expected
    err = capsys.readouterr().err
    assert "warning[H879]" in err
    assert "harness history push other" in err
    assert "hush" not in err
    assert harness(["runs"]) == 3
    out, err = capsys.readouterr()
    assert FIRST in out
    assert "error[H872]" in err


def test_a_command_that_wants_a_history_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["history", "status"], ["history", "push", "latest"]):
        assert harness(words) == 2
        assert "error[H870]" in capsys.readouterr().err
    shutil.rmtree(tmp_path / ".harness", ignore_errors=True)
