from __future__ import annotations

import pytest

from harness.conversation.transcript import Usage
from harness.prices.cost import compute_cost
from harness.spec.model.spec import Price

A_MILLION_IN = Usage(1_000_000, 0)
A_MILLION_OUT = Usage(0, 1_000_000)


@pytest.mark.parametrize(
    ("model", "version", "input_", "output"),
    [
        ("gpt-4", "1106-Preview", 10.0, 30.0),
        ("gpt-4", "0613", 30.0, 60.0),
        ("gpt-4", "turbo-2024-04-09", 10.0, 30.0),
        ("gpt-35-turbo", "1106", 1.0, 2.0),
        ("gpt-35-turbo", "0613", 1.5, 2.0),
        ("gpt-35-turbo-16k", "0613", 3.0, 4.0),
        ("gpt-4o", "2024-05-13", 5.0, 15.0),
        ("gpt-4o", "2024-11-20", 2.5, 10.0),
        ("gpt-4.1-mini", "2025-04-14", 0.4, 1.6),
        ("gpt-5-mini", "2025-08-07", 0.25, 2.0),
    ],
)
def test_azures_names_and_versions_are_found_in_the_table(
    model: str, version: str, input_: float, output: float
) -> None:
    assert compute_cost(A_MILLION_IN, model, version, table="azure") == input_
    assert compute_cost(A_MILLION_OUT, model, version, table="azure") == output


@pytest.mark.parametrize(
    ("model", "version", "why"),
    [
        ("gpt-4", "9999", "other versions of gpt-4 cost three times as much"),
        ("gpt-4", None, "nobody says which version answers"),
        ("gpt-4o", "2030-01-01", "gpt-4o has had two prices"),
        ("llama3.2", None, "not in the table"),
        (None, None, "no model at all"),
    ],
)
def test_what_nobody_knows_is_unknown_and_never_zero(
    model: str | None, version: str | None, why: str
) -> None:
    assert compute_cost(Usage(10, 10), model, version, table="azure") is None, why


def test_a_new_version_of_a_model_that_always_cost_the_same_costs_that() -> None:
    assert compute_cost(A_MILLION_IN, "gpt-4.1-mini", "2030-01-01", table="azure") == 0.4


def test_openais_own_api_takes_bare_names() -> None:
    assert compute_cost(A_MILLION_IN, "gpt-4o", table="openai") == 2.5


def test_without_a_table_only_a_declared_price_counts() -> None:
    price = Price(input=1.0, output=2.0)
    assert compute_cost(Usage(10, 10), "gpt-4o", table=None) is None
    assert compute_cost(Usage(1_000_000, 500_000), "anything", override=price) == 2.0


def test_the_specs_price_comes_before_the_table() -> None:
    price = Price(input=0.0, output=0.0)
    assert compute_cost(A_MILLION_IN, "gpt-4o", "2024-11-20", override=price, table="azure") == 0.0


def test_cached_tokens_are_cheaper_where_the_price_says_so() -> None:
    half = Usage(1_000_000, 0, cached_tokens=500_000)
    declared = Price(input=0.40, output=1.60, cached_input=0.10)
    assert compute_cost(half, "x", override=declared) == 0.25
    assert compute_cost(half, "gpt-4.1-mini", "2025-04-14", table="azure") == 0.25
    assert compute_cost(half, "x", override=Price(input=0.40, output=1.60)) == 0.40


def test_a_price_that_depends_on_the_size_of_the_request_is_taken_by_request() -> None:
    small = compute_cost(Usage(1_000, 0), "gpt-5.4", "2026-03-05", table="openai")
    large = compute_cost(Usage(400_000, 0), "gpt-5.4", "2026-03-05", table="openai")
    assert small is not None
    assert large is not None
    assert large / 400_000 > small / 1_000
