"""Between plan and apply the world may change: every step looks again before it writes."""

from __future__ import annotations

from harness.cloud.management import ManagementCloud
from harness.plan.identity import AccountId, DeploymentId
from harness.plan.model import Intent
from harness.provision.events import Outcomes
from tests.simulator.provisioned import (
    ACCOUNT,
    GROUP,
    applied,
    azure,
    body,
    carried_out,
    mini,
    planned,
    spec_of,
)

THEIRS = {"harness-spec": "another"}
HERE = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"}}


def failure_of(outcomes: Outcomes) -> str:
    [failed] = [each for each in outcomes.outcomes if each.status == "failed"]
    assert failed.problem is not None
    assert failed.problem.code == "H905", failed.problem
    return str(failed.problem)


def delete_account(cloud: ManagementCloud, *, purge: bool) -> None:
    cloud.delete_child(DeploymentId(ACCOUNT, "a"), lambda _: None)
    cloud.delete_account(ACCOUNT, lambda _: None)
    if purge:
        cloud.purge_account(ACCOUNT, "swedencentral", lambda _: None)


def test_an_update_of_a_deployment_that_is_gone_does_not_create_it_again() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec_of({"a": mini(capacity=20)}), cloud)
        cloud.delete_child(DeploymentId(ACCOUNT, "a"), lambda _: None)
        assert "it is gone" in failure_of(carried_out(plan, cloud))
        assert cloud.read_child(DeploymentId(ACCOUNT, "a")) is None


def test_an_update_of_an_account_that_is_gone_does_not_create_it_again() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec_of({"a": mini()}, tags={"team": "search"}), cloud)
        delete_account(cloud, purge=True)
        assert "it is gone" in failure_of(carried_out(plan, cloud))
        assert cloud.read_account(ACCOUNT) is None


def test_an_account_that_another_spec_restored_meanwhile_is_left_alone() -> None:
    spec = spec_of({"a": mini()}, on_soft_deleted="restore")
    with azure(spec) as cloud:
        applied(spec, cloud)
        delete_account(cloud, purge=False)
        plan = planned(spec, cloud)
        back = {"location": "swedencentral", "properties": {"restore": True}}
        cloud.put_account(ACCOUNT, back, lambda _: None)
        cloud.set_account_tags(ACCOUNT, THEIRS, lambda _: None)
        assert "it belongs to spec another now" in failure_of(carried_out(plan, cloud))
        there = cloud.read_account(ACCOUNT)
        assert there is not None
        assert there.owner == "another"


def test_an_account_that_somebody_created_meanwhile_is_not_overwritten() -> None:
    spec = spec_of({"a": mini()}, tags={"team": "search"})
    with azure(spec) as cloud:
        plan = planned(spec, cloud)
        cloud.put_group(GROUP, {"location": "swedencentral"})
        cloud.put_account(ACCOUNT, {**HERE, "tags": THEIRS}, lambda _: None)
        assert "it has been created by somebody else" in failure_of(carried_out(plan, cloud))
        there = cloud.read_account(ACCOUNT)
        assert there is not None
        assert there.tags == THEIRS


def test_an_account_into_which_somebody_deployed_meanwhile_is_not_deleted() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec, cloud, Intent("destroy"))
        theirs = {**body(cloud, "a"), "tags": THEIRS}
        cloud.put_child(DeploymentId(ACCOUNT, "b"), theirs, lambda _: None)
        assert "it holds what would go with it: b" in failure_of(carried_out(plan, cloud))
        assert cloud.read_account(ACCOUNT) is not None


def test_a_group_into_which_somebody_put_something_meanwhile_stays() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec, cloud, Intent("destroy"))
        other = AccountId(GROUP, "acc-02")
        cloud.put_account(other, {**HERE, "tags": THEIRS}, lambda _: None)
        outcomes = carried_out(plan, cloud)
        assert outcomes.complete
        assert outcomes.outcomes[-1].note == "left in place: it still holds accounts/acc-02"
        assert cloud.read_account(other) is not None
