"""Content-filter policies of an account.

Source: recorded PUT 201 then 200, GET, LIST (which alone says ``type``), DELETE 202 with both links
(Azure PowerShell, 2025-01).
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.simulator.management import operations
from harness.simulator.management.call import Answer, ArmCall
from harness.simulator.management.lookup import account_id, not_found, require_parent
from harness.simulator.management.stamps import deployment_etag, system_data
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
TYPE = "Microsoft.CognitiveServices/accounts/raiPolicies"


def list_policies(call: ArmCall, parts: Parts) -> Answer:
    """The account's own policies."""
    prefix = f"{account_id(parts)}/raiPolicies/".lower()
    with call.world.reading() as state:
        require_parent(state, call, parts)
        rows = [
            body | {"properties": {"type": "UserManaged", **body["properties"]}}
            for key, body in state.policies.items()
            if key.startswith(prefix)
        ]
    return Answer(200, {"value": rows})


def put_policy(call: ArmCall, parts: Parts) -> Answer:
    """Create (201) or replace (200)."""
    wish = call.body()
    with call.world.writing() as state:
        require_parent(state, call, parts)
        there = state.policies.get(_id(parts).lower())
        body: Body = {
            "id": _id(parts),
            "type": TYPE,
            "name": parts["policy"],
            "properties": wish.get("properties") or {},
            "systemData": system_data(call.session.now, there["systemData"] if there else None),
            "etag": deployment_etag(),
        }
        state.policies[_id(parts).lower()] = body
    return Answer(200 if there else 201, body, {"ETag": body["etag"]})


def get_policy(call: ArmCall, parts: Parts) -> Answer:
    """One policy."""
    with call.world.reading() as state:
        require_parent(state, call, parts)
        body = _require(state, parts)
    return Answer(200, body, {"ETag": body["etag"]})


def delete_policy(call: ArmCall, parts: Parts) -> Answer:
    """202 with an operation; 204 when it is not there."""
    with call.world.writing() as state:
        account = require_parent(state, call, parts)
        if state.policies.pop(_id(parts).lower(), None) is None:
            return Answer(204)
        name = operations.begin(
            call, state, account["location"], "Deleting", _id(parts), account["kind"]
        )
        return Answer(202, None, operations.links(call, state, name, location=True))


def _id(parts: Parts) -> str:
    return f"{account_id(parts)}/raiPolicies/{parts['policy']}"


def _require(state: State, parts: Parts) -> Body:
    body = state.policies.get(_id(parts).lower())
    if body is None:
        raise not_found(_id(parts))
    return body
