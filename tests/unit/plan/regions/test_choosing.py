"""Of several regions an account is where it is, else in the first that preflight accepts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.plan.identity import Market
from harness.plan.model import Intent, Plan
from harness.plan.observed import DeletedAccount, Observed
from harness.plan.planner import make_plan
from harness.plan.regions.choosing import Chosen, choose_regions
from harness.plan.resources.fields import list_account_fields, make_tags
from harness.plan.scope import derive_scope
from harness.provision.planning import add_regions
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    CATALOGUE,
    MARKET,
    MINI,
    NOTHING,
    OURS,
    SUBSCRIPTION,
    account_body,
    azure,
    deployment_body,
    spec_of,
    usage,
)

EAST = Market(SUBSCRIPTION, "eastus2")
QUOTA = "OpenAI.GlobalStandard.gpt4.1-mini"
BOTH = ["swedencentral", "eastus2"]


def several(*regions: str, **account: Any) -> Spec:
    return spec_of(region=list(regions or BOTH), **account)


def asked(observed: Observed, *regions: str, **offers: Any) -> Observed:
    """The same moment after these regions were asked."""
    markets = {Market(SUBSCRIPTION, each): offers.get(each, CATALOGUE) for each in regions}
    skus = {(ACCOUNT, each): "" for each in regions}
    more = Observed(observed.today, offers=markets, usages=observed.usages, refused_skus=skus)
    return add_regions(observed, more)


NOBODY = replace(NOTHING, offers={})


def chosen(spec: Spec, observed: Observed, intent: Intent | None = None) -> Chosen:
    found = choose_regions(spec, observed, intent or Intent())
    assert found.asks is None, found.asks
    return found


def planned(spec: Spec, observed: Observed, intent: Intent | None = None) -> Plan:
    found = chosen(spec, observed, intent)
    return make_plan(found.spec, observed, intent or Intent(), found.choices)


def test_no_region_of_several_is_asked_before_it_has_to_be() -> None:
    spec = several()
    assert derive_scope(spec).markets == ()
    assert derive_scope(spec).openings == ()
    first = choose_regions(spec, NOBODY, Intent()).asks
    assert first is not None
    assert (first.markets, [each.region for each in first.openings]) == (
        (MARKET,),
        ["swedencentral"],
    )
    assert choose_regions(spec, asked(NOBODY, "swedencentral"), Intent()).asks is None


def test_the_next_region_is_asked_once_the_first_is_rejected() -> None:
    without = asked(NOBODY, "swedencentral", swedencentral=CATALOGUE[1:])
    asks = choose_regions(several(), without, Intent()).asks
    assert asks is not None
    assert asks.markets == (EAST,)
    found = chosen(several(), asked(without, "eastus2"))
    choice = found.choices["main"]
    assert (choice.region, choice.why) == ("eastus2", "accepted")
    assert [(each.region, each.code) for each in choice.rejected] == [
        ("swedencentral", "model_not_offered")
    ]
    assert found.spec.accounts["main"].region == "eastus2"


def test_quota_that_is_used_up_rejects_a_region() -> None:
    full = replace(NOBODY, usages=usage(QUOTA, 80, 100))
    choice = chosen(several(), asked(full, *BOTH)).choices["main"]
    assert (choice.region, choice.rejected[0].code) == ("eastus2", "quota_exceeded")


def test_a_sku_that_azure_refuses_rejects_a_region() -> None:
    refused = asked(NOBODY, *BOTH)
    skus = {**refused.refused_skus, (ACCOUNT, "swedencentral"): "not for you"}
    choice = chosen(several(), replace(refused, refused_skus=skus)).choices["main"]
    assert (choice.region, choice.rejected[0].code) == ("eastus2", "sku_refused")


def test_two_accounts_share_out_the_quota_of_a_region() -> None:
    document = several().model_dump(exclude_unset=True)
    main = document["accounts"]["main"]
    document["accounts"]["other"] = {**main, "account_name": "acc-02"}
    spec = Spec.model_validate(document)
    room = replace(NOBODY, usages=usage(QUOTA, 0, 60))
    observed = asked(room, *BOTH)
    more = {(each.account, each.region): "" for each in _openings_of_other(spec)}
    observed = replace(observed, refused_skus={**observed.refused_skus, **more})
    found = chosen(spec, observed).choices
    assert [found[each].region for each in ("main", "other")] == BOTH


def _openings_of_other(spec: Spec) -> list[Any]:
    from harness.plan.scope import make_account_id, make_opening

    other = spec.accounts["other"]
    return [make_opening(make_account_id(spec, other), other, region) for region in BOTH]


@pytest.mark.parametrize("regions", [("eastus2", "swedencentral"), ("eastus2", "Sweden Central")])
def test_an_account_that_exists_stays_though_another_region_comes_first(
    regions: tuple[str, ...],
) -> None:
    plan = planned(several(*regions), azure(deployment_body()))
    assert plan.is_empty
    [account] = [each for each in plan.changes if each.resource == ACCOUNT]
    assert account.choice is not None
    assert (account.choice.region, account.choice.why) == (regions[1], "exists")
    assert account.notes == ()


def test_an_account_whose_region_left_the_list_is_replaced_by_the_usual_rules() -> None:
    observed = asked(azure(deployment_body()), "eastus2", "norwayeast")
    plan = planned(several("eastus2", "norwayeast", protect=True), observed)
    [account] = [each for each in plan.changes if each.resource == ACCOUNT]
    assert account.action == "replace"
    assert "region: swedencentral → eastus2" in account.reasons
    assert {each.code for each in plan.errors} == {"protected"}


def test_where_no_region_will_do_every_reason_is_said_once() -> None:
    offers = {"swedencentral": CATALOGUE[1:], "eastus2": CATALOGUE[1:]}
    plan = planned(several("atlantis", *BOTH), asked(NOBODY, *BOTH, "atlantis", **offers))
    [problem] = plan.errors
    assert problem.code == "no_region"
    assert "atlantis: atlantis is not a region" in problem.message
    for region in BOTH:
        assert f"{region}: gpt-4.1-mini is not offered in {region}" in problem.message
    assert problem.hint


def test_a_refusal_that_is_disregarded_rejects_no_region() -> None:
    full = asked(replace(NOBODY, usages=usage(QUOTA, 80, 100)), *BOTH)
    skipped = Intent(skip=frozenset({"quota_exceeded"}))
    assert chosen(several(), full, skipped).choices["main"].region == "swedencentral"
    every = Intent(skip=frozenset({"all"}))
    assert chosen(several(), full, every).choices["main"].region == "eastus2"


def test_a_deleted_account_that_is_restored_comes_back_where_it_was() -> None:
    twin = DeletedAccount(ACCOUNT, "eastus2", body=account_body(location="eastus2"))
    observed = asked(replace(NOBODY, deleted=(twin,)), *BOTH)
    back = chosen(several(on_soft_deleted="restore"), observed).choices["main"]
    assert (back.region, back.why) == ("eastus2", "restored")
    anew = chosen(several(on_soft_deleted="purge"), observed).choices["main"]
    assert (anew.region, anew.why) == ("swedencentral", "accepted")


def test_a_replacement_that_broke_off_goes_on_to_the_region_it_was_made_for() -> None:
    spec = several("eastus2", "swedencentral")
    account = spec.accounts["main"].model_copy(update={"region": "swedencentral"})
    declared = make_tags("test", list_account_fields(account))["harness-spec-hash"]
    tags = {**OURS, "harness-spec-replaced": declared}
    twin = DeletedAccount(ACCOUNT, "norwayeast", body=account_body(tags=tags))
    observed = asked(replace(NOBODY, deleted=(twin,)), *BOTH)
    assert chosen(spec, observed).choices["main"].region == "swedencentral"


def test_a_destroy_tries_no_region() -> None:
    assert chosen(several(), NOBODY, Intent("destroy")).choices == {}


def test_a_group_without_a_region_takes_the_one_that_was_chosen() -> None:
    document = several().model_dump(exclude_unset=True)
    document["resource_group"] = {"name": "rg-test", "create": True}
    without = asked(NOBODY, *BOTH, swedencentral=CATALOGUE[1:])
    plan = planned(Spec.model_validate(document), without)
    assert plan.changes[0].after == {"region": "eastus2"}
    assert MINI["model"] in str(plan.changes[-1].after)
