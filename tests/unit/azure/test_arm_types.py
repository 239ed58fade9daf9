"""Azure's own types, and what of a spec does not have them."""

from __future__ import annotations

from typing import Any

import pytest
from azure.mgmt.cognitiveservices import models

from harness.azure.arm_types import (
    ACCOUNT,
    DEPLOYMENT,
    check_properties,
    drop_read_only,
    is_read_only,
    spell,
)
from harness.azure.tables import arm_types as tables

PARTS = {"AccountProperties": ACCOUNT, "DeploymentProperties": DEPLOYMENT}
WRITABLE_ALL_THE_SAME = {"dynamicThrottlingEnabled"}


@pytest.mark.parametrize("name", PARTS)
def test_the_table_has_what_the_sdk_has(name: str) -> None:
    theirs = getattr(models, name)
    keys = {
        row["key"]: bool(theirs._validation.get(attribute, {}).get("readonly"))
        for attribute, row in theirs._attribute_map.items()
    }
    ours = {key.lstrip("!"): key.startswith("!") for key in PARTS[name] if key not in tables.NEWER}
    assert ours == {key: only and key not in WRITABLE_ALL_THE_SAME for key, only in keys.items()}


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"publicNetworkAccess": "Disable"}, "did you mean Disabled?"),
        ({"networkAcls": {"defaultAction": "Denied"}}, "did you mean Deny?"),
        ({"networkAcls": {"ipRules": ["203.0.113.7"]}}, "write {value: …}"),
        ({"networkAcls": {"ipRules": {"value": "203.0.113.7"}}}, "expected a list"),
        ({"disableLocalAuth": "true"}, "expected true or false, got true"),
        ({"restrictOutboundNetworkAccess": 1}, "expected true or false, got 1"),
        ({"allowedFqdnList": [4]}, "expected a string, got 4"),
        ({"encryption": {"keySource": "Microsoft.Keyvaults"}}, "did you mean Microsoft.KeyVault?"),
        ({"networkInjections": [{"scenario": "agents"}]}, "did you mean agent?"),
    ],
)
def test_a_wrong_type_or_word_is_an_error_that_says_what_is_right(
    properties: dict[str, Any], said: str
) -> None:
    [finding] = check_properties(properties, ACCOUNT)
    assert finding.severity == "error"
    assert said in f"{finding.said} {finding.hint}"


def test_an_unknown_key_is_warned_of_with_the_near_one() -> None:
    [finding] = check_properties({"publicNetworkAcces": "Disabled"}, ACCOUNT)
    assert (finding.severity, finding.hint) == ("warning", "did you mean publicNetworkAccess?")


def test_what_azure_alone_writes_is_warned_of_and_dropped() -> None:
    body = {
        "provisioningState": "Succeeded",
        "networkAcls": {"virtualNetworkRules": [{"id": "/s", "state": "Succeeded"}]},
    }
    [finding] = check_properties({"provisioningState": "Succeeded"}, ACCOUNT)
    assert finding.severity == "warning"
    assert drop_read_only(body, ACCOUNT) == {
        "networkAcls": {"virtualNetworkRules": [{"id": "/s"}]},
    }
    assert is_read_only(ACCOUNT, ("endpoint",))
    assert not is_read_only(ACCOUNT, ("networkAcls", "bypass"))


@pytest.mark.parametrize(
    "properties",
    [
        {"publicNetworkAccess": "enabled", "customSubDomainName": None},
        {"apiProperties": {"anything": 1, "statisticsEnabled": True}},
        {"publicNetworkAccess": "${HARNESS_ACCESS}"},
        {"networkAcls": {}, "userOwnedStorage": []},
        {"locations": {"regions": [{"name": "eastus", "value": 0.5}]}},
    ],
)
def test_what_azure_takes_passes_in_silence(properties: dict[str, Any]) -> None:
    assert check_properties(properties, ACCOUNT) == []


def test_words_of_an_enumeration_are_sent_as_azure_spells_them() -> None:
    written = {"publicNetworkAccess": "disabled", "networkAcls": {"defaultAction": "DENY"}}
    assert spell(written, ACCOUNT) == {
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"defaultAction": "Deny"},
    }
