"""docs/python.md and docs/pytest.md: their examples are run."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

import harness
import harness.api


def examples(project: Path, page: str, language: str) -> list[str]:
    text = (project / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_example_is_ten_lines_that_run(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(project / "specs", tmp_path / "specs")
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    (example,) = examples(project, "python.md", "python")
    assert len(example.splitlines()) <= 10
    exec(example, {})
    shown = capsys.readouterr().out
    assert "founders passed 1.0" in shown
    assert "simulated · replayed · run " in shown


def test_everything_public_is_explained(project: Path) -> None:
    page = (project / "docs" / "python.md").read_text(encoding="utf-8")
    fields = [name for name in vars(harness.api.EvaluatedRun) if not name.startswith("_")]
    for name in {*harness.__all__, *fields} - {"__version__"}:
        assert f"`{name}`" in page or f"`{name}," in page or f", `{name}" in page, name


def test_the_settings_are_those_that_pytest_knows(project: Path) -> None:
    (settings,) = examples(project, "pytest.md", "toml")
    options = tomllib.loads(settings)["tool"]["pytest"]["ini_options"]
    source = (project / "harness" / "pytest_plugin" / "__init__.py").read_text(encoding="utf-8")
    known = set(re.findall(r'addini\("(\w+)"', source))
    assert set(options) == {"testpaths", *known}
