"""Accounts: identity, soft-deleted twins, what may only be watched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.plan.model import Change, Intent, Plan, Purge, Put, Restore
from harness.plan.observed import DeletedAccount, Observed
from harness.plan.planner import make_plan
from harness.plan.resources.bodies import drop_read_only, merge
from harness.plan.resources.fields import list_account_fields, make_tags
from tests.unit.plan.worlds import (
    ACCOUNT,
    MINI,
    NOTHING,
    OURS,
    account_body,
    azure,
    deployment_body,
    spec_of,
)

APPLY = Intent()
MINE = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/"
    "userAssignedIdentities/mine"
)
THEIRS = MINE.replace("mine", "theirs")


def main(plan: Plan) -> Change:
    return next(change for change in plan.changes if change.address == "account.main")


def users(*names: str) -> dict[str, Any]:
    return {name: {"principalId": "p", "clientId": "c"} for name in names}


@pytest.mark.parametrize(
    ("declared", "held", "sent"),
    [
        ("system", None, {"type": "SystemAssigned"}),
        ("system", {"type": "None"}, {"type": "SystemAssigned"}),
        ("system", {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"}, None),
        (
            "system",
            {"type": "UserAssigned", "userAssignedIdentities": users(THEIRS)},
            {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {THEIRS: {}}},
        ),
        (
            [MINE],
            {"type": "SystemAssigned", "principalId": "p"},
            {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {MINE: {}}},
        ),
        (
            [MINE],
            {
                "type": "SystemAssigned,UserAssigned",
                "userAssignedIdentities": users(MINE.upper(), THEIRS),
            },
            None,
        ),
    ],
)
def test_identities_are_added_to_those_of_others(
    declared: Any, held: dict[str, Any] | None, sent: dict[str, Any] | None
) -> None:
    there = account_body(**({} if held is None else {"identity": held}))
    plan = make_plan(spec_of(identity=declared), azure(deployment_body(), account=there), APPLY)
    if sent is None:
        assert plan.is_empty
        return
    [put] = main(plan).steps
    assert isinstance(put, Put)
    assert merge(drop_read_only(there), put.patch)["identity"] == sent


def test_an_identity_that_the_spec_does_not_name_is_sent_back_as_it_is() -> None:
    there = account_body(
        identity={
            "type": "SystemAssigned, UserAssigned",
            "principalId": "p",
            "tenantId": "t",
            "userAssignedIdentities": users(THEIRS),
        },
        properties={
            "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}]},
            "apiProperties": {"statisticsEnabled": False},
            "encryption": {"keySource": "Microsoft.KeyVault"},
            "associatedProjects": ["p"],
        },
    )
    spec = spec_of(tags={"team": "a"}, properties={"networkAcls": {"defaultAction": "Allow"}})
    plan = make_plan(spec, azure(deployment_body(), account=there), APPLY)
    [put] = main(plan).steps
    assert isinstance(put, Put)
    sent = merge(drop_read_only(there), put.patch)
    assert sent["identity"] == {
        "type": "SystemAssigned, UserAssigned",
        "userAssignedIdentities": {THEIRS: {}},
    }
    assert sent["properties"]["networkAcls"] == {
        "defaultAction": "Allow",
        "ipRules": [{"value": "1.2.3.4"}],
    }
    for kept in ("apiProperties", "encryption", "associatedProjects"):
        assert sent["properties"][kept] == there["properties"][kept]


def test_a_spillover_deployment_comes_after_the_one_it_spills_to() -> None:
    spec = spec_of(
        {
            "ptu": {**MINI, "properties": {"spilloverDeploymentName": "mini"}},
            "mini": MINI,
        }
    )
    plan = make_plan(spec, NOTHING, APPLY)
    addresses = [change.address for change in plan.changes]
    assert addresses[-2:] == ["account.main.deployment.mini", "account.main.deployment.ptu"]
    assert [at.name for at in plan.changes[-1].needs] == ["mini"]


# --- soft-deleted ------------------------------------------------------------------------------


def deleted(**changes: Any) -> Observed:
    body = account_body(**changes)
    region = str(body["location"])
    return replace(NOTHING, deleted=(DeletedAccount(ACCOUNT, region, "", body),))


def test_a_soft_deleted_account_is_restored_and_set_as_declared() -> None:
    plan = make_plan(spec_of(on_soft_deleted="restore", tags={"a": "b"}), deleted(), APPLY)
    assert not plan.errors
    assert main(plan).action == "create"
    [step] = main(plan).steps
    assert isinstance(step, Restore)
    assert step.region == "swedencentral"
    assert step.patch["tags"]["a"] == "b"


@pytest.mark.parametrize("way", ["restore", "purge"])
def test_another_specs_deleted_account_is_neither_restored_nor_purged(way: str) -> None:
    theirs = deleted(tags={"harness-spec": "theirs"})
    plan = make_plan(spec_of(on_soft_deleted=way), theirs, Intent(adopt=True))
    assert [problem.code for problem in plan.errors] == ["owned_by_other"]


@pytest.mark.parametrize(("way", "step"), [("restore", Restore), ("purge", Purge)])
def test_nobodys_deleted_account_may_be_taken_when_the_spec_says_so(way: str, step: type) -> None:
    plan = make_plan(spec_of(on_soft_deleted=way), deleted(tags={}), APPLY)
    assert not plan.errors
    assert isinstance(main(plan).steps[0], step)


def test_what_cannot_become_as_declared_is_not_restored() -> None:
    plan = make_plan(spec_of(on_soft_deleted="restore"), deleted(location="eastus2"), APPLY)
    assert [problem.code for problem in plan.errors] == ["soft_deleted"]
    assert "region: eastus2 → swedencentral" in plan.errors[0].message


def test_a_replacement_that_broke_off_goes_on_whatever_the_spec_says_of_deleted_accounts() -> None:
    moved = spec_of(region="eastus2")
    begun = make_plan(moved, azure(deployment_body()), APPLY)
    [mark, *_] = main(begun).steps
    assert isinstance(mark, Put)
    halfway = deleted(tags={**OURS, **mark.patch["tags"]})
    plan = make_plan(moved, halfway, APPLY)
    assert not plan.errors
    assert main(plan).steps[0] == Purge(ACCOUNT, "swedencentral")
    # Of another wish the mark says nothing.
    assert [each.code for each in make_plan(spec_of(), halfway, APPLY).errors] == ["soft_deleted"]


@pytest.mark.parametrize("kept", [{"policy": "verify-only"}, {"protect": True}])
def test_destroy_purges_no_deleted_account_that_is_only_watched_or_protected(
    kept: dict[str, Any],
) -> None:
    assert make_plan(spec_of(), deleted(), Intent("destroy", purge=True)).changes
    plan = make_plan(spec_of(**kept), deleted(), Intent("destroy", purge=True))
    assert [change for change in plan.changes if change.acts] == []


def test_destroy_with_purge_gives_up_what_is_and_what_was() -> None:
    plan = make_plan(spec_of(), azure(deployment_body()), Intent("destroy", purge=True))
    assert main(plan).steps[-1] == Purge(ACCOUNT, "swedencentral")
    plan = make_plan(spec_of(), deleted(), Intent("destroy", purge=True))
    assert main(plan).steps == (Purge(ACCOUNT, "swedencentral"),)


@pytest.mark.parametrize("tags", [{}, {"harness-spec": "theirs"}])
def test_destroy_purges_only_what_was_ours(tags: dict[str, str]) -> None:
    plan = make_plan(spec_of(), deleted(tags=tags), Intent("destroy", purge=True))
    assert plan.is_empty


# --- policy: verify-only -----------------------------------------------------------------------


@pytest.mark.parametrize("tags", [OURS, {}, {"harness-spec": "theirs"}])
def test_what_is_only_watched_is_never_written_whoever_owns_it(tags: dict[str, str]) -> None:
    there = account_body(tags=tags, properties={"disableLocalAuth": True})
    drifted = deployment_body(capacity=10, tags=tags)
    spec = spec_of(policy="verify-only", local_auth=True)
    plan = make_plan(spec, azure(drifted, account=there), Intent(adopt=True))
    assert plan.is_empty
    assert not plan.errors
    assert [
        (change.address, [str(each) for each in change.differences]) for change in plan.drift
    ] == [
        ("account.main", ["local_auth: false → true"]),
        ("account.main.deployment.mini", ["capacity: 10 → 50 (k TPM)"]),
    ]
    assert make_plan(spec, azure(drifted, account=there), Intent("destroy")).is_empty


def test_a_watched_account_that_is_missing_is_drift_and_never_made() -> None:
    plan = make_plan(spec_of(policy="verify-only"), NOTHING, APPLY)
    assert plan.is_empty
    assert [change.address for change in plan.drift] == [
        "resource_group.rg-test",
        "account.main",
        "account.main.deployment.mini",
    ]


def test_a_managed_deployment_lives_in_an_account_that_is_only_watched() -> None:
    spec = spec_of({"mini": {**MINI, "policy": "manage"}}, policy="verify-only")
    theirs = account_body(tags={})
    plan = make_plan(spec, azure(account=theirs), APPLY)
    assert not plan.errors
    assert [change.address for change in plan.changes if change.acts] == [
        "account.main.deployment.mini"
    ]
    plan = make_plan(spec, azure(deployment_body(), account=theirs), Intent("destroy"))
    assert [change.address for change in plan.changes if change.acts] == [
        "account.main.deployment.mini"
    ]
    plan = make_plan(spec, NOTHING, APPLY)
    assert [problem.code for problem in plan.errors] == ["account_missing"]


def test_an_account_with_a_watched_deployment_is_not_replaced() -> None:
    spec = spec_of({"mini": {**MINI, "policy": "verify-only"}}, region="eastus2")
    plan = make_plan(spec, azure(deployment_body()), APPLY)
    assert "foreign_children" in {problem.code for problem in plan.errors}


def test_an_account_that_holds_what_is_another_specs_is_neither_replaced_nor_deleted() -> None:
    observed = azure(deployment_body(tags={"harness-spec": "theirs"}))
    plan = make_plan(spec_of(region="eastus2"), observed, APPLY)
    (problem,) = [each for each in plan.errors if each.code == "foreign_children"]
    assert problem.message.endswith("holds what this spec does not declare: mini")
    assert not main(plan).steps
    plan = make_plan(spec_of(), observed, Intent("destroy"))
    assert (main(plan).action, main(plan).notes) == ("none", ("stays: it holds mini",))


def test_an_account_with_a_project_is_neither_replaced_nor_deleted() -> None:
    there = account_body(properties={"associatedProjects": ["paper"]})
    observed = azure(deployment_body(), account=there)
    plan = make_plan(spec_of(region="eastus2"), observed, APPLY)
    assert "project paper" in next(p for p in plan.errors if p.code == "foreign_children").message
    assert main(make_plan(spec_of(), observed, Intent("destroy"))).action == "none"


def test_a_failed_account_is_written_again() -> None:
    there = account_body(properties={"provisioningState": "Failed"})
    plan = make_plan(spec_of(), azure(deployment_body(), account=there), APPLY)
    assert main(plan).action == "update"
    assert "in state Failed" in main(plan).notes[0]


# --- identities that the spec once named -------------------------------------------------------


def test_an_identity_that_the_spec_no_longer_names_is_taken_away_and_others_stay() -> None:
    two, others = f"{MINE}-two", THEIRS
    before = spec_of(identity=["system", MINE, two]).accounts["main"]
    tags = make_tags("test", list_account_fields(before))
    held = {"type": "SystemAssigned, UserAssigned", "principalId": "p"}
    there = account_body(
        tags=tags, identity={**held, "userAssignedIdentities": users(MINE, two, others)}
    )
    plan = make_plan(spec_of(identity=[MINE]), azure(deployment_body(), account=there), APPLY)
    [put] = main(plan).steps
    assert isinstance(put, Put)
    sent = merge(drop_read_only(there), put.patch)["identity"]
    assert sent == {
        "type": "UserAssigned",
        "userAssignedIdentities": {MINE: {}, others: {}},
    }


def test_system_and_an_id_are_both_kinds() -> None:
    plan = make_plan(spec_of(identity=["system", MINE]), azure(deployment_body()), APPLY)
    [put] = main(plan).steps
    assert isinstance(put, Put)
    assert put.patch["identity"] == {
        "type": "SystemAssigned, UserAssigned",
        "userAssignedIdentities": {MINE: {}},
    }
