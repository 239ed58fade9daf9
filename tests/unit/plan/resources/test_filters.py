"""Content filters: made before what uses them, merged rule by rule, deleted last."""

from __future__ import annotations

from typing import Any

import pytest

from harness.plan.model import Change, Intent, Plan, Put
from harness.plan.planner import make_plan
from harness.plan.resources.bodies import drop_read_only, merge
from tests.unit.plan.worlds import (
    ACCOUNT,
    MINI,
    NOTHING,
    account_body,
    azure,
    deployment_body,
    filter_body,
    spec_of,
)

APPLY = Intent()
HATE = {
    "name": "Hate", "severityThreshold": "Medium", "blocking": True, "enabled": True,
    "source": "Prompt",
}  # fmt: skip
STRICT = {"filters": [{"name": "Hate", "source": "Prompt", "severity": "Low", "blocking": True}]}


def filtered(policy: dict[str, Any], **more: Any) -> Any:
    used = {"mini": {**MINI, "content_filter": "strict"}}
    return spec_of(used, content_filters={"strict": policy}, **more)


def change_of(plan: Plan, address: str) -> Change:
    return next(change for change in plan.changes if change.address == address)


def strict(plan: Plan) -> Change:
    return change_of(plan, "account.main.content_filter.strict")


def test_a_filter_is_made_before_the_deployment_that_uses_it() -> None:
    plan = make_plan(filtered(STRICT), NOTHING, APPLY)
    assert [change.address for change in plan.changes] == [
        "resource_group.rg-test",
        "account.main",
        "account.main.content_filter.strict",
        "account.main.deployment.mini",
    ]
    [put] = strict(plan).steps
    assert isinstance(put, Put)
    assert put.resource.path == f"{ACCOUNT.path}/raiPolicies/strict"
    assert put.patch["properties"] == {
        "basePolicyName": "Microsoft.DefaultV2",
        "contentFilters": [
            {"name": "Hate", "source": "Prompt", "severityThreshold": "Low", "blocking": True}
        ],
    }
    assert put.patch["tags"]["harness-spec"] == "test"
    assert change_of(plan, "account.main.deployment.mini").needs == (put.resource,)


@pytest.mark.parametrize(
    ("policy", "held", "reasons"),
    [
        (STRICT, [HATE], ["filters.Hate.Prompt.severity: Medium → Low"]),
        (
            STRICT,
            [],
            [
                "filters.Hate.Prompt.severity: (not set) → Low",
                "filters.Hate.Prompt.blocking: (not set) → true",
            ],
        ),
        # Jailbreak and the like have no severity; that one is there is all that is declared.
        (
            {"filters": [{"name": "Jailbreak", "source": "Prompt"}]},
            [HATE],
            ["filters.Jailbreak.Prompt: (not set) → true"],
        ),
        ({"filters": [{"name": "Jailbreak"}]}, [{"name": "jailbreak", "source": "Prompt"}], []),
        # Without a source a rule speaks of every entry of its name.
        (
            {"filters": [{"name": "Hate", "severity": "Medium"}]},
            [HATE, {**HATE, "source": "Completion", "severityThreshold": "High"}],
            ["filters.Hate.severity: High → Medium"],
        ),
        ({"mode": "Asynchronous_filter"}, [], ["mode: (not set) → Asynchronous_filter"]),
        ({"mode": "Default"}, [], []),
        ({"base": "Microsoft.Default"}, [], ["base: Microsoft.DefaultV2 → Microsoft.Default"]),
        ({}, [HATE], []),
    ],
)
def test_only_what_the_spec_says_of_a_filter_is_compared(
    policy: dict[str, Any], held: list[dict[str, Any]], reasons: list[str]
) -> None:
    observed = azure(deployment_body(), filters=(filter_body("strict", *held),))
    spec = spec_of(content_filters={"strict": policy})
    plan = make_plan(spec, observed, APPLY)
    assert list(strict(plan).reasons) == reasons
    assert strict(plan).acts == bool(reasons)


def test_deferred_is_the_old_word_for_asynchronous() -> None:
    held = filter_body("strict", properties={"mode": "Deferred"})
    spec = spec_of(content_filters={"strict": {"mode": "Asynchronous_filter"}})
    assert not strict(make_plan(spec, azure(deployment_body(), filters=(held,)), APPLY)).acts


def test_an_update_keeps_rules_and_properties_that_the_spec_does_not_name() -> None:
    violence = {**HATE, "name": "Violence"}
    there = filter_body("strict", HATE, violence, properties={"customTopics": [{"topicName": "t"}]})
    plan = make_plan(filtered(STRICT), azure(deployment_body(), filters=(there,)), APPLY)
    [put] = strict(plan).steps
    assert isinstance(put, Put)
    sent = merge(drop_read_only(there), put.patch)["properties"]
    assert sent == {
        "basePolicyName": "Microsoft.DefaultV2",
        "contentFilters": [{**HATE, "severityThreshold": "Low"}, violence],
        "customTopics": [{"topicName": "t"}],
    }


