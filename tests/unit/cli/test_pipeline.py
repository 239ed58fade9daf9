"""What commands print into the log of a pipeline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.text.commands import find_service

SPEC = """\
version: 1
name: loud
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
simulator:
  replies:
    - on: any
      match: "."
      reply: "\\n::error::first\\n  ::add-mask::x\\n##vso[task.complete]\\n##[error]no"
conversations:
  - id: greeting
    turns: [{user: Hello, assert: [{equals: "::warning::x"}]}]
"""
OBEYED = re.compile(r"^\s*::|##(?:vso)?\[", re.MULTILINE)
SERVICES = {"github": {"GITHUB_ACTIONS": "true"}, "azure": {"TF_BUILD": "True"}}
OURS = re.compile(r"^(?:::(?:error|warning) |##vso\[task\.logissue ).*\n", re.MULTILINE)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loud")
    (folder / ".harness").mkdir()
    (folder / "specs").mkdir()
    (folder / "specs" / "loud.yaml").write_text(SPEC, encoding="utf-8")
    harness(folder, "eval", "specs/loud.yaml", "--output", "run")
    return folder


def harness(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items()
        if name not in ("GITHUB_ACTIONS", "TF_BUILD", "GITHUB_WORKSPACE", "BUILD_SOURCESDIRECTORY")
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "harness", *words],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "words", [["show", "run", "greeting"], ["show", "run"], ["show", "run", "greeting", "--json"]]
)
def test_no_reply_is_a_command(project: Path, service: str, words: list[str]) -> None:
    plain, done = harness(project, *words), harness(project, *words, **SERVICES[service])
    assert done.returncode == 0
    assert not OBEYED.search(done.stdout + done.stderr)
    assert done.stdout.replace(" ", "") == plain.stdout.replace(" ", "") or "--json" in words
    if "--json" in words:
        assert json.loads(done.stdout) == json.loads(plain.stdout)
        assert OBEYED.search(plain.stdout)


@pytest.mark.parametrize(
    ("service", "mark"),
    [
        ("github", "::error file=specs/loud.yaml,line=12,col=5,title=greeting::failed on openai/"),
        ("azure", "##vso[task.logissue type=error;sourcepath=specs/loud.yaml;linenumber=12;"),
    ],
)
def test_a_failed_conversation_is_annotated_where_it_is_written_and_nothing_else_is_obeyed(
    project: Path, service: str, mark: str
) -> None:
    done = harness(project, "eval", "specs/loud.yaml", "-v", **SERVICES[service])
    assert done.returncode == 1
    ours = OURS.findall(done.stderr)
    assert len(ours) == 1
    assert ours[0].startswith(mark)
    assert not OBEYED.search(OURS.sub("", done.stdout + done.stderr))
    assert "error::first" in done.stdout


def test_nothing_is_annotated_outside_of_a_pipeline(project: Path) -> None:
    done = harness(project, "eval", "specs/loud.yaml")
    assert OURS.findall(done.stdout + done.stderr) == []


def test_a_problem_of_a_spec_is_annotated_with_the_path_that_the_repository_has(
    project: Path,
) -> None:
    (project / "specs" / "bad.yaml").write_text("version: 1\nnmae: x\n", encoding="utf-8")
    folder = project / "specs"
    root = {"GITHUB_WORKSPACE": str(project)}
    for words in (["validate", "bad.yaml"], ["eval", "bad.yaml"]):
        done = harness(folder, *words, **SERVICES["github"], **root)
        assert done.returncode == 2
        assert "::error file=specs/bad.yaml,line=2,col=1,title=H2" in done.stderr


def test_what_goes_into_a_file_stays_as_it_is(project: Path) -> None:
    out = project / "shown.txt"
    with out.open("w") as file:
        subprocess.run(
            [sys.executable, "-m", "harness", "show", "run", "greeting"],
            cwd=project,
            env={**os.environ, **SERVICES["github"]},
            stdout=file,
            check=True,
            timeout=120,
        )
    assert "##[error]no" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("environment", "service"),
    [
        ({"GITHUB_ACTIONS": "true"}, "github"),
        ({"TF_BUILD": "True"}, "azure"),
        ({"CI": "true"}, None),
        ({"GITHUB_ACTIONS": "false"}, None),
        ({}, None),
    ],
)
def test_a_service_is_known_by_its_own_variable(
    environment: dict[str, str], service: str | None
) -> None:
    assert find_service(environment) == service
