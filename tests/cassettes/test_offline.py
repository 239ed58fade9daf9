"""A replay in a namespace that has no network at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project

CODE = "import sys; from harness.cli.main import main; sys.argv[0] = 'harness'; main()"


def unshared() -> list[str]:
    """The words that start a program without network; the test is skipped where nobody may."""
    tried = ["unshare", "-rn", "true"]
    if shutil.which("unshare") is None or subprocess.run(tried, check=False).returncode:
        pytest.skip("this system lets nobody leave the network")
    return tried[:-1]


def test_the_example_is_replayed_without_a_network(project: Project, tmp_path: Path) -> None:
    alone = unshared()
    specs = Path(__file__).resolve().parents[2] / "specs"
    shutil.copytree(specs, tmp_path / "specs", ignore=shutil.ignore_patterns("*.cassette"))
    shutil.copy(tmp_path / "specs" / "sweden.yaml", tmp_path / "specs" / "spec.yaml")
    os.chdir(tmp_path)  # the fixture goes back
    command = [sys.executable, "-I", "-c", CODE]
    options = ["-k", "smoke", "--json", "--cassette", "c"]

    def done(words: list[str], *more: str) -> dict[str, object]:
        ended = subprocess.run(
            [*words, *command, *more, *options],
            env={"PATH": os.defpath},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        found: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
        return found

    subprocess.run(
        [*command, "apply", "specs/spec.yaml", "--yes"],
        env={"PATH": os.defpath}, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    recorded = done([], "eval", "specs/spec.yaml", "--record")
    shutil.rmtree(tmp_path / "reports")
    shutil.rmtree(tmp_path / ".harness")
    replayed = done(alone, "eval", "specs/spec.yaml", "--replay")
    ours = {"replayed": True, "simulated": True, "verdict": recorded["verdict"]}
    assert {name: replayed[name] for name in ours} == ours
