from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from harness.plan.identity import Market
from harness.plan.model import Intent, Problem
from harness.plan.observed import Observed, OfferedSku, QuotaUsage, Survey
from harness.plan.planner import make_plan
from harness.plan.preflight.models import find_nearest_capacity
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    CATALOGUE,
    MARKET,
    MINI,
    NOTHING,
    SUBSCRIPTION,
    azure,
    deployment_body,
    global_standard,
    offered,
    spec_of,
    usage,
)

QUOTA = "OpenAI.GlobalStandard.gpt4.1-mini"


def problems(spec: Spec, observed: Observed, *skip: str) -> tuple[Problem, ...]:
    return make_plan(spec, observed, Intent(skip=frozenset(skip))).preflight


def one(**changes: Any) -> Spec:
    return spec_of({"mini": {**MINI, **changes}})


def only(spec: Spec, observed: Observed) -> Problem:
    [problem] = problems(spec, observed)
    return problem


@pytest.mark.parametrize(
    ("declared", "code", "place", "hint"),
    [
        ({"model": "gpt-4.1-minni"}, "model_not_offered", "model", "gpt-4.1-mini"),
        ({"version": "2024-01-01"}, "version_not_offered", "version", "2025-04-14 (default)"),
        ({"sku": "Standard"}, "sku_not_offered", "sku", "GlobalStandard, ProvisionedManaged"),
        ({"capacity": 2_000_000}, "capacity_invalid", "capacity", "1000000"),
        ({"sku": "ProvisionedManaged", "capacity": 30}, "capacity_invalid", "capacity", "25"),
    ],
)
def test_what_azure_would_refuse_is_refused_with_what_would_do(
    declared: dict[str, Any], code: str, place: str, hint: str
) -> None:
    problem = only(one(**declared), NOTHING)
    assert (problem.code, problem.severity) == (code, "error")
    assert problem.place == ("accounts", "main", "deployments", "mini", place)
    assert hint in problem.hint


def test_throughput_units_are_told_by_the_hour_and_month_before_they_are_bought() -> None:
    problem = only(one(sku="ProvisionedManaged", capacity=50), NOTHING)
    assert (problem.code, problem.severity) == ("provisioned_hourly", "warning")
    assert "50 PTU as ProvisionedManaged cost about 100.00 USD an hour" in problem.message
    assert "72,000 USD a month" in problem.message


def test_a_sku_that_only_serves_fine_tunes_does_not_serve_the_model() -> None:
    spec = one(model="gpt-4o", version="2024-11-20", sku="Standard")
    assert problems(spec, NOTHING)[0].code == "sku_not_offered"


def test_a_model_listed_for_another_kind_of_account_is_not_offered() -> None:
    rows = (offered("whisper", "001", global_standard("OpenAI.GS.whisper"), kind="OpenAI"),)
    observed = Observed(today=NOTHING.today, offers={MARKET: rows})
    spec = one(model="whisper", version="001", capacity=1)
    assert only(spec, observed).code == "model_not_offered"
    spec = spec_of({"w": {**MINI, "model": "whisper", "version": "001"}}, kind="OpenAI")
    assert problems(spec, observed) == ()


def test_a_region_without_a_list_lets_everything_pass() -> None:
    assert problems(one(model="anything", version="7"), Observed(today=NOTHING.today)) == ()


def test_what_already_stands_is_not_asked_for_again() -> None:
    body = deployment_body(model="gone", version="1")
    assert problems(one(model="gone", version="1"), azure(body)) == ()


# --- where else --------------------------------------------------------------------------------


def test_a_refusal_asks_the_neighbours_and_the_hubs_nearest_first() -> None:
    plan = make_plan(one(sku="Standard"), NOTHING, Intent())
    regions = [market.region for market in plan.asks]
    assert regions[:2] == ["norwayeast", "polandcentral"]
    assert "eastus2" in regions
    assert "swedencentral" not in regions


