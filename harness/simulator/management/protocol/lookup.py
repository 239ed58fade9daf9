"""Finding what a path names, with ARM's own words when it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from harness.simulator.management.protocol.call import ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.world import Body, State

Parts = Mapping[str, str]


def make_group_id(parts: Parts) -> str:
    """Return the ARM id of the group that a path names."""
    return f"/subscriptions/{parts['subscription']}/resourceGroups/{parts['group']}"


def make_account_id(parts: Parts) -> str:
    """Return the ARM id of the account that a path names."""
    return (
        f"{make_group_id(parts)}/providers/Microsoft.CognitiveServices/accounts/{parts['account']}"
    )


def make_deployment_id(parts: Parts) -> str:
    """Return the ARM id of the deployment that a path names."""
    return f"{make_account_id(parts)}/deployments/{parts['deployment']}"


def require_group(state: State, parts: Parts) -> Body:
    """Return the group.

    Raises:
        ArmError: 404, from the gateway, as recorded.
    """
    group = state.groups.get(make_group_id(parts).lower())
    if group is None:
        raise arm_error("ResourceGroupNotFound", group=parts["group"])
    return group


def require_account(state: State, parts: Parts) -> Body:
    """Return the account, its group being there.

    Raises:
        ArmError: 404, from the gateway, as recorded.
    """
    group = require_group(state, parts)
    account = state.accounts.get(make_account_id(parts).lower())
    if account is None:
        raise arm_error("ResourceNotFound", account=parts["account"], group=group["name"])
    return account


def require_scope(state: State, parts: Parts) -> str:
    """Return the id of the account, group or subscription that a path names, which must be there.

    Raises:
        ArmError: 404, from the gateway.
    """
    if "account" in parts:
        return str(require_account(state, parts)["id"])
    if "group" in parts:
        return str(require_group(state, parts)["id"])
    return f"/subscriptions/{parts['subscription']}"


def require_parent(state: State, call: ArmCall, parts: Parts) -> Body:
    """Return the account of something nested in it.

    Raises:
        ArmError: 404 ParentResourceNotFound. Source: ARM's documented texts for nested resources.
    """
    require_group(state, parts)
    account = state.accounts.get(make_account_id(parts).lower())
    if account is not None:
        return account
    message = (
        "Can not perform requested operation on nested resource. Parent resource "
        f"'{parts['account']}' not found."
    )
    if call.method in ("PUT", "PATCH"):
        message = (
            "Failed to perform 'write' on resource(s) of type 'accounts/deployments', because the "
            f"parent resource '{make_account_id(parts)}' could not be found."
        )
    raise ArmError(404, "ParentResourceNotFound", message, cause="gateway")


def not_found_error(identifier: str) -> ArmError:
    """Return the provider's 404, recorded for a deployment after its deletion."""
    return arm_error("NotFound", id=identifier)


def list_soft_deleted(state: State, now: datetime) -> dict[str, Body]:
    """Return the deleted accounts that have not been purged by time."""
    return {
        key: body
        for key, body in state.deleted.items()
        if _read_instant(body["properties"]["scheduledPurgeDate"]) > now
    }


def _read_instant(text: str) -> datetime:
    return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)


def list_private_endpoints(state: State, account: Body) -> list[Body]:
    """Return the connections of private endpoints as the account's body shows them."""
    prefix = f"{account['id']}/privateEndpointConnections/".lower()
    return [
        {key: body[key] for key in ("id", "name", "type")}
        | {"properties": {k: v for k, v in body["properties"].items() if k != "provisioningState"}}
        for key, body in state.nested.items()
        if key.startswith(prefix)
    ]
