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
    assert run(["models", "--model", "gpt-4.1-minni", "--region", "eastus2"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "eastus2: nobody offers gpt-4.1-minni" in err
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


def test_a_model_that_came_out_after_the_catalogue_is_unknown_and_can_be_planned_for(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "--model", "gpt-9"]) == 1
    said = capsys.readouterr().err
    assert "gpt-9 is unknown to the simulator's catalogue (2026-09-29)" in said
    spec = project / "new.yaml"
    asked = {"region": "swedencentral", "model": "gpt-9", "version": "2027-01-01",
             "sku": "GlobalStandard", "capacity": 5}  # fmt: skip
    spec.write_text(SPEC.format(**asked), encoding="utf-8")
    assert run(["apply", str(spec), "--yes"]) == 0
    out = capsys.readouterr().out
    assert "warning[model_unknown]" in out


OWN = """\
version: 1
name: own
cloud: simulator
resource_group: {{name: rg-own, region: {region}, create: true}}
simulator: {{catalogue: {file}}}
accounts:
  main:
    account_name: own-01
    region: {region}
    deployments:
      one: {{model: gpt-4.1-mini, version: "2025-04-14", sku: {sku}, capacity: 5}}
"""


def save(project: Path, file: str = "azure.json") -> dict[str, Any]:
    assert run(["models", "--region", "swedencentral", "--save", file]) == 0
    document: dict[str, Any] = json.loads((project / file).read_text(encoding="utf-8"))
    return document


def own(project: Path, region: str = "swedencentral", sku: str = "GlobalStandard") -> str:
    text = OWN.format(file="azure.json", region=region, sku=sku)
    (project / "own.yaml").write_text(text, encoding="utf-8")
    return "own.yaml"


def test_what_was_saved_is_offered_again_and_nothing_else(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = save(project)
    assert "azure.json: what 1 region offers on " in capsys.readouterr().err
    assert list(document["regions"]) == ["swedencentral"]
    assert "subscriptions" not in json.dumps(document)
    _, before = models(capsys, "--region", "swedencentral")
    _, after = models(capsys, own(project), "--region", "swedencentral")
    facts = ("model", "version", "sku", "capacity", "quota", "retires")
    listed = [[{fact: each[fact] for fact in facts} for each in page["offers"]]
              for page in (before, after)]  # fmt: skip
    assert sorted(listed[0], key=str) == sorted(listed[1], key=str)
    assert not any(each["assumed"] for each in after["offers"])
    assert run(["models", own(project), "--region", "eastus2"]) == 1, "it was not saved"


def test_one_deploys_into_ones_own_azure_what_it_offers(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = save(project)
    for row in document["regions"]["swedencentral"]["models"]:
        if row["model"]["name"] == "gpt-4.1-mini":
            skus = row["model"]["skus"]
            row["model"]["skus"] = [sku for sku in skus if sku["name"] != "DataZoneStandard"]
    (project / "azure.json").write_text(json.dumps(document), encoding="utf-8")
    assert run(["apply", own(project, sku="DataZoneStandard"), "--yes"]) == 1
    assert "sku_not_offered" in capsys.readouterr().out
    assert run(["apply", own(project), "--yes"]) == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"format_version": 9}', '{"format_version": 1}'])
def test_a_file_that_is_no_catalogue_is_named(
    text: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "azure.json").write_text(text, encoding="utf-8")
    assert run(["plan", own(project)]) == 2
    said = capsys.readouterr().err
    assert "error[H417]" in said
    assert "azure.json is no catalogue" in said


def test_a_catalogue_that_is_not_there_is_a_mistake_of_the_spec(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", own(project)]) == 2
    assert "azure.json" in capsys.readouterr().err
