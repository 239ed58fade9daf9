"""The application's own tests, which node runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


def test_the_tests_of_the_application_hold(project: Path) -> None:
    folder = project / "harness" / "report" / "app"
    npm = shutil.which("npm")
    if npm is None or not (folder / "node_modules").is_dir():
        pytest.skip("node is needed, and: cd harness/report/app && npm ci")
    ran = subprocess.run(
        [npm, "test"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
