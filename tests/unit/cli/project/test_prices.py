"""``harness prices`` as people call it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from harness.cli.project.prices_page import warn_of_age
from harness.prices.listing import STALE_AFTER_DAYS, describe_source

SPEC = """\
version: 1
name: bill
cloud: simulator
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg, region: swedencentral, create: true}
prices:
  gpt-4o: {input: 2, output: 8}
  gpt-4.1@2025-04-14: {input: 1, output: 4, cached_input: 0.5}
accounts:
  acc:
    region: swedencentral
    deployments:
      old: {model: gpt-4, version: 1106-Preview, sku: GlobalStandard}
      tuned: {model: gpt-4.1-mini-2025-04-14.ft-0ab1c, version: "1", sku: GlobalStandard}
      units: {model: gpt-4.1, version: "2025-04-14", sku: GlobalProvisionedManaged, capacity: 15}
      pinned: {model: gpt-4.1, version: "2025-04-14"}
      named: {model: gpt-4o, version: "2024-11-20"}
      batch: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalBatch}
      own: {model: gpt-4o, version: "2024-11-20", price: {input: 7, output: 9}}
conversations: [{id: a, turns: [{user: hi}]}]
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bill.yaml").write_text(SPEC)
    return Path("bill.yaml")


def read_targets(spec: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["prices", "--spec", str(spec), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    return {each["target"]: each for each in document["targets"]}


def test_without_a_model_everything_that_azure_offers_is_shown_with_the_tables_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["prices"]) == 0
    out = capsys.readouterr().out
    assert "gpt-4.1-mini" in out
    assert "whisper" not in out
    assert f"the newest checked {describe_source().checked}" in out
    assert "DataZoneStandard ×1.10*" in out
    assert "*: not read from Azure's own price list" in out


def test_a_model_is_shown_version_by_version_and_by_both_tables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["prices", "gpt-4"]) == 0
    out = capsys.readouterr().out
    assert "azure gpt-4 1106-Preview: listed as gpt-4-1106-preview, by name and version" in out
    assert "openai gpt-4: listed as gpt-4" in out


def test_an_unknown_model_is_told_with_the_nearest_and_how_to_say_its_price(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["prices", "gpt4.1-mini@2"]) == 1
    err = capsys.readouterr().err
    assert "error[H986]: nobody here knows what gpt4.1-mini@2 costs: not in the table" in err
    assert "did you mean gpt-4.1-mini" in err
    assert "prices: {gpt4.1-mini@2: {input: …, output: …}}" in err


def test_a_spec_in_the_place_of_a_model_is_told_the_option(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prices", str(spec)]) == 1
    assert "`harness prices --spec bill.yaml`" in capsys.readouterr().err


def test_each_target_of_a_spec_says_which_entry_or_line_prices_it(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = read_targets(spec, capsys)
    assert targets["acc/old"]["entry"] == "gpt-4-1106-preview"
    assert (targets["acc/pinned"]["input"], targets["acc/pinned"]["cached_input"]) == (1, 0.5)
    assert targets["acc/pinned"]["place"] == "bill.yaml:8:3"
    assert (targets["acc/named"]["input"], targets["acc/named"]["place"]) == (2, "bill.yaml:7:3")
    assert (targets["acc/own"]["input"], targets["acc/own"]["output"]) == (7, 9)


def test_a_batch_is_told_at_half_the_price_as_plan_tells_it(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = read_targets(spec, capsys)["acc/batch"]
    assert (batch["input"], batch["cached_input"], batch["output"]) == (0.2, 0.05, 0.8)
    assert batch["reason"].endswith("; ×0.50 as a batch")
    assert run(["prices", "gpt-4.1-mini", "--spec", str(spec)]) == 0
    assert "GlobalBatch ×" not in capsys.readouterr().out


def test_units_are_paid_by_the_hour_and_never_by_a_price_for_the_models_tokens(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units = read_targets(spec, capsys)["acc/units"]
    assert (units["input"], units["usd_an_hour"]) == (None, 15.0)


def test_a_price_that_is_unknown_is_a_dash_and_the_line_that_would_say_it(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prices", "acc/tuned", "--spec", str(spec)]) == 0
    out = capsys.readouterr().out
    assert "–" in out
    assert "acc/tuned: about $1.70 an hour to host, idle or not" in out
    assert "acc/tuned: unknown until the spec says it, beside its model:" in out
    assert "  price: {input: …, output: …}" in out


def test_a_model_that_no_target_is_names_those_that_are(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prices", "gpt-99", "--spec", str(spec)]) == 2
    err = capsys.readouterr().err
    assert "error[H987]: no target of bill.yaml is gpt-99" in err
    assert "models there: gpt-4, gpt-4.1-mini-2025-04-14.ft-0ab1c, gpt-4.1, gpt-4o" in err


def test_a_price_that_is_no_number_is_refused_at_its_line(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC.replace("input: 2,", "input: two,"), encoding="utf-8")
    assert run(["prices", "--spec", str(spec)]) == 2
    assert "bill.yaml:7:19: error[H203]: expected a number" in capsys.readouterr().err


def test_an_old_table_says_so() -> None:
    checked = describe_source().checked
    assert checked is not None
    assert warn_of_age(checked + timedelta(days=STALE_AFTER_DAYS)) == ""
    warning = warn_of_age(checked + timedelta(days=STALE_AFTER_DAYS + 7))
    assert f"looked at {STALE_AFTER_DAYS + 7} days ago" in warning
