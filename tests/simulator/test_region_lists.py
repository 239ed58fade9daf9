"""An account that may be in several regions, through whole commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: regions
cloud: simulator
resource_group: {name: rg-regions, create: true}
accounts:
  main:
    account_name: regions-01
    region: [polandcentral, eastus2]
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: Standard, capacity: 10}
simulator: {date: 2026-09-01}
conversations: [{id: hello, turns: [{user: Hello, assert: [{word-count: {min: 1}}]}]}]
"""


@pytest.fixture
def spec(folder: Path) -> Path:
    path = folder / "s.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(list(words)) == code
    return capsys.readouterr().out


def read_document(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    as_json = ["--format", "json"] if words[0] == "outputs" else ["--json"]
    document: dict[str, Any] = json.loads(told(capsys, *words, *as_json))
    return document


def test_the_plan_says_which_region_was_chosen_and_why(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = told(capsys, "plan", spec.name)
    assert "+ region: eastus2" in page
    assert "region eastus2: the first of polandcentral, eastus2 that preflight accepts" in page
    why = "gpt-4.1-mini 2025-04-14 is not served as Standard in polandcentral"
    assert f"(not polandcentral: {why})" in page
    changes = read_document(capsys, "plan", spec.name)["changes"]
    [choice] = [each["region_choice"] for each in changes if "region_choice" in each]
    assert (choice["region"], choice["why"]) == ("eastus2", "accepted")
    assert choice["rejected"] == [
        {"region": "polandcentral", "code": "sku_not_offered", "reason": why}
    ]


def test_an_account_stays_where_it_is_and_every_command_knows_where(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "apply", spec.name)
    edit(spec, "[polandcentral, eastus2]", "[swedencentral, eastus2]")
    assert read_document(capsys, "plan", spec.name)["summary"]["unchanged"] == 3
    told(capsys, "verify", spec.name, "--probe")
    outputs = read_document(capsys, "outputs", spec.name)
    assert outputs["accounts"]["main"]["region"] == "eastus2"
    told(capsys, "models", spec.name, "--model", "gpt-4.1-mini")
    told(capsys, "eval", spec.name, "--output", "out")
    [target] = json.loads(Path("out/run.json").read_text(encoding="utf-8"))["targets"]
    assert target["region"] == "eastus2"
    told(capsys, "destroy", spec.name, "--purge")
    told(capsys, "apply", spec.name)
    outputs = read_document(capsys, "outputs", spec.name)
    assert outputs["accounts"]["main"]["region"] == "swedencentral"


def test_an_imported_account_has_the_one_region_that_it_is_in(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "apply", spec.name)
    identity = read_document(capsys, "outputs", spec.name)["accounts"]["main"]["id"]
    text = told(capsys, "import", "--account", identity, "--cloud", "simulator")
    assert "region: eastus2" in text


def test_a_region_that_left_the_list_is_a_replacement(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "apply", spec.name)
    edit(spec, "[polandcentral, eastus2]", "[polandcentral, swedencentral]")
    page = told(capsys, "plan", spec.name)
    assert "account.main  replace" in page
    assert "~ region: eastus2 → swedencentral" in page
    assert "(not polandcentral: " in page
    told(capsys, "apply", spec.name)
    told(capsys, "verify", spec.name)


def test_where_no_region_will_do_nothing_is_written(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(spec, "capacity: 10", "capacity: 999999")
    page = told(capsys, "apply", spec.name, code=1)
    assert "s.yaml:8:13: error[no_region]" in page
    assert "polandcentral: gpt-4.1-mini 2025-04-14 is not served as Standard" in page
    assert "eastus2: OpenAI.Standard.gpt4.1-mini in eastus2 has" in page
    assert "1 error" in page


def test_a_saved_plan_is_refused_once_another_region_would_be_chosen(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(spec, "[polandcentral, eastus2]", "[eastus2, swedencentral]")
    told(capsys, "plan", spec.name, "-o", "p.plan")
    assert "region eastus2: the first of" in told(capsys, "show", "p.plan")
    others = SPEC.replace("regions", "others").replace("polandcentral, ", "")
    Path("o.yaml").write_text(others.replace("capacity: 10", "capacity: 4995"), encoding="utf-8")
    told(capsys, "apply", "o.yaml")
    told(capsys, "apply", "p.plan", code=1)
    told(capsys, "destroy", "o.yaml", "--purge")
    told(capsys, "apply", "p.plan")
    assert "No changes" in told(capsys, "plan", spec.name)


def test_a_recording_of_it_replays(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys, "apply", spec.name, "--record")
    told(capsys, "eval", spec.name, "--output", "live", "--record")
    assert told(capsys, "apply", spec.name, "--replay") == first
    told(capsys, "eval", spec.name, "--output", "again", "--replay")
    [target] = json.loads(Path("again/run.json").read_text(encoding="utf-8"))["targets"]
    assert target["region"] == "eastus2"


def test_an_empty_list_and_a_wrong_type_are_refused_at_their_place(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(spec, "[polandcentral, eastus2]", "[]")
    assert run(["validate", spec.name]) == 2
    assert 's.yaml:8:13: error[H202]: "region" is empty' in capsys.readouterr().err
    edit(spec, "region: []", "region: {first: eastus2}")
    assert run(["validate", spec.name]) == 2
    assert "expected a string or a list" in capsys.readouterr().err