def test_no_refusal_asks_nobody() -> None:
    assert make_plan(spec_of(), NOTHING, Intent()).asks == ()


def test_regions_that_offer_it_are_named_nearest_first() -> None:
    standard = OfferedSku("Standard", "OpenAI.Standard.gpt4.1-mini", maximum=1000)
    row = (offered("gpt-4.1-mini", "2025-04-14", standard),)
    observed = NOTHING.add_survey(
        Survey(
            {
                Market(SUBSCRIPTION, "eastus2"): row,
                Market(SUBSCRIPTION, "norwayeast"): row,
                Market(SUBSCRIPTION, "westus"): CATALOGUE,
            }
        )
    )
    hint = only(one(sku="Standard"), observed).hint
    assert "Standard gpt-4.1-mini 2025-04-14 is offered in norwayeast, eastus2" in hint
    assert "westus" not in hint


def test_an_unknown_region_names_the_nearest_word() -> None:
    spec = spec_of({}, region="swedencentrall")
    problem = problems(spec, Observed(today=NOTHING.today))[0]
    assert problem.code == "region_unknown"
    assert "swedencentral" in problem.hint


def test_the_region_of_a_group_that_is_to_be_created_is_asked_about_too() -> None:
    group = {"name": "rg-test", "region": "swedencentrall", "create": True}
    declared = {**spec_of({}).model_dump(exclude_unset=True), "resource_group": group}
    problem = only(Spec.model_validate(declared), NOTHING)
    assert (problem.code, problem.address) == ("region_unknown", "resource_group.rg-test")
    assert problem.hint == "the nearest: swedencentral"


def test_azures_own_list_of_regions_wins_over_ours() -> None:
    observed = replace(NOTHING, regions=frozenset({"atlantisnorth"}))
    assert only(spec_of({}), observed).code == "region_unknown"
    assert problems(spec_of({}, region="Atlantis North"), observed) == ()


# --- retirement --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "code", "severity"),
    [
        (date(2026, 6, 30), None, None),
        (date(2026, 7, 2), None, None),
        (date(2026, 7, 3), "model_retiring", "warning"),
        (date(2026, 9, 30), "model_retiring", "warning"),
        (date(2026, 10, 1), "model_retired", "error"),
    ],
)
def test_retirement_warns_ninety_days_before_and_refuses_from_its_day(
    today: date, code: str | None, severity: str | None
) -> None:
    spec = one(model="gpt-4o", version="2024-11-20")
    found = problems(spec, replace(NOTHING, today=today))
    assert [(p.code, p.severity) for p in found] == ([(code, severity)] if code else [])


def test_a_retiring_model_says_in_how_many_days() -> None:
    spec = one(model="gpt-4o", version="2024-11-20")
    assert "in 30 days" in only(spec, NOTHING).message


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 7, 3), "in 90 days: there is time to try its successor"),
        (date(2026, 8, 2), "in 60 days: try its successor now"),
        (date(2026, 9, 1), "in 30 days: move what calls it now"),
        (date(2026, 9, 17), "in 14 days: calls fail with 410 from that day on"),
    ],
)
def test_the_nearer_the_retirement_the_more_urgent_the_words(today: date, said: str) -> None:
    spec = one(model="gpt-4o", version="2024-11-20")
    problem = only(spec, replace(NOTHING, today=today))
    assert said in problem.message
    assert "gpt-5.1" in problem.hint


def test_the_skus_own_date_counts_before_the_models() -> None:
    sku = global_standard("q", retires=date(2027, 1, 1))
    row = offered("m", "1", sku, retires=date(2026, 1, 1))
    observed = Observed(today=NOTHING.today, offers={MARKET: (row,)})
    assert problems(one(model="m", version="1"), observed) == ()


def test_without_any_date_the_lifecycle_decides() -> None:
    row = offered("m", "1", global_standard("q"), lifecycle="Deprecated")
    observed = Observed(today=NOTHING.today, offers={MARKET: (row,)})
    assert only(one(model="m", version="1"), observed).code == "model_retired"


