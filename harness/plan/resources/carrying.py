"""Carry what a spec does not say from a resource that is replaced to the one that takes its place.

A network that somebody closed, a filter, a tag: nothing of it may be lost because a region or a
SKU changes. What cannot be carried over is named, so that the plan can say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.plan.identity import CHILD_KINDS
from harness.plan.observed import (
    HASH_TAG,
    HOLDINGS_TAG,
    OWNER_TAG,
    REPLACED_TAG,
    Body,
    find,
)
from harness.plan.resources.aspects import Aspect
from harness.plan.resources.bodies import drop_read_only, keep_telling, merge
from harness.plan.resources.fields import hash_values, make_patch, name_capacity_unit

OUR_TAGS = frozenset(
    {OWNER_TAG, HASH_TAG, HOLDINGS_TAG, REPLACED_TAG, *(kind.ledger for kind in CHILD_KINDS)}
)
"""Tags that say whose a resource is and what it remembers; the new one gets its own."""

BROKE_OFF = "its replacement broke off; made anew from what was kept of it in .harness/replaced"

BOUND = frozenset({"associatedProjects", "defaultProject", "restore", "migrationToken"})
"""Properties of an account that mean that one account and no other."""

BOUND_TO_DEPLOYMENT = frozenset({"model", "scaleSettings", "deploymentState"})


@dataclass(frozen=True, slots=True)
class Carried:
    """The body of a resource that takes another's place.

    Attributes:
        body: all that is sent, without the tags of ours.
        kept: names of what the spec does not say and the new one has all the same.
        lost: names of what could not be carried over.
    """

    body: Mapping[str, Any]
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should know of it."""
        kept = f"keeps what the spec does not say: {', '.join(self.kept)}"
        lost = f"loses: {', '.join(self.lost)}"
        return (*([kept] if self.kept else []), *([lost] if self.lost else []))


def carry_account(there: Body, fields: Iterable[Aspect]) -> Carried:
    """Return the body of an account that takes the place of the one that is there."""
    old = drop_read_only(there)
    fields = tuple(fields)
    stated = [field for field in fields if field.stated and not _is_given_already(field, old)]
    return _join(old, make_patch(stated), BOUND, make_patch(fields))


def carry_child(there: Body, fields: Iterable[Aspect]) -> Carried:
    """Return the body of something that is made again in an account that is replaced."""
    fields = tuple(fields)
    stated = make_patch(field for field in fields if field.stated)
    return _join(drop_read_only(there), stated, frozenset(), make_patch(fields))


def carry_deployment(there: Body, fields: Iterable[Aspect], filters: Iterable[str]) -> Carried:
    """Return the body of a deployment that takes the place of the one that is there.

    ``filters`` are names of the content filters that will be there; Azure's own are always.
    """
    fields = tuple(fields)
    old, full = drop_read_only(there), make_patch(fields)
    patch = make_patch(field for field in fields if field.stated)
    carried = _join(old, patch, BOUND_TO_DEPLOYMENT, full)
    properties = dict(carried.body.get("properties") or {})
    # The model is one thing: parts of the old one beside a new name mean nothing.
    properties["model"] = full["properties"]["model"]
    sku = _choose_sku(old, patch, full)
    lost = []
    policy = str(properties.get("raiPolicyName") or "")
    known = {name.casefold() for name in filters}
    if policy and policy.casefold() not in known and not policy.startswith("Microsoft."):
        lost.append(f"content filter {properties.pop('raiPolicyName')}")
    declared = find(patch, ("properties", "spilloverDeploymentName"))
    reserve = properties.get("spilloverDeploymentName")
    if reserve and not declared and name_capacity_unit(sku["name"]) != "PTU":
        lost.append(f"spillover to {properties.pop('spilloverDeploymentName')}")
    gone = ("raiPolicyName", "spilloverDeploymentName")
    kept = tuple(
        name
        for name in carried.kept
        if not (name.removeprefix("properties.") in gone
                and name.removeprefix("properties.") not in properties)
    )  # fmt: skip
    body = {**carried.body, "sku": sku, "properties": properties}
    return Carried(body, kept, tuple(lost))


def fingerprint(body: Body) -> str:
    """Hash what can be written of a resource, less its tags, which the spec's own steps write."""
    return hash_values({key: value for key, value in drop_read_only(body).items() if key != "tags"})


def _join(
    old: Mapping[str, Any],
    patch: Mapping[str, Any],
    bound: frozenset[str],
    by_default: Mapping[str, Any],
) -> Carried:
    properties = {
        key: value for key, value in (old.get("properties") or {}).items() if key not in bound
    }
    body = merge({**old, "properties": properties}, patch)
    body["tags"] = {
        key: value
        for key, value in (body.get("tags") or {}).items()
        if key.casefold() not in OUR_TAGS
    }
    telling = keep_telling(properties, frozenset())
    said, tags = patch.get("properties") or {}, patch.get("tags") or {}
    # What a new one gets anyway is not worth a word.
    usual = by_default.get("properties") or {}
    kept = [
        *(
            f"properties.{key}"
            for key, value in telling.items()
            if body["properties"].get(key) not in (said.get(key), usual.get(key))
            and not str(value).startswith("Microsoft.")
        ),
        *(f"tags.{key}" for key in body["tags"] if key not in tags),
        *(["identity"] if body.get("identity") and "identity" not in patch else []),
    ]
    return Carried(body, tuple(kept))


def _is_given_already(field: Aspect, old: Mapping[str, Any]) -> bool:
    """Return whether a subdomain that only defaults to the account's name would replace another."""
    held = find(old, ("properties", "customSubDomainName"))
    return field.name == "subdomain" and bool(held) and not getattr(field, "forces", "")


def _choose_sku(
    old: Mapping[str, Any], patch: Mapping[str, Any], full: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the SKU: an unstated capacity stays as it is where it counts the same unit."""
    before = old.get("sku") or {}
    said = patch.get("sku") or {}
    name = str(said.get("name") or before.get("name") or full["sku"]["name"])
    same = name_capacity_unit(name) == name_capacity_unit(str(before.get("name") or ""))
    capacity = said.get("capacity") or (before.get("capacity") if same else None)
    return {"name": name, "capacity": capacity or full["sku"]["capacity"]}
