from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.specs.placeholders import SUBSCRIPTION, find_differences
from harness.wiring import Permissions, read_spec, read_spec_for_replay

SPEC = """\
version: 1
name: stand-ins
cloud: ${HARNESS_CLOUD:-simulator}
subscription: "${AZURE_SUBSCRIPTION_ID}"
resource_group: {name: "${AZURE_GROUP:-rg-harness}", region: "${AZURE_REGION:-swedencentral}"}
accounts:
  sweden:
    account_name: ${AZURE_ACCOUNT_NAME}
    region: ${AZURE_REGION:-swedencentral}
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 1}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
  laptop: {type: openai-compatible, base_url: "${HARNESS_LAPTOP}", models: {tiny: {}}}
conversations: [{id: hello, turns: [{user: Hello}]}]
"""

HERE = {
    "HARNESS_CLOUD": "azure",
    "AZURE_SUBSCRIPTION_ID": "6f1c1c3a-0d4e-4f57-9d5f-0a1b2c3d4e5f",
    "AZURE_GROUP": "rg-contoso-prod",
    "AZURE_REGION": "eastus2",
    "AZURE_ACCOUNT_NAME": "contoso-prod-01",
    "HARNESS_LAPTOP": "http://10.0.0.7:8080/v1",
    "OPENAI_API_KEY": "sk-nobodys",
}


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_a_spec_is_read_for_replay_as_if_there_were_no_environment(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = read_spec_for_replay(spec, Permissions()).spec
    for name, value in HERE.items():
        monkeypatch.setenv(name, value)
    assert read_spec_for_replay(spec, Permissions()).spec == bare
    assert bare.subscription == SUBSCRIPTION
    assert bare.accounts["sweden"].account_name == "azure-account-name"
    assert bare.accounts["sweden"].region == "swedencentral"


def test_a_recording_knows_what_a_replay_has_in_place_of_the_environment(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in HERE.items():
        monkeypatch.setenv(name, value)
    here, without = read_spec(spec, Permissions()), read_spec_for_replay(spec, Permissions())
    assert find_differences(here.spec, without.spec) == {
        "6f1c1c3a-0d4e-4f57-9d5f-0a1b2c3d4e5f": SUBSCRIPTION,
        "rg-contoso-prod": "rg-harness",
        "contoso-prod-01": "azure-account-name",
        "http://10.0.0.7:8080/v1": "https://harness-laptop.invalid",
    }


@pytest.mark.parametrize(("group", "known"), [("prod", True), ("dev", False)])
def test_a_name_of_four_characters_is_hidden_and_a_shorter_one_is_not(
    group: str, known: bool, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (HERE | {"AZURE_GROUP": group}).items():
        monkeypatch.setenv(name, value)
    here, without = read_spec(spec, Permissions()), read_spec_for_replay(spec, Permissions())
    assert (group in find_differences(here.spec, without.spec)) is known


def test_both_readings_are_the_same_spec(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_ACCOUNT_NAME", "contoso-prod-01")
    here, without = read_spec(spec, Permissions()), read_spec_for_replay(spec, Permissions())
    assert here.sha256 == without.sha256
