"""What Azure refuses is met before anything is written, and what it breaks is mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator

SPEC = """\
version: 1
name: met
cloud: simulator
resource_group: {{name: rg-met, region: swedencentral, create: true}}
simulator: {{date: 2026-09-01, {simulator}}}
accounts:
  main:
    account_name: met-01
    region: swedencentral
    {account}
    deployments:
      mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "HARNESS_SIMULATOR_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "met.yaml"


def write(spec: Path, *, simulator: str = "", account: str = "") -> None:
    spec.write_text(SPEC.format(simulator=simulator, account=account), encoding="utf-8")


def problems(spec: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    run(["plan", str(spec), "--json"])
    found = json.loads(capsys.readouterr().out)["preflight"]
    return {problem["code"]: problem for problem in found}


def fault(operation: str, code: str, more: str = "") -> str:
    return f"faults: [{{operation: {operation}, code: {code}{more}}}]"


@pytest.mark.parametrize(
    ("simulator", "code"),
    [
        (fault("sku.check", "SpecialFeatureOrQuotaIdRequired"), "sku_refused"),
        (fault("domain.check", "CustomDomainInUse"), "subdomain_taken"),
        (fault("provider.get", "NotRegistered"), "provider_not_registered"),
        ("quota: {AIServices.S0.AccountCount: 0}", "accounts_exhausted"),
        ("quota: {OpenAI.GlobalStandard.gpt4.1-mini: 49}", "quota_exceeded"),
    ],
)
def test_plan_meets_what_azure_would_refuse(
    spec: Path, capsys: pytest.CaptureFixture[str], simulator: str, code: str
) -> None:
    write(spec, simulator=simulator)
    found = problems(spec, capsys)
    assert set(found) == {code}
    assert (found[code]["severity"], bool(found[code]["hint"])) == ("error", True)
    assert run(["apply", str(spec)]) == 1
    assert run(["plan", str(spec), "--skip-preflight", code]) == 0


def test_too_little_quota_names_a_size_and_skus_that_would_fit(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec, simulator="quota: {OpenAI.GlobalStandard.gpt4.1-mini: 49}")
    spec.write_text(
        spec.read_text("utf-8").replace("region: swedencentral", "region: eastus2"),
        encoding="utf-8",
    )
    hint = problems(spec, capsys)["quota_exceeded"]["hint"]
    assert "a capacity of 49 would fit" in hint
    assert "eastus2 has room for it as DataZoneStandard" in hint


def test_questions_that_may_not_be_asked_refuse_nothing(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("sku.check", "domain.check", "provider.get", "usages.list", "deleted.list")
    faults = ", ".join(f"{{operation: {each}, code: AuthorizationFailed}}" for each in asked)
    write(spec, simulator=f"faults: [{faults}]")
    assert problems(spec, capsys) == {}


def test_a_fresh_account_without_keys_is_warned_of(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "{value: [{actions: ['*'], dataActions: []}]}"
    write(
        spec,
        simulator=f"faults: [{{operation: permission.list, body: {body}}}]",
        account="local_auth: false",
    )
    found = problems(spec, capsys)
    assert found["role_missing"]["severity"] == "warning"
    assert "az role assignment create" in found["role_missing"]["hint"]


def test_preflight_only_reads(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(spec, account="local_auth: false")
    with simulate(None, Simulator(), {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        assert run(["plan", str(spec)]) == 0
        asked = counted(there.url, there.token)
    assert {"models.list", "usages.list", "sku.check", "domain.check", "provider.get"} <= set(asked)
    assert not [name for name in asked if name.endswith((".put", ".patch", ".delete", ".purge"))]
    assert "provider.register" not in asked


def counted(url: str, token: str) -> dict[str, Any]:
    import urllib.request

    request = urllib.request.Request(
        f"{url}/_simulator/counters", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        operations: dict[str, Any] = json.load(answer)["operations"]
    return operations


@pytest.mark.parametrize("reset", ["connect", "headers", "body"])
@pytest.mark.parametrize("operation", ["account.put", "deployment.put"])
def test_a_connection_that_breaks_is_mended_and_nothing_is_made_twice(
    spec: Path, operation: str, reset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec, simulator=f"faults: [{{operation: {operation}, reset: {reset}, times: 1}}]")
    assert run(["apply", str(spec)]) == 0
    assert run(["plan", str(spec), "--check"]) == 0
