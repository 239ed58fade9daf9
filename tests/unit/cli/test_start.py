"""The first tenth of a second: Ctrl-C while the program is still being imported."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

INTERRUPTING = """
import os, signal, sys

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPT_AT"]:
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, CtrlC())
"""
"""A ``sitecustomize`` by which the process interrupts itself just before it imports a module."""


def by_script(project: Path) -> list[str]:
    """Arguments for Python that do what the installed ``harness`` script does."""
    scripts = tomllib.loads((project / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, name = scripts["harness"].partition(":")
    return ["-c", f"import sys; from {module} import {name}; sys.exit({name}())"]


@pytest.mark.parametrize("script", [True, False], ids=["harness", "python -m harness"])
@pytest.mark.parametrize(
    "module", ["harness.cli.main", "click", "harness.cli.streams", "harness.errors", "pydantic"]
)
def test_ctrl_c_during_an_import_ends_in_one_line(
    module: str, script: bool, tmp_path: Path, project: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTING)
    program = by_script(project) if script else ["-m", "harness"]
    done = subprocess.run(
        [sys.executable, *program, "validate", str(project / "specs" / "sweden.yaml")],
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{project}",
            "INTERRUPT_AT": module,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "interrupted")
