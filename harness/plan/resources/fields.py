"""The fields that a spec declares of a resource: where ARM keeps it and how it can change.

Sources of the replace rules: hashicorp/terraform-provider-azurerm at 69697b7f,
``cognitive_deployment_resource.go`` and ``cognitive_account_resource.go`` (ForceNew), 2026-08;
``CannotChangeDeploymentModel`` from Azure-Samples/azure-search-openai-demo#1154; capacity was
once replaced by mistake (terraform-provider-azurerm#23226). Whether ARM would take another
``sku.name`` in place is not known; azurerm replaces, and so does this table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.azure.arm_types import ACCOUNT, DEPLOYMENT, spell
from harness.plan.identity import AccountId, NestedId
from harness.plan.model import Difference, Put
from harness.plan.observed import HASH_TAG, OWNER_TAG, Body
from harness.plan.resources.aspects import (
    NAME,
    Aspect,
    Field,
    IdentityField,
    IgnoredField,
    PropertyField,
    fold_word,
)
from harness.spec.model.spec import Account, Deployment

KEEPS_MODEL = "a deployment keeps its model for life"
KEEPS_SKU = "a deployment keeps its SKU for life"
STAYS_PUT = "an account cannot move"
KEEPS_SUBDOMAIN = "a subdomain is given once"
KINDS_IN_PLACE = frozenset({"openai", "aiservices"})


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of a deployment: the contract's word, where ARM keeps it and how it changes.

    Attributes:
        forces: why a difference means a replacement; "" where it can change in place.
        unset: what Azure means when the body does not have it.
        fold: whether ARM ignores case.
    """

    name: str
    path: tuple[str, ...]
    forces: str = ""
    unset: Any = None
    fold: bool = False


MODEL = ("properties", "model")
DEPLOYMENT_ROWS = (
    FieldRow("format", (*MODEL, "format"), KEEPS_MODEL, fold=True),
    FieldRow("model", (*MODEL, "name"), KEEPS_MODEL, fold=True),
    FieldRow("version", (*MODEL, "version")),
    FieldRow("sku", ("sku", "name"), KEEPS_SKU, unset="Standard", fold=True),
    FieldRow("capacity", ("sku", "capacity"), unset=1),
    # Source of what is meant without: terraform-provider-azurerm, default of the option.
    FieldRow(
        "upgrade", ("properties", "versionUpgradeOption"), unset="OnceNewDefaultVersionAvailable"
    ),
    FieldRow("content_filter", ("properties", "raiPolicyName"), fold=True),
)
"""Every field of a deployment that planning compares and import writes, in the order of a plan."""


def list_deployment_fields(deployment: Deployment, version: str | None) -> tuple[Aspect, ...]:
    """Return what is declared of a deployment; ``version`` is resolved, None leaves it to Azure."""
    unit = name_capacity_unit(deployment.sku)
    said: dict[str, Any] = {row.name: getattr(deployment, row.name) for row in DEPLOYMENT_ROWS}
    said["version"] = version
    declared = [
        Field(
            row.name,
            row.path,
            said[row.name],
            row.forces,
            row.unset,
            row.fold,
            unit=unit if row.name == "capacity" else "",
            written=deployment.version if row.name == "version" else None,
            stated=row.name in deployment.model_fields_set,
        )
        for row in DEPLOYMENT_ROWS
        if said[row.name] is not None
    ]
    return _add_properties(declared, deployment.properties, DEPLOYMENT)


def list_account_fields(account: Account) -> tuple[Aspect, ...]:
    """Return what is declared of an account.

    A subdomain that merely defaults to the account's name never forces a replacement: an
    account that was adopted with another one keeps it.
    """
    by_default = account.subdomain.casefold() == account.account_name.casefold()
    stated = account.model_fields_set
    fields = [
        Field("account_name", NAME, account.account_name, fold=True),
        Field("region", ("location",), account.home, STAYS_PUT, fold=True),
        Field("kind", ("kind",), account.kind, fold=True, stated="kind" in stated),
        Field("sku", ("sku", "name"), account.sku, fold=True, stated="sku" in stated),
        Field(
            "subdomain",
            ("properties", "customSubDomainName"),
            account.subdomain,
            "" if by_default else KEEPS_SUBDOMAIN,
            fold=True,
            once=True,
        ),
        Field(
            "local_auth",
            ("properties", "disableLocalAuth"),
            not account.local_auth,
            unset=False,
            inverted=True,
            stated="local_auth" in stated,
        ),
    ]
    identity = (IdentityField(account.identity),) if account.identity else ()
    tags = [Field(f"tags.{key}", ("tags", key), value) for key, value in account.tags.items()]
    declared = (*_add_properties([*fields, *tags], account.properties, ACCOUNT), *identity)
    return tuple(
        IgnoredField(each) if is_ignored(each.name, account.ignore) else each for each in declared
    )


def is_ignored(name: str, ignored: Iterable[str]) -> bool:
    """Return whether a field, or something that it is part of, is never compared."""
    folded = name.casefold()
    return any(
        folded == one.casefold() or folded.startswith(f"{one.casefold()}.") for one in ignored
    )


