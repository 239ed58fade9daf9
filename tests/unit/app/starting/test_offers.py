"""The models that a new project may begin with."""

from __future__ import annotations

from datetime import date

import pytest

from harness.app.starting.offers import (
    CAPACITY,
    choose_models,
    list_regions,
    list_starter_models,
    require_region,
)
from harness.azure.catalogue import list_versions
from harness.errors import RequestError

DAY = date(2026, 11, 1)


def test_what_is_offered_converses_and_does_not_retire_soon() -> None:
    models = list_starter_models("swedencentral", DAY)
    names = {model.name for model in models}
    assert "gpt-4.1-mini" in names
    assert names.isdisjoint({"text-embedding-3-small", "gpt-audio", "gpt-4.1-nano", "sora"})
    assert all(model.retires is None or (model.retires - DAY).days > 90 for model in models)


def test_without_a_name_a_project_begins_with_two_small_models() -> None:
    assert [model.name for model in choose_models("swedencentral", (), DAY)] == [
        "gpt-4.1-mini",
        "gpt-5-mini",
    ]


def test_a_model_has_a_version_a_sku_and_a_capacity_that_the_region_sells() -> None:
    [model] = choose_models("swedencentral", ["GPT-4.1-mini"], DAY)
    offers = {one.version: one for one in list_versions("swedencentral", DAY, "gpt-4.1-mini")}
    sku = offers[model.version].sku(model.sku)
    assert sku is not None
    assert sku.minimum <= model.capacity <= CAPACITY


def test_a_model_that_is_not_there_is_answered_with_the_regions_where_it_is() -> None:
    assert "gpt-4.1-mini" not in {one.name for one in list_starter_models("canadacentral", DAY)}
    with pytest.raises(
        RequestError, match=r"H116.*gpt-4.1-mini cannot be had in canadacentral"
    ) as no:
        choose_models("canadacentral", ["gpt-4.1-mini"], DAY)
    hint = no.value.diagnostics[0].hint
    assert hint.startswith("it can in northcentralus, canadaeast") or "canadaeast" in hint
    assert "canadacentral" not in hint


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt-4.1-mni", r"H116.*nothing is known of a model gpt-4.1-mni(.|\n)*gpt-4.1-mini"),
        ("text-embedding-3-small", r"H117(.|\n)*it is for embeddings"),
        ("gpt-audio", r"H117(.|\n)*no conversation in text"),
        ("gpt-4.1-nano", r"H117(.|\n)*it is over since 2026-10-14"),
        ("claude-opus-5", r"H117(.|\n)*begins with OpenAI's models"),
    ],
)
def test_a_model_that_is_none_to_begin_with_is_refused_with_the_reason(
    name: str, said: str
) -> None:
    with pytest.raises(RequestError, match=said):
        choose_models("swedencentral", [name], DAY)


def test_every_model_that_cannot_be_is_told_at_once() -> None:
    with pytest.raises(RequestError) as refused:
        choose_models("swedencentral", ["nope", "gpt-4.1-mini", "dall-e-3"], DAY)
    assert [one.code for one in refused.value.diagnostics] == ["H116", "H117"]


@pytest.mark.parametrize("written", ["Sweden Central", "SwedenCentral", "swedencentral"])
def test_a_region_is_understood_as_people_write_it(written: str) -> None:
    assert require_region(written, DAY) == "swedencentral"


@pytest.mark.parametrize(("region", "said"), [("mars", "is not a region"), ("ukwest", "nearest")])
def test_a_region_without_models_is_refused(region: str, said: str) -> None:
    assert region not in list_regions(DAY)
    with pytest.raises(RequestError, match=rf"H920(.|\n)*{said}"):
        require_region(region, DAY)
