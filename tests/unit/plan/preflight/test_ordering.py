"""Quota is counted before each write: who gives back goes first, over all accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.plan.identity import DEPLOYMENT, AccountId, DeploymentId
from harness.plan.model import Change, Intent, Plan
from harness.plan.observed import Observed, join_account
from harness.plan.planner import make_plan
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    GROUP,
    MINI,
    account_body,
    azure,
    deployment_body,
    spec_of,
    usage,
)

USAGE = "OpenAI.GlobalStandard.gpt4.1-mini"
SECOND = AccountId(GROUP, "acc-02")


def sized(**capacities: int) -> dict[str, Any]:
    return {name: {**MINI, "capacity": size} for name, size in capacities.items()}


def holding(limit: int = 100, **capacities: int) -> Observed:
    bodies = [deployment_body(name, capacity=size) for name, size in capacities.items()]
    return azure(*bodies, usages=usage(USAGE, sum(capacities.values()), limit))


def order(plan: Plan) -> list[str]:
    return [one.address.rpartition(".")[2] for one in plan.changes if one.acts]


def change_of(plan: Plan, name: str) -> Change:
    return next(one for one in plan.changes if one.address.endswith(f".{name}"))


def test_a_decrease_goes_before_the_increase_that_it_pays_for() -> None:
    plan = make_plan(spec_of(sized(one=60, two=40)), holding(one=40, two=60), Intent())
    assert not plan.errors
    assert order(plan) == ["two", "one"]
    assert change_of(plan, "one").waits == (DeploymentId(ACCOUNT, "two"),)


def test_with_room_for_all_of_it_the_order_is_the_specs() -> None:
    plan = make_plan(spec_of(sized(one=60, two=40)), holding(200, one=40, two=60), Intent())
    assert order(plan) == ["one", "two"]
    assert not change_of(plan, "one").waits


def test_an_increase_waits_for_a_decrease_in_another_account() -> None:
    spec = two_accounts(a=60, b=40)
    observed = holding(mini=40)
    second = account_body(name="acc-02", properties={"customSubDomainName": "acc-02"})
    other = join_account(second, {DEPLOYMENT: [deployment_body(capacity=60)]})
    observed = replace(
        observed,
        accounts={**observed.accounts, SECOND: other},
        usages=usage(USAGE, 100, 100),
    )
    plan = make_plan(spec, observed, Intent())
    assert not plan.errors
    waits = {one.address: one.waits for one in plan.changes if one.waits}
    assert waits == {"account.a.deployment.mini": (DeploymentId(SECOND, "mini"),)}
    acting = [one.address for one in plan.changes if one.acts]
    assert acting == ["account.b.deployment.mini", "account.a.deployment.mini"]


def two_accounts(**capacities: int) -> Spec:
    document = spec_of({}).model_dump(exclude_unset=True)
    names = {"a": "acc-01", "b": "acc-02"}
    accounts = {
        handle: {
            "account_name": names[handle],
            "region": "swedencentral",
            "deployments": sized(mini=size),
        }
        for handle, size in capacities.items()
    }
    return Spec.model_validate({**document, "accounts": accounts})


def test_a_pruned_orphan_gives_back_what_a_new_deployment_takes() -> None:
    observed = holding(one=40, old=60)
    spec = spec_of(sized(one=40, new=60))
    kept = make_plan(spec, observed, Intent())
    [problem] = kept.errors
    assert problem.code == "quota_exceeded"
    assert "`--prune` deletes account.main.deployment.old, which holds 60 of it" in problem.hint
    pruned = make_plan(spec, observed, Intent(prune=True))
    assert not pruned.errors
    assert order(pruned) == ["old", "new"]


def test_deployments_that_change_places_are_refused_with_the_peak() -> None:
    one, two = MINI["sku"], "ProvisionedManaged"
    there = [deployment_body("one", capacity=50), deployment_body("two", sku=two, capacity=50)]
    usages = {
        market: {
            **usage(USAGE, 50, 50)[market],
            **usage("OpenAI.ProvisionedManaged", 50, 50)[market],
        }
        for market in usage(USAGE, 50, 50)
    }
    spec = spec_of({
        "one": {**MINI, "sku": two, "capacity": 50},
        "two": {**MINI, "sku": one, "capacity": 50},
    })  # fmt: skip
    plan = make_plan(spec, azure(*there, usages=usages), Intent())
    assert {problem.code for problem in plan.errors} == {"quota_exceeded"}
    assert "would need 100 of 50 on the way" in plan.errors[0].message
