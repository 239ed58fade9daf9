"""Roles that a spec gives on an account: planned, and never mixed up with those of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.azure.roles import Principal
from harness.plan.identity import ACCESS, CONTENT_FILTER, DEPLOYMENT, AccessId
from harness.plan.importing import write_spec
from harness.plan.model import Change, Delete, Intent, Plan, Put
from harness.plan.observed import Observed, join_account
from harness.plan.planner import make_plan
from harness.plan.resources.grants import list_grants
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    NOTHING,
    OURS,
    SUBSCRIPTION,
    account_body,
    azure,
    deployment_body,
    spec_of,
)

ADA = "11111111-1111-1111-1111-111111111111"
ME = Principal("22222222-2222-2222-2222-222222222222", "ServicePrincipal")
USER = "Cognitive Services OpenAI User"
USER_ID = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
ROLE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{USER_ID}"


def granting(*access: dict[str, str], **account: Any) -> Spec:
    return spec_of(access=list(access), **account)


def assignment(
    name: str, principal: str = ADA, role: str = ROLE, tags: Any = None
) -> dict[str, Any]:
    properties = {"principalId": principal, "roleDefinitionId": role, "principalType": "User"}
    return {"name": name, "properties": properties, "tags": tags or {}}


def holding(*assignments: dict[str, Any], account: dict[str, Any] | None = None) -> Observed:
    rows = {DEPLOYMENT: [deployment_body()], CONTENT_FILTER: [], ACCESS: assignments}
    there = join_account(account or account_body(), rows)
    return replace(azure(), accounts={ACCOUNT: there}, caller=ME)


def name_of(spec: Spec) -> str:
    return list_grants(spec.accounts["main"], ACCOUNT, ME)[0].name


def change_at(plan: Plan, end: str) -> Change:
    return next(each for each in plan.changes if each.address.endswith(end))


ADA_READS = {"principal": ADA, "role": USER, "type": "Group"}


def test_a_role_is_given_by_its_id_under_a_name_that_stays() -> None:
    spec = granting(ADA_READS)
    change = change_at(make_plan(spec, holding(), Intent()), f"access.{ADA}:{KEY}")
    assert (change.action, change.after) == ("create", ADA_READS)
    (put,) = change.steps
    assert isinstance(put, Put)
    assert put.resource == AccessId(ACCOUNT, name_of(spec))
    assert put.patch["properties"] == {
        "principalId": ADA,
        "roleDefinitionId": ROLE,
        "principalType": "Group",
    }
    assert put.patch["tags"] == OURS


KEY = "cognitive-services-openai-user"


@pytest.mark.parametrize("role", [USER.upper(), USER_ID, ROLE, f"{USER_ID}".upper()])
def test_every_way_to_write_a_role_means_the_same_assignment(role: str) -> None:
    same = {"principal": ADA.upper(), "role": role}
    assert name_of(granting(same)) == name_of(granting(ADA_READS))


@pytest.mark.parametrize(
    "other",
    [
        {"principal": "33333333-1111-1111-1111-111111111111", "role": USER},
        {"principal": ADA, "role": "Cognitive Services User"},
    ],
)
def test_another_principal_or_role_is_another_assignment(other: dict[str, str]) -> None:
    assert name_of(granting(other)) != name_of(granting(ADA_READS))


def test_me_is_who_is_signed_in() -> None:
    spec = granting({"principal": "me", "role": USER})
    change = change_at(make_plan(spec, holding(), Intent()), f"access.me:{KEY}")
    (put,) = change.steps
    assert isinstance(put, Put)
    properties = put.patch["properties"]
    assert (properties["principalId"], properties["principalType"]) == (ME.object_id, ME.type)


def test_where_nobody_can_tell_who_that_is_the_plan_says_so_and_holds_the_rest() -> None:
    spec = granting({"principal": "me", "role": USER})
    plan = make_plan(spec, replace(NOTHING, caller=None), Intent())
    assert [each.code for each in plan.errors] == ["caller_unknown"]
    assert change_at(plan, ".mini").action == "create"


def test_what_is_given_is_no_change() -> None:
    spec = granting(ADA_READS)
    plan = make_plan(spec, holding(assignment(name_of(spec), tags=OURS)), Intent())
    assert plan.is_empty
    assert not plan.drift


def test_what_others_have_given_counts_and_stays_theirs() -> None:
    theirs = holding(assignment("9f000000-0000-0000-0000-000000000001"))
    plan = make_plan(granting(ADA_READS), theirs, Intent(prune=True))
    change = change_at(plan, KEY)
    assert (change.action, change.notes) == (
        "none",
        ("given by others already: theirs, and left alone",),
    )
    assert plan.bystanders == (f"account.main: role assignment {USER} of {ADA}",)
    destroyed = make_plan(granting(ADA_READS), theirs, Intent("destroy"))
    assert not any(isinstance(each.resource, AccessId) for each in destroyed.changes)
    assert f"it holds role assignment {USER} of {ADA}" in change_at(destroyed, ".main").notes[0]


def test_what_the_spec_drops_is_an_orphan_that_prune_takes_back() -> None:
    ours = holding(assignment(name_of(granting(ADA_READS)), tags=OURS))
    assert change_at(make_plan(spec_of(), ours, Intent()), name_of(granting(ADA_READS))).action == (
        "orphan"
    )
    pruned = make_plan(spec_of(), ours, Intent(prune=True))
    (gone,) = (each for each in pruned.changes if each.action == "delete")
    assert gone.resource == AccessId(ACCOUNT, name_of(granting(ADA_READS)))
    assert gone.before == {"principal": ADA, "role": USER, "type": "User"}


def test_destroy_takes_roles_back_before_the_account_goes() -> None:
    spec = granting(ADA_READS)
    plan = make_plan(spec, holding(assignment(name_of(spec), tags=OURS)), Intent("destroy"))
    kinds = [type(each.resource).__name__ for each in plan.changes]
    assert kinds == ["AccessId", "DeploymentId", "AccountId", "GroupId"]
    assert [each.action for each in plan.changes] == ["delete"] * 4


def test_a_replaced_account_gets_its_roles_again_and_keeps_no_dead_ones() -> None:
    spec = granting(ADA_READS, region="norwayeast")
    ours = holding(assignment(name_of(spec), tags=OURS))
    plan = make_plan(spec, ours, Intent())
    assert change_at(plan, KEY).action == "replace"
    account = change_at(plan, ".main")
    taken = [each.resource for each in account.steps if isinstance(each, Delete)]
    assert AccessId(ACCOUNT, name_of(spec)) in taken


def test_an_account_that_others_gave_roles_on_is_not_replaced_in_silence() -> None:
    theirs = holding(assignment("9f000000-0000-0000-0000-000000000001", ME.object_id))
    plan = make_plan(spec_of(region="norwayeast"), theirs, Intent())
    (problem,) = (each for each in plan.errors if each.code == "foreign_children")
    assert f"{USER} of {ME.object_id}" in problem.message


def test_an_account_under_verify_only_is_compared_and_given_nothing() -> None:
    plan = make_plan(granting(ADA_READS, policy="verify-only"), holding(), Intent())
    change = change_at(plan, KEY)
    assert (change.action, change.watched, change.drifts) == ("none", True, True)


@pytest.mark.parametrize(
    ("access", "warned"),
    [
        ({"principal": "me", "role": USER}, False),
        ({"principal": ME.object_id, "role": "Cognitive Services User"}, False),
        ({"principal": "me", "role": "Contributor"}, True),
        ({"principal": ADA, "role": USER}, True),
    ],
)
def test_an_account_without_keys_is_warned_of_unless_the_spec_lets_the_caller_in(
    access: dict[str, str], *, warned: bool
) -> None:
    observed = replace(holding(), callers={ACCOUNT: False})
    plan = make_plan(granting(access, local_auth=False), observed, Intent())
    assert [each.code for each in plan.preflight] == ["role_missing"] * warned


def test_import_writes_roles_as_a_spec_has_them() -> None:
    there = holding(assignment("9f000000-0000-0000-0000-000000000001")).accounts[ACCOUNT]
    declared = write_spec(ACCOUNT, there, "azure")["accounts"]["acc-01"]["access"]
    assert declared == [{"principal": ADA, "role": USER, "type": "User"}]
