"""``harness doctor`` on the simulator, and what it makes of what it finds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.app.doctor.findings import DoctorFinding, format_findings, make_document
from harness.app.doctor.here import OLD_SETTINGS, check_environment
from harness.app.doctor.ports import Reach
from harness.app.doctor.there import check_clock, describe_reach
from harness.cli.main import run
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator

SPEC = """\
version: 1
name: ill
cloud: ${HARNESS_CLOUD:-simulator}
subscription: ${AZURE_SUBSCRIPTION_ID}
resource_group: {name: rg-ill, region: swedencentral, create: true}
accounts: {main: {account_name: ill-01, region: swedencentral}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "HARNESS_SIMULATOR_TOKEN",
                 "AZURE_SUBSCRIPTION_ID", "OPENAI_API_VERSION", *OLD_SETTINGS):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "ill.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def doctor(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(["doctor", *arguments, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def test_on_the_simulator_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = doctor(capsys)
    assert (code, found["ok"]) == (0, True)
    about = [each["about"] for each in found["findings"]]
    assert about[:2] == ["python", "harness"]
    assert {"azure-identity", "openai", "simulator", "subscription", "provider"} <= set(about)


def test_a_spec_is_looked_after_with_what_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "ill.yaml"]) == 0
    code, found = doctor(capsys, "ill.yaml")
    assert code == 0
    variables = next(each for each in found["findings"] if each["about"] == "variables")
    assert variables["said"] == "not set, nor needed here: AZURE_SUBSCRIPTION_ID"
    [calls] = [each for each in found["findings"] if each["about"] == "calls to ill-01"]
    assert calls["said"] == "models may be called with a key; Entra wants a role"


def test_an_account_without_keys_and_without_a_role_is_a_problem(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keyless = SPEC.replace("swedencentral}}", "swedencentral, local_auth: false}}")
    (project / "ill.yaml").write_text(keyless, encoding="utf-8")
    assert run(["apply", "ill.yaml"]) == 0
    code, found = doctor(capsys, "ill.yaml")
    assert code == 3
    [calls] = [each for each in found["findings"] if each["about"] == "calls to ill-01"]
    assert calls["said"] == "models may not be called with Entra"
    assert "az role assignment create" in calls["hint"]


def test_an_old_setting_is_a_problem_whose_value_stays_hidden(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "https://s3cret.example")
    monkeypatch.setenv("OPENAI_API_TYPE", "azure")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "s3cret-key")
    assert run(["doctor"]) == 3
    out, err = capsys.readouterr()
    assert "problem  OPENAI_API_BASE" in out
    assert "problem  OPENAI_API_TYPE" in out
    assert "AZURE_OPENAI_API_KEY: read where a spec says ${NAME}" in out
    assert "2 problems" in out
    assert "s3cret" not in out + err


def test_a_provider_that_was_never_registered_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = Simulator.model_validate(
        {"faults": [{"operation": "provider.get", "code": "NotRegistered"}]}
    )
    with simulate(None, simulator, {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        code, found = doctor(capsys)
        provider = next(each for each in found["findings"] if each["about"] == "provider")
        assert (code, provider["state"]) == (3, "problem")
        assert "az provider register" in provider["hint"]
        assert run(["doctor", "-v"]) == 3
        assert there.token not in "".join(capsys.readouterr())


def test_what_azure_refuses_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = Simulator.model_validate(
        {"faults": [{"operation": "subscription.get", "code": "SubscriptionNotFound"}]}
    )
    with simulate(None, simulator, {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        code, found = doctor(capsys)
    [problem] = [each for each in found["findings"] if each["state"] == "problem"]
    assert (code, problem["about"]) == (3, "subscription")
    assert "az account list" in problem["hint"]


def test_a_simulator_that_runs_has_a_day_of_its_own_which_preflight_goes_by(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployments = 'deployments: {old: {model: gpt-4o, version: "2024-05-13", capacity: 1}}'
    spec = SPEC.replace("region: swedencentral}}", f"region: swedencentral, {deployments}}}}}")
    (project / "ill.yaml").write_text(spec, encoding="utf-8")
    with simulate(None, Simulator(date=date(2030, 6, 1)), {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        _, found = doctor(capsys, "ill.yaml")
        assert run(["plan", "ill.yaml", "--json"]) == 1
    [day] = [each["said"] for each in found["findings"] if each["about"] == "day"]
    assert day == "it is 2030-06-01 in the simulated Azure"
    preflight = json.loads(capsys.readouterr().out)["preflight"]
    assert "model_retired" in [problem["code"] for problem in preflight]


# --- judgements --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skew", "state", "said"),
    [
        (0.4, "ok", "right"),
        (90, "ok", "90 s ahead of Azure's"),
        (-4000, "problem", "4000 s behind Azure's: tokens will be refused"),
    ],
)
def test_a_clock_may_be_wrong_by_five_minutes(skew: float, state: str, said: str) -> None:
    found = check_clock(skew)
    assert (found.state, found.said) == (state, said)


@pytest.mark.parametrize(
    ("found", "state", "hint"),
    [
        (Reach(""), "ok", ""),
        (Reach("tls", "CERTIFICATE_VERIFY_FAILED"), "problem", "REQUESTS_CA_BUNDLE"),
        (Reach("proxy", "407"), "problem", "HTTPS_PROXY"),
        (Reach("network", "refused"), "problem", "--cloud simulator"),
    ],
)
def test_each_trouble_on_the_way_has_its_remedy(found: Reach, state: str, hint: str) -> None:
    told = describe_reach("management", "https://management.azure.com", found)
    assert told.state == state
    assert hint in told.remedy


def test_an_environment_without_settings_is_fine() -> None:
    [finding] = check_environment({"PATH": "/bin"})
    assert (finding.about, finding.state) == ("environment", "ok")


def test_unknown_is_no_problem() -> None:
    findings = [
        DoctorFinding("a", "ok", "fine"),
        DoctorFinding("b", "unknown", "could not be read"),
    ]
    assert format_findings(findings).endswith("\nNo problem, 1 unknown.\n")
    assert make_document(findings)["ok"] is True
