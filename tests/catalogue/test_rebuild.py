"""The data files are what the rebuilding makes of the tables, and the tables are read rightly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogue.facts import Facts, Model, Row, read_facts
from tests.catalogue.offers import Assumptions, Observations, Period
from tests.catalogue.rebuild import DATA, OWN, rebuild

MINI: Model = ("OpenAI", "gpt-9-mini", "2030-01-01")


def test_the_data_files_are_up_to_date(shared_data: Path) -> None:
    texts = rebuild([shared_data / "catalogue"])
    stale = [
        name for name, text in texts.items() if (DATA / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: python -m tests.catalogue.rebuild ../shared/data/catalogue"


def row(region: str, sku: str, source: str, day: str, model: Model = MINI) -> Row:
    return dict(
        zip(
            ("region", "sku", "format", "model", "version", "source", "observed"),
            (region, sku, *model, source, day),
            strict=True,
        )
    )


def observe(*offers: Row, zones: dict[str, str] | None = None) -> Observations:
    regions = [{"region": name, "zone": zone} for name, zone in (zones or {}).items()]
    return Observations(Facts({"offers": list(offers), "regions": list(regions)}))


OTHER: Model = ("OpenAI", "gpt-9", "2030-01-01")
OLD, NEW = ("regions-1", "2030-02-01"), ("regions-2", "2030-03-01")


def test_what_a_newer_page_does_not_have_any_more_has_ended_on_its_day() -> None:
    seen = observe(
        row("eastus2", "Standard", *OLD),
        row("eastus2", "GlobalStandard", *OLD),
        row("eastus2", "GlobalStandard", *NEW),
    )
    assert seen.find_periods("eastus2", MINI) == {
        "Standard": [Period("", "2030-03-01", "regions-1")],
        "GlobalStandard": [Period("", "", "regions-2")],
    }


def test_what_only_a_list_ever_had_is_not_taken_back_by_a_page() -> None:
    seen = observe(
        row("eastus2", "GlobalBatch", "azd-regions", "2030-01-15"),
        row("eastus2", "GlobalStandard", *NEW),
    )
    periods = seen.find_periods("eastus2", MINI)
    assert periods["GlobalBatch"] == [Period("", "", "azd-regions")]
    assert periods["GlobalStandard"] == [Period("2030-03-01", "", "regions-2")]


def test_a_page_says_nothing_of_a_region_that_it_does_not_cover() -> None:
    seen = observe(row("eastus2", "Standard", *OLD), row("westus", "Standard", *NEW))
    assert seen.find_periods("eastus2", MINI) == {"Standard": [Period("", "", "regions-1")]}


@pytest.mark.parametrize(
    ("region", "guess"),
    [
        ("westus", {"Standard", "GlobalStandard"}),
        ("koreacentral", {"GlobalStandard"}),
        ("nowhere", {"GlobalStandard"}),
    ],
)
def test_a_region_that_nobody_observed_is_like_most_of_its_kind(
    region: str, guess: set[str]
) -> None:
    us = ("eastus", "eastus2", "centralus", "westus3")
    zones = {**dict.fromkeys((*us, "westus"), "us"), "koreacentral": ""}
    offered = {name: {MINI: {"Standard", "GlobalStandard"}} for name in us[:2]}
    offered |= {name: {MINI: {"GlobalStandard"}} for name in us[2:]}
    seen = observe(
        *(row(name, sku, *NEW) for name, found in offered.items() for sku in found[MINI]),
        zones=zones,
    )
    assert Assumptions(seen, {MINI: "2030-01-01"}, offered).guess(region, MINI) == guess


def test_every_own_table_names_its_sources() -> None:
    own = read_facts([OWN])
    known = {line["source"] for line in own.rows("sources")}
    shared = {"azd-regions", "schedule-0928"}
    for table in ("offers", "models", "capacity", "regions"):
        assert {line["source"] for line in own.rows(table)} <= known | shared
