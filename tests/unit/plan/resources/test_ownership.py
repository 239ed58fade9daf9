"""Whose a resource is, and what its owner said about keeping it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.plan.model import Change, Intent, Plan
from harness.plan.observed import DeletedAccount
from harness.plan.planner import make_plan
from tests.unit.plan.worlds import (
    ACCOUNT,
    MINI,
    NOTHING,
    OURS,
    azure,
    deployment_body,
    spec_of,
)

LEFT = "account.main.deployment.old"
"""The address of a deployment that the spec made and no longer declares."""


def prune(**account: Any) -> Plan:
    observed = azure(deployment_body(), deployment_body("old"))
    return make_plan(spec_of(**account), observed, Intent(prune=True))


def change_of(plan: Plan, address: str) -> Change:
    return next(change for change in plan.changes if change.address == address)


def test_pruning_deletes_what_the_spec_made_and_no_longer_declares() -> None:
    plan = prune()
    assert change_of(plan, LEFT).action == "delete"
    assert not plan.errors


def test_pruning_leaves_an_account_alone_that_is_only_watched() -> None:
    change = change_of(prune(policy="verify-only"), LEFT)
    assert (change.action, change.steps) == ("orphan", ())


def test_pruning_in_a_protected_account_is_refused() -> None:
    assert {(one.code, one.address) for one in prune(protect=True).errors} == {("protected", LEFT)}


def test_a_deployments_own_word_on_protection_wins_over_its_accounts() -> None:
    spec = spec_of({"mini": {**MINI, "protect": False}}, protect=True)
    plan = make_plan(spec, azure(deployment_body()), Intent("destroy"))
    assert {one.address for one in plan.errors} == {"account.main"}


@pytest.mark.parametrize("kept", [{"protect": True}, {"policy": "verify-only"}])
def test_a_deleted_account_that_is_to_be_kept_is_not_purged(kept: dict[str, Any]) -> None:
    twin = DeletedAccount(ACCOUNT, "swedencentral", body={"tags": OURS})
    observed = replace(NOTHING, groups=azure().groups, deleted=(twin,))
    purge = Intent("destroy", purge=True)
    assert ACCOUNT in {one.resource for one in make_plan(spec_of(), observed, purge).changes}
    left = make_plan(spec_of(**kept), observed, purge).changes
    assert ACCOUNT not in {one.resource for one in left}
