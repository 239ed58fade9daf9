"""Replacements carry over what the spec does not say, and name what they cannot."""

from __future__ import annotations

from typing import Any

from harness.plan.identity import DeploymentId
from harness.plan.model import Change, Delete, Intent, Plan, Put
from harness.plan.observed import Observed
from harness.plan.planner import make_plan
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    MINI,
    OURS,
    account_body,
    azure,
    deployment_body,
    filter_body,
    spec_of,
)

CLOSED = {
    "publicNetworkAccess": "Disabled",
    "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]},
    "disableLocalAuth": True,
}


def replaced(spec: Spec, observed: Observed, address: str, **intent: Any) -> tuple[Plan, Change]:
    plan = make_plan(spec, observed, Intent(**intent))
    return plan, next(change for change in plan.changes if change.address == address)


def made(change: Change) -> Put:
    put = change.steps[-1]
    assert isinstance(put, Put)
    assert put.fresh
    return put


def test_an_account_in_another_region_stays_as_closed_as_it_was() -> None:
    identity = {"type": "SystemAssigned", "principalId": "p"}
    there = account_body(
        tags={**OURS, "CostCenter": "42"}, properties=dict(CLOSED), identity=identity
    )
    observed = azure(deployment_body(), account=there)
    _, change = replaced(spec_of(region="norwayeast"), observed, "account.main")
    patch = made(change).patch
    assert {key: patch["properties"][key] for key in CLOSED} == CLOSED
    assert patch["location"] == "norwayeast"
    assert patch["tags"]["CostCenter"] == "42"
    assert patch["identity"] == {"type": "SystemAssigned"}
    told = " ".join(change.notes)
    for name in ("properties.networkAcls", "tags.CostCenter", "identity", "keys will be others"):
        assert name in told
    assert "system identity will be another" in told


def test_what_the_spec_says_wins_over_what_was_there() -> None:
    there = account_body(properties=dict(CLOSED))
    spec = spec_of({}, region="norwayeast", properties={"publicNetworkAccess": "Enabled"})
    _, change = replaced(spec, azure(account=there), "account.main")
    assert made(change).patch["properties"]["publicNetworkAccess"] == "Enabled"


def test_a_deployment_of_another_sku_keeps_its_filter_and_its_tags() -> None:
    there = deployment_body(tags={**OURS, "team": "search"})
    there["properties"]["raiPolicyName"] = "strict"
    theirs = filter_body("strict", tags={})
    spec = spec_of({"mini": {**MINI, "sku": "GlobalBatch"}})
    observed = azure(there, filters=(theirs,))
    _, change = replaced(spec, observed, "account.main.deployment.mini")
    patch = made(change).patch
    assert patch["properties"]["raiPolicyName"] == "strict"
    assert patch["tags"]["team"] == "search"
    assert patch["sku"] == {"name": "GlobalBatch", "capacity": 50}


def test_a_capacity_that_counts_something_else_is_not_carried_over() -> None:
    spec = spec_of({"mini": {**{k: v for k, v in MINI.items() if k != "capacity"},
                             "sku": "ProvisionedManaged"}})  # fmt: skip
    _, change = replaced(spec, azure(deployment_body()), "account.main.deployment.mini")
    assert made(change).patch["sku"] == {"name": "ProvisionedManaged", "capacity": 1}


def test_a_spillover_that_the_new_sku_cannot_have_is_named_as_lost() -> None:
    there = deployment_body(sku="GlobalProvisionedManaged")
    there["properties"]["spilloverDeploymentName"] = "other"
    _, change = replaced(spec_of(), azure(there), "account.main.deployment.mini")
    assert "spilloverDeploymentName" not in made(change).patch["properties"]
    assert "loses: spillover to other" in change.notes


def test_an_account_that_changed_since_the_plan_is_not_replaced() -> None:
    observed = azure(deployment_body(), account=account_body(properties=dict(CLOSED)))
    _, change = replaced(spec_of(region="norwayeast"), observed, "account.main")
    first, inside = change.steps[0], change.steps[1]
    assert isinstance(first, Put)
    assert first.seen
    assert isinstance(inside, Delete)
    assert inside.seen


def test_what_others_have_in_an_account_goes_with_consent_alone() -> None:
    strange = deployment_body("strange", tags={})
    observed = azure(deployment_body(), strange)
    spec = spec_of(region="norwayeast")
    plan, change = replaced(spec, observed, "account.main")
    assert not change.steps
    assert "strange" in plan.errors[0].message
    plan, change = replaced(spec, observed, "account.main", accept_loss=True)
    assert not plan.errors
    assert Delete(DeploymentId(ACCOUNT, "strange"), "test", consent=True) in change.steps


def test_what_another_spec_has_in_an_account_never_goes() -> None:
    observed = azure(deployment_body(), deployment_body("b", tags={"harness-spec": "another"}))
    plan, change = replaced(
        spec_of(region="norwayeast"), observed, "account.main", accept_loss=True
    )
    assert not change.steps
    assert [problem.code for problem in plan.errors] == ["foreign_children"]
