"""The package as somebody installs it: a wheel, and nothing else of this project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def installed(project: Path, tmp_path: Path) -> Path:
    """What a wheel puts into site-packages."""
    built = tmp_path / "wheels"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=project, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = built.glob("*.whl")
    packages = tmp_path / "packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return packages


def test_specs_are_tests_in_a_project_that_only_installed_the_package(
    project: Path, installed: Path, tmp_path: Path
) -> None:
    there = tmp_path / "elsewhere"
    shutil.copytree(project / "specs", there / "specs")
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); import pytest;"
        " from importlib.util import find_spec; print(find_spec('harness').origin);"
        " sys.exit(pytest.main(['specs/', '-q']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=there,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.startswith(str(installed)), done.stdout + done.stderr
    assert "28 passed, 11 xfailed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
