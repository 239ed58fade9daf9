from __future__ import annotations

from typing import Any

import pytest

from harness.plan.identity import AccountId, DeploymentId, GroupId
from harness.plan.model import Change, Delete, Intent, Plan, Purge, Put
from harness.plan.observed import DeletedAccount, Observed, ObservedGroup
from harness.plan.planner import make_plan
from harness.plan.rendering.plans import format_plan
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    GROUP,
    MINI,
    NOTHING,
    SUBSCRIPTION,
    account_body,
    azure,
    deployment_body,
    spec_of,
)

APPLY = Intent()
DESTROY = Intent("destroy")


def planned(spec: Spec, observed: Observed, intent: Intent = APPLY) -> dict[str, Change]:
    return {change.address: change for change in make_plan(spec, observed, intent).changes}


def actions(plan: Plan) -> dict[str, str]:
    return {change.address: change.action for change in plan.changes}


def mini(**changes: Any) -> dict[str, Any]:
    return {"mini": {**MINI, **changes}}


def test_everything_is_created_in_an_empty_azure() -> None:
    plan = make_plan(spec_of(), NOTHING, APPLY)
    assert actions(plan) == {
        "resource_group.rg-test": "create",
        "account.main": "create",
        "account.main.deployment.mini": "create",
    }
    assert plan.summary["create"] == 3
    assert not plan.preflight


def test_what_is_as_declared_stays_as_it_is() -> None:
    plan = make_plan(spec_of(), azure(deployment_body()), APPLY)
    assert plan.is_empty
    assert plan.summary == {
        "create": 0, "update": 0, "replace": 0, "delete": 0, "adopt": 0, "unchanged": 3,
    }  # fmt: skip


def test_a_created_resource_carries_the_tag_of_its_spec_and_a_hash() -> None:
    for change in make_plan(spec_of(), NOTHING, APPLY).changes:
        [put] = change.steps
        assert isinstance(put, Put)
        assert put.patch["tags"]["harness-spec"] == "test"
        whole, _, fields = put.patch["tags"]["harness-spec-hash"].partition(".")
        assert len(whole) == 16
        assert len(fields) == 4 * len(change.after or {})


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"capacity": 20}, "capacity: 50 → 20 (k TPM)"),
        ({"version": "2025-09-01"}, "version: 2025-04-14 → 2025-09-01"),
        ({"upgrade": "OnceCurrentVersionExpired"}, "upgrade: NoAutoUpgrade → OnceCurrentV"),
        ({"content_filter": "Microsoft.Default"}, "content_filter: Microsoft.DefaultV2 → Micr"),
        ({"properties": {"spill": "b"}}, "properties.spill: (not set) → b"),
    ],
)
def test_a_deployment_changes_in_place(declared: dict[str, Any], reason: str) -> None:
    change = planned(spec_of(mini(**declared)), azure(deployment_body()))[
        "account.main.deployment.mini"
    ]
    assert change.action == "update"
    [found] = change.reasons
    assert found.startswith(reason)


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"model": "gpt-4o", "version": "2024-11-20"}, "model forces a replacement"),
        ({"sku": "DataZoneStandard"}, "sku forces a replacement"),
        ({"format": "Meta"}, "format forces a replacement"),
    ],
)
def test_a_deployment_is_replaced(declared: dict[str, Any], why: str) -> None:
    change = planned(spec_of(mini(**declared)), azure(deployment_body()))[
        "account.main.deployment.mini"
    ]
    assert change.action == "replace"
    assert any(reason.startswith(why) for reason in change.reasons)
    assert [type(step) for step in change.steps] == [Delete, Put]


def test_a_failed_deployment_is_replaced() -> None:
    change = planned(spec_of(), azure(deployment_body(state="Failed")))[
        "account.main.deployment.mini"
    ]
    assert change.action == "replace"


def test_version_and_capacity_change_in_two_puts() -> None:
    spec = spec_of(mini(version="2025-09-01", capacity=10))
    change = planned(spec, azure(deployment_body()))["account.main.deployment.mini"]
    first, second = change.steps
    assert isinstance(first, Put)
    assert isinstance(second, Put)
    assert first.patch["properties"] == {"model": {"version": "2025-09-01"}}
    assert "sku" not in first.patch
    assert second.patch["sku"] == {"capacity": 10}
    assert "properties" not in second.patch


def test_an_update_names_only_what_differs() -> None:
    change = planned(spec_of(mini(capacity=10)), azure(deployment_body()))[
        "account.main.deployment.mini"
    ]
    [put] = change.steps
    assert isinstance(put, Put)
    assert set(put.patch) == {"sku", "tags"}


def test_names_and_skus_differ_in_nothing_but_case() -> None:
    body = deployment_body("MINI", sku="globalstandard", model="GPT-4.1-Mini")
    account = account_body(name="ACC-01", location="Sweden Central")
    assert make_plan(spec_of(), azure(body, account=account), APPLY).is_empty


