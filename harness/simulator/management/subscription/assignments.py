"""Role assignments on subscriptions, groups and accounts, and the built-in roles.

Source: recorded PUT 201 and 400, GET 200 and 404, DELETE 200 and 204 of
``Microsoft.Authorization/roleAssignments``, 2020-08-01-preview and 2022-04-01 (Azure Service
Operator, 2024 to 2026), PUT 409 (azure-cli, 2023). Lists, updates and role definitions follow the
API description, and nobody recorded them. There is no directory: any GUID is a principal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.azure.roles import GUID, STAND_IN, BuiltInRole, find_role, list_roles, read_role_id
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.management.protocol.lookup import require_scope
from harness.simulator.management.protocol.stamps import format_precise_time
from harness.simulator.world import Body, State

Parts = Mapping[str, str]

_PROVIDER = "providers/microsoft.authorization"
_KEPT = (
    "principalType",
    "condition",
    "conditionVersion",
    "delegatedManagedIdentityResourceId",
    "description",
)
_PRINCIPAL = re.compile(r"(?:principalId\s+eq\s+|assignedTo\()'(?P<id>[^']*)'", re.IGNORECASE)
_AT_SCOPE = re.compile(r"atScope\(\)", re.IGNORECASE)
_ROLE_NAME = re.compile(r"roleName\s+eq\s+'(?P<name>[^']*)'", re.IGNORECASE)


def list_(call: ArmCall, parts: Parts) -> Answer:
    """Answer with assignments on a scope, above it and, without ``atScope()``, below it."""
    wanted = call.query.get("$filter", "")
    principal = _PRINCIPAL.search(wanted)
    only_here = _AT_SCOPE.search(wanted) is not None
    with call.world.reading() as state:
        here = f"{require_scope(state, parts).casefold()}/"
        rows = [
            body
            for body in state.assignments.values()
            if _reaches(body, here, only_here=only_here)
            and (principal is None or body["properties"]["principalId"] == principal["id"].lower())
        ]
    return Answer(200, {"value": rows})


def get(call: ArmCall, parts: Parts) -> Answer:
    """Answer with one assignment."""
    with call.world.reading() as state:
        body = state.assignments.get(_key(require_scope(state, parts), parts))
    if body is None:
        raise arm_error("RoleAssignmentNotFound", name=parts["assignment"])
    return Answer(200, body)


def put(call: ArmCall, parts: Parts) -> Answer:
    """Give a role; the same one cannot be given twice on the same scope."""
    asked = call.body().get("properties") or {}
    with call.world.writing() as state:
        scope = require_scope(state, parts)
        principal, role = _check(asked, parts)
        key = _key(scope, parts)
        there = state.assignments.get(key)
        if there is not None and _pair(there) != (principal, role):
            raise arm_error("RoleAssignmentUpdateNotPermitted")
        if there is None and _find_same(state, scope, principal, role):
            raise arm_error("RoleAssignmentExists")
        body = _make_body(call, scope, parts, asked, there)
        state.assignments[key] = body
    # Recorded: who made it stands there only from the first look on.
    made = body["properties"] | ({"createdBy": None} if there is None else {})
    return Answer(200 if there else 201, body | {"properties": made})


def delete(call: ArmCall, parts: Parts) -> Answer:
    """Take a role back: 200 with what it was, 204 where there was none."""
    with call.world.writing() as state:
        body = state.assignments.pop(_key(require_scope(state, parts), parts), None)
    return Answer(204) if body is None else Answer(200, body)


def list_definitions(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the built-in roles that are known here, or with that of one ``roleName``."""
    named = _ROLE_NAME.search(call.query.get("$filter", ""))
    with call.world.reading() as state:
        require_scope(state, parts)
    rows = [
        _make_definition(role, parts)
        for role in list_roles()
        if named is None or named["name"].casefold() == role.name.casefold()
    ]
    return Answer(200, {"value": rows})


def get_definition(call: ArmCall, parts: Parts) -> Answer:
    """Answer with one built-in role."""
    del call
    role = find_role(parts["role"]) if GUID.match(parts["role"]) else None
    if role is None:
        raise arm_error("RoleDefinitionDoesNotExist", role=parts["role"])
    return Answer(200, _make_definition(role, parts))