def test_a_deprecating_model_takes_no_new_deployments_but_those_that_stand_go_on() -> None:
    row = offered("m", "1", global_standard("q", retires=date(2027, 1, 1)), lifecycle="Deprecating")
    spec = one(model="m", version="1")
    nothing = Observed(today=NOTHING.today, offers={MARKET: (row,)})
    assert only(spec, nothing).code == "model_deprecating"
    there = replace(azure(deployment_body(model="m", version="1")), offers={MARKET: (row,)})
    assert problems(spec, there) == ()


def test_a_version_that_no_sku_serves_is_not_offered() -> None:
    observed = Observed(today=NOTHING.today, offers={MARKET: (offered("m", "1"),)})
    assert only(one(model="m", version="1"), observed).code == "model_not_offered"


def test_a_retired_model_that_stands_is_a_warning_because_nothing_is_asked_for() -> None:
    body = deployment_body(model="gpt-4o", version="2024-05-13")
    problem = only(one(model="gpt-4o", version="2024-05-13"), azure(body))
    assert (problem.code, problem.severity) == ("model_retired", "warning")


def test_a_retired_version_names_one_that_lives() -> None:
    problem = only(one(model="gpt-4o", version="2024-05-13"), NOTHING)
    assert "2024-11-20" in problem.hint


# --- quota -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "limit", "refused"),
    [(0, 50, False), (1, 50, True), (400, 100, True)],
)
def test_quota_counts_what_is_left(current: int, limit: int, refused: bool) -> None:
    observed = replace(NOTHING, usages=usage(QUOTA, current, limit))
    assert [p.code for p in problems(spec_of(), observed)] == ["quota_exceeded"] * refused


def test_quota_counts_only_what_is_added_to_a_deployment_that_stands() -> None:
    observed = azure(deployment_body(capacity=40), usages=usage(QUOTA, 40, 50))
    assert problems(spec_of(), observed) == ()


def test_quota_is_shared_by_every_deployment_that_draws_on_it() -> None:
    spec = spec_of({"a": {**MINI, "capacity": 30}, "b": {**MINI, "capacity": 40}})
    problem = only(spec, replace(NOTHING, usages=usage(QUOTA, 0, 60)))
    assert problem.address == "account.main.deployment.b"
    assert "this plan takes 70 more" in problem.message
    assert "a capacity of 30 would fit" in problem.hint


def test_an_empty_list_of_quota_is_unknown_and_refuses_nothing() -> None:
    assert problems(spec_of(), replace(NOTHING, usages={MARKET: {}})) == ()


@pytest.mark.parametrize(
    ("name", "elsewhere", "codes"),
    [
        (QUOTA, 20, ["quota_pooled"]),
        (QUOTA, 10, []),
        (QUOTA.replace("GlobalStandard", "DataZoneStandard"), 20, ["quota_pooled"]),
        (QUOTA.replace("GlobalStandard", "Standard"), 20, []),
    ],
)
def test_regions_together_take_no_more_than_a_pool(
    name: str, elsewhere: int, codes: list[str]
) -> None:
    sku = name.split(".")[1]
    row = offered("m", "1", replace(global_standard(name), name=sku))
    other = Market(SUBSCRIPTION, "eastus2")
    usages = {**usage(name, 0, 60), other: usage(name, elsewhere, 60)[MARKET]}
    observed = Observed(today=NOTHING.today, offers={MARKET: (row,)}, usages=usages)
    found = problems(one(model="m", version="1", sku=sku, capacity=50), observed)
    assert [problem.code for problem in found] == codes
    for problem in found:
        assert problem.severity == "warning"
        assert "eastus2, swedencentral together take 70 of 60" in problem.message


