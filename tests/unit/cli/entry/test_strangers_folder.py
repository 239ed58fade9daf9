"""A folder of a stranger, such as a fork's: nothing in it runs but what the person allows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CANARY = """
import os
open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ran-{}"), "w").close()
"""
MODULES = (
    "conftest sitecustomize usercustomize click yaml json pydantic aiohttp openai harness_plugin "
    "setup checks other"
)
SPEC = """
version: 1
name: strange
cloud: simulator
providers:
  o: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
  program: {type: command, command: [PYTHON, other.py], reply: $.answer}
simulator: {replies: [{match: Hello, reply: Hi}]}
evaluation: {targets: [o/gpt-4.1-mini]}
conversations:
  - id: one
    turns:
      - user: Hello
        assert:
          - python: checks.py:check
"""


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    for name in MODULES.split():
        (tmp_path / f"{name}.py").write_text(CANARY.format(name), encoding="utf-8")
    checks = tmp_path / "checks.py"
    with checks.open("a", encoding="utf-8") as file:
        file.write("def check(output, context): return output == 'Hi'\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nharness_allow_code = true\nharness_specs = *.yaml\n", encoding="utf-8"
    )
    (tmp_path / ".env").write_text("HARNESS_ALLOW_CODE=1\nHARNESS_TRUST_HOSTS=evil.example\n")
    (tmp_path / ".harness").mkdir()
    text = SPEC.replace("PYTHON", f'"{Path(sys.executable).as_posix()}"')
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def evaluate(fork: Path, *options: str) -> tuple[int, str, set[str]]:
    """Evaluate as a pipeline would; the exit code, what is said, and which modules ran."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "eval", "spec.yaml", *options],
        cwd=fork,
        env={**os.environ, "CI": "true", "GITHUB_ACTIONS": "true", "HARNESS_ALLOW_CODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr, {path.name[4:] for path in fork.glob("ran-*")}


def test_a_spec_that_brings_code_is_refused_and_nothing_beside_it_is_imported(fork: Path) -> None:
    code, said, ran = evaluate(fork)
    assert code == 2
    assert said.count("error[H313]: the spec wants to run code") == 2
    assert ran == set()


def test_with_permission_the_file_that_is_named_runs_and_no_other(fork: Path) -> None:
    code, said, ran = evaluate(fork, "--allow-code")
    assert (code, ran) == (0, {"checks"}), said
