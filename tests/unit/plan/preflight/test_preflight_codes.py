"""Every code of preflight: a world that has it, and whether it can be disregarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from harness.plan.codes import CODES, Code
from harness.plan.identity import GroupId, Market
from harness.plan.model import Intent, Problem
from harness.plan.observed import DeletedAccount, Observed, ObservedGroup, QuotaUsage
from harness.plan.planner import make_plan
from harness.plan.regions.choosing import choose_regions
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    GROUP,
    MARKET,
    MINI,
    NOTHING,
    OURS,
    SUBSCRIPTION,
    account_body,
    azure,
    deployment_body,
    global_standard,
    offered,
    spec_of,
    usage,
)

World = tuple[Spec, Observed]


def one(**changes: object) -> Spec:
    return spec_of({"mini": {**MINI, **changes}})


def in_a_missing_group() -> World:
    document = spec_of().model_dump(exclude_unset=True)
    return Spec.model_validate({**document, "resource_group": {"name": "rg-test"}}), NOTHING


def deprecating() -> World:
    row = offered("m", "1", global_standard("q"), lifecycle="Deprecating")
    return one(model="m", version="1"), replace(NOTHING, offers={MARKET: (row,)})


def two_regions() -> World:
    name = "OpenAI.GlobalStandard.gpt4.1-mini"
    elsewhere = {Market(SUBSCRIPTION, "eastus2"): usage(name, 20, 60)[MARKET]}
    return spec_of(), replace(NOTHING, usages={**usage(name, 0, 60), **elsewhere})


def with_a_stranger_inside() -> World:
    observed = azure(deployment_body(), deployment_body("strange", tags={}))
    return spec_of(region="norwayeast"), observed


def in_no_region() -> World:
    both = ("swedencentral", "eastus2")
    offers = {Market(SUBSCRIPTION, region): NOTHING.offers[MARKET] for region in both}
    skus = {(ACCOUNT, region): "" for region in both}
    spec = spec_of({"mini": {**MINI, "model": "gpt-9"}}, region=list(both))
    return spec, replace(NOTHING, offers=offers, refused_skus=skus)


WORLDS: dict[str, Callable[[], World]] = {
    "group_missing": in_a_missing_group,
    "group_elsewhere": lambda: (
        spec_of(),
        replace(NOTHING, groups={GROUP: ObservedGroup("rg-test", "westus", OURS)}),
    ),
    "account_missing": lambda: (
        spec_of({"mini": {**MINI, "policy": "manage"}}, policy="verify-only"),
        NOTHING,
    ),
    "region_unknown": lambda: (spec_of(region="atlantis"), Observed(today=NOTHING.today)),
    "no_region": in_no_region,
    "provider_not_registered": lambda: (
        spec_of(),
        replace(NOTHING, unregistered=frozenset({SUBSCRIPTION})),
    ),
    "accounts_exhausted": lambda: (
        spec_of(),
        replace(NOTHING, usages={MARKET: {"accountcount": QuotaUsage("AccountCount", 9, 9)}}),
    ),
    "sku_refused": lambda: (
        spec_of(),
        replace(NOTHING, refused_skus={(ACCOUNT, "swedencentral"): "no"}),
    ),
    "soft_deleted": lambda: (
        spec_of(),
        replace(NOTHING, deleted=(DeletedAccount(ACCOUNT, "swedencentral"),)),
    ),
    "subdomain_taken": lambda: (spec_of(), replace(NOTHING, taken_subdomains={"acc-01": "taken"})),
    "model_unknown": lambda: (
        one(model="gpt-9"),
        replace(NOTHING, catalogue_day=date(2026, 9, 29)),
    ),
    "model_not_offered": lambda: (one(model="gpt-9"), NOTHING),
    "version_not_offered": lambda: (one(version="1999-01-01"), NOTHING),
    "sku_not_offered": lambda: (one(sku="Standard"), NOTHING),
    "filter_missing": lambda: (one(content_filter="nobodys"), NOTHING),
    "provider_data_missing": lambda: (one(format="Anthropic"), NOTHING),
    "capacity_invalid": lambda: (one(capacity=2_000_000), NOTHING),
    "quota_exceeded": lambda: (
        spec_of(),
        replace(NOTHING, usages=usage("OpenAI.GlobalStandard.gpt4.1-mini", 0, 1)),
    ),
    "quota_pooled": two_regions,
    "model_retired": lambda: (one(model="gpt-4o", version="2024-05-13"), NOTHING),
    "model_deprecating": deprecating,
    "model_retiring": lambda: (
        one(model="gpt-4o", version="2024-11-20"),
        replace(NOTHING, today=date(2026, 9, 20)),
    ),
    "version_floats": lambda: (one(version="default"), NOTHING),
    "upgrade_drifts": lambda: (one(upgrade="OnceCurrentVersionExpired"), NOTHING),
    "fine_tune_hosting": lambda: (one(model="gpt-4o-2024-08-06.ft-0ab1"), NOTHING),
    "provisioned_hourly": lambda: (one(sku="ProvisionedManaged", capacity=25), NOTHING),
    "role_missing": lambda: (spec_of(local_auth=False), NOTHING),
    "caller_unknown": lambda: (
        spec_of(access=[{"principal": "me", "role": "Cognitive Services OpenAI User"}]),
        NOTHING,
    ),
    "unreachable": lambda: (spec_of(properties={"publicNetworkAccess": "Disabled"}), NOTHING),
    "not_owned": lambda: (spec_of(), azure(deployment_body(), account=account_body(tags={}))),
    "owned_by_other": lambda: (
        spec_of(),
        azure(deployment_body(), account=account_body(tags={"harness-spec": "another"})),
    ),
    "foreign_children": with_a_stranger_inside,
    "would_lose": lambda: (
        spec_of({}, region="norwayeast"),
        azure(account=account_body(properties={"encryption": {"keySource": "Microsoft.KeyVault"}})),
    ),
    "rolls_back": lambda: (
        spec_of({}, kind="OpenAI"),
        azure(account=account_body(properties={"associatedProjects": ["p1"]})),
    ),
    "purge_forbidden": lambda: (
        spec_of({}, region="norwayeast"),
        azure(account=account_body(), purgers={SUBSCRIPTION: False}),
    ),
    "spillover_invalid": lambda: (
        one(properties={"spilloverDeploymentName": "nowhere"}),
        NOTHING,
    ),
    "protected": lambda: (
        spec_of({}, region="norwayeast", protect=True),
        azure(account=account_body()),
    ),
}


def found(code: str, *skip: str) -> list[Problem]:
    spec, observed = WORLDS[code]()
    intent = Intent(skip=frozenset(skip))
    chosen = choose_regions(spec, observed, intent)
    plan = make_plan(chosen.spec, observed, intent, chosen.choices)
    return [problem for problem in plan.preflight if problem.code == code]


def test_every_code_has_a_world() -> None:
    assert sorted(WORLDS) == sorted(code.name for code in CODES)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_a_code_is_found_with_a_place_and_what_to_do(code: Code) -> None:
    problems = found(code.name)
    assert problems
    for problem in problems:
        assert problem.message
        assert problem.hint
        assert problem.severity == ("warning" if "(warning)" in code.meaning else "error")


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
@pytest.mark.parametrize("skip", ["all", "itself"])
def test_what_can_be_skipped_becomes_a_warning_and_the_rest_stays(code: Code, skip: str) -> None:
    problems = found(code.name, "all" if skip == "all" else code.name)
    warned = code.skippable or "(warning)" in code.meaning
    assert {problem.severity for problem in problems} == {"warning" if warned else "error"}


def test_ids_of_groups_differ_by_case_no_more_than_azures() -> None:
    assert GroupId(SUBSCRIPTION, "RG-TEST") == GroupId(SUBSCRIPTION, "rg-test")
