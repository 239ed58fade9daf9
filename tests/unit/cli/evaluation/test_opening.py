"""``--open``: the report in a browser, which here is a program that notes what it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.opening import has_browser

SPEC = """\
version: 1
name: tiny
providers: {r: {type: recorded, answers: answers.jsonl, models: {m: {version: "1"}}}}
conversations: [{id: a, turns: [{user: hi}]}]
"""
ANSWERS = '{"model": "m", "version": "1", "turns": [{"user": "hi", "assistant": "hello"}]}\n'
BROWSER = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/tiny.yaml").write_text(SPEC)
    (tmp_path / "specs/answers.jsonl").write_text(ANSWERS)
    (tmp_path / "browser.py").write_text(BROWSER)
    return tmp_path


def call(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    }
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        env={**clean, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_is_opened_in_the_program_that_browser_names(folder: Path) -> None:
    browser = f"{sys.executable} {folder}/browser.py {folder}/opened %s"
    done = call(folder, "eval", "--open", BROWSER=browser)
    assert done.returncode == 0, done.stderr
    (page,) = (folder / "reports/tiny").glob("*/report.html")
    assert (folder / "opened").read_text() == page.as_uri()
    (folder / "opened").unlink()
    done = call(folder, "report", "--open", BROWSER=browser)
    assert (folder / "opened").read_text() == page.as_uri()
    assert f"run {page.parent.name}, the newest\n" in done.stderr
    assert done.stdout == f"{page}\n"


def test_where_there_is_no_browser_the_path_is_said_and_the_command_ends_as_it_would(
    folder: Path,
) -> None:
    done = call(folder, "eval", "--open")
    if sys.platform == "linux":
        assert done.returncode == 0
        assert "no browser could be opened; the page is reports/tiny/" in done.stderr


def test_nothing_is_opened_that_nobody_asked_for(folder: Path) -> None:
    browser = f"{sys.executable} {folder}/browser.py {folder}/opened %s"
    assert call(folder, "eval", BROWSER=browser).returncode == 0
    assert not (folder / "opened").exists()


def test_a_table_of_trials_is_not_opened(folder: Path) -> None:
    done = call(folder, "report", "-o", "trials.csv", "--open")
    assert done.returncode == 2
    assert "--open opens the page" in done.stderr


def test_the_newest_run_is_shown_where_none_is_named(folder: Path) -> None:
    call(folder, "eval", "-q")
    done = call(folder, "show")
    assert done.returncode == 0
    (page,) = (folder / "reports/tiny").glob("*/report.html")
    assert page.parent.name in done.stdout


@pytest.mark.parametrize(
    ("environment", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"BROWSER": "lynx"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_one_with_a_window_or_one_that_is_named(
    environment: dict[str, str], platform: str, there: bool
) -> None:
    assert has_browser(environment, platform) is there
