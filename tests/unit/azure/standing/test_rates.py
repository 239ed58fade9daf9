from __future__ import annotations

import pytest

from harness.azure.standing.rates import (
    find_hourly_rate,
    find_sku_factor,
    is_fine_tuned,
    list_rates,
)

TUNED = "gpt-4.1-mini-2025-04-14.ft-0ab1c2"


def test_a_fine_tuned_model_costs_by_the_hour_as_standard_and_not_as_developer_tier() -> None:
    assert is_fine_tuned(TUNED)
    hosting, developer = (find_hourly_rate(TUNED, sku) for sku in ("Standard", "DeveloperTier"))
    assert hosting is not None
    assert (hosting.kind, hosting.value) == ("hosting", 1.7)
    assert developer is not None
    assert developer.value == 0


def test_throughput_is_paid_by_the_unit_whatever_the_model() -> None:
    for model in (TUNED, "gpt-4.1"):
        rate = find_hourly_rate(model, "globalprovisionedmanaged")
        assert rate is not None
        assert (rate.kind, rate.value, rate.month_reserved) == ("unit", 1.0, 260.0)


@pytest.mark.parametrize("sku", ["GlobalStandard", "Standard", "DataZoneStandard", "GlobalBatch"])
def test_a_model_as_it_comes_costs_nothing_while_it_idles(sku: str) -> None:
    assert find_hourly_rate("gpt-4.1", sku) is None


def test_a_batch_costs_half_and_global_standard_is_the_measure() -> None:
    batch = find_sku_factor("GlobalBatch")
    assert batch is not None
    assert batch.value == 0.5
    assert find_sku_factor("GlobalStandard") is None


def test_every_rate_has_a_month_and_a_source_and_says_whether_azure_said_it() -> None:
    for rate in list_rates():
        assert rate.observed.startswith("2026-")
        assert rate.source[:1].isalpha()
    assert {rate.is_verified for rate in list_rates()} == {True, False}
