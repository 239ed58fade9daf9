"""What is ignored is set once and shown, never compared and never written over."""

from __future__ import annotations

from typing import Any

from harness.plan.model import Change, Intent, Put
from harness.plan.observed import Observed
from harness.plan.planner import make_plan
from tests.unit.plan.worlds import NOTHING, OURS, account_body, azure, spec_of

SAID: dict[str, Any] = {
    "tags": {"CreatedBy": "me", "team": "a"},
    "properties": {"networkAcls": {"defaultAction": "Allow"}},
}
IGNORED = ("tags.createdby", "properties.networkAcls")
THERE = account_body(
    tags={**OURS, "CreatedBy": "policy", "team": "a"},
    properties={"networkAcls": {"defaultAction": "Deny"}},
)


def account(observed: Observed, **more: Any) -> Change:
    spec = spec_of({}, ignore=IGNORED, **{**SAID, **more})
    changes = make_plan(spec, observed, Intent()).changes
    return next(change for change in changes if change.address == "account.main")


def test_what_is_ignored_is_set_on_a_creation() -> None:
    [put] = account(NOTHING).steps
    assert isinstance(put, Put)
    assert put.patch["tags"]["CreatedBy"] == "me"
    assert put.patch["properties"]["networkAcls"] == {"defaultAction": "Allow"}


def test_what_is_ignored_is_no_drift() -> None:
    assert account(azure(account=THERE)).action == "none"


def test_an_update_does_not_write_over_what_is_ignored() -> None:
    change = account(azure(account=THERE), tags={"CreatedBy": "me", "team": "b"})
    [put] = change.steps
    assert isinstance(put, Put)
    assert "CreatedBy" not in put.patch["tags"]
    assert "properties" not in put.patch


def test_a_replacement_carries_what_is_ignored_over() -> None:
    put = account(azure(account=THERE), region="norwayeast").steps[-1]
    assert isinstance(put, Put)
    assert put.patch["tags"]["CreatedBy"] == "policy"
    assert put.patch["properties"]["networkAcls"] == {"defaultAction": "Deny"}


def test_a_name_that_merely_begins_alike_is_compared() -> None:
    there = account_body(tags={**OURS, "CreatedByMe": "x"})
    spec = spec_of({}, ignore=("tags.CreatedBy",), tags={"CreatedByMe": "y"})
    change = make_plan(spec, azure(account=there), Intent()).changes[1]
    assert [each.name for each in change.differences] == ["tags.CreatedByMe"]