ROUTES = (
    ("GET", f"{_PROVIDER}/roleassignments", "assignment.list", list_),
    ("GET", f"{_PROVIDER}/roleassignments/{{assignment}}", "assignment.get", get),
    ("PUT", f"{_PROVIDER}/roleassignments/{{assignment}}", "assignment.put", put),
    ("DELETE", f"{_PROVIDER}/roleassignments/{{assignment}}", "assignment.delete", delete),
    ("GET", f"{_PROVIDER}/roledefinitions", "definition.list", list_definitions),
    ("GET", f"{_PROVIDER}/roledefinitions/{{role}}", "definition.get", get_definition),
)
"""Operations below each scope: method, pattern, name, handler."""


def _check(asked: Mapping[str, Any], parts: Parts) -> tuple[str, str]:
    """Return the principal and the role that are asked for."""
    if not GUID.match(parts["assignment"]):
        raise arm_error("InvalidRoleAssignmentId", name=parts["assignment"])
    principal = str(asked.get("principalId") or "")
    if not GUID.match(principal):
        raise arm_error("InvalidPrincipalId", principal=principal)
    role = read_role_id(str(asked.get("roleDefinitionId") or ""))
    if role is None:
        written = str(asked.get("roleDefinitionId") or "").rpartition("/")[2]
        raise arm_error("RoleDefinitionDoesNotExist", role=written)
    return principal.casefold(), role


def _make_body(
    call: ArmCall, scope: str, parts: Parts, asked: Mapping[str, Any], there: Body | None
) -> Body:
    now = format_precise_time(call.session.now)
    principal = str(asked["principalId"]).casefold()
    # Recorded: where it is not said, Azure looks up what the principal is.
    looked_up = STAND_IN.type if principal == STAND_IN.object_id else "ServicePrincipal"
    kept = {key: asked.get(key) for key in _KEPT}
    old = there["properties"] if there else {}
    return {
        "properties": {
            "roleDefinitionId": str(asked["roleDefinitionId"]),
            "principalId": principal,
            "principalType": kept["principalType"] or looked_up,
            "scope": scope,
            "condition": kept["condition"],
            "conditionVersion": kept["conditionVersion"],
            "createdOn": old.get("createdOn", now),
            "updatedOn": now,
            "createdBy": old.get("createdBy", STAND_IN.object_id),
            "updatedBy": STAND_IN.object_id,
            "delegatedManagedIdentityResourceId": kept["delegatedManagedIdentityResourceId"],
            "description": kept["description"],
        },
        "id": there["id"] if there else f"{scope}/{_SEGMENT}/{parts['assignment']}",
        "type": "Microsoft.Authorization/roleAssignments",
        "name": there["name"] if there else parts["assignment"],
    }


_SEGMENT = "providers/Microsoft.Authorization/roleAssignments"


def _key(scope: str, parts: Parts) -> str:
    return f"{scope}/{_SEGMENT}/{parts['assignment']}".casefold()


def _pair(body: Body) -> tuple[str, str | None]:
    properties = body["properties"]
    return properties["principalId"], read_role_id(properties["roleDefinitionId"])


def _find_same(state: State, scope: str, principal: str, role: str) -> Body | None:
    return next(
        (
            body
            for body in state.assignments.values()
            if body["properties"]["scope"].casefold() == scope.casefold()
            and _pair(body) == (principal, role)
        ),
        None,
    )


def _reaches(body: Body, here: str, *, only_here: bool) -> bool:
    own = f"{body['properties']['scope'].casefold()}/"
    return here.startswith(own) or (not only_here and own.startswith(here))


def _make_definition(role: BuiltInRole, parts: Parts) -> Body:
    return {
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": [],
                    "notActions": [],
                    "dataActions": list(role.data_actions),
                    "notDataActions": list(role.not_data_actions),
                }
            ],
        },
        "id": f"/subscriptions/{parts['subscription']}"
        f"/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id,
    }
