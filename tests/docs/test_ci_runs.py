"""The scripts of the pipelines' smoke jobs, taken from the templates and run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.app.starting.project import make_pipeline
from harness.cli.main import run

SPEC = """\
version: 1
name: starter
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
evaluation: {gate: {on_no_baseline: warn, allow_simulated: true}}
conversations:
  - id: founders
    turns:
      - {user: Who were the founders of Microsoft?, assert: [{not-equals: ""}]}
      - {user: In which year?, assert: [{not-equals: ""}]}
"""
PATH = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])


def steps(service: str) -> list[tuple[str, bool]]:
    """The scripts of the smoke job after the installation, and whether each runs when it is red."""
    text = make_pipeline(service).text
    document: dict[str, Any] = yaml.safe_load(text)
    match service:
        case "github":
            listed = document["jobs"]["smoke"]["steps"]
            return [(step["run"], "if" in step) for step in listed if "run" in step][1:]
        case "azure":
            listed = document["stages"][0]["jobs"][0]["steps"]
            return [(step["bash"], "condition" in step) for step in listed if "bash" in step][1:]
        case _:
            before = document[".harness"]["before_script"][1:]
            return [(line, False) for line in [*before, *document["harness-smoke"]["script"]]]


def smoke(service: str, project: Path) -> tuple[int, str]:
    """Run the job as the service does: the first code that is not 0, and everything printed."""
    environment: Mapping[str, str] = {
        "PATH": PATH,
        "SPEC": "specs/starter.yaml",
        "CASSETTE": "specs/starter.cassette",
        "GITHUB_STEP_SUMMARY": str(project / "step-summary.md"),
    }
    code, said = 0, ""
    for script, also_when_red in steps(service):
        if code and not also_when_red:
            continue
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        code, said = code or done.returncode, said + done.stdout
    return code, said


def hooks() -> list[dict[str, Any]]:
    manifest = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
    return list(yaml.safe_load(manifest.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as it is committed: with its cassette, without what runs leave behind."""
    project = tmp_path_factory.mktemp("bot")
    (project / ".git").mkdir()  # what makes it a project's root, as in a checkout
    (project / "specs").mkdir()
    (project / "specs" / "starter.yaml").write_text(SPEC, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "harness", "eval", "specs/starter.yaml", "--record"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(project / "reports")
    shutil.rmtree(project / ".harness")
    return project


@pytest.fixture
def project(recorded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(recorded, tmp_path / "bot")


@pytest.mark.parametrize("service", ["github", "azure", "gitlab"])
def test_a_pull_request_that_changes_nothing_is_green(service: str, project: Path) -> None:
    code, said = smoke(service, project)
    assert code == 0, said
    written = {path.name for path in (project / "reports" / "smoke").iterdir()}
    assert {"report.html", "junit.xml", "summary.md", "results.jsonl"} <= written
    if service == "github":
        summary = (project / "reports" / "smoke" / "summary.md").read_text()
        assert (project / "step-summary.md").read_text() == summary
    if service == "azure":
        assert f"##vso[task.uploadsummary]{project}/reports/smoke/summary.md\n" in said


@pytest.mark.parametrize("service", ["github", "azure"])
def test_a_changed_prompt_is_red_and_names_the_turn_and_leaves_its_report(
    service: str, project: Path
) -> None:
    spec = project / "specs" / "starter.yaml"
    spec.write_text(spec.read_text().replace("In which year?", "In what year?"))
    code, said = smoke(service, project)
    assert code == 3
    assert "founders" in said
    assert "--record" in said
    assert (project / "reports" / "smoke" / "report.html").exists()
    assert (project / "step-summary.md").exists() is (service == "github")


def test_a_spec_that_is_wrong_is_told_before_anything_is_replayed(project: Path) -> None:
    spec = project / "specs" / "starter.yaml"
    spec.write_text(spec.read_text().replace("gate:", "gaet:"))
    code, said = smoke("github", project)
    assert code == 2
    assert 'unknown key "gaet"' in said
    assert not (project / "reports").exists()


def test_a_cassette_that_was_changed_by_hand_is_red_before_it_is_replayed(project: Path) -> None:
    [kept] = (project / "specs" / "starter.cassette" / "conversations").rglob("*.json")
    kept.write_text(kept.read_text().replace("Microsoft", "Macrosoft", 1))
    code, said = smoke("gitlab", project)
    assert code == 1
    assert kept.name in said
    assert not (project / "reports").exists()


def test_the_audit_hook_looks_once_through_the_cassette_that_a_file_is_part_of(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    files = [str(path.relative_to(project)) for path in project.rglob("*.json")]
    assert len(files) > 2
    [hook] = [hook for hook in hooks() if hook["id"] == "harness-cassettes-audit"]
    assert run([*shlex.split(hook["entry"])[1:], *files]) == 0
    assert capsys.readouterr().err.count("nothing amiss") == 1
    Path(files[0]).write_text("{}", encoding="utf-8")
    assert run([*shlex.split(hook["entry"])[1:], files[-1]]) == 1
