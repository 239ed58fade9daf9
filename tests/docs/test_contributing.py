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


JUDGED_MODULE = '''\
"""``brevity``: whether a judge finds a reply short enough."""

from __future__ import annotations

from harness.checks.finding import Finding
from harness.checks.referred.judged.judged_check import JudgedCheck, ask_once, show_reply
from harness.checks.referred.judged.prompt import YES_OR_NO, Prompt, make_schema
from harness.checks.referred.judged.replies import read_judgement
from harness.spec.model.spec import Assertion


def _read(assertion: Assertion, reply: str) -> Finding:
    del assertion
    return Finding(read_judgement(reply).passed is True, "The judge looked at its length")


brevity = JudgedCheck(
    Prompt("Look at the length.", "Is it short?", "…", make_schema(**{"pass": YES_OR_NO})),
    ask_once(_read),
    show_reply,
)
'''
JUDGED_ROW = '        "brevity": _define_judged("none", "judged.brevity:brevity"),\n'
JUDGED_SPEC = """\
version: 1
name: judged
cloud: simulator
providers:
  p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m: {}, judge: {}}}
simulator:
  replies:
    - {on: system, match: Look at the length, reply: '{"pass": false}'}
    - {on: last_user, match: ., reply: "A very long answer."}
evaluation: {targets: [p/m], judge: {target: p/judge}}
conversations:
  - id: short
    turns: [{user: "Is it?", assert: [brevity]}]
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
    text = text.replace(above, above + row + JUDGED_ROW)
    definitions.write_text(text, encoding="utf-8")
    judged = checks / "referred" / "judged" / "brevity.py"
    judged.write_text(JUDGED_MODULE, encoding="utf-8")
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


def test_a_check_that_a_judge_decides_is_one_module_and_one_row(copy: Path) -> None:
    (copy / "judged.yaml").write_text(JUDGED_SPEC, encoding="utf-8")
    done = run(copy, "harness", "eval", "judged.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    (results,) = (copy / "reports").glob("judged/*/results.jsonl")
    assert "The judge looked at its length." in results.read_text(encoding="utf-8")
