"""Plans as people read them: of a destroy, saved, shown again, short and long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: walk
cloud: simulator
resource_group: {name: rg-walk, region: swedencentral, create: true}
accounts:
  main:
    account_name: walk-01
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 10}
simulator: {date: 2026-09-01}
"""


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "s.yaml"
    path.write_text(SPEC, encoding="utf-8")
    assert run(["apply", "s.yaml"]) == 0
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run(list(words)) == 0
    return capsys.readouterr().out


def test_a_plan_of_a_destroy_deletes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    page = told(capsys, "plan", "s.yaml", "--destroy")
    assert "account.main.deployment.mini  delete" in page
    assert "No changes" in told(capsys, "plan", "s.yaml")
    assert run(["plan", "s.yaml", "--destroy", "-o", "p.plan"]) == 2


def test_unchanged_resources_are_a_number_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Unchanged: 3 resources\n" in told(capsys, "plan", "s.yaml")
    assert "account.main.deployment.mini" in told(capsys, "plan", "s.yaml", "-v")


def test_quiet_leaves_the_summary(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(SPEC.replace("capacity: 10", "capacity: 12"), encoding="utf-8")
    assert told(capsys, "plan", "s.yaml", "-q") == "Plan: 1 to update in place.\n"


def test_a_saved_plan_is_shown_by_show_and_by_plan(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC.replace("capacity: 10", "capacity: 12"), encoding="utf-8")
    assert run(["plan", "s.yaml", "-o", "p.plan"]) == 0
    page = told(capsys, "show", "p.plan")
    assert "capacity: 10 → 12" in page
    assert "Saved plan: 1 update" in page
    assert told(capsys, "plan", "p.plan") == page
    assert json.loads(told(capsys, "show", "p.plan", "--json"))["summary"]["update"] == 1
    assert run(["show", "s.yaml"]) == 2


def test_outputs_are_for_terraform_and_github_too(capsys: pytest.CaptureFixture[str]) -> None:
    terraform = told(capsys, "outputs", "s.yaml", "--format", "tfvars")
    assert 'main_mini = "mini"\n' in terraform
    github = told(capsys, "outputs", "s.yaml", "--format", "github")
    assert "MAIN_MINI=mini\n" in github
