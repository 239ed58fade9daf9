"""Comparisons by meaning: no drift where Azure orders or writes otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from harness.azure.arm_types import ACCOUNT as ACCOUNT_TYPES
from harness.azure.arm_types import DEPLOYMENT as DEPLOYMENT_TYPES
from harness.plan.model import Intent, Plan
from harness.plan.planner import make_plan
from harness.plan.resources.bodies import merge
from harness.plan.resources.meaning import is_as_wanted
from tests.unit.plan.worlds import MINI, account_body, azure, deployment_body, spec_of

SUBNET = (
    "/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/"
)


def is_same(wanted: Any, held: Any) -> bool:
    return is_as_wanted(held, wanted, ACCOUNT_TYPES, ())


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ({"apiProperties": {}}, {}),
        ({"networkAcls": {}}, {"networkAcls": {"defaultAction": "Deny"}}),
        ({"networkAcls": {"defaultAction": "Allow", "ipRules": []}}, {"networkAcls": None}),
        ({"publicNetworkAccess": "Enabled"}, {}),
        ({"publicNetworkAccess": "Disabled"}, {"publicNetworkAccess": "disabled"}),
        ({"restrictOutboundNetworkAccess": False}, {}),
        ({"allowedFqdnList": ["a.example", "b.example"]},
         {"allowedFqdnList": ["b.example", "a.example"]}),
        ({"networkAcls": {"ipRules": [{"value": "203.0.113.7"}, {"value": "198.51.100.0/24"}]}},
         {"networkAcls": {"ipRules": [{"value": "198.51.100.0/24"}, {"value": "203.0.113.7/32"}]}}),
        ({"networkAcls": {"virtualNetworkRules": [{"id": f"{SUBNET}S1"}]}},
         {"networkAcls": {"virtualNetworkRules": [
             {"id": f"{SUBNET}s1", "state": "Succeeded", "ignoreMissingVnetServiceEndpoint": False}
         ]}}),
        ({"encryption": {"keyVaultProperties": {"keyVaultUri": "https://v.vault.azure.net/"}}},
         {"encryption": {"keyVaultProperties": {"keyVaultUri": "https://V.vault.azure.net"}}}),
        ({"raiMonitorConfig": None}, {"raiMonitorConfig": None}),
        ({"provisioningState": "Creating"}, {"provisioningState": "Succeeded"}),
        ({"newerThanThis": {"mode": "x"}}, {"newerThanThis": {"mode": "x", "added": 1}}),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_drift(wanted: Any, held: Any) -> None:
    assert is_same(wanted, held)


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ({"networkAcls": {"ipRules": []}}, {"networkAcls": {"ipRules": [{"value": "1.2.3.4"}]}}),
        ({"networkAcls": {"ipRules": [{"value": "1.2.3.4"}]}}, {}),
        ({"networkAcls": {"ipRules": [{"value": "1.2.3.4"}]}},
         {"networkAcls": {"ipRules": [{"value": "1.2.3.4"}, {"value": "1.2.3.5"}]}}),
        ({"networkAcls": {"ipRules": [{"value": "1.2.3.0/24"}]}},
         {"networkAcls": {"ipRules": [{"value": "1.2.3.0/25"}]}}),
        ({"networkAcls": {"defaultAction": "Deny"}}, {}),
        ({"publicNetworkAccess": None}, {"publicNetworkAccess": "Disabled"}),
        ({"raiMonitorConfig": None}, {"raiMonitorConfig": {"adxStorageResourceId": "/x"}}),
        ({"restrictOutboundNetworkAccess": True}, {}),
        ({"restrictOutboundNetworkAccess": False}, {"restrictOutboundNetworkAccess": True}),
        ({"encryption": {"keyVaultProperties": {"keyName": "Key"}}},
         {"encryption": {"keyVaultProperties": {"keyName": "key"}}}),
    ],
)  # fmt: skip
def test_what_means_something_else_is_drift(wanted: Any, held: Any) -> None:
    assert not is_same(wanted, held)


def test_names_of_resources_are_the_same_in_any_case() -> None:
    wanted, held = {"spilloverDeploymentName": "Other"}, {"spilloverDeploymentName": "other"}
    assert is_as_wanted(held, wanted, DEPLOYMENT_TYPES, ())


def test_an_update_of_a_list_keeps_what_azure_added_to_its_entries() -> None:
    there = {"rules": [{"id": "/A/b", "since": 1}, {"id": "/gone", "since": 2}]}
    sent = merge({"properties": there}, {"properties": {"rules": [{"id": "/a/B"}, {"id": "/new"}]}})
    assert sent["properties"]["rules"] == [{"id": "/a/B", "since": 1}, {"id": "/new"}]


# --- what the spec does not say ----------------------------------------------------------------


def plan_for(spec: dict[str, Any], **there: Any) -> Plan:
    return make_plan(spec_of(**spec), azure(**there), Intent(adopt=True))


@pytest.mark.parametrize("tags", [{"harness-spec": "test"}, {}])
def test_keys_that_somebody_switched_off_stay_off_where_the_spec_says_nothing(
    tags: dict[str, str],
) -> None:
    there = account_body(properties={"disableLocalAuth": True}, tags=tags)
    plan = plan_for({"deployments": {}}, account=there)
    assert all("disableLocalAuth" not in str(step) for one in plan.changes for step in one.steps)


def test_what_is_created_gets_the_defaults_all_the_same() -> None:
    change = next(iter(make_plan(spec_of({}), azure(), Intent()).changes[1:]))
    assert change.after is not None
    assert change.after["local_auth"] is True


def test_a_deployment_keeps_what_its_spec_does_not_say() -> None:
    short = {"model": MINI["model"], "version": MINI["version"]}
    there = deployment_body(sku="Standard", capacity=7, upgrade="OnceCurrentVersionExpired")
    plan = make_plan(spec_of({"mini": short}), azure(there), Intent())
    assert plan.is_empty
    assert not plan.drift


def test_a_kind_that_is_not_said_stays_as_it_is() -> None:
    assert plan_for({"deployments": {}}, account=account_body(kind="OpenAI")).is_empty