def compare_account(account: Account, body: Body) -> tuple[Difference, ...]:
    """Return how an account differs from what is declared of it."""
    by_default = account.subdomain.casefold() == account.account_name.casefold()
    found = []
    fields = list_account_fields(account)
    if fold_word(body.get("kind")) not in KINDS_IN_PLACE:
        # An account of another service altogether is not what anybody means by saying nothing.
        fields = tuple(
            replace(each, stated=True) if isinstance(each, Field) and each.name == "kind" else each
            for each in fields
        )
    for difference in compare(fields, body):
        if difference.name == "subdomain" and by_default and difference.before:
            continue
        if difference.name == "kind" and fold_word(difference.before) not in KINDS_IN_PLACE:
            why = "only OpenAI and AIServices change into each other"
            difference = replace(difference, forces=why)  # noqa: PLW2901 - the same, with its reason
        found.append(difference)
    return tuple(found)


def compare(fields: Iterable[Aspect], body: Body) -> tuple[Difference, ...]:
    """Return every stated field that Azure holds differently, in the order of the fields."""
    found = (field.compare(body) for field in fields if field.stated)
    return tuple(difference for difference in found if difference is not None)


def describe_declared(fields: Iterable[Aspect]) -> dict[str, Any]:
    """Return fields by the contract's names, as a plan shows what shall be."""
    return {field.name: field.wanted for field in fields}


def describe_held(fields: Iterable[Aspect], body: Body) -> dict[str, Any]:
    """Return the same fields as Azure holds them, as a plan shows what is there."""
    return {field.name: field.read(body) for field in fields}


def describe_result(fields: Iterable[Aspect], body: Body) -> dict[str, Any]:
    """Return the same fields as they will be: what the spec does not say stays as it is."""
    return {field.name: field.wanted if field.stated else field.read(body) for field in fields}


def make_patch(fields: Iterable[Aspect]) -> dict[str, Any]:
    """Return fields as a body for ARM."""
    body: dict[str, Any] = {}
    for field in fields:
        field.write(body)
    return body


def make_tags(spec: str, fields: Iterable[Aspect]) -> dict[str, str]:
    """Return the tags that say whose a resource is and what was declared when it was written."""
    return {OWNER_TAG: spec, HASH_TAG: hash_declaration(fields)}


LONGEST_TAG = 256
"""Characters of a tag's value. Source: ARM's limits on tags."""


def hash_declaration(fields: Iterable[Aspect]) -> str:
    """Return sixteen hex digits over what is declared, a dot, and four for each field.

    The latter tell `verify` which fields the spec has changed since; where a resource has more
    than fit into a tag they are left away.
    """
    fields = tuple(fields)
    whole = hash_values(describe_declared(fields))
    each = "".join(field.digest for field in fields)
    return f"{whole}.{each}" if len(each) + 17 <= LONGEST_TAG else whole


def hash_values(value: Mapping[str, Any]) -> str:
    """Return sixteen hex digits over all of something."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_put(
    at: AccountId | NestedId,
    fields: Iterable[Aspect],
    tags: Mapping[str, str],
    *,
    fresh: bool = False,
    owner: str | None = None,
) -> Put:
    """Return the step that writes these fields and whose the resource is from then on."""
    body = make_patch(fields)
    return Put(at, {**body, "tags": {**body.get("tags", {}), **tags}}, fresh=fresh, owner=owner)


def explain_forced(found: Iterable[Difference]) -> tuple[str, ...]:
    """Return why these differences mean a replacement; empty when they do not."""
    return tuple(
        f"{difference.name} forces a replacement: {difference.forces}"
        for difference in found
        if difference.forces
    )


def name_capacity_unit(sku: str) -> str:
    """Return what a SKU's capacity counts."""
    return "PTU" if "provisioned" in sku.casefold() else "k TPM"


def _add_properties(
    fields: list[Field], properties: Mapping[str, Any], types: Mapping[str, Any]
) -> tuple[Aspect, ...]:
    """Return fields and properties written as ARM writes them.

    The latter win where both say something.
    """
    written = [
        PropertyField(("properties", *path), value, types)
        for path, value in _list_leaves(spell(properties, types), ())
    ]
    taken = {field.path for field in written}
    return (*(field for field in fields if field.path not in taken), *written)


def _list_leaves(
    value: Mapping[str, Any], path: tuple[str, ...]
) -> Iterable[tuple[tuple[str, ...], Any]]:
    """Yield every value of a nested mapping with its path.

    Lists are values, as ARM replaces them.
    """
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _list_leaves(inner, (*path, key))
        else:
            yield (*path, key), inner


def make_carrying_put(
    at: AccountId | NestedId, body: Mapping[str, Any], tags: Mapping[str, str]
) -> Put:
    """Return the step that makes a resource anew, with what the one before it had."""
    owned = {**body.get("tags", {}), **tags}
    return Put(at, {**body, "tags": owned}, fresh=True, carries=True)
