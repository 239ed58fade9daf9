"""What Azure offers where and until when."""

from __future__ import annotations

from datetime import date

import pytest

from harness.azure.catalogue import (
    ModelOffer,
    find_newest_day,
    find_quota_limit,
    is_beyond,
    list_account_regions,
    list_models,
    list_quota_limits,
    list_versions,
)
from harness.azure.offers_data import ASSUMED, read_models, read_offers, read_rows

TODAY = date(2026, 9, 1)
NEWEST = date(2026, 11, 28)


def offer(region: str, on: date, name: str, version: str) -> ModelOffer:
    return next(one for one in list_versions(region, on, name) if one.version == version)


def test_a_recorded_region_offers_its_regional_skus() -> None:
    found = offer("eastus2", TODAY, "gpt-4.1-mini", "2025-04-14")
    assert not found.assumed
    assert found.sku("Standard") is not None


def test_what_nobody_observed_in_a_region_is_assumed_from_regions_of_its_kind() -> None:
    found = offer("francecentral", NEWEST, "gpt-5.5", "2026-04-24")
    assert found.assumed
    assert found.sku("DataZoneStandard") is not None, "as in the data zone of the European Union"
    assert found.sku("Standard") is None
    found = offer("koreacentral", NEWEST, "gpt-5.5", "2026-04-24")
    assert found.sku("GlobalStandard") is not None
    assert found.sku("DataZoneStandard") is None, "it is in no data zone"


def test_a_region_without_pay_as_you_go_is_assumed_to_stay_so() -> None:
    found = offer("northeurope", NEWEST, "gpt-5.5", "2026-04-24")
    assert found.assumed
    assert [sku.name for sku in found.skus] == ["GlobalProvisionedManaged"]


def test_the_newest_page_says_what_a_region_offers() -> None:
    found = offer("swedencentral", NEWEST, "gpt-5.5", "2026-04-24")
    assert not found.assumed
    assert {sku.name for sku in found.skus} >= {"GlobalStandard", "DataZoneStandard"}


def test_a_recorded_absence_wins_over_the_assumption() -> None:
    found = offer("northeurope", TODAY, "gpt-4o", "2024-11-20")
    assert not found.assumed
    assert found.sku("GlobalStandard") is None


def test_a_recorded_deployment_proves_its_sku_where_no_list_was_recorded() -> None:
    assert offer("japaneast", date(2024, 6, 1), "gpt-35-turbo", "0613").sku("Standard") is not None
    assert offer("koreacentral", TODAY, "gpt-4.1", "2025-04-14").sku("Standard") is None


def test_a_region_is_found_however_it_is_spelt() -> None:
    assert list_models("East US 2", TODAY) == list_models("eastus2", TODAY)


@pytest.mark.parametrize(
    ("name", "version", "day"),
    [("gpt-4o", "2024-05-13", date(2024, 5, 12)), ("gpt-5", "2025-08-07", date(2024, 6, 1))],
)
def test_a_model_is_not_offered_before_it_came_out(name: str, version: str, day: date) -> None:
    assert version not in [one.version for one in list_versions("eastus2", day, name)]


@pytest.mark.parametrize(
    ("name", "version", "usage"),
    [
        ("gpt-35-turbo", "1106", "OpenAI.Standard.gpt-35-turbo"),
        ("gpt-35-turbo", "0613", "OpenAI.Standard.gpt-35-turbo"),
        ("gpt-4", "1106-Preview", "OpenAI.Standard.gpt-4-turbo"),
        ("gpt-4", "0613", "OpenAI.Standard.gpt-4"),
        ("gpt-4o", "2024-05-13", "OpenAI.Standard.gpt-4o"),
    ],
)
def test_models_that_retired_since_were_offered_in_their_time(
    name: str, version: str, usage: str
) -> None:
    found = offer("eastus2", date(2024, 6, 1), name, version)
    sku = found.sku("Standard")
    assert found.lifecycle in {"GenerallyAvailable", "Preview"}
    assert sku is not None
    assert sku.usage_name == usage
    assert sku.ends is not None
    assert sku.ends > date(2024, 6, 1)


def test_a_sku_for_fine_tuned_models_is_not_one_for_the_base_model() -> None:
    # Recorded 2026-04: gpt-35-turbo 1106 has Standard for fine-tuned models only.
    found = offer("eastus2", date(2026, 5, 1), "gpt-35-turbo", "1106")
    assert [sku.name for sku in found.skus if sku.fine_tuned] == ["Standard"]
    assert found.sku("Standard") is None


def test_the_newer_schedule_moves_the_date_of_the_record() -> None:
    found = offer("eastus2", TODAY, "gpt-4.1-mini", "2025-04-14")
    assert found.ends == date(2027, 4, 14)
    assert found.sku("GlobalStandard").ends == date(2027, 4, 14)  # type: ignore[union-attr]


