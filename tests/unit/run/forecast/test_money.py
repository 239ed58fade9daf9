"""The price of a forecast's tokens."""

from __future__ import annotations

import pytest

from harness.run.forecast.interval import NOTHING, Interval
from harness.run.forecast.money import find_token_prices
from harness.run.forecast.volumes import Volume
from harness.run.targets import Target
from harness.spec.model.spec import Price

MINI = Target(
    "acc/mini", "deployment", "acc", "mini",
    model="gpt-4.1-mini", version="2025-04-14", sku="GlobalStandard", price_table="azure",
)  # fmt: skip
MILLION = 1_000_000


def make_volume(cached: float) -> Volume:
    sent = Interval(MILLION, 2 * MILLION, 3 * MILLION)
    return Volume(NOTHING, sent, Interval(0, 0, cached), Interval(0, MILLION, MILLION))


def test_only_the_low_end_counts_on_what_may_be_cached() -> None:
    prices = find_token_prices(MINI, {})
    assert prices is not None
    usual, cached = (prices.price(make_volume(many)) for many in (0, MILLION / 2))
    assert usual.low == pytest.approx(0.4)
    assert cached.low == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)
    assert cached.typical == usual.typical == pytest.approx(2 * 0.4 + 1.6)
    assert cached.high == usual.high == pytest.approx(3 * 0.4 + 1.6)


def test_no_more_is_cached_than_is_sent() -> None:
    prices = find_token_prices(MINI, {})
    assert prices is not None
    assert prices.price(make_volume(9 * MILLION)).low == pytest.approx(0.1)


def test_a_tier_has_its_price_or_none() -> None:
    priority = find_token_prices(MINI, {"service_tier": "priority"})
    assert priority is not None
    assert priority.output * MILLION == pytest.approx(1.6 * 1.75)
    assert find_token_prices(MINI, {"service_tier": "flex"}) is None


def test_the_price_of_a_spec_is_taken_as_it_is() -> None:
    own = Target(
        "acc/own", "deployment", "acc", "own",
        model="anything", sku="DataZoneStandard", price=Price(input=1, output=2),
    )  # fmt: skip
    prices = find_token_prices(own, {})
    assert prices is not None
    assert (prices.input * MILLION, prices.output * MILLION, prices.factor) == (1, 2, 1)
