"""What ``import harness`` gives, as somebody who types it sees it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import harness


def test_the_public_names_are_sorted_there_and_documented() -> None:
    assert list(harness.__all__) == sorted(set(harness.__all__))
    for name in harness.__all__:
        assert getattr(harness, name) is not None
    assert harness.__doc__


def test_a_star_import_gives_the_public_names_and_nothing_else() -> None:
    names: dict[str, object] = {}
    exec("from harness import *", names)
    assert set(names) - {"__builtins__"} == set(harness.__all__)


def test_the_version_is_written_in_one_place() -> None:
    assert harness.__version__ == version("azure-openai-harness")


def test_the_package_says_that_it_is_typed(project: Path) -> None:
    assert (project / "harness" / "py.typed").exists()


def test_importing_it_imports_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import harness;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['harness', 'harness._version']"
