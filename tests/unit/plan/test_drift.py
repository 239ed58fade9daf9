"""Who made Azure and the spec differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.plan.model import Change, Intent
from harness.plan.observed import DeletedAccount
from harness.plan.planner import make_plan
from harness.plan.rendering.drift import find_cause, find_causes
from harness.plan.resources.fields import (
    hash_declaration,
    list_account_fields,
    list_deployment_fields,
)
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import ACCOUNT, MINI, NOTHING, azure, deployment_body, spec_of


def applied(**changes: Any) -> dict[str, str]:
    """The tags of a deployment that was last applied as ``MINI`` with these changes."""
    declared = spec_of({"mini": {**MINI, **changes}}).accounts["main"].deployments["mini"]
    fields = list_deployment_fields(declared, declared.version)
    return {"harness-spec": "test", "harness-spec-hash": hash_declaration(fields)}


def mini(spec: Spec, there: dict[str, Any]) -> Change:
    plan = make_plan(spec, azure(there), Intent())
    return next(change for change in plan.changes if change.address.endswith("mini"))


@pytest.mark.parametrize(
    ("then", "now", "there", "causes"),
    [
        ({}, {}, {"capacity": 9}, {"capacity": "azure"}),
        ({"capacity": 9}, {}, {"capacity": 9}, {"capacity": "spec"}),
        (
            {"upgrade": "OnceCurrentVersionExpired"},
            {},
            {"upgrade": "OnceCurrentVersionExpired", "version": "2026-01-01"},
            {"version": "azure"},
        ),
        # The spec says `default` as it did then: it is Azure that calls another version so.
        (
            {"version": "default"},
            {"version": "default"},
            {"version": "2024-01-01"},
            {"version": "azure"},
        ),
    ],
)
def test_each_field_has_its_cause(
    then: dict[str, Any], now: dict[str, Any], there: dict[str, Any], causes: dict[str, str]
) -> None:
    spec = spec_of({"mini": {**MINI, **now}})
    change = mini(spec, deployment_body(tags=applied(**then), **there))
    assert {each.name: find_cause(change, each) for each in change.differences} == causes


def test_a_resource_without_a_memory_does_not_say() -> None:
    change = mini(spec_of(), deployment_body(capacity=9))
    assert find_causes(change) == {"unknown"}


def test_a_hash_without_fields_speaks_for_all_of_them() -> None:
    tags = applied()
    tags["harness-spec-hash"] = tags["harness-spec-hash"].partition(".")[0]
    assert find_causes(mini(spec_of(), deployment_body(tags=tags, capacity=9))) == {"azure"}
    edited = spec_of({"mini": {**MINI, "upgrade": "OnceCurrentVersionExpired"}})
    assert find_causes(mini(edited, deployment_body(tags=tags))) == {"spec"}


def test_more_fields_than_fit_into_a_tag_leave_the_whole() -> None:
    spec = spec_of(properties={f"p{number}": number for number in range(80)})
    assert len(hash_declaration(list_account_fields(spec.accounts["main"]))) == 16


def test_where_nothing_is_left_that_would_remember_nobody_is_blamed() -> None:
    plan = make_plan(spec_of(), NOTHING, Intent())
    assert {cause for change in plan.drift for cause in find_causes(change)} == {"unknown"}


def test_a_deployment_whose_account_moves_is_not_blamed_on_azure() -> None:
    there = deployment_body(tags=applied())
    there["properties"]["provisioningState"] = "Succeeded"
    change = mini(spec_of({"mini": MINI}, region="norwayeast"), there)
    assert change.action == "replace"
    assert "azure" not in find_causes(change)


def test_an_account_that_is_gone_may_have_been_destroyed_by_the_spec_itself() -> None:
    twin = DeletedAccount(ACCOUNT, "swedencentral", body={"tags": {"harness-spec": "test"}})
    plan = make_plan(spec_of({}), replace(NOTHING, deleted=(twin,)), Intent())
    change = next(one for one in plan.changes if one.address == "account.main")
    assert change.vanished
    assert find_causes(change) == frozenset({"unknown"})
