"""``harness outputs`` against a simulated Azure."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from harness.cli.main import run
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator

SPEC = """\
version: 1
name: out
cloud: simulator
resource_group: {name: rg-out, region: swedencentral, create: true}
accounts:
  main:
    account_name: out-01
    region: swedencentral
    deployments: {mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 5}}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "HARNESS_SIMULATOR_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "out.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_before_apply_nothing_is_there(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["outputs", str(spec)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "not deployed yet: account.main, account.main.deployment.mini" in err
    assert "harness apply" in err


def test_a_program_can_call_what_is_printed(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulate(None, Simulator(), {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        assert run(["apply", str(spec)]) == 0
        capsys.readouterr()
        assert run(["outputs", str(spec), "--format", "json"]) == 0
        account = json.loads(capsys.readouterr().out)["accounts"]["main"]
        body = {
            "model": account["deployments"]["mini"]["deployment_name"],
            "messages": [{"role": "user", "content": "hello"}],
        }
        call = urllib.request.Request(
            f"{account['base_url']}chat/completions",
            json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {there.token}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(call) as answer:
            assert json.load(answer)["object"] == "chat.completion"
        assert run(["outputs", str(spec)]) == 0
        assert f"MAIN_ENDPOINT={there.url}/out-01/\n" in capsys.readouterr().out


def test_addresses_that_ended_with_the_command_are_not_passed_off_as_lasting(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", str(spec)]) == 0
    assert run(["outputs", str(spec)]) == 0
    assert "note: this simulator ended with the command" in capsys.readouterr().err
