"""Every parameter of a spec is explained, and a person is told whether a model takes it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from harness.azure.offers_data import read_rows
from harness.azure.parameters import find_problem, find_support
from harness.azure.tables.explained_parameters import BY_NAME, PARAMETERS
from harness.simulator.inference.requests import chat
from harness.spec.model.resources import Parameters


def test_exactly_the_parameters_of_a_spec_are_explained() -> None:
    assert [one.name for one in PARAMETERS] == sorted(BY_NAME, key=list(BY_NAME).index)
    assert set(BY_NAME) == set(Parameters.model_fields)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_is_explained_in_a_sentence_with_an_example_that_a_spec_takes(name: str) -> None:
    explained = BY_NAME[name]
    value = yaml.safe_load(explained.example)
    assert explained.summary.endswith(".")
    assert explained.default
    assert find_problem(name, value) == ""
    assert Parameters.model_validate({name: value}).to_dict() == {
        name: tuple(value) if isinstance(value, list) else value
    }


def test_ranges_are_those_that_the_service_keeps_to() -> None:
    kept = {name: (BY_NAME[name].low, BY_NAME[name].high) for name in chat.RANGES}
    assert kept == dict(chat.RANGES)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("temperature", 2, ""),
        ("temperature", 2.1, "it goes from 0 to 2"),
        ("temperature", True, "it is a number"),
        ("temperature", "hot", "it is a number"),
        ("top_p", -0.1, "it goes from 0 to 1"),
        ("max_output_tokens", 0, "it is 1 or more"),
        ("max_output_tokens", 1.5, "it is a whole number"),
        ("seed", -7, ""),
        ("stop", ["a", "b", "c", "d", "e"], "it is a text, or a list of up to 4"),
        ("stop", "", "it is a text"),
        ("reasoning_effort", "huge", "it is one of none, minimal, low, medium, high, xhigh, max"),
        ("parallel_tool_calls", "yes", "it is true or false"),
        ("logit_bias", {"1": 101}, "each goes from -100 to 100"),
        ("logit_bias", [1], 'it is a mapping: {"1734": -100}'),
        (
            "metadata",
            {str(n): "x" for n in range(17)},
            "it holds up to 16 names, each with a text",
        ),
        ("safety_identifier", "x" * 129, "it is a text of up to 128 characters"),
        ("extra", 3, "it is a mapping: {top_k: 7}"),
        ("response_format", {"type": "json_object"}, ""),
        ("temperature", None, ""),
    ],
)
def test_a_value_out_of_range_is_told_with_the_range(name: str, value: Any, problem: str) -> None:
    assert find_problem(name, value) == problem


def test_what_the_documentation_refuses_is_refused_for_that_model() -> None:
    refused = [
        (row["parameter"], row["model"], row["version"])
        for row in read_rows("parameters")
        if row["verdict"] == "refused" and row["parameter"] in BY_NAME
    ]
    assert len(refused) > 100
    for name, model, version in refused:
        assert find_support(name, model, version).verdict == "refused", (name, model)


@pytest.mark.parametrize(
    ("name", "model", "verdict", "why"),
    [
        ("temperature", "gpt-4.1-mini", "taken", ""),
        ("temperature", "gpt-5-mini", "refused", "documented for this model"),
        ("temperature", "gpt-3.5-turbo", "taken", ""),
        ("stop", "o3", "refused", "a model that reasons refuses it"),
        ("reasoning_effort", "gpt-4o", "refused", "the model does not reason"),
        ("verbosity", "o3", "refused", "models take it from gpt-5 on"),
        ("parallel_tool_calls", "gpt-5", "partly", "not with reasoning_effort: minimal"),
        ("temperature", "llama3.2", "unknown", "nothing is documented of this model"),
        ("temperature", None, "unknown", "the model is not named"),
    ],
)
def test_a_person_is_told_whether_a_model_takes_it(
    name: str, model: str | None, verdict: str, why: str
) -> None:
    support = find_support(name, model)
    assert (support.verdict, support.why) == (verdict, why)


def test_the_values_of_an_effort_are_those_of_the_model() -> None:
    assert find_support("reasoning_effort", "gpt-5.1").values == ("none", "low", "medium", "high")
    assert find_support("reasoning_effort", "gpt-5").values[0] == "minimal"


def test_the_responses_api_has_no_seed() -> None:
    assert find_support("seed", "gpt-4.1", responses=True).verdict == "refused"
    assert find_support("seed", "gpt-4.1").verdict == "taken"
