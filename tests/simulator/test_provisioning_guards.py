"""Between plan and apply the world may change: every step looks again before it writes."""

from __future__ import annotations

from typing import Any

from harness.cloud.management import ManagementCloud
from harness.plan.identity import AccountId, DeploymentId
from harness.plan.model import Intent
from harness.provision.events import Outcomes
from harness.spec.model.spec import Spec
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


def test_quota_changes_hands_between_accounts_every_time() -> None:
    def spec(first: int, second: int) -> Spec:
        document = spec_of({}).model_dump(exclude_unset=True)
        accounts = {
            handle: {
                "account_name": f"acc-{handle}",
                "region": "swedencentral",
                "deployments": {"d": mini(capacity=size)},
            }
            for handle, size in (("one", first), ("two", second))
        }
        limited = {**document["simulator"], "quota": {"OpenAI.GlobalStandard.gpt4.1-mini": 100}}
        return Spec.model_validate({**document, "accounts": accounts, "simulator": limited})

    with azure(spec(60, 40)) as cloud:
        for sizes in ((60, 40), (40, 60), (60, 40)):
            applied(spec(*sizes), cloud)
            assert planned(spec(*sizes), cloud).is_empty


def test_an_increase_is_not_attempted_when_what_pays_for_it_failed() -> None:
    quota = {"OpenAI.GlobalStandard.gpt4.1-mini": 100}

    def spec(one: int, two: int, **more: Any) -> Spec:
        made = spec_of({"one": mini(capacity=one), "two": mini(capacity=two)}, **more)
        simulator = made.simulator.model_copy(update={"quota": quota})
        return made.model_copy(update={"simulator": simulator})

    with azure(spec(40, 60)) as cloud:
        applied(spec(40, 60), cloud)
        plan = planned(spec(60, 40), cloud)
        theirs = {**body(cloud, "two"), "tags": THEIRS}
        cloud.put_child(DeploymentId(ACCOUNT, "two"), theirs, lambda _: None)
        status = {e.change.address[-3:]: e.status for e in carried_out(plan, cloud).outcomes}
        assert status == {"two": "failed", "one": "not attempted"}
        assert body(cloud, "one")["sku"]["capacity"] == 40
