"""The recipe of CONTRIBUTING.md works: a copy of the package gains the check as the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = """\
version: 1
name: brief
providers:
  app: {type: recorded, answers: answers.jsonl, models: {one: {version: "1"}}}
conversations:
  - id: short
    turns: [{user: "Is it?", assert: [{sentence-count: {max: 1}}]}]
"""
ANSWERS = """\
{"model": "one", "version": "1", "turns": [{"user": "Is it?", "assistant": "Yes. No."}]}
"""


@pytest.fixture(scope="module")
def copy(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package in which the recipe has been followed."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(project / "harness", folder / "harness", ignore=ignored)
    page = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^   ```python\n(.*?)^   ```", page, re.MULTILINE | re.DOTALL)
    test, module, row = (re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in blocks)
    (folder / "test_sentences.py").write_text(test, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "answers.jsonl").write_text(ANSWERS, encoding="utf-8")
    checks = folder / "harness" / "checks"
    (checks / "deterministic" / "sentences.py").write_text(module, encoding="utf-8")
    definitions = checks / "definitions.py"
    text = definitions.read_text(encoding="utf-8")
    above = next(line for line in text.splitlines(keepends=True) if '"word-count":' in line)
    assert row.startswith("        "), "a row is indented as the others are"
    definitions.write_text(text.replace(above, above + row), encoding="utf-8")
    return folder


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=copy,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_test_of_the_recipe_passes(copy: Path) -> None:
    done = run(copy, "pytest", "-q", "-p", "no:cacheprovider")
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_spec_may_use_the_check_and_is_evaluated_with_it(copy: Path) -> None:
    (copy / "spec.yaml").write_text(SPEC, encoding="utf-8")
    done = run(copy, "harness", "eval", "spec.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    (results,) = (copy / "reports").glob("brief/*/results.jsonl")
    assert "The reply has 2 sentences; wanted: at most 1." in results.read_text(encoding="utf-8")


def test_the_value_is_held_to_the_form_that_the_row_names(copy: Path) -> None:
    wrong = SPEC.replace("{max: 1}", "{most: 1}")
    (copy / "wrong.yaml").write_text(wrong, encoding="utf-8")
    done = run(copy, "harness", "validate", "wrong.yaml")
    assert done.returncode == 2
    assert 'error[H312]: "sentence-count" wants a count, or bounds' in done.stdout + done.stderr


def test_the_schema_for_editors_names_the_check(copy: Path) -> None:
    done = run(copy, "harness", "schema")
    assert '"not-sentence-count"' in done.stdout
