"""plan, apply, verify and destroy as people type them."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator

SPEC = """\
version: 1
name: walk
cloud: simulator
resource_group: {name: rg-walk, region: swedencentral, create: true}
simulator: {date: 2026-09-01}
accounts:
  main:
    account_name: walk-01
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}
      five: {model: gpt-5-mini, version: "2025-08-07", capacity: 10}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec in a project of its own, with a simulated Azure that outlives each command."""
    (tmp_path / ".harness").mkdir()
    monkeypatch.delenv("HARNESS_CLOUD", raising=False)
    monkeypatch.delenv("HARNESS_SIMULATOR_URL", raising=False)
    path = tmp_path / "walk.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def harness(*arguments: object) -> int:
    return run([str(argument) for argument in arguments])


def plan_json(spec: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    harness("plan", spec, "--json")
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_walk_from_nothing_to_nothing(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert harness("plan", spec) == 0
    assert harness("plan", spec, "--check") == 1
    assert harness("verify", spec) == 1
    assert harness("apply", spec) == 0
    assert harness("verify", spec) == 0
    assert harness("plan", spec, "--check") == 0

    spec.write_text(SPEC.replace("capacity: 50", "capacity: 20"), encoding="utf-8")
    assert harness("verify", spec) == 1
    document = plan_json(spec, capsys)
    acting = [each for each in document["changes"] if each["action"] != "none"]
    assert [(each["address"], each["action"], each["reasons"]) for each in acting] == [
        ("account.main.deployment.mini", "update", ["capacity: 50 → 20 (k TPM)"])
    ]
    assert harness("apply", spec) == 0
    assert harness("verify", spec) == 0

    assert harness("destroy", spec) == 0
    assert harness("verify", spec) == 1
    assert harness("destroy", spec) == 0


def test_a_raw_put_is_drift(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulate(None, Simulator(), {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        assert harness("apply", spec) == 0
        assert harness("verify", spec) == 0
        at = (
            f"{there.url}/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-walk"
            "/providers/Microsoft.CognitiveServices/accounts/walk-01/deployments/mini"
            "?api-version=2025-09-01"
        )
        headers = {"Authorization": f"Bearer {there.token}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(at, headers=headers)) as answer:
            body = json.load(answer)
        body["sku"]["capacity"] = 77
        put = urllib.request.Request(at, json.dumps(body).encode(), headers=headers, method="PUT")
        with urllib.request.urlopen(put) as answer:
            assert answer.status == 200
        capsys.readouterr()
        assert harness("verify", spec) == 1
        assert "capacity: 77 → 50 (k TPM)" in capsys.readouterr().out


def test_plan_json_is_the_contracts(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = plan_json(spec, capsys)
    assert set(document) == {"format_version", "summary", "changes", "preflight", "forecast"}
    assert document["summary"] == {
        "create": 4, "update": 0, "replace": 0, "delete": 0, "adopt": 0, "unchanged": 0,
    }  # fmt: skip
    assert set(document["changes"][0]) == {"address", "action", "before", "after", "reasons"}
    mini = next(c for c in document["changes"] if c["address"] == "account.main.deployment.mini")
    assert mini["before"] is None
    assert mini["after"]["capacity"] == 50


def test_regions_yaml_is_refused_and_says_where_else(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = (project / "docs" / "examples" / "regions.yaml").read_text(encoding="utf-8")
    copy = tmp_path / "regions.yaml"
    copy.write_text(shipped, encoding="utf-8")
    assert harness("plan", copy) == 1
    out = capsys.readouterr().out
    assert "regions.yaml:25:14: error[sku_not_offered]" in out
    assert (
        "germanywestcentral serves gpt-4o 2024-11-20 as DataZoneStandard, GlobalStandard, " in out
    )
    assert "Standard gpt-4o 2024-11-20 is offered in switzerlandnorth, " in out


def test_apply_does_nothing_when_preflight_refuses(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC.replace("gpt-5-mini", "gpt-5-minni"), encoding="utf-8")
    assert harness("apply", spec) == 1
    assert "gpt-5-mini" in capsys.readouterr().out
    assert harness("verify", spec) == 1
    assert plan_json(spec, capsys)["summary"]["create"] == 4


def test_a_failed_change_is_told_in_full_and_exits_with_3(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = (
        "simulator: {date: 2026-09-01, faults: [{operation: deployment.put, target: main/five, "
        "status: 400, code: InsufficientQuota, message: too little}]}"
    )
    spec.write_text(SPEC.replace("simulator: {date: 2026-09-01}", fault), encoding="utf-8")
    assert harness("apply", spec) == 3
    out = capsys.readouterr().out
    assert "account.main.deployment.five:" in out
    assert "Azure said: too little" in out
    assert "Apply partly: 3 created, 1 failed." in out
    spec.write_text(SPEC, encoding="utf-8")
    assert harness("apply", spec) == 0


def test_a_temporary_refusal_is_a_line_of_progress(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = (
        "simulator: {date: 2026-09-01, faults: "
        "[{operation: deployment.put, status: 409, code: RequestConflict, times: 1}]}"
    )
    spec.write_text(SPEC.replace("simulator: {date: 2026-09-01}", fault), encoding="utf-8")
    assert harness("apply", spec) == 0
    assert "Azure says RequestConflict, again in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("quota_exceded", "Did you mean quota_exceeded?"),
        ("not_owned", "cannot be skipped"),
    ],
)
def test_a_code_that_cannot_be_skipped_is_a_usage_error(
    spec: Path, code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness("plan", spec, "--skip-preflight", code) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_a_real_cloud_without_a_terminal_wants_yes(
    spec: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness(command, spec, "--cloud", "azure") == 2
    assert "--yes" in capsys.readouterr().err


def test_nobody_signed_in_is_said_once_and_shortly(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)
    spec.write_text(SPEC + "subscription: 11111111-1111-1111-1111-111111111111\n", encoding="utf-8")
    assert harness("plan", spec, "--cloud", "azure") == 3
    assert capfd.readouterr().err.splitlines() == [
        "cloud: azure (from --cloud)",
        "error[H902]: nobody is signed in to Azure",
        "  `-v` shows what was tried",
        (
            "  hint: run `az login` (or set AZURE_CLIENT_ID, AZURE_TENANT_ID and "
            "AZURE_CLIENT_SECRET), or use `--cloud simulator`"
        ),
    ]


def test_a_real_cloud_wants_a_subscription(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert harness("plan", spec, "--cloud", "azure") == 2
    assert "subscription" in capsys.readouterr().err


def test_a_spec_without_accounts_has_nothing_to_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.yaml"
    path.write_text("version: 1\nname: none\n", encoding="utf-8")
    assert harness("plan", path) == 2
    assert "declares no accounts" in capsys.readouterr().err


def test_an_interrupt_says_what_is_done_and_leaves_the_rest(spec: Path) -> None:
    fault = (
        "simulator: {date: 2026-09-01, faults: "
        "[{operation: deployment.put, target: main/mini, status: 409, code: RequestConflict}]}"
    )
    spec.write_text(SPEC.replace("simulator: {date: 2026-09-01}", fault), encoding="utf-8")
    apply = subprocess.Popen(
        [sys.executable, "-m", "harness", "apply", str(spec)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert apply.stderr is not None
    for line in apply.stderr:
        if "RequestConflict" in line:
            apply.send_signal(signal.SIGINT)
            break
    out, _ = apply.communicate(timeout=30)
    assert apply.returncode == 130
    assert "Apply interrupted: 2 created, 2 not attempted." in out
    spec.write_text(SPEC, encoding="utf-8")
    assert harness("apply", spec) == 0


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_a_real_cloud_is_not_written_to_where_there_is_nobody_to_ask(
    command: str, spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert harness(command, spec, "--cloud", "azure") == 2
    assert "there is no terminal to ask on" in capsys.readouterr().err
