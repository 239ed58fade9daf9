"""``harness run``: what it prints where, and how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def folder(project: Path, tmp_path: Path) -> Path:
    shutil.copytree(project / "specs", tmp_path / "specs")
    shutil.copytree(project / "docs" / "examples", tmp_path / "docs" / "examples")
    return tmp_path


def harness(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments, "--root", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_with_json_stdout_is_the_run_and_everything_else_is_on_stderr(folder: Path) -> None:
    done = harness(folder, "run", "specs/sweden.yaml", "-k", "founders", "--destroy", "--json")
    # Without the other conversations sweden/five misses its floor; that is not what is looked at.
    assert json.loads(done.stdout)["totals"]["trials"] == 3, done.stderr
    assert '"create"' in done.stderr
    assert '"delete"' in done.stderr


def test_with_json_a_plan_that_is_refused_is_the_one_document(folder: Path) -> None:
    done = harness(folder, "run", "docs/examples/regions.yaml", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["preflight"][0]["code"] == "sku_not_offered"
    assert not (folder / "reports").exists()


def test_what_was_destroyed_afterwards_is_gone_and_the_example_runs_again(folder: Path) -> None:
    first = harness(folder, "run", "specs/sweden.yaml", "--destroy")
    assert first.returncode == 0, first.stderr
    assert "Destroy complete: 5 deleted." in first.stdout
    assert harness(folder, "verify", "specs/sweden.yaml").returncode == 1
    again = harness(folder, "run", "specs/sweden.yaml")
    assert again.returncode == 0, again.stderr


def test_how_to_go_on_is_only_for_a_run_that_goes_on(folder: Path) -> None:
    done = harness(folder, "eval", "specs/sweden.yaml", "--unknown", "skip")
    assert done.returncode == 2
    assert "--unknown says how to go on; it goes with --resume." in done.stderr
