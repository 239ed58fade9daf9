"""Commitment tiers as values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from harness.azure.tables.commitments import TIERS

DISCONNECTED_MOST = 10
"""The most disconnected containers that one plan allows."""


@dataclass(frozen=True, slots=True)
class Tier:
    """So much of a service a month, for one price."""

    kind: str
    sku: str
    hosting: str
    plan: str
    name: str
    quantity: int
    unit: str


@lru_cache(maxsize=1)
def list_tiers() -> tuple[Tier, ...]:
    """Return every tier, in the recorded order of kinds."""
    found = []
    for line in TIERS.splitlines():
        kind, sku, plan, unit, container_unit, served, contained = line.split("|")
        for hosting, own_sku, own_unit, quantities in (
            ("Web", sku, unit, served),
            ("ConnectedContainer", sku, unit, served),
            ("DisconnectedContainer", "DC0", container_unit, contained),
        ):
            found += [
                Tier(kind, own_sku, hosting, plan, f"T{number}", int(quantity) * 1000, own_unit)
                for number, quantity in enumerate(quantities.split(), 1)
            ]
    return tuple(found)
