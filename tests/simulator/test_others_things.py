"""Every kind of thing of others, alone in an account of ours, against every command.

The stateful test mixes them; this one goes through all of them, so that none is left out by chance.
"""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.rest import HttpRequest

from harness.cloud.management import ManagementCloud
from harness.plan.model import Intent
from harness.plan.rendering.plans import format_plan
from harness.spec.model.spec import Spec
from tests.properties.others_things import MARKS, THINGS, Mark, Thing
from tests.simulator.provisioned import ACCOUNT, SUBSCRIPTION, applied, azure, planned, spec_of

A = {"model": "gpt-4.1", "version": "2025-04-14", "capacity": 1}
HARD = ("deployments/y", "raiPolicies/tight", "projects/work")
"""Another spec's, and a project: no flag consents to their loss."""


def declare(**account: Any) -> Spec:
    filters = {"strict": {"filters": [{"name": "Hate", "source": "Prompt", "severity": "Low"}]}}
    return spec_of({"a": {**A, **account.pop("a", {})}}, content_filters=filters, **account)


def ask(cloud: ManagementCloud, method: str, path: str, body: Any = None) -> Any:
    api = "2022-04-01" if "Microsoft.Authorization" in path else "2025-09-01"
    at = f"{ACCOUNT.path}/{path}".rstrip("/")
    request = HttpRequest(method, f"{at}?api-version={api}", json=body)
    answer = cloud._clients.groups(SUBSCRIPTION).send_request(request)
    return answer.json() if answer.status_code < 300 else None


def put(cloud: ManagementCloud, thing: Thing) -> dict[str, Any]:
    parents = [each for each in THINGS if each.path == thing.parent]
    for one in (*parents, thing):
        assert ask(cloud, "PUT", one.path, dict(one.body)) is not None, one.path
    found: dict[str, Any] = ask(cloud, "GET", thing.path)
    return found


def apply_unless_refused(spec: Spec, cloud: ManagementCloud, intent: Intent) -> str:
    plan = planned(spec, cloud, intent)
    if not plan.errors:
        applied(spec, cloud, intent)
    return format_plan(plan)


@pytest.mark.parametrize("thing", THINGS, ids=lambda each: each.path)
def test_a_thing_of_others_survives_what_was_not_consented_to(thing: Thing) -> None:
    spec = declare()
    with azure(spec) as cloud:
        applied(spec, cloud)
        before = put(cloud, thing)
        for changed, intent in (
            (spec, Intent(skip=frozenset({"all"}))),
            (declare(a={"capacity": 2}), Intent(prune=True, adopt=True)),
            (declare(kind="OpenAI"), Intent()),
            (declare(a={"sku": "DataZoneStandard"}), Intent(prune=True)),
            (declare(region=["eastus2", "norwayeast"]), Intent(prune=True, adopt=True)),
        ):
            apply_unless_refused(changed, cloud, intent)
            assert ask(cloud, "GET", thing.path) == before, (changed, intent)
        for purge in (False, True):
            if thing.setting:
                break
            applied(spec, cloud, Intent("destroy", purge=purge))
            assert ask(cloud, "GET", thing.path) == before
            applied(spec, cloud)


@pytest.mark.parametrize("thing", THINGS, ids=lambda each: each.path)
def test_a_thing_of_others_goes_only_where_the_plan_names_it_and_a_flag_consents(
    thing: Thing,
) -> None:
    hard = any(thing.path.startswith(path) for path in HARD)
    spec = declare()
    with azure(spec) as cloud:
        applied(spec, cloud)
        before = put(cloud, thing)
        said = apply_unless_refused(declare(region="eastus2"), cloud, Intent(accept_loss=True))
        assert thing.word in said
        assert (ask(cloud, "GET", thing.path) == before) == hard
    if thing.setting:
        return
    with azure(spec) as cloud:
        applied(spec, cloud)
        before = put(cloud, thing)
        intent = Intent("destroy", purge=True, accept_loss=True)
        said = apply_unless_refused(spec, cloud, intent)
        assert thing.word in said
        assert (ask(cloud, "GET", thing.path) == before) == hard


@pytest.mark.parametrize("mark", MARKS, ids=lambda each: f"{each.path or 'account'}-{each.name}")
def test_what_others_decided_about_something_of_ours_stays(mark: Mark) -> None:
    spec = declare()
    with azure(spec) as cloud:
        applied(spec, cloud)
        if mark.name == "raiPolicyName":
            put(cloud, next(each for each in THINGS if each.path == "raiPolicies/loose"))
        body = ask(cloud, "GET", mark.path)
        mark.lay(body)
        assert ask(cloud, "PUT", mark.path, body) is not None
        assert mark.holds(ask(cloud, "GET", mark.path))
        for changed in (
            declare(a={"capacity": 2}),
            declare(kind="OpenAI"),
            declare(a={"sku": "DataZoneStandard"}),
            declare(region="eastus2"),
        ):
            apply_unless_refused(changed, cloud, Intent(prune=True))
            assert mark.holds(ask(cloud, "GET", mark.path)), changed
