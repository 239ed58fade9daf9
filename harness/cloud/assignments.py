"""Role assignments: resources of another provider, which lie on an account as its own do.

They are asked for in plain requests: azure-mgmt-authorization 4.0 has hundreds of operations, and
it takes one path. An assignment has no tags, and its description says whose it is; here it is read
into tags and written out of them, so that nobody above has to know.

Source: Microsoft.Authorization/roleAssignments, 2022-04-01; recorded PUT 201, GET 200 and 404,
DELETE 200 and 204, 400 PrincipalNotFound, 409 RoleAssignmentExists (Azure Service Operator,
azure-cli).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from harness.cloud.wire import READ, Calls, to_wire
from harness.plan.identity import AccessId, AccountId
from harness.plan.observed import OWNER_TAG, Body, find, find_tag

VERSION = "2022-04-01"
"""The first api-version whose assignments have a description, after its previews."""

OWNED_BY = f"{OWNER_TAG}: "
"""The beginning of the description of an assignment of ours; the spec's name follows."""

_SENT = ("roleDefinitionId", "principalId", "principalType", "condition", "conditionVersion")
"""Properties that can be written, beside the description."""


class RoleAssignments:
    """The role assignments on accounts, through the client of a subscription's groups."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def list_on(self, at: AccountId) -> tuple[Body, ...]:
        """Return the assignments on the account itself; those from above it are left out."""
        subscription = at.group.subscription
        url = f"{quote(at.path)}/{AccessId.kind.segment}?api-version={VERSION}&$filter=atScope()"
        rows = self._calls.read_pages(subscription, url)
        return tuple(_read(row) for row in rows if _is_on(row, at))

    def read(self, at: AccessId) -> Body | None:
        """Return an assignment, or None."""
        body = self._calls.send(at.account.group.subscription, "GET", _url(at), **READ)
        return _read(body) if body else None

    def put(self, at: AccessId, body: Body) -> Body:
        """Make an assignment, or write its description anew."""
        properties = body.get("properties") or {}
        owner = find_tag(body.get("tags") or {}, OWNER_TAG)
        wish = {key: properties[key] for key in _SENT if properties.get(key)}
        described = {"description": f"{OWNED_BY}{owner}"} if owner else {}
        written = self._calls.send(
            at.account.group.subscription,
            "PUT",
            _url(at),
            content=to_wire({"properties": {**wish, **described}}),
        )
        return _read(written) if written else {}

    def delete(self, at: AccessId) -> None:
        """Take a role back; one that is gone already is no error."""
        self._calls.send(at.account.group.subscription, "DELETE", _url(at))


def _url(at: AccessId) -> str:
    return f"{quote(at.path)}?api-version={VERSION}"


def _read(body: Body) -> Mapping[str, Any]:
    """Return a body with tags, as other resources have them."""
    said = str(find(body, ("properties", "description")) or "")
    owner = said.removeprefix(OWNED_BY).strip() if said.startswith(OWNED_BY) else ""
    return {**body, "tags": {OWNER_TAG: owner}} if owner else body


def _is_on(body: Body, at: AccountId) -> bool:
    scope = str(find(body, ("properties", "scope")) or "")
    return scope.casefold().rstrip("/") == at.path.casefold()