def test_a_sku_that_had_a_date_of_its_own_keeps_it() -> None:
    found = offer("eastus2", TODAY, "gpt-4o", "2024-05-13")
    assert found.ends == date(2026, 12, 9)
    assert found.sku("Standard").ends == date(2026, 3, 31)  # type: ignore[union-attr]


def test_a_retired_model_is_still_listed_and_says_so() -> None:
    assert offer("eastus2", TODAY, "gpt-4", "0613").lifecycle == "Deprecated"
    assert offer("eastus2", date(2026, 12, 9), "gpt-4o", "2024-05-13").lifecycle == "Deprecated"


@pytest.mark.parametrize("day", [date(2024, 6, 1), date(2025, 1, 1), TODAY])
@pytest.mark.parametrize("name", ["gpt-4o", "gpt-35-turbo", "gpt-4", "text-embedding-3-small"])
def test_every_model_has_exactly_one_default_version(day: date, name: str) -> None:
    assert sum(one.default for one in list_versions("eastus2", day, name)) == 1


def test_models_of_other_makers_have_their_own_format() -> None:
    assert list_versions("eastus2", TODAY, "DeepSeek-R1") == ()
    assert list_versions("eastus2", TODAY, "DeepSeek-R1", "DeepSeek")


def test_the_old_models_of_2023_are_offered_in_the_region_where_they_were_recorded() -> None:
    day = date(2023, 8, 1)
    assert offer("westeurope", day, "text-davinci-003", "1").sku("Standard") is not None
    assert list_versions("eastus2", day, "text-davinci-003") == ()


def test_every_sku_has_a_quota() -> None:
    usages = {sku.usage_name for one in read_models().values() for sku in one.skus}
    assert usages <= list_quota_limits().keys()


def test_a_quota_has_its_recorded_limit_and_label() -> None:
    limit = find_quota_limit("OpenAI.GlobalStandard.gpt4.1-mini")
    assert limit.limit == 5000
    assert limit.label == "Tokens Per Minute (thousands) - 4.1-mini - GlobalStandard"


def test_long_labels_are_joined_to_their_row() -> None:
    assert find_quota_limit("OpenAI.GlobalStandard.gpt-4-turbo-2024-0409").label == (
        "Tokens Per Minute (thousands) - GPT-4-Turbo - GlobalStandard"
    )


def test_accounts_of_kind_openai_are_not_to_be_had_everywhere() -> None:
    assert "swedencentral" in list_account_regions("OpenAI")
    assert set(list_account_regions("AIServices")) - set(list_account_regions("OpenAI")) == {
        "centralindia",
        "eastasia",
        "qatarcentral",
    }


def test_a_model_that_will_retire_is_offered_somewhere() -> None:
    offered = {key for offers in read_offers().values() for key in offers}
    lonely = [key for key, model in read_models().items() if model.ends and key not in offered]
    assert lonely == []


def test_every_fact_names_a_source_with_its_day() -> None:
    sources = {row["source"]: date.fromisoformat(row["observed"]) for row in read_rows("sources")}
    tables = ("models", "skus", "offers", "quota", "regions")
    named = {row["source"] for table in tables for row in read_rows(table)}
    assert named - {ASSUMED} <= sources.keys()
    assert find_newest_day() == max(sources.values())


def test_a_day_that_stands_for_no_day_is_none() -> None:
    days = [model.ends for model in read_models().values()]
    assert max(day for day in days if day is not None) < date(2090, 1, 1)


def test_what_only_a_table_names_has_the_sizes_of_its_family() -> None:
    sku = offer("swedencentral", NEWEST, "gpt-5.5", "2026-04-24").sku("GlobalProvisionedManaged")
    assert sku is not None
    assert (sku.minimum, sku.step) == (15, 5)
    assert sku.usage_name == "OpenAI.GlobalProvisionedManaged"


def test_a_region_that_no_table_knows_offers_what_others_do_globally() -> None:
    found = offer("nowherenorth", NEWEST, "gpt-5.5", "2026-04-24")
    assert found.assumed
    assert "GlobalStandard" in {sku.name for sku in found.skus}


@pytest.mark.parametrize(
    ("name", "version", "beyond"),
    [
        ("gpt-9", "2027-01-01", True),
        ("gpt-5.5-codex", None, True),
        ("gpt-5.5", "2026-12-01", True),
        ("gpt-5.5", "2026-01-01", False),
        ("GPT-4o", "2024-11-20", False),
        ("gpt-4.1-minni", "2025-04-14", False),
        ("gpt-41-mini", "2025-04-14", False),
    ],
)
def test_what_came_out_later_is_told_from_a_misspelling(
    name: str, version: str | None, beyond: bool
) -> None:
    assert is_beyond(name, version) is beyond
