"""Plans in files: what they hold, and when they no longer do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.plan.model import Intent, Plan
from harness.plan.planner import make_plan
from harness.plan.saved import (
    NotAPlanError,
    Origin,
    list_what_changed,
    make_saved_document,
    read_saved,
)
from tests.unit.plan.worlds import MINI, account_body, azure, deployment_body, spec_of

ORIGIN = Origin("specs/test.yaml", "abc", "simulator")
WISH = Intent(prune=True, only=("account.main",), skip=frozenset({"quota_exceeded"}))


def text_of(plan: Plan, intent: Intent = WISH) -> str:
    document = make_saved_document(
        plan, ORIGIN, intent, made_at="2026-09-01T00:00:00Z", version="0.1"
    )
    return json.dumps(document, ensure_ascii=False, default=str)


def planned(*deployments: dict[str, Any], account: dict[str, Any] | None = None) -> Plan:
    spec = spec_of({"mini": {**MINI, "capacity": 7}})
    return make_plan(spec, azure(*deployments, account=account), WISH)


def test_a_plan_comes_back_with_its_origin_and_its_options() -> None:
    saved = read_saved(text_of(planned(deployment_body())))
    assert saved is not None
    assert (saved.origin, saved.intent) == (ORIGIN, WISH)
    assert list_what_changed(saved, planned(deployment_body())) == ()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (
            planned(deployment_body(capacity=9)),
            "account.main.deployment.mini: capacity was 50, and is 9",
        ),
        (planned(), "account.main.deployment.mini: it is gone"),
        (
            planned(deployment_body(), account=account_body(identity={"type": "SystemAssigned"})),
            "account.main: something that the spec does not name changed",
        ),
        (
            planned(deployment_body(), deployment_body("old")),
            "account.main.deployment.old: it is there now",
        ),
    ],
)
def test_what_has_changed_is_said(now: Plan, said: str) -> None:
    saved = read_saved(text_of(planned(deployment_body())))
    assert saved is not None
    assert said in list_what_changed(saved, now)


def test_an_edited_plan_is_not_carried_out() -> None:
    text = text_of(planned(deployment_body())).replace('"capacity": 7', '"capacity": 7000')
    saved = read_saved(text)
    assert saved is not None
    assert list_what_changed(saved, planned(deployment_body())) != ()


def test_who_wrote_last_is_no_change() -> None:
    saved = read_saved(text_of(planned(deployment_body())))
    assert saved is not None
    again = deployment_body(etag="x", systemData={"lastModifiedAt": "2026-09-02T00:00:00Z"})
    assert list_what_changed(saved, planned(again)) == ()


@pytest.mark.parametrize("text", ["version: 1\nname: a\n", '{"version": 1}', "{", "", "[1]"])
def test_anything_else_is_no_plan(text: str) -> None:
    assert read_saved(text) is None


@pytest.mark.parametrize(
    "document",
    [{"format_version": 2}, {"format_version": 1}, {"format_version": 1, "spec": {}, "plan": 3}],
)
def test_a_broken_plan_is_told_from_a_spec(document: dict[str, Any]) -> None:
    with pytest.raises(NotAPlanError):
        read_saved(json.dumps({"kind": "harness plan", **document}))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("plan", "changes"), [{"address": "a"}]),
        (("plan", "changes", 0, "action"), "explode"),
        (("plan", "changes", 0, "action"), "\ud800"),
        (("plan", "preflight"), [{"code": 1}]),
        (("saw",), {"a": "b"}),
        (("intent", "adopt"), "false"),
    ],
)
def test_a_plan_that_was_edited_into_something_else_is_refused(
    path: tuple[str | int, ...], value: Any
) -> None:
    document = json.loads(text_of(planned(deployment_body())))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(NotAPlanError, match="not what it should be"):
        read_saved(json.dumps(document))


def test_json_that_is_nested_too_deep_is_no_plan() -> None:
    assert read_saved('{"kind": ' + "[" * 5000) is None


def test_a_plan_has_nothing_of_what_the_spec_does_not_name() -> None:
    account = account_body(properties={"apiProperties": {"eventHubConnectionString": "hush"}})
    assert "hush" not in text_of(planned(deployment_body(), account=account))
