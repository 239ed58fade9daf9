"""Deployments that stand for the models of other tools' files: the same ones on Azure, today's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from harness.azure.catalogue import ModelOffer, list_models, select_versions
from harness.azure.models import find_azure_name

REGION = "swedencentral"
SKU = "GlobalStandard"
USUAL = "gpt-4.1-mini"
"""The model that stands in where nobody knows the one that was asked."""
JUDGE, EMBEDDER = "gpt-4.1", "text-embedding-3-small"
MOST_SUCCESSIONS = 8

_DAY = re.compile(r"-(20\d\d-\d\d-\d\d)$")


@dataclass(frozen=True, slots=True)
class StandIn:
    """A deployment in the place of a model.

    Attributes:
        model: Azure's name of it.
        version: its version.
        note: what to know where it is not the model itself, or not its version; "" where it is.
    """

    model: str
    version: str
    note: str = ""

    def to_document(self, capacity: int = 50) -> dict[str, Any]:
        """Return the deployment as a spec has it; capacity in thousands of tokens a minute."""
        return {
            "model": self.model,
            "version": self.version,
            "sku": SKU,
            "capacity": capacity,
        }


def find_stand_in(asked: str | None, on: date) -> StandIn:
    """Return what can be deployed on a day in the place of a model.

    The name may be OpenAI's, Azure's or a catalogue's, with a publisher before it and a day behind:
    ``gpt-4o``, ``openai/gpt-4o``, ``gpt-4o-2024-08-06``.
    """
    offers = list_models(REGION, on)
    if not asked:
        return _take_usual(offers, on, "nobody says which model was asked")
    publisher, _, bare = asked.rpartition("/")
    day = _DAY.search(bare)
    name = find_azure_name(bare)
    version = day[1] if day else None
    there = _list_deployable(offers, name, on)
    for offer in there:
        if offer.version == version:
            return StandIn(offer.name, offer.version)
    if there:
        newest = max(there, key=lambda offer: (offer.default, offer.version))
        note = "" if version is None else f"{asked} can no longer be deployed: {newest.version} is"
        return StandIn(newest.name, newest.version, note)
    if publisher and publisher.casefold() not in {"openai", "azure-openai", "azure"}:
        why = f"{asked} is no model of OpenAI's"
        return _take_usual(offers, on, why)
    return _follow(offers, name, asked, on)


def _follow(offers: tuple[ModelOffer, ...], name: str, asked: str, on: date) -> StandIn:
    """Return what Azure names as the successor of a model that has retired."""
    for _ in range(MOST_SUCCESSIONS):
        successors = [offer.successor for offer in select_versions(offers, name) if offer.successor]
        if not successors:
            break
        name = find_azure_name(successors[-1].split()[0])
        if there := _list_deployable(offers, name, on):
            newest = max(there, key=lambda offer: (offer.default, offer.version))
            note = f"{asked} has retired; Azure names {newest.name} {newest.version} in its place"
            return StandIn(newest.name, newest.version, note)
    return _take_usual(offers, on, f"{asked} cannot be deployed on Azure today")


def _take_usual(offers: tuple[ModelOffer, ...], on: date, why: str) -> StandIn:
    there = _list_deployable(offers, USUAL, on) or select_versions(offers, USUAL)
    version = max((offer.version for offer in there), default="2025-04-14")
    return StandIn(USUAL, version, f"{why}: {USUAL} {version} stands in")


def find_beside(name: str, on: date) -> StandIn:
    """Return a model that judges or embeds beside the others, in its newest version."""
    there = _list_deployable(list_models(REGION, on), name, on)
    newest = max(there, key=lambda offer: offer.version, default=None)
    return StandIn(name, newest.version if newest else "default")


def _list_deployable(offers: tuple[ModelOffer, ...], name: str, on: date) -> list[ModelOffer]:
    """List the versions of a model that can be deployed by the token, everywhere at one price."""
    found = []
    for offer in select_versions(offers, name):
        sku = offer.sku(SKU)
        ends = [day for day in (offer.ends, sku.ends if sku else None) if day is not None]
        is_open = offer.lifecycle != "Deprecated" and all(day > on for day in ends)
        if sku is not None and is_open:
            found.append(offer)
    return found


def make_cloud(name: str, deployments: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a spec that deploys: on the simulator unless HARNESS_CLOUD says azure."""
    account = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:40] or "chats"
    return {
        "cloud": "${HARNESS_CLOUD:-simulator}",
        "subscription": "${AZURE_SUBSCRIPTION_ID:-00000000-0000-0000-0000-000000000000}",
        "resource_group": {"name": f"rg-harness-{account}", "region": REGION, "create": True},
        "accounts": {
            "sweden": {
                "account_name": f"harness-{account}-01",
                "region": REGION,
                "deployments": deployments,
            }
        },
    }
