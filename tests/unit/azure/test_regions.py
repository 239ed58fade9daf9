from __future__ import annotations

from harness.azure.regions import REGIONS, fold, is_known, list_openai_regions, sort_nearest_first


def test_a_region_is_the_same_however_it_is_spelt() -> None:
    assert fold("Sweden Central") == fold("SwedenCentral") == "swedencentral"
    assert is_known("East US 2")
    assert not is_known("atlantis")


def test_each_region_is_listed_once_with_a_place_on_earth() -> None:
    names = [region.name for region in REGIONS]
    assert len(names) == len(set(names))
    for region in REGIONS:
        assert region.name == fold(region.display)
        assert -90 <= region.latitude <= 90
        assert -180 <= region.longitude <= 180


def test_neighbours_come_first_and_the_unplaceable_last() -> None:
    asked = ("eastus", "atlantis", "norwayeast", "uksouth")
    assert sort_nearest_first("swedencentral", asked) == (
        "norwayeast",
        "uksouth",
        "eastus",
        "atlantis",
    )


def test_regions_of_another_cloud_are_no_alternative() -> None:
    assert "usgovvirginia" not in list_openai_regions("eastus")
    assert list_openai_regions("usgovvirginia") == ("usgovarizona",)
