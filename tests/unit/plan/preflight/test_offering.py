from __future__ import annotations

from dataclasses import replace
from datetime import date

from harness.plan.identity import Market
from harness.plan.observed import OfferedSku, QuotaUsage, Survey
from harness.plan.preflight.offering import Search, find_nearest_models, list_offerings
from harness.plan.preflight.offers import count_left
from tests.unit.plan.worlds import CATALOGUE, SUBSCRIPTION, TODAY, offered

QUOTA = "openai.globalstandard.gpt4.1-mini"
SWEDEN, NORWAY, IOWA = (
    Market(SUBSCRIPTION, name) for name in ("swedencentral", "norwayeast", "centralus")
)


def survey(left: int = 100) -> Survey:
    usages = {QUOTA: QuotaUsage("OpenAI.GlobalStandard.gpt4.1-mini", 0, left)}
    return Survey(
        {SWEDEN: CATALOGUE, NORWAY: CATALOGUE, IOWA: CATALOGUE},
        {SWEDEN: usages, NORWAY: usages, IOWA: usages},
    )


def rows(search: Search, there: Survey | None = None) -> list[tuple[str, str, str, bool]]:
    found = list_offerings(there or survey(), search, TODAY)
    return [(each.region, each.row.version, each.sku.name, each.fits) for each in found]


def test_what_fits_comes_first_and_the_nearest_of_it_first_of_all() -> None:
    found = rows(Search("gpt-4.1-mini", near="swedencentral", capacity=50))
    assert found == [
        (region, "2025-04-14", sku, True)
        for region in ("swedencentral", "norwayeast", "centralus")
        for sku in ("GlobalStandard", "ProvisionedManaged")
    ]
    found = rows(Search("gpt-4.1-mini", near="centralus", capacity=20))
    assert [each[0] for each in found[:3]] == ["centralus", "norwayeast", "swedencentral"]
    assert [each[2:] for each in found[3:]] == [("ProvisionedManaged", False)] * 3


def test_without_a_capacity_each_sku_is_asked_for_the_least_that_it_sells() -> None:
    found = list_offerings(survey(), Search("gpt-4.1-mini"), TODAY)
    assert {(each.sku.name, each.capacity) for each in found} == {
        ("GlobalStandard", 1),
        ("ProvisionedManaged", 25),
    }


def test_too_little_quota_and_retirement_are_named_with_preflights_codes() -> None:
    [mini, *_] = list_offerings(survey(left=10), Search("gpt-4.1-mini", sku="GlobalStandard",
                                                   capacity=50), TODAY)  # fmt: skip
    assert mini.obstacles == ("quota_exceeded",)
    assert mini.quota is not None
    assert count_left(mini.quota) == 10
    old = [each for each in list_offerings(survey(), Search("gpt-4o"), TODAY) if not each.fits]
    assert {(each.row.version, each.obstacles) for each in old} == {
        ("2024-05-13", ("model_retired",))
    }


def test_an_unknown_quota_is_no_obstacle() -> None:
    there = replace(survey(), usages={})
    assert all(
        each.fits for each in list_offerings(there, Search("gpt-4.1-mini", capacity=50), TODAY)
    )


def test_days_are_counted_to_the_skus_own_retirement() -> None:
    [found, *_] = list_offerings(survey(), Search("gpt-4o", version="2024-11-20"), TODAY)
    assert (found.retires, found.days_left) == (date(2026, 10, 1), 30)


def test_skus_for_fine_tuned_models_are_not_offered_for_the_model() -> None:
    found = rows(Search("gpt-4o", sku="Standard"))
    assert found == []


def test_a_list_for_another_kind_of_account_does_not_count() -> None:
    whisper = offered("whisper", "001", OfferedSku("Standard", "q"), kind="OpenAI")
    there = Survey({SWEDEN: (whisper,)})
    assert rows(Search("whisper"), there) == []
    assert len(rows(Search("whisper", kind="OpenAI"), there)) == 1


def test_what_nobody_recorded_is_marked() -> None:
    assumed = {("norwayeast", "gpt-4.1-mini", "2025-04-14", "GlobalStandard")}
    found = list_offerings(survey(), Search("gpt-4.1-mini"), TODAY, assumed)
    assert {each.region for each in found if each.assumed} == {"norwayeast"}


def test_a_misspelt_model_has_near_names() -> None:
    assert find_nearest_models(survey(), "gpt-4.1-minni")[0] == "gpt-4.1-mini"
