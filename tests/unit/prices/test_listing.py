from __future__ import annotations

from datetime import date, timedelta

from harness.prices.listing import (
    STALE_AFTER_DAYS,
    describe_source,
    find_entry,
    find_similar,
    list_listed,
)


def test_a_version_with_a_price_of_its_own_is_found_by_name_and_version() -> None:
    entry = find_entry("gpt-4", "1106-Preview", "azure")
    assert (entry.input, entry.cached_input, entry.output) == (10.0, 10.0, 30.0)
    assert entry.reason == "listed as gpt-4-1106-preview, by name and version"


def test_a_version_that_is_not_listed_is_unknown_where_versions_differ() -> None:
    entry = find_entry("gpt-4", "9999", "azure")
    assert not entry.is_known
    assert entry.reason == "its versions cost different amounts, and 9999 is not listed"


def test_a_new_version_is_priced_by_its_name_where_all_versions_cost_the_same() -> None:
    entry = find_entry("gpt-4.1-mini", "2030-01-01", "azure")
    assert (entry.input, entry.cached_input, entry.output) == (0.4, 0.1, 1.6)
    assert entry.reason == "listed as gpt-4.1-mini, whose versions all cost the same"
    assert entry.tiers == {"priority": 1.75}


def test_long_prompts_that_cost_more_are_marked() -> None:
    assert find_entry("gpt-5.6-sol", None, "azure").rises
    assert not find_entry("gpt-4.1", "2025-04-14", "azure").rises


def test_what_is_paid_by_the_minute_has_no_price_a_token_and_not_zero() -> None:
    entry = find_entry("gpt-live-transcribe", None, "azure")
    assert entry.input is None
    assert entry.reason == "not paid by the token"


def test_the_router_is_paid_by_what_it_chooses() -> None:
    assert "the model that it chooses is paid" in find_entry("model-router", "1", "azure").reason


def test_an_embedding_costs_what_it_reads() -> None:
    entry = find_entry("text-embedding-3-small", "1", "azure")
    assert (entry.input, entry.output) == (0.02, 0.0)


def test_a_misspelt_model_has_near_ones() -> None:
    assert "gpt-4o-mini" in find_similar("gpt4o-mini", "azure")
    assert all(name[-1].isalnum() for name in find_similar("gpt-nope", "azure"))
    assert not find_entry("gpt4o-mini", None, "azure").is_known


def test_the_table_of_openai_has_todays_models() -> None:
    assert {"gpt-4.1", "gpt-5-mini", "o3"} <= set(list_listed("openai"))


def test_a_table_is_old_when_its_newest_price_is() -> None:
    source = describe_source()
    assert source.checked is not None
    assert not source.is_stale(source.checked + timedelta(days=STALE_AFTER_DAYS))
    assert source.is_stale(source.checked + timedelta(days=STALE_AFTER_DAYS + 1))
    assert source.checked > date(2026, 1, 1)
