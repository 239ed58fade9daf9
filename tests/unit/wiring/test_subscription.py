"""Whose subscription a real cloud is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: real
cloud: azure
{subscription}
resource_group: {{name: rg-real, region: swedencentral, create: true}}
accounts: {{sweden: {{region: swedencentral}}}}
"""


def plan(folder: Path, subscription: str) -> int:
    (folder / "spec.yaml").write_text(SPEC.format(subscription=subscription), encoding="utf-8")
    return run(["plan", str(folder / "spec.yaml")])


@pytest.mark.parametrize(
    ("subscription", "code", "said"),
    [
        ("", 2, "error[H912]: the spec names no subscription"),
        (
            'subscription: "${AZURE_SUBSCRIPTION_ID}"',
            2,
            "spec.yaml:4:15: error[H406]: the variable AZURE_SUBSCRIPTION_ID is not set",
        ),
        (
            'subscription: "00000000-0000-0000-0000-000000000000"',
            3,
            "hint: run `az login`",
        ),
    ],
)
def test_what_is_missing_first_is_told_first(
    subscription: str,
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("AZURE_SUBSCRIPTION_ID", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # no command line of Azure's that may be signed in
    assert plan(tmp_path, subscription) == code
    assert said in capsys.readouterr().err


def test_a_cloud_that_a_forgotten_variable_should_name_is_not_the_simulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HARNESS_CLOUD", raising=False)
    text = SPEC.replace("cloud: azure", "cloud: ${{HARNESS_CLOUD}}").format(subscription="")
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    assert run(["plan", str(tmp_path / "spec.yaml")]) == 2
    said = capsys.readouterr().err
    assert "spec.yaml:3:8: error[H406]: the variable HARNESS_CLOUD is not set" in said
    assert run(["validate", str(tmp_path / "spec.yaml")]) == 0
