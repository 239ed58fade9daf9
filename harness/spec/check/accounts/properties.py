"""Hold properties, identities and content filters against Azure's own types and words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.azure import arm_types
from harness.azure.content_filters import FILTER_NAMES
from harness.spec.document import walk
from harness.spec.document.located import Node, to_plain
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote

IGNORABLE = ("tags", "properties", "identity", "sku", "kind", "local_auth", "subdomain")
"""Words with which a path of ``ignore`` begins."""

IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity"
    r"/userAssignedIdentities/[^/]+/?\Z",
    re.IGNORECASE,
)
"""The id of a user-assigned identity. Source: ARM's ids of Microsoft.ManagedIdentity."""


def check(root: Node, problems: Problems) -> None:
    """Note everything about accounts that Azure would drop or refuse."""
    for _, account in walk.list_entries(root, "accounts"):
        _check_properties(account, arm_types.ACCOUNT, problems)
        _check_ignore(account.at("ignore"), problems)
        _check_identity(account.at("identity"), problems)
        for _, policy in walk.list_entries(account, "content_filters"):
            _check_filter(policy, problems)
        for _, deployment in walk.list_entries(account, "deployments"):
            _check_properties(deployment, arm_types.DEPLOYMENT, problems)


def _check_properties(owner: Node, types: Mapping[str, Any], problems: Problems) -> None:
    written = owner.at("properties")
    if written is None or not written.items:
        return
    for finding in arm_types.check_properties(to_plain(written), types):
        name = ".".join(("properties", *map(str, finding.path)))
        node = written.at(*finding.path) or written
        above = written.at(*finding.path[:-1]) or written
        key = str(finding.path[-1]) if finding.path else ""
        if finding.severity == "warning":
            problems.warn("H210", above.key_span(key), f"{name}: {finding.said}", hint=finding.hint)
        else:
            code = "H205" if "is not one of" in finding.said else "H203"
            problems.error(code, node.span, f"{name}: {finding.said}", hint=finding.hint)


def _check_ignore(ignore: Node | None, problems: Problems) -> None:
    """Note paths that begin with nothing that an account has."""
    for each in ignore.elements if ignore is not None else ():
        head = (each.text or "").partition(".")[0]
        if each.text is not None and head not in IGNORABLE:
            hint = problems.suggest(head, IGNORABLE) or "tags.NAME, properties.PATH"
            problems.error("H205", each.span, f"{quote(each.text)} cannot be ignored", hint=hint)


def _check_identity(identity: Node | None, problems: Problems) -> None:
    for each in identity.elements if identity is not None else ():
        text = each.text
        if text is None or text == "system" or "${" in text or IDENTITY.match(text):
            continue
        problems.error(
            "H208",
            each.span,
            f"{quote(text)} is no identity",
            hint="`system`, or the resource id of a user-assigned identity: "
            "`az identity show --name NAME --resource-group GROUP --query id`",
        )


def _check_filter(policy: Node, problems: Problems) -> None:
    filters = policy.at("filters")
    folded = {name.casefold() for name in FILTER_NAMES}
    for rule in filters.elements if filters is not None else ():
        name = rule.at("name")
        if name is None or name.text is None or name.text.casefold() in folded:
            continue
        near = problems.suggest(name.text, FILTER_NAMES)
        problems.error(
            "H205",
            name.span,
            f"Azure has no content filter {quote(name.text)}",
            hint=near or f"one of: {', '.join(FILTER_NAMES)}",
        )
