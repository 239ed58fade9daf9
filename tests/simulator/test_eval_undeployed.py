"""An evaluation of what is not deployed: told once, before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: trial
cloud: ${HARNESS_CLOUD:-simulator}
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg-trial, region: swedencentral, create: true}
simulator: {date: 2026-11-01}
accounts:
  sweden:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
      five: {model: gpt-5-mini, version: "2025-08-07", sku: GlobalStandard, capacity: 10}
conversations:
  - id: hello
    turns: [{user: "Hello", assert: [{not-equals: x}]}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "s.yaml").write_text(SPEC, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_CLOUD", raising=False)
    return tmp_path


def test_where_nothing_is_deployed_no_run_begins_and_the_command_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "s.yaml"]) == 3
    said = capsys.readouterr()
    assert said.err.splitlines()[1:] == [
        "error[H925]: sweden/mini, sweden/five are not deployed",
        "  hint: harness apply s.yaml",
    ]
    assert said.out == ""
    assert not (folder / "reports").exists()


def test_a_target_that_is_not_deployed_is_told_before_the_others_are_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["apply", "s.yaml", "--only", "account.sweden.deployment.mini"]) == 0
    capsys.readouterr()
    assert run(["eval", "s.yaml", "-t", "sweden/mini"]) == 0
    assert "not deployed" not in capsys.readouterr().err
    assert run(["eval", "s.yaml"]) == 3
    said = capsys.readouterr().err.splitlines()
    told = "sweden/five is not deployed, so that nothing there can be answered"
    assert said[1] == f"{told}: harness apply s.yaml"
    assert said[3].startswith("2 trials on 2 targets")


def test_what_is_deployed_is_not_asked_for_by_a_recording(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", "s.yaml", "--record"]) == 0
    recorded = (folder / "s.cassette" / "management.json").read_text("utf-8")
    assert run(["eval", "s.yaml", "--record"]) == 0
    assert (folder / "s.cassette" / "management.json").read_text("utf-8") == recorded
    capsys.readouterr()
    assert run(["eval", "s.yaml", "--replay"]) == 0
    assert "not deployed" not in capsys.readouterr().err