BLOCKED = {"blocklistName": "Words", "blocking": True, "source": "Prompt"}


@pytest.mark.parametrize(
    ("declared", "held", "sent"),
    [
        ([{"blocklistName": "words", "source": "Prompt"}], [BLOCKED], None),
        ([{**BLOCKED, "blocking": False}], [BLOCKED], [{**BLOCKED, "blocking": False}]),
        ([], [BLOCKED], []),
        ([BLOCKED], [BLOCKED, {**BLOCKED, "source": "Completion"}], [BLOCKED]),
        ([BLOCKED], [], [BLOCKED]),
    ],
)
def test_declared_blocklists_are_the_blocklists(
    declared: list[dict[str, Any]],
    held: list[dict[str, Any]],
    sent: list[dict[str, Any]] | None,
) -> None:
    there = filter_body("strict", properties={"customBlocklists": held})
    spec = spec_of(content_filters={"strict": {"blocklists": declared}})
    change = strict(make_plan(spec, azure(deployment_body(), filters=(there,)), APPLY))
    if sent is None:
        assert not change.acts
        return
    [put] = change.steps
    assert isinstance(put, Put)
    assert merge(drop_read_only(there), put.patch)["properties"]["customBlocklists"] == sent


def test_blocklists_that_the_spec_does_not_name_stay() -> None:
    there = filter_body("strict", HATE, properties={"customBlocklists": [BLOCKED]})
    plan = make_plan(filtered(STRICT), azure(deployment_body(), filters=(there,)), APPLY)
    [put] = strict(plan).steps
    assert isinstance(put, Put)
    assert merge(drop_read_only(there), put.patch)["properties"]["customBlocklists"] == [BLOCKED]


@pytest.mark.parametrize(
    ("tags", "code"), [({}, "not_owned"), ({"harness-spec": "theirs"}, "owned_by_other")]
)
def test_a_filter_that_is_not_ours_is_not_written(tags: dict[str, str], code: str) -> None:
    there = filter_body("strict", HATE, tags=tags)
    plan = make_plan(filtered(STRICT), azure(deployment_body(), filters=(there,)), APPLY)
    assert [problem.code for problem in plan.errors] == [code]
    assert not strict(plan).steps


def test_a_filter_without_tags_is_ours_when_the_account_says_so() -> None:
    account = account_body(tags={"harness-spec": "test", "harness-spec-content-filters": "strict"})
    observed = azure(
        deployment_body(), account=account, filters=(filter_body("Strict", HATE, tags={}),)
    )
    plan = make_plan(filtered(STRICT), observed, APPLY)
    assert not plan.errors
    assert strict(plan).action == "update"


def test_azures_own_filters_are_nobodys_business() -> None:
    theirs = filter_body("Microsoft.DefaultV2", tags={}, properties={"type": "SystemManaged"})
    plan = make_plan(spec_of(), azure(deployment_body(), filters=(theirs,)), APPLY)
    assert plan.is_empty
    assert plan.bystanders == ()


def test_destroy_deletes_filters_after_deployments_and_before_the_account() -> None:
    observed = azure(
        deployment_body(properties={"raiPolicyName": "strict"}), filters=(filter_body(),)
    )
    plan = make_plan(filtered(STRICT), observed, Intent("destroy"))
    assert [change.address for change in plan.changes if change.acts] == [
        "account.main.deployment.mini",
        "account.main.content_filter.strict",
        "account.main",
        "resource_group.rg-test",
    ]
    assert strict(plan).needs == (change_of(plan, "account.main.deployment.mini").resource,)


def test_a_filter_that_others_use_stays_and_so_does_its_account() -> None:
    theirs = deployment_body("theirs", tags={}, properties={"raiPolicyName": "strict"})
    observed = azure(deployment_body(), theirs, filters=(filter_body(),))
    plan = make_plan(filtered(STRICT), observed, Intent("destroy"))
    assert strict(plan).notes == ("stays: theirs uses it",)
    assert change_of(plan, "account.main").action == "none"


def test_somebody_elses_filter_keeps_the_account() -> None:
    observed = azure(deployment_body(), filters=(filter_body("theirs", tags={}),))
    plan = make_plan(spec_of(), observed, Intent("destroy"))
    assert change_of(plan, "account.main").action == "none"
    assert "content filter theirs" in change_of(plan, "account.main").notes[0]