def test_what_azure_fills_in_and_the_spec_does_not_name_is_no_difference() -> None:
    account = account_body(
        tags={"harness-spec": "test", "cost": "1"}, properties={"networkAcls": {"x": 1}}
    )
    assert make_plan(spec_of(), azure(deployment_body(), account=account), APPLY).is_empty


def test_account_properties_are_compared_leaf_by_leaf() -> None:
    spec = spec_of(
        properties={"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny"}}
    )
    account = account_body(properties={"networkAcls": {"defaultAction": "Allow", "ipRules": []}})
    change = planned(spec, azure(deployment_body(), account=account))["account.main"]
    assert change.action == "update"
    assert change.reasons == (
        "properties.publicNetworkAccess: (not set) → Disabled",
        "properties.networkAcls.defaultAction: Allow → Deny",
    )


@pytest.mark.parametrize(
    ("declared", "action"),
    [
        ({"tags": {"team": "platform"}}, "update"),
        ({"local_auth": False}, "update"),
        ({"kind": "OpenAI"}, "update"),
        ({"region": "eastus2"}, "replace"),
        ({"subdomain": "another"}, "replace"),
    ],
)
def test_an_account_changes_in_place_or_is_replaced(declared: dict[str, Any], action: str) -> None:
    change = planned(spec_of({}, **declared), azure())["account.main"]
    assert change.action == action


def test_local_auth_reads_as_the_spec_writes_it() -> None:
    change = planned(spec_of({}, local_auth=False), azure())["account.main"]
    assert change.reasons == ("local_auth: true → false",)


def test_an_unset_subdomain_is_set_in_place() -> None:
    account = account_body(properties={"customSubDomainName": None})
    change = planned(spec_of({}, subdomain="fresh"), azure(account=account))["account.main"]
    assert change.action == "update"


def test_a_subdomain_that_merely_defaults_forces_nothing() -> None:
    account = account_body(properties={"customSubDomainName": "older-name"})
    assert make_plan(spec_of({}), azure(account=account), APPLY).is_empty


def test_another_kind_of_service_is_replaced() -> None:
    change = planned(spec_of({}), azure(account=account_body(kind="TextAnalytics")))["account.main"]
    assert change.action == "replace"


def test_a_replaced_account_takes_its_deployments_along_and_gives_its_name_free() -> None:
    changes = planned(spec_of(region="eastus2"), azure(deployment_body()))
    assert [type(step).__name__ for step in changes["account.main"].steps] == [
        "Put", "Delete", "Delete", "Purge", "Put",
    ]  # fmt: skip
    inside = changes["account.main.deployment.mini"]
    assert inside.action == "replace"
    assert [type(step).__name__ for step in inside.steps] == ["Put"]


def test_an_account_that_holds_something_undeclared_is_not_replaced() -> None:
    observed = azure(deployment_body(), deployment_body("other", tags={}))
    plan = make_plan(spec_of(region="eastus2"), observed, APPLY)
    assert "foreign_children" in {problem.code for problem in plan.errors}
    assert not next(c for c in plan.changes if c.address == "account.main").steps


# --- ownership ---------------------------------------------------------------------------------


def test_what_nobody_owns_is_adopted_only_when_asked() -> None:
    observed = azure(deployment_body(tags={}), account=account_body(tags={}))
    refused = make_plan(spec_of(), observed, APPLY)
    assert {problem.code for problem in refused.errors} == {"not_owned"}
    assert not any(change.steps for change in refused.changes)

    asked = make_plan(spec_of(), observed, Intent(adopt=True))
    assert actions(asked)["account.main"] == "adopt"
    assert actions(asked)["account.main.deployment.mini"] == "adopt"
    assert not asked.errors


def test_what_another_spec_owns_is_refused_even_when_adopting() -> None:
    observed = azure(deployment_body(tags={"harness-spec": "theirs"}))
    plan = make_plan(spec_of(mini(capacity=1)), observed, Intent(adopt=True))
    assert [problem.code for problem in plan.errors] == ["owned_by_other"]
    assert actions(plan)["account.main.deployment.mini"] == "none"


def test_adopting_never_replaces() -> None:
    observed = azure(deployment_body(tags={}, model="gpt-4o", version="2024-11-20"))
    plan = make_plan(spec_of(), observed, Intent(adopt=True))
    assert [problem.code for problem in plan.errors] == ["not_owned"]
    assert not any(change.steps for change in plan.changes)


def test_no_option_skips_ownership() -> None:
    observed = azure(deployment_body(tags={}))
    plan = make_plan(spec_of(), observed, Intent(skip=frozenset({"all", "not_owned"})))
    assert [problem.code for problem in plan.errors] == ["not_owned"]


def test_a_deployment_without_tags_is_ours_when_the_account_says_so() -> None:
    account = account_body(tags={"harness-spec": "test", "harness-spec-deployments": "mini"})
    observed = azure(deployment_body(tags=None), account=account)
    assert make_plan(spec_of(), observed, APPLY).is_empty


