"""Azure fails in the middle of an apply: the rest goes on, and the next apply converges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from harness.cloud import make_simulator_endpoint
from harness.cloud.management import ManagementCloud, open_cloud
from harness.plan.identity import AccountId, DeploymentId
from harness.provision.events import Outcomes
from harness.provision.patience import Patience
from harness.simulator.client import open_session_at
from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator, Spec
from tests.simulator.provisioned import GROUP, IMPATIENT, QUICK, TODAY, carried_out, mini, planned

HERE, THERE = AccountId(GROUP, "one-01"), AccountId(GROUP, "two-01")
GROUP_BODY = {"name": "rg-test", "region": "swedencentral", "create": True}
SPEC = Spec.model_validate(
    {
        "version": 1,
        "name": "test",
        "resource_group": GROUP_BODY,
        "accounts": {
            handle: {"account_name": f"{handle}-01", "region": region, "deployments": {"a": mini()}}
            for handle, region in (("one", "swedencentral"), ("two", "eastus2"))
        },
    }
)


@dataclass(frozen=True)
class Azure:
    """A simulated Azure, which each session meets as it is told."""

    there: Simulated

    @contextmanager
    def meeting(self, *faults: Mapping[str, Any]) -> Iterator[ManagementCloud]:
        """A session that meets these faults."""
        wish = Simulator.model_validate({"date": TODAY, "faults": faults})
        token = open_session_at(self.there.url, self.there.token, wish, {}, {}).token
        with open_cloud(make_simulator_endpoint(self.there.url, token)) as cloud:
            yield cloud

    def apply(self, *faults: Mapping[str, Any], patience: Patience = IMPATIENT) -> Outcomes:
        """Plan and apply; faults are met by the applying only, as they come in the middle."""
        with self.meeting() as calm:
            plan = planned(SPEC, calm)
        with self.meeting(*faults) as cloud:
            return carried_out(plan, cloud, patience=patience)

    def require_converged(self) -> None:
        """Apply again, with nothing done by hand: all is there, once, and a plan is empty."""
        outcomes = self.apply(patience=QUICK)
        assert {one.status for one in outcomes.outcomes} <= {"done"}, explain(outcomes)
        with self.meeting() as cloud:
            assert not [change for change in planned(SPEC, cloud).changes if change.acts]
            for account in (HERE, THERE):
                child = cloud.read_child(DeploymentId(account, "a"))
                assert child is not None
                assert child["properties"]["provisioningState"] == "Succeeded"


@pytest.fixture
def azure() -> Iterator[Azure]:
    with simulate(None, Simulator(), {}, environment={}) as there:
        yield Azure(there)


def explain(outcomes: Outcomes) -> str:
    return "\n".join(str(one.problem) for one in outcomes.outcomes if one.problem)


IN_ONE_REGION = {
    "a region is out of service": ("account.put", "one-01*", 503, "ServiceUnavailable"),
    "the quota is 0": ("deployment.put", "one-01/a", 400, "InsufficientQuota"),
    "no capacity is left": ("deployment.put", "one-01/a", 503, "InsufficientResourcesAvailable"),
    "a deployment ends as Failed": ("deployment.put", "one-01/a", 201, "InternalServerError"),
}


@pytest.mark.parametrize("name", IN_ONE_REGION)
def test_what_fails_in_one_region_leaves_the_other_alone_and_the_next_apply_makes_it_whole(
    azure: Azure, name: str
) -> None:
    keys = ("operation", "target", "status", "code")
    outcomes = azure.apply(dict(zip(keys, IN_ONE_REGION[name], strict=True)))
    told = {str(one.change.address): one.status for one in outcomes.outcomes}
    assert told["account.two"] == told["account.two.deployment.a"] == "done"
    assert "failed" in (told["account.one"], told["account.one.deployment.a"])
    assert "hint: " in explain(outcomes)
    azure.require_converged()


EVERYWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "another one is at work on it": (
        {"operation": "deployment.put", "status": 409, "code": "RequestConflict"},
        "another operation on the account is still running",
    ),
    "429": (
        {"operation": "deployment.put", "status": 429, "code": "TooManyRequests"},
        "more management requests than Azure allows",
    ),
    "an operation never ends": (
        {"operation": "operation.get", "code": "Running"},
        "is still not ready",
    ),
    "an operation is cancelled": (
        {"operation": "operation.get", "code": "OperationCancelled"},
        "somebody, or Azure, cancelled it",
    ),
    "the connection is lost while it is polled": (
        {"operation": "operation.get", "reset": "headers"},
        "cannot be reached",
    ),
    "202 without a header that says where to look": (
        {"operation": "account.put", "status": 202, "body": {}},
        "ResourceNotFound",
    ),
}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_what_does_not_end_is_given_up_said_and_made_whole_by_the_next_apply(
    azure: Azure, name: str
) -> None:
    fault, said = EVERYWHERE[name]
    outcomes = azure.apply(fault)
    assert said in explain(outcomes)
    assert "failed" in {one.status for one in outcomes.outcomes}
    azure.require_converged()


def test_a_deployment_that_azure_has_switched_off_is_left_as_it_is(azure: Azure) -> None:
    azure.apply(patience=QUICK)
    with azure.meeting({"operation": "deployment.get", "code": "Disabled"}) as cloud:
        child = cloud.read_child(DeploymentId(HERE, "a"))
        assert child is not None
        assert child["properties"]["provisioningState"] == "Disabled"
        plan = planned(SPEC, cloud)
        assert not [change for change in plan.changes if change.acts]
