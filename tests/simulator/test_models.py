"""``harness models`` as people type it, and that it agrees with ``plan``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: agree
cloud: simulator
resource_group: {{name: rg-agree, region: {region}, create: true}}
simulator: {{date: 2026-09-01, quota: {{OpenAI.GlobalStandard.gpt4.1: 40}}}}
accounts:
  main:
    account_name: agree-01
    region: {region}
    deployments:
      one: {{model: {model}, version: "{version}", sku: {sku}, capacity: {capacity}}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "AZURE_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def models(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(["models", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_question_of_the_first_article_has_an_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["models", "--model", "gpt-4.1", "--capacity", "50"]) == 0
    out = capsys.readouterr().out
    header, first = out.splitlines()[:2]
    assert header.split()[:4] == ["fits", "region", "version", "sku"]
    assert first.startswith("yes   australiaeast")
    assert "2025-04-14 (default)" in first
    assert "assumed" in out
    assert "USD per million tokens" in out


def test_models_and_plan_agree(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project / "agree.yaml"
    asked = {"region": "swedencentral", "model": "gpt-4.1", "version": "2025-04-14",
             "sku": "GlobalStandard", "capacity": 50}  # fmt: skip
    spec.write_text(SPEC.format(**asked), encoding="utf-8")
    _, document = models(
        capsys, spec, "--model", "gpt-4.1", "--capacity", 50,
        "--region", "swedencentral", "--region", "eastus2", "--region", "germanywestcentral",
    )  # fmt: skip
    offers = document["offers"]
    assert {offer["fits"] for offer in offers} == {True, False}
    for offer in offers:
        wanted = {**asked, **{key: offer[key] for key in ("region", "version", "sku")}}
        spec.write_text(SPEC.format(**wanted), encoding="utf-8")
        assert run(["plan", str(spec)]) == (0 if offer["fits"] else 1), offer
        out = capsys.readouterr().out
        for code in offer["obstacles"]:
            assert f"error[{code}]" in out


def test_what_is_deployed_is_taken_from_the_quota_that_is_left(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project / "agree.yaml"
    asked = {"region": "swedencentral", "model": "gpt-4.1", "version": "2025-04-14",
             "sku": "GlobalStandard", "capacity": 30}  # fmt: skip
    spec.write_text(SPEC.format(**asked), encoding="utf-8")
    assert run(["apply", str(spec)]) == 0
    arguments = (spec, "--model", "gpt-4.1", "--region", "swedencentral", "--sku", "GlobalStandard")
    code, document = models(capsys, *arguments, "--capacity", 10)
    assert code == 0
    assert document["offers"][0]["quota"]["left"] == 10
    code, document = models(capsys, *arguments, "--capacity", 11)
    assert (code, document["offers"][0]["obstacles"]) == (1, ["quota_exceeded"])


def test_a_model_that_nobody_offers_is_a_no_with_the_nearest_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["models", "--model", "gpt-4.11", "--region", "eastus2"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "eastus2: nobody offers gpt-4.11" in err
    assert "did you mean gpt-4.1" in err


def test_a_region_like_no_other_is_told_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--region", "narnia"]) == 2
    assert "hint: there are australiaeast, brazilsouth, " in capsys.readouterr().err


def test_a_region_that_is_none_is_a_wrong_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--region", "Sweden Centrall"]) == 2
    assert "did you mean swedencentral?" in capsys.readouterr().err


def test_without_a_model_each_version_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--region", "East US 2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("gpt-4.1-mini") and "2025-04-14 (default)" in line for line in lines)


def test_a_real_cloud_wants_a_subscription(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--cloud", "azure", "--model", "gpt-4.1"]) == 2
    assert "AZURE_SUBSCRIPTION_ID" in capsys.readouterr().err


def test_json_holds_every_fact_of_an_offer(capsys: pytest.CaptureFixture[str]) -> None:
    _, document = models(capsys, "--model", "gpt-4.1-mini", "--region", "eastus2")
    offer = next(each for each in document["offers"] if each["sku"] == "GlobalStandard")
    assert offer["price"]["input"] == pytest.approx(0.4)
    assert offer["context"] == 300_000
    assert offer["capacity"]["unit"] == "k TPM"
    assert set(document) == {"format_version", "today", "asked", "offers"}
