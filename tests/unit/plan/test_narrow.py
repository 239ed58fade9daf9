"""``--only``: what is meant, and what it cannot do without."""

from __future__ import annotations

import pytest

from harness.errors import RequestError
from harness.plan.model import Intent
from harness.plan.planner import make_plan
from tests.unit.plan.worlds import MINI, NOTHING, azure, deployment_body, spec_of

FILTERED = {"mini": {**MINI, "content_filter": "strict"}, "other": MINI}


@pytest.mark.parametrize(
    ("only", "meant"),
    [
        # A group and an account that have to be made first, and the filter that it uses.
        (
            "account.main.deployment.mini",
            ["resource_group.rg-test", "account.main", "content_filter.strict", "deployment.mini"],
        ),
        (
            "account.main.deployment.other",
            ["resource_group.rg-test", "account.main", "deployment.other"],
        ),
        ("resource_group.rg-test", ["resource_group.rg-test"]),
    ],
)
def test_an_address_takes_along_what_it_needs(only: str, meant: list[str]) -> None:
    spec = spec_of(FILTERED, content_filters={"strict": {}})
    plan = make_plan(spec, NOTHING, Intent(only=(only,)))
    names = [change.address.removeprefix("account.main.") for change in plan.changes]
    assert names == meant
    assert plan.left_aside == 5 - len(meant)


def test_what_exists_already_is_not_taken_along() -> None:
    spec = spec_of({"mini": {**MINI, "capacity": 7}, "other": MINI}, tags={"a": "b"})
    only = Intent(only=("account.main.deployment.mini",))
    plan = make_plan(spec, azure(deployment_body()), only)
    assert [change.address for change in plan.changes] == ["account.main.deployment.mini"]
    assert plan.left_aside == 2


def test_preflight_asks_only_about_what_is_meant() -> None:
    spec = spec_of({"mini": MINI, "typo": {**MINI, "model": "gpt-4.1-minni"}})
    assert make_plan(spec, NOTHING, Intent()).errors
    assert not make_plan(spec, NOTHING, Intent(only=("account.main.deployment.mini",))).errors


def test_what_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(RequestError, match="did you mean"):
        make_plan(spec_of(), NOTHING, Intent(only=("account.main.deployment.mni",)))


def test_an_orphan_can_be_meant() -> None:
    observed = azure(deployment_body(), deployment_body("old"))
    only = Intent(prune=True, only=("account.main.deployment.old",))
    plan = make_plan(spec_of(), observed, only)
    assert [(change.address, change.action) for change in plan.changes] == [
        ("account.main.deployment.old", "delete")
    ]
