"""What holds for every plan: applying it leaves nothing to apply, whatever was declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.plan.identity import (
    CONTENT_FILTER,
    DEPLOYMENT,
    AccountId,
    ChildKind,
    DeploymentId,
    FilterId,
    GroupId,
)
from harness.plan.model import Delete, Intent, Plan, Purge, Restore, Step
from harness.plan.observed import Observed, ObservedGroup, join_account
from harness.plan.planner import make_plan
from harness.plan.resources.bodies import drop_read_only, merge
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import TODAY

words = st.text(alphabet="abcXY", min_size=1, max_size=4)
deployments = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["gpt-4.1", "gpt-4.1-mini"]),
        "version": st.sampled_from(["2025-04-14", "2025-09-01"]),
        "sku": st.sampled_from(["GlobalStandard", "Standard"]),
        "capacity": st.integers(1, 50),
        "upgrade": st.sampled_from(["NoAutoUpgrade", "OnceCurrentVersionExpired"]),
    },
    optional={
        "content_filter": st.sampled_from(["Microsoft.Default", "Microsoft.DefaultV2"]),
        "properties": st.dictionaries(words, st.integers(0, 3), max_size=2),
    },
)
rules = st.fixed_dictionaries(
    {"name": st.sampled_from(["Hate", "Jailbreak"])},
    optional={
        "source": st.sampled_from(["Prompt", "Completion"]),
        "severity": st.sampled_from(["Low", "High"]),
        "blocking": st.booleans(),
    },
)
filters = st.fixed_dictionaries(
    {"filters": st.lists(rules, max_size=2, unique_by=lambda rule: rule["name"])},
    optional={"mode": st.sampled_from(["Default", "Asynchronous_filter"])},
)
accounts = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["swedencentral", "eastus2"]),
        "deployments": st.dictionaries(st.sampled_from(["a", "b", "c"]), deployments, max_size=3),
    },
    optional={
        "kind": st.sampled_from(["OpenAI", "AIServices"]),
        "tags": st.dictionaries(words, words, max_size=2),
        "local_auth": st.booleans(),
        "identity": st.sampled_from(["system", ["/id/a"], ["/id/a", "/id/b"]]),
        "content_filters": st.dictionaries(st.sampled_from(["f", "g"]), filters, max_size=2),
        "properties": st.dictionaries(
            words, st.one_of(st.integers(0, 3), st.dictionaries(words, words)), max_size=2
        ),
    },
)


def spec_of(declared: dict[str, Any]) -> Spec:
    return Spec.model_validate(
        {
            "version": 1,
            "name": "p",
            "resource_group": {"name": "rg", "region": "swedencentral", "create": True},
            "accounts": declared,
        }
    )


specs = st.dictionaries(st.sampled_from(["one", "two"]), accounts, max_size=2).map(spec_of)


class Azure:
    """The least that an Azure does: keep bodies."""

    def __init__(self) -> None:
        self.groups: dict[GroupId, dict[str, Any]] = {}
        self.accounts: dict[AccountId, dict[str, Any]] = {}
        self.deployments: dict[DeploymentId, dict[str, Any]] = {}
        self.filters: dict[FilterId, dict[str, Any]] = {}

    def inside(self) -> Mapping[ChildKind, Mapping[Any, dict[str, Any]]]:
        return {DEPLOYMENT: self.deployments, CONTENT_FILTER: self.filters}

    def observed(self) -> Observed:
        return Observed(
            today=TODAY,
            groups={
                at: ObservedGroup(at.name, body["location"], body["tags"])
                for at, body in self.groups.items()
            },
            accounts={
                at: join_account(
                    {"name": at.name, **body},
                    {
                        kind: tuple(
                            {"name": one.name, **inner}
                            for one, inner in held.items()
                            if one.account == at
                        )
                        for kind, held in self.inside().items()
                    },
                )
                for at, body in self.accounts.items()
            },
        )

    def carry_out(self, plan: Plan) -> None:
        for change in plan.changes:
            for step in change.steps:
                self._step(step)

    def _step(self, step: Step) -> None:
        if isinstance(step, Purge | Restore):
            return
        kept: dict[Any, dict[str, Any]] = {
            GroupId: self.groups, AccountId: self.accounts, DeploymentId: self.deployments,
            FilterId: self.filters,
        }[type(step.resource)]  # type: ignore[assignment]  # fmt: skip
        if isinstance(step, Delete):
            del kept[step.resource]
            # With an account go the filters in it; deployments have to go before it.
            gone = [one for one in self.filters if one.account == step.resource]
            for one in gone:
                del self.filters[one]
            return
        assert step.fresh == (step.resource not in kept)
        kept[step.resource] = merge(drop_read_only(kept.get(step.resource, {})), step.patch)


@settings(max_examples=60, deadline=None)
@given(specs)
def test_a_plan_carried_out_leaves_an_empty_plan(spec: Spec) -> None:
    azure = Azure()
    azure.carry_out(make_plan(spec, azure.observed(), Intent()))
    assert make_plan(spec, azure.observed(), Intent()).is_empty


@settings(max_examples=60, deadline=None)
@given(specs, specs)
def test_from_one_spec_to_another_in_one_plan(before: Spec, after: Spec) -> None:
    azure = Azure()
    azure.carry_out(make_plan(before, azure.observed(), Intent()))
    plan = make_plan(after, azure.observed(), Intent())
    if plan.errors:
        assert {problem.code for problem in plan.errors} == {"foreign_children"}
        return
    azure.carry_out(plan)
    assert make_plan(after, azure.observed(), Intent()).is_empty


@settings(max_examples=60, deadline=None)
@given(specs)
def test_destroy_undoes_apply(spec: Spec) -> None:
    azure = Azure()
    azure.carry_out(make_plan(spec, azure.observed(), Intent()))
    plan = make_plan(spec, azure.observed(), Intent("destroy"))
    assert not plan.errors
    azure.carry_out(plan)
    assert (azure.groups, azure.accounts, azure.deployments, azure.filters) == ({}, {}, {}, {})
