"""Others' things and what others decided survive every command that was not told otherwise."""

from __future__ import annotations

from typing import Any

from azure.core.rest import HttpRequest

from harness.cloud.management import ManagementCloud
from harness.plan.identity import DeploymentId
from harness.plan.model import Intent
from tests.simulator.provisioned import (
    ACCOUNT,
    SUBSCRIPTION,
    applied,
    azure,
    body,
    carried_out,
    mini,
    planned,
    spec_of,
)

WORDS = f"{ACCOUNT.path}/raiBlocklists/words"
ELSEWHERE: dict[str, Any] = {"region": "eastus2"}


def put(cloud: ManagementCloud, path: str, sent: dict[str, Any]) -> None:
    request = HttpRequest("PUT", f"{path}?api-version=2025-09-01", json=sent)
    answer = cloud._clients.groups(SUBSCRIPTION).send_request(request)
    assert answer.status_code < 300, answer.text()


def names_in(cloud: ManagementCloud) -> tuple[str, ...]:
    return cloud.take_inventory([ACCOUNT]).contents[ACCOUNT]


def test_a_closed_account_that_moves_stays_closed() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        closed = {**account.body["properties"], "publicNetworkAccess": "Disabled"}
        cloud.put_account(ACCOUNT, {**account.body, "properties": closed}, lambda _: None)
        applied(spec_of({"a": mini()}, **ELSEWHERE), cloud)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert account.region == "eastus2"
        assert account.body["properties"]["publicNetworkAccess"] == "Disabled"
        assert planned(spec_of({"a": mini()}, **ELSEWHERE), cloud).is_empty


def test_a_replacement_is_refused_by_the_name_of_what_others_have_inside() -> None:
    spec, moved = spec_of({"a": mini()}), spec_of({"a": mini()}, **ELSEWHERE)
    with azure(spec) as cloud:
        applied(spec, cloud)
        put(cloud, WORDS, {"properties": {"description": "theirs"}})
        [problem] = planned(moved, cloud).errors
        assert problem.code == "foreign_children"
        assert "block list words" in problem.message
        applied(moved, cloud, Intent(accept_loss=True))
        assert names_in(cloud) == ()


def test_destroy_leaves_an_account_with_something_of_others_unless_told() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        put(cloud, WORDS, {"properties": {"description": "theirs"}})
        applied(spec, cloud, Intent("destroy", purge=True))
        assert names_in(cloud) == ("block list words",)
        applied(spec, cloud, Intent("destroy", purge=True, accept_loss=True))
        assert cloud.read_account(ACCOUNT) is None


def test_what_others_put_inside_after_the_plan_keeps_the_account() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec, cloud, Intent("destroy"))
        put(cloud, WORDS, {"properties": {"description": "theirs"}})
        outcomes = carried_out(plan, cloud)
        said = [str(each.problem) for each in outcomes.outcomes if each.status == "failed"]
        assert any("it holds what would go with it: block list words" in each for each in said)


def test_a_deployment_that_somebody_changed_since_the_plan_is_not_replaced() -> None:
    spec = spec_of({"a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        plan = planned(spec_of({"a": mini(sku="GlobalBatch")}), cloud)
        now = body(cloud, "a")
        now["sku"]["capacity"] = 3
        cloud.put_child(DeploymentId(ACCOUNT, "a"), now, lambda _: None)
        [failed] = [each for each in carried_out(plan, cloud).outcomes if each.status == "failed"]
        assert "it has been changed since" in str(failed.problem)
        assert body(cloud, "a")["sku"] == {"name": "GlobalStandard", "capacity": 3}
