"""The engine and the real management SDK against the simulator."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cloud.management import ManagementCloud, open_cloud
from harness.errors import Diagnostic
from harness.plan.identity import AccountId, DeploymentId, NestedId
from harness.plan.model import Intent
from harness.plan.scope import derive_scope
from harness.provision.events import Event, Retrying
from harness.provision.ports import CloudError
from tests.simulator.provisioned import (
    ACCOUNT,
    GROUP,
    IMPATIENT,
    TODAY,
    applied,
    azure,
    body,
    carried_out,
    mini,
    planned,
    spec_of,
)


def test_applying_once_leaves_nothing_to_apply() -> None:
    spec = spec_of({"mini": mini(), "large": mini(model="gpt-4.1")})
    with azure(spec) as cloud:
        applied(spec, cloud)
        assert planned(spec, cloud).is_empty
        made = body(cloud, "mini")
        assert made["tags"]["harness-spec"] == "test"
        assert made["sku"] == {"name": "GlobalStandard", "capacity": 10}
        assert made["properties"]["versionUpgradeOption"] == "NoAutoUpgrade"


def test_an_update_keeps_what_the_spec_does_not_name() -> None:
    spec = spec_of({"mini": mini()}, tags={"team": "platform"})
    with azure(spec) as cloud:
        applied(spec, cloud)
        at = DeploymentId(ACCOUNT, "mini")
        there = body(cloud, "mini")
        there["tags"]["cost-center"] = "7"
        there["properties"]["raiPolicyName"] = "Microsoft.Default"
        cloud.put_child(at, there, lambda _: None)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        cloud.set_account_tags(ACCOUNT, {**account.tags, "kept": "yes"}, lambda _: None)

        changed = spec_of({"mini": mini(capacity=20)}, tags={"team": "models"})
        applied(changed, cloud)
        assert body(cloud, "mini")["sku"]["capacity"] == 20
        assert body(cloud, "mini")["tags"]["cost-center"] == "7"
        assert body(cloud, "mini")["properties"]["raiPolicyName"] == "Microsoft.Default"
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert {"kept": "yes", "team": "models"}.items() <= account.tags.items()


def test_version_and_capacity_both_change() -> None:
    before = spec_of({"a": mini(model="gpt-realtime-mini", version="2025-10-06", capacity=5)})
    after = spec_of({"a": mini(model="gpt-realtime-mini", version="2025-12-15", capacity=7)})
    with azure(before) as cloud:
        applied(before, cloud)
        plan = planned(after, cloud)
        [change] = [each for each in plan.changes if each.acts]
        assert change.action == "update"
        assert len(change.steps) == 2
        assert carried_out(plan, cloud).complete
        assert body(cloud, "a")["properties"]["model"]["version"] == "2025-12-15"
        assert planned(after, cloud).is_empty


def test_another_model_replaces_the_deployment() -> None:
    before, after = spec_of({"a": mini()}), spec_of({"a": mini(model="gpt-4.1")})
    with azure(before) as cloud:
        applied(before, cloud)
        assert planned(after, cloud).summary["replace"] == 1
        applied(after, cloud)
        assert body(cloud, "a")["properties"]["model"]["name"] == "gpt-4.1"
        assert planned(after, cloud).is_empty


def test_another_region_replaces_the_account_and_all_in_it() -> None:
    before, after = spec_of({"a": mini()}), spec_of({"a": mini()}, region="eastus2")
    with azure(before) as cloud:
        applied(before, cloud)
        assert planned(after, cloud).summary["replace"] == 2
        applied(after, cloud)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert account.region == "eastus2"
        assert planned(after, cloud).is_empty


def test_destroy_leaves_nothing_of_ours() -> None:
    spec = spec_of({"a": mini(), "b": mini(model="gpt-4.1")})
    with azure(spec) as cloud:
        applied(spec, cloud)
        applied(spec, cloud, Intent("destroy"))
        assert cloud.read_group(GROUP) is None
        assert planned(spec, cloud, Intent("destroy")).is_empty
        assert not planned(spec, cloud).is_empty


def test_a_destroyed_account_can_be_made_again_when_its_twin_may_be_purged() -> None:
    spec = spec_of({"a": mini()}, on_soft_deleted="purge")
    with azure(spec) as cloud:
        applied(spec, cloud)
        applied(spec, cloud, Intent("destroy"))
        strict = spec_of({"a": mini()})
        assert [p.code for p in planned(strict, cloud).errors] == ["soft_deleted"]
        applied(spec, cloud)
        assert planned(spec, cloud).is_empty


def test_an_unowned_deployment_is_never_deleted() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        theirs = DeploymentId(ACCOUNT, "theirs")
        cloud.put_child(
            theirs,
            {
                "sku": {"name": "GlobalStandard", "capacity": 1},
                "properties": {
                    "model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"}
                },
            },
            lambda _: None,
        )
        assert planned(spec, cloud).is_empty
        applied(spec, cloud, Intent("destroy"))
        assert cloud.read_child(theirs) is not None
        assert cloud.read_child(DeploymentId(ACCOUNT, "a")) is None
        assert cloud.read_group(GROUP) is not None


def test_what_changed_hands_after_the_plan_is_not_overwritten() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec_of({"a": mini(capacity=20)}), cloud)
        there = body(cloud, "a")
        there["tags"] = {"harness-spec": "theirs"}
        cloud.put_child(DeploymentId(ACCOUNT, "a"), there, lambda _: None)
        outcomes = carried_out(plan, cloud)
        [failed] = [each for each in outcomes.outcomes if each.status == "failed"]
        assert failed.problem is not None
        assert failed.problem.code == "H905"
        assert body(cloud, "a")["sku"]["capacity"] == 10


def test_two_specs_share_an_azure_without_touching_each_other() -> None:
    mine = spec_of({"a": mini()}, name="mine")
    theirs = spec_of({"b": mini()}, name="theirs")
    with azure(mine) as cloud:
        applied(mine, cloud)
        refused = planned(theirs, cloud, Intent(adopt=True))
        assert {p.code for p in refused.errors} == {"owned_by_other"}
        assert planned(theirs, cloud, Intent("destroy")).is_empty


def test_nobodys_account_is_adopted_when_asked_and_destroyed_afterwards() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        cloud.set_account_tags(ACCOUNT, {"old": "tag"}, lambda _: None)
        there = body(cloud, "a")
        there["tags"] = {}
        cloud.put_child(DeploymentId(ACCOUNT, "a"), there, lambda _: None)

        assert {p.code for p in planned(spec, cloud).errors} == {"not_owned"}
        assert planned(spec, cloud, Intent(adopt=True)).summary["adopt"] == 2
        applied(spec, cloud, Intent(adopt=True))
        assert planned(spec, cloud).is_empty
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert account.tags["old"] == "tag"
        applied(spec, cloud, Intent("destroy"))
        assert cloud.read_account(ACCOUNT) is None


def test_a_deployment_that_changed_hands_since_the_plan_is_not_deleted() -> None:
    spec, at = spec_of({"a": mini()}), DeploymentId(ACCOUNT, "a")
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec, cloud, Intent("destroy"))
        cloud.put_child(at, {**body(cloud, "a"), "tags": {"harness-spec": "x"}}, lambda _: None)
        outcomes = carried_out(plan, cloud)
        failed = [each for each in outcomes.outcomes if each.status == "failed"]
        assert "no longer carries this spec's tag" in str(failed[0].problem)
        assert cloud.read_child(at) is not None


@pytest.mark.parametrize("taken", ["account", "group"])
def test_what_changed_hands_since_the_plan_is_not_deleted(taken: str) -> None:
    spec, theirs = spec_of({"a": mini()}), {"harness-spec": "another"}
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec, cloud, Intent("destroy"))
        if taken == "account":
            cloud.set_account_tags(ACCOUNT, theirs, lambda _: None)
        else:
            cloud.put_group(GROUP, {"location": "swedencentral", "tags": theirs})
        outcomes = carried_out(plan, cloud)
        failed = [each for each in outcomes.outcomes if each.status == "failed"]
        said = [str(each.problem) for each in failed]
        assert any("no longer carries this spec's tag" in each for each in said), said
        there = cloud.read_account(ACCOUNT) if taken == "account" else cloud.read_group(GROUP)
        assert there is not None


# --- when Azure says no ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (409, "RequestConflict"),
        (429, "TooManyRequests"),
        (400, "AccountProvisioningStateInvalid"),
        (503, "ServiceUnavailable"),
    ],
)
def test_what_azure_calls_temporary_is_tried_again(status: int, code: str) -> None:
    fault = {
        "operation": "deployment.put",
        "status": status,
        "code": code,
        "times": 2,
        "retry_after_s": 0.05,
    }
    spec = spec_of({"a": mini()}, faults=(fault,))
    events: list[Event] = []
    with azure(spec) as cloud:
        assert carried_out(planned(spec, cloud), cloud, events.append).complete
    retries = [event for event in events if isinstance(event, Retrying)]
    assert [event.reason for event in retries] == [code, code]


def test_what_fails_for_good_stops_only_what_needs_it() -> None:
    fault = {
        "operation": "deployment.put", "target": "acc-01/a", "status": 400,
        "code": "InsufficientQuota", "message": "This operation require 240 new capacity",
    }  # fmt: skip
    spec = spec_of({"a": mini(), "b": mini()}, faults=(fault,))
    with azure(spec) as cloud:
        outcomes = carried_out(planned(spec, cloud), cloud)
        status = {each.change.address.split(".")[-1]: each.status for each in outcomes.outcomes}
        assert status == {"rg-test": "done", "main": "done", "a": "failed", "b": "done"}
        [failed] = [each for each in outcomes.outcomes if each.status == "failed"]
        assert failed.problem is not None
        assert "InsufficientQuota" in failed.problem.summary
        assert "This operation require 240" in failed.problem.detail
        assert "capacity" in failed.problem.hint


def test_what_is_in_an_account_whose_update_failed_is_still_written() -> None:
    """The account is there: only where it could not be made is what it holds pointless."""
    before = spec_of({"a": mini()})
    after = spec_of({"a": mini(capacity=20), "b": mini()}, tags={"team": "models"})
    with azure(before) as cloud:
        applied(before, cloud)
        refusing = _RefusesChangesOfAccounts(cloud._endpoint, cloud._clients)
        outcomes = carried_out(planned(after, refusing), refusing)
        status = {each.change.address.split(".")[-1]: each.status for each in outcomes.outcomes}
        assert status == {"main": "failed", "a": "done", "b": "done"}


class _RefusesChangesOfAccounts(ManagementCloud):
    """An Azure in which a policy holds accounts as they are."""

    def put_account(self, at: AccountId, body: Any, tick: Any, *, updates: bool = False) -> Any:
        raise CloudError(Diagnostic("H900", "a policy forbids it"), status=403)

    def set_account_tags(self, at: AccountId, tags: Any, tick: Any) -> Any:
        raise CloudError(Diagnostic("H900", "a policy forbids it"), status=403)


def test_without_its_account_no_deployment_is_attempted() -> None:
    fault = {"operation": "account.put", "status": 403, "code": "AuthorizationFailed"}
    spec = spec_of({"a": mini()}, faults=(fault,))
    with azure(spec) as cloud:
        outcomes = carried_out(planned(spec, cloud), cloud)
    status = [each.status for each in outcomes.outcomes]
    assert status == ["done", "failed", "not attempted"]


def test_a_refusal_that_never_ends_is_given_up_and_says_how_often_it_was_tried() -> None:
    fault = {"operation": "deployment.put", "status": 409, "code": "RequestConflict"}
    spec = spec_of({"a": mini()}, faults=(fault,))
    with azure(spec) as cloud:
        outcomes = carried_out(planned(spec, cloud), cloud, patience=IMPATIENT)
    [failed] = [each for each in outcomes.outcomes if each.status == "failed"]
    assert failed.problem is not None
    assert "tried" in failed.problem.detail


def test_after_a_halt_nothing_more_is_attempted() -> None:
    spec = spec_of({"a": mini(), "b": mini()})
    halt = threading.Event()

    def stop_at_first_end(event: Event) -> None:
        if "account.main" in str(event):
            halt.set()

    with azure(spec) as cloud:
        outcomes = carried_out(planned(spec, cloud), cloud, stop_at_first_end, halt)
        statuses = [each.status for each in outcomes.outcomes]
        assert statuses == ["done", "done", "not attempted", "not attempted"]


def test_nobody_there_is_said_within_the_patience_for_it() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        pass
    with open_cloud(cloud._endpoint) as dead, pytest.raises(CloudError) as caught:
        dead.observe(derive_scope(spec), TODAY)
    assert caught.value.status == 0
    assert "cannot be reached" in str(caught.value)


def test_a_key_is_listed_for_the_data_plane() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        assert len(cloud.read_account_key(ACCOUNT)) >= 32


def test_a_deployment_whose_tags_azure_drops_is_remembered_on_its_account() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        forgetful = _ForgetsDeploymentTags(cloud._endpoint, cloud._clients)
        applied(spec, forgetful)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert account.tags["harness-spec-deployments"] == "a"
        assert planned(spec, forgetful).is_empty
        applied(spec_of({"a": mini(capacity=20)}), forgetful)
        applied(spec, forgetful, Intent("destroy"))
        assert cloud.read_account(ACCOUNT) is None


class _ForgetsDeploymentTags(ManagementCloud):
    """An Azure from before deployments had tags."""

    def put_child(self, at: NestedId, body: Any, tick: Any) -> Any:
        untagged = {key: value for key, value in body.items() if key != "tags"}
        return super().put_child(at, untagged, tick)


@settings(max_examples=6, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.fixed_dictionaries(
            {
                "model": st.sampled_from(["gpt-4.1", "gpt-4.1-mini"]),
                "version": st.just("2025-04-14"),
                "capacity": st.integers(1, 20),
            },
            optional={"upgrade": st.just("OnceCurrentVersionExpired")},
        ),
        max_size=3,
    ),
    st.booleans(),
)
def test_whatever_is_applied_leaves_nothing_to_apply(
    deployments: dict[str, Any], local_auth: bool
) -> None:
    spec = spec_of(deployments, local_auth=local_auth)
    with azure(spec) as cloud:
        applied(spec, cloud)
        assert planned(spec, cloud).is_empty