def test_what_gives_quota_back_warns_of_no_pool() -> None:
    there = azure(deployment_body(capacity=90))
    other = Market(SUBSCRIPTION, "eastus2")
    usages = {**usage(QUOTA, 90, 100), other: usage(QUOTA, 90, 100)[MARKET]}
    assert problems(spec_of(), replace(there, usages=usages)) == ()


# --- the rest ----------------------------------------------------------------------------------


def test_an_automatic_upgrade_is_said_to_drift() -> None:
    problem = only(one(upgrade="OnceNewDefaultVersionAvailable"), NOTHING)
    assert (problem.code, problem.severity) == ("upgrade_drifts", "warning")


def test_a_taken_subdomain_is_refused() -> None:
    observed = replace(NOTHING, taken_subdomains={"acc-01": "used by somebody"})
    assert only(spec_of(), observed).code == "subdomain_taken"


def test_an_unregistered_subscription_is_refused() -> None:
    observed = replace(NOTHING, unregistered=frozenset({SUBSCRIPTION}))
    assert only(spec_of(), observed).code == "provider_not_registered"


@pytest.mark.parametrize("skip", ["sku_not_offered", "all"])
def test_a_skipped_error_is_shown_as_a_warning(skip: str) -> None:
    [problem] = problems(one(sku="Standard"), NOTHING, skip)
    assert problem.severity == "warning"
    assert problem.message.endswith("(skipped)")


def test_an_open_catalogue_lets_any_model_pass() -> None:
    observed = replace(NOTHING, open_catalogue=True)
    assert problems(one(model="anything", version="7", capacity=10**9), observed) == ()


@pytest.mark.parametrize(
    ("asked", "nearest"), [(1, 25), (30, 25), (40, 50), (1000, 100), (100, 100)]
)
def test_the_nearest_capacity_can_be_bought(asked: int, nearest: int) -> None:
    sku = OfferedSku("ProvisionedManaged", "q", minimum=25, maximum=100, step=25)
    assert find_nearest_capacity(asked, sku) == nearest


def test_too_little_quota_names_other_skus_and_the_nearest_regions_with_room() -> None:
    zone = OfferedSku("DataZoneStandard", "OpenAI.DataZoneStandard.gpt4.1-mini", maximum=1000)
    sku = global_standard(QUOTA)
    row = (offered("gpt-4.1-mini", "2025-04-14", sku, zone, default=True),)
    near, far, full = (
        Market(SUBSCRIPTION, name) for name in ("norwayeast", "westus3", "polandcentral")
    )
    little, much = QuotaUsage(QUOTA, 0, 10), QuotaUsage(QUOTA, 0, 1000)
    observed = replace(NOTHING, offers={MARKET: row}, usages={MARKET: {QUOTA.casefold(): little}})
    observed = observed.add_survey(
        Survey(
            {near: row, far: row, full: row},
            {
                near: {QUOTA.casefold(): much},
                far: {QUOTA.casefold(): much},
                full: {QUOTA.casefold(): little},
            },
        )
    )
    hint = only(one(), observed).hint
    assert "swedencentral has room for it as DataZoneStandard" in hint
    assert "has room in norwayeast, westus3; " in hint


def test_too_little_quota_asks_other_regions() -> None:
    observed = replace(NOTHING, usages=usage(QUOTA, 0, 10))
    plan = make_plan(spec_of(), observed, Intent())
    assert [market.region for market in plan.asks][:2] == ["norwayeast", "polandcentral"]


def test_a_model_that_the_catalogue_cannot_know_is_a_warning_with_the_catalogues_day() -> None:
    observed = Observed(NOTHING.today, offers=NOTHING.offers, catalogue_day=date(2026, 9, 29))
    problem = only(one(model="gpt-9", version="2027-01-01"), observed)
    assert (problem.code, problem.severity) == ("model_unknown", "warning")
    assert problem.message == "gpt-9 2027-01-01 is unknown to this catalogue (2026-09-29)"
    misspelt = only(one(model="gpt-4.1-minni"), observed)
    assert (misspelt.code, misspelt.severity) == ("model_not_offered", "error")