def test_what_is_ours_and_no_longer_declared_is_an_orphan_that_stays() -> None:
    observed = azure(deployment_body(), deployment_body("old"), deployment_body("their", tags={}))
    plan = make_plan(spec_of(), observed, APPLY)
    assert actions(plan)["account.main.deployment.old"] == "orphan"
    assert "account.main.deployment.their" not in actions(plan)
    assert plan.is_empty
    assert plan.bystanders == ("account.main: deployment their",)


# --- destroy -----------------------------------------------------------------------------------


def test_destroy_deletes_deployments_before_their_account_before_its_group() -> None:
    plan = make_plan(spec_of(), azure(deployment_body(), deployment_body("old")), DESTROY)
    assert [(c.address, c.action) for c in plan.changes] == [
        ("account.main.deployment.mini", "delete"),
        ("account.main.deployment.old", "delete"),
        ("account.main", "delete"),
        ("resource_group.rg-test", "delete"),
    ]


def test_an_unowned_deployment_is_never_deleted_nor_the_account_that_holds_it() -> None:
    observed = azure(deployment_body(), deployment_body("their", tags={}))
    plan = make_plan(spec_of(), observed, DESTROY)
    assert actions(plan)["account.main"] == "none"
    assert "account.main.deployment.their" not in actions(plan)
    deleted = {step.resource for c in plan.changes for step in c.steps if isinstance(step, Delete)}
    assert deleted == {DeploymentId(ACCOUNT, "mini")}
    assert actions(plan)["resource_group.rg-test"] == "none"


def test_destroy_names_a_declared_deployment_that_it_leaves_because_its_tag_is_gone() -> None:
    plan = make_plan(spec_of(), azure(deployment_body("mini", tags={})), DESTROY)
    assert plan.bystanders == ("account.main: deployment mini",)


def test_a_group_that_the_spec_did_not_create_stays() -> None:
    observed = Observed(
        today=NOTHING.today, groups={GROUP: ObservedGroup("rg-test", "swedencentral", {})}
    )
    plan = make_plan(spec_of(), observed, DESTROY)
    assert plan.is_empty
    assert actions(plan) == {"resource_group.rg-test": "none"}


def test_nothing_is_left_to_destroy_in_an_empty_azure() -> None:
    assert make_plan(spec_of(), NOTHING, DESTROY).changes == ()


@pytest.mark.parametrize("protected", [{"protect": True}, {"deployments": mini(protect=True)}])
def test_what_is_protected_is_not_deleted(protected: dict[str, Any]) -> None:
    deployments = protected.pop("deployments", None)
    plan = make_plan(spec_of(deployments, **protected), azure(deployment_body()), DESTROY)
    assert {problem.code for problem in plan.errors} == {"protected"}
    assert "; destroy would do nothing." in format_plan(plan)


def test_a_protected_deployment_is_not_replaced() -> None:
    spec = spec_of(mini(model="gpt-4o", version="2024-11-20", protect=True))
    plan = make_plan(spec, azure(deployment_body()), APPLY)
    assert "protected" in {problem.code for problem in plan.errors}


# --- groups and twins --------------------------------------------------------------------------


def test_a_group_that_is_missing_and_not_ours_to_create_is_a_problem() -> None:
    spec = spec_of().model_copy(update={"resource_group": None})
    spec = Spec.model_validate({**spec.model_dump(exclude_unset=True), "resource_group": "rg-test"})
    plan = make_plan(spec, NOTHING, APPLY)
    assert "group_missing" in {problem.code for problem in plan.errors}


def test_an_account_may_live_in_a_group_and_subscription_of_its_own() -> None:
    spec = spec_of(subscription="11111111-1111-1111-1111-111111111111", resource_group="other")
    changes = planned(spec, NOTHING)
    group = GroupId("11111111-1111-1111-1111-111111111111", "other")
    assert changes["resource_group.other"].resource == group
    assert changes["account.main"].resource == AccountId(group, "acc-01")


def test_a_soft_deleted_twin_is_purged_only_when_the_spec_says_so() -> None:
    observed = Observed(
        today=NOTHING.today,
        offers=NOTHING.offers,
        deleted=(DeletedAccount(ACCOUNT, "swedencentral", "2026-09-03T00:00:00Z"),),
    )
    assert [p.code for p in make_plan(spec_of(), observed, APPLY).errors] == ["soft_deleted"]

    plan = make_plan(spec_of(on_soft_deleted="purge"), observed, APPLY)
    assert not plan.errors
    account = next(c for c in plan.changes if c.address == "account.main")
    assert account.steps[0] == Purge(ACCOUNT, "swedencentral")


def test_the_default_version_is_what_azure_calls_default_and_said_to_drift() -> None:
    plan = make_plan(spec_of(mini(version="default")), NOTHING, APPLY)
    change = next(c for c in plan.changes if c.address == "account.main.deployment.mini")
    assert change.after is not None
    assert change.after["version"] == "2025-04-14"
    assert [p.code for p in plan.preflight] == ["version_floats"]


def test_the_same_values_give_the_same_plan() -> None:
    assert make_plan(spec_of(), NOTHING, APPLY) == make_plan(spec_of(), NOTHING, APPLY)
    assert SUBSCRIPTION in ACCOUNT.path
