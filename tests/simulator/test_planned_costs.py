"""The costs that `plan` shows: of having what it makes, and of one evaluation of its spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

SPEC = """
version: 1
name: bill
cloud: simulator
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg-bill, region: swedencentral, create: true}
accounts:
  acc:
    region: swedencentral
    account_name: bill-01
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 50}
      zone: {model: gpt-5-mini, version: "2025-08-07", sku: DataZoneStandard, capacity: 20}
      bulk: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalBatch, capacity: 50}
      units: {model: gpt-4.1, version: "2025-04-14", sku: GlobalProvisionedManaged, capacity: 15}
      tuned: {model: gpt-4.1-mini-2025-04-14.ft-0ab1c, version: "1", sku: Standard, capacity: 10}
      trial: {model: gpt-4.1-2025-04-14.ft-0ab1c, version: "1", sku: DeveloperTier, capacity: 10}
simulator: {catalogue: open}
evaluation: {targets: [acc/mini]}
conversations: [{id: hello, turns: [{user: Hello!}]}]
"""


@pytest.fixture
def spec(folder: Path) -> str:
    Path("bill.yaml").write_text(SPEC, encoding="utf-8")
    return "bill.yaml"


def plan(spec: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    run(["plan", spec, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_plan_shows_what_each_deployment_costs_to_have(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", spec]) == 0
    page = capsys.readouterr().out
    costs = page[page.index("Costs, in US dollars at list prices:") :].splitlines()
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in costs if "acc/" in line[:8]}
    assert rows["acc/mini"] == "GlobalStandard – – $0.40, $1.60"
    assert rows["acc/zone"] == "DataZoneStandard – – $0.25, $2.00, or 10 % more*"
    assert rows["acc/bulk"] == "GlobalBatch – – $0.20, $0.80 (half)"
    assert rows["acc/units"] == "15 PTU, GlobalProvisionedManaged $15.00* $10,800.00* nothing"
    assert rows["acc/tuned"] == "Standard $1.70* $1,224.00* unknown"
    assert rows["acc/trial"] == "DeveloperTier $0 $0 unknown"
    notes = "\n".join(costs)
    assert "–: nothing while idle" in notes
    assert "together $16.70* an hour, $12,024.00* a month, idle or not" in notes
    assert "acc/units: $3,900.00* a month if the units are reserved" in notes
    assert "and not the model, when nobody called it for 15 days" in notes
    assert "acc/trial: a fine-tuned model; Azure deletes this deployment after 24 hours" in notes
    assert "acc/bulk: batches are answered within 24 hours: eval --engine batch" in notes
    assert "*: not read from Azure's own price list" in notes
    assert "one eval: simulated: costs nothing; on Azure it would be about $" in notes
    assert costs[-1] == "  harness eval bill.yaml --dry-run shows it by deployment"


def test_the_document_has_the_forecast_with_null_for_unknown(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    forecast = plan(spec, capsys)["forecast"]
    standing = {one["deployment"]: one for one in forecast["standing"]}
    assert standing["acc/mini"]["usd_an_hour"] == 0
    assert standing["acc/mini"]["usd_a_million_tokens"] == {
        "input": 0.4, "cached_input": 0.1, "output": 1.6
    }  # fmt: skip
    assert standing["acc/bulk"]["usd_a_million_tokens"]["output"] == 0.8
    assert standing["acc/units"]["usd_a_month"] == 10_800
    assert standing["acc/units"]["verified"] is False
    assert standing["acc/tuned"]["usd_a_million_tokens"] is None
    assert forecast["run"]["usd"]["low"] < forecast["run"]["usd"]["high"]


def test_a_plan_of_a_spec_without_conversations_still_shows_what_it_costs_to_have(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SPEC.replace("conversations: [{id: hello, turns: [{user: Hello!}]}]\n", "")
    Path(spec).write_text(text, encoding="utf-8")
    forecast = plan(spec, capsys)["forecast"]
    assert forecast["run"] is None
    assert len(forecast["standing"]) == 6


def test_the_limits_are_those_that_azure_says_of_a_deployment_that_is_there(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def find_source() -> str:
        targets = plan(spec, capsys)["forecast"]["run"]["targets"]
        return str(targets[0]["limits"]["source"])

    assert find_source() == "as Azure lists its SKU"
    assert run(["apply", spec]) == 0
    assert find_source() == "as Azure says of the deployment"
    Path(spec).write_text(SPEC.replace("capacity: 50}", "capacity: 60}", 1), encoding="utf-8")
    assert find_source() == "as Azure lists its SKU"


def test_a_quiet_plan_and_one_of_what_to_destroy_show_no_costs(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", spec, "-q"]) == 0
    assert run(["plan", spec, "--destroy"]) == 0
    assert "Costs" not in capsys.readouterr().out


def test_a_saved_plan_holds_whatever_was_run_meanwhile(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", spec, "-o", "today.plan"]) == 0
    assert run(["apply", "today.plan"]) == 0
    assert "Apply complete" in capsys.readouterr().out


def test_a_plan_from_python_has_the_same_document(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from harness import plan as plan_from_python

    assert plan_from_python(spec).to_dict()["forecast"] == plan(spec, capsys)["forecast"]
