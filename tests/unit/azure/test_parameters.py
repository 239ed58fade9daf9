"""The parameters of reasoning models."""

from __future__ import annotations

import pytest

from harness.azure.models import is_reasoning
from harness.azure.offers_data import read_models, read_rows
from harness.azure.parameters import find_parameter


@pytest.mark.parametrize(
    ("model", "version", "values"),
    [
        ("gpt-5", "2025-08-07", ("minimal", "low", "medium", "high")),
        ("gpt-5.5", None, ("none", "low", "medium", "high", "xhigh")),
        ("o3-mini", "2025-01-31", ("low", "medium", "high")),
    ],
)
def test_a_model_names_the_efforts_that_it_takes(
    model: str, version: str | None, values: tuple[str, ...]
) -> None:
    fact = find_parameter(model, version, "reasoning_effort")
    assert fact is not None
    assert (fact.verdict, fact.values) == ("accepted", values)


def test_of_what_one_page_says_both_the_acceptance_counts() -> None:
    fact = find_parameter("gpt-6-sol", "2026-09-22", "temperature")
    assert fact is not None
    assert fact.verdict == "accepted"


def test_nothing_is_known_of_other_models_versions_and_parameters() -> None:
    assert find_parameter("gpt-4o", "2024-11-20", "reasoning_effort") is None
    assert find_parameter("gpt-5", "2030-01-01", "reasoning_effort") is None
    assert find_parameter("gpt-5", "2025-08-07", "colour") is None


def test_every_row_is_of_a_model_that_the_catalogue_has() -> None:
    models = {(name, version) for _, name, version in read_models()}
    rows = {(row["model"], row["version"]) for row in read_rows("parameters")}
    assert rows <= models


def test_a_model_that_takes_an_effort_is_a_reasoning_model() -> None:
    taking = {
        row["model"]
        for row in read_rows("parameters")
        if row["parameter"] == "reasoning_effort" and row["verdict"] == "accepted"
    }
    assert [model for model in taking if not is_reasoning(model)] == []
