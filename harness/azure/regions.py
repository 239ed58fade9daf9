"""Azure's regions: how they are written, where they are, and which is nearest.

Source: ``az account list-locations`` (display name, latitude, longitude), 2026-06; regions with
Azure OpenAI from the regional availability tables of its documentation, same month. A region that
is not in this table may exist all the same: the list that Azure gives for a subscription wins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.azure.clouds import CLOUDS, PUBLIC


@dataclass(frozen=True, slots=True)
class Region:
    """A region as ARM writes it, as people write it, and where it is in degrees."""

    name: str
    display: str
    latitude: float
    longitude: float
    openai: bool = True


REGIONS = (
    Region("australiaeast", "Australia East", -33.86, 151.21),
    Region("australiasoutheast", "Australia Southeast", -37.81, 144.96, openai=False),
    Region("austriaeast", "Austria East", 48.2, 16.37, openai=False),
    Region("brazilsouth", "Brazil South", -23.55, -46.63),
    Region("canadacentral", "Canada Central", 43.65, -79.38),
    Region("canadaeast", "Canada East", 46.82, -71.22),
    Region("centralindia", "Central India", 18.58, 73.92),
    Region("centralus", "Central US", 41.59, -93.62),
    Region("centraluseuap", "Central US EUAP", 41.59, -93.62, openai=False),
    Region("chinaeast2", "China East 2", 31.23, 121.47, openai=False),
    Region("chinanorth3", "China North 3", 40.2, 115.6),
    Region("eastasia", "East Asia", 22.27, 114.19),
    Region("eastus", "East US", 37.37, -79.82),
    Region("eastus2", "East US 2", 36.67, -78.39),
    Region("eastus2euap", "East US 2 EUAP", 36.67, -78.39, openai=False),
    Region("francecentral", "France Central", 46.38, 2.37),
    Region("germanywestcentral", "Germany West Central", 50.11, 8.68),
    Region("indonesiacentral", "Indonesia Central", -6.2, 106.85, openai=False),
    Region("israelcentral", "Israel Central", 31.27, 33.43, openai=False),
    Region("italynorth", "Italy North", 45.47, 9.18),
    Region("japaneast", "Japan East", 35.68, 139.77),
    Region("japanwest", "Japan West", 34.69, 135.5),
    Region("jioindiacentral", "Jio India Central", 21.15, 79.09, openai=False),
    Region("jioindiawest", "Jio India West", 22.47, 70.06, openai=False),
    Region("koreacentral", "Korea Central", 37.57, 126.98),
    Region("koreasouth", "Korea South", 35.18, 129.08, openai=False),
    Region("malaysiawest", "Malaysia West", 3.14, 101.69, openai=False),
    Region("mexicocentral", "Mexico Central", 20.59, -100.39, openai=False),
    Region("newzealandnorth", "New Zealand North", -36.85, 174.76, openai=False),
    Region("northcentralus", "North Central US", 41.88, -87.63),
    Region("northeurope", "North Europe", 53.35, -6.26),
    Region("norwayeast", "Norway East", 59.91, 10.75),
    Region("polandcentral", "Poland Central", 52.23, 21.01),
    Region("qatarcentral", "Qatar Central", 25.55, 51.44, openai=False),
    Region("southafricanorth", "South Africa North", -25.73, 28.22),
    Region("southcentralus", "South Central US", 29.42, -98.5),
    Region("southeastasia", "Southeast Asia", 1.28, 103.83),
    Region("southindia", "South India", 12.98, 80.16),
    Region("spaincentral", "Spain Central", 40.42, -3.7),
    Region("swedencentral", "Sweden Central", 60.67, 17.14),
    Region("switzerlandnorth", "Switzerland North", 47.45, 8.56),
    Region("switzerlandwest", "Switzerland West", 46.2, 6.14),
    Region("uaenorth", "UAE North", 25.27, 55.32),
    Region("uksouth", "UK South", 50.94, -0.8),
    Region("ukwest", "UK West", 53.43, -3.08, openai=False),
    Region("usgovarizona", "US Gov Arizona", 33.45, -112.07),
    Region("usgovvirginia", "US Gov Virginia", 37.37, -79.82),
    Region("westcentralus", "West Central US", 40.89, -110.23, openai=False),
    Region("westeurope", "West Europe", 52.37, 4.9),
    Region("westindia", "West India", 19.09, 72.87, openai=False),
    Region("westus", "West US", 37.78, -122.42),
    Region("westus2", "West US 2", 47.23, -119.85),
    Region("westus3", "West US 3", 33.45, -112.07),
)

_BY_NAME = {region.name: region for region in REGIONS}

OPENAI_NAMES = frozenset(region.name for region in REGIONS if region.openai)
"""Regions that have Azure OpenAI, as far as the table knows."""


def fold(region: str) -> str:
    """Return one spelling for all: ``Sweden Central``, ``SwedenCentral`` and ``swedencentral``."""
    return region.replace(" ", "").casefold()


def is_known(region: str) -> bool:
    """Tell whether the table has a region, in any spelling."""
    return fold(region) in _BY_NAME


def find_sovereignty(region: str) -> str:
    """Return the cloud that a region belongs to; those of another cloud are no alternatives."""
    name = fold(region)
    prefixed = (cloud for cloud in CLOUDS.values() if cloud.region_prefix)
    return next(
        (cloud.name for cloud in prefixed if name.startswith(cloud.region_prefix)), PUBLIC.name
    )


def sort_nearest_first(region: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return the candidates by their distance from a region; those nobody can place come last."""
    here = _BY_NAME.get(fold(region))

    def distance(name: str) -> tuple[float, str]:
        there = _BY_NAME.get(fold(name))
        if here is None or there is None:
            return (math.inf, name)
        return (_measure_kilometres(here, there), name)

    return tuple(sorted(candidates, key=distance))


def list_openai_regions(region: str) -> tuple[str, ...]:
    """Return other regions of the same cloud that have Azure OpenAI, nearest first."""
    names = (
        other.name
        for other in REGIONS
        if other.openai
        and other.name != fold(region)
        and find_sovereignty(other.name) == find_sovereignty(region)
    )
    return sort_nearest_first(region, names)


def _measure_kilometres(a: Region, b: Region) -> float:
    """Return the great-circle distance."""
    la, lb = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(b.longitude - a.longitude)
    cosine = math.sin(la) * math.sin(lb) + math.cos(la) * math.cos(lb) * math.cos(turn)
    return 6371.0 * math.acos(min(1.0, max(-1.0, cosine)))
