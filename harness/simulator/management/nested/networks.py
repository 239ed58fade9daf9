"""Managed networks of accounts, and their operations.

Source: recorded with azure-cli, 2026-04, api-version 2026-01-15-preview: GET, PATCH (202 with both
links and no body), two polls of the operation, GET. The operation belongs to another provider, and
the body has no id.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from harness.simulator.management.protocol import operations
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.lookup import not_found_error, require_parent
from harness.simulator.management.protocol.stamps import ZERO_TENANT, make_guid
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
NAME = "default"
APPROVED_ONLY = "AllowOnlyApprovedOutbound"
_DIRECTORY: Body = {
    "status": "Active",
    "category": "Required",
    "type": "ServiceTag",
    "destination": {
        "serviceTag": "AzureActiveDirectory",
        "protocol": "TCP",
        "portRanges": "80, 443",
        "action": "Allow",
        "addressPrefixes": [],
    },
}
_REQUIRED = {"__SYS_ST_AzureActiveDirectory_TCP": _DIRECTORY}


def get(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the account's managed network."""
    with call.world.reading() as state:
        account = require_parent(state, call, parts)
        return Answer(200, _require(call, state, account, parts))


def put(call: ArmCall, parts: Parts) -> Answer:
    """Make or change the managed network: 202, with links and without a body."""
    wish = ((call.body().get("properties") or {}).get("managedNetwork")) or {}
    with call.world.writing() as state:
        account = require_parent(state, call, parts)
        key = _find_key(account)
        if call.method == "PATCH":
            _require(call, state, account, parts)
        there = (state.nested.get(key) or {"properties": {"managedNetwork": {}}})["properties"]
        state.nested[key] = _make_network(there["managedNetwork"] | wish)
        name = operations.begin(
            call, state, account["location"], "InProgress", account["id"], account["kind"]
        )
        state.operations[name]["network"] = True
        query = f"?api-version={call.api_version}"
        location = str(account["location"]).lower()
        return Answer(
            202,
            None,
            {
                "Azure-AsyncOperation": f"{call.base_url}/subscriptions/{parts['subscription']}"
                "/providers/Microsoft.MachineLearningServices/locations/"
                f"{location}/mfeOperationsStatus/mnet:{ZERO_TENANT}:{name}{query}",
                "Location": f"{call.base_url}{call.path}{query}",
            },
        )


def show_operation(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the state of a network's operation."""
    name = parts["operation"].rpartition(":")[2]
    with call.world.reading() as state:
        operation = state.operations.get(name)
    if operation is None:
        raise ArmError(404, "NotFound", f"Specified operation '{name}' cannot be found.")
    ended = operation["ends"] <= time.time()
    return Answer(200, {"id": name, "status": "Succeeded" if ended else "InProgress"})


def _make_network(wish: Body) -> Body:
    mode = wish.get("isolationMode") or "Disabled"
    own = {k: v for k, v in (wish.get("outboundRules") or {}).items() if k not in _REQUIRED}
    return {
        "properties": {
            "provisioningState": "Succeeded",
            "managedNetwork": {
                "isolationMode": mode,
                "networkId": wish.get("networkId") or make_guid(),
                "outboundRules": {**(_REQUIRED if mode == APPROVED_ONLY else {}), **own},
                "status": {"status": "Active"},
                "firewallSku": wish.get("firewallSku") or "Standard",
                "enableNetworkMonitor": wish.get("enableNetworkMonitor", False),
                "enableFirewallLog": wish.get("enableFirewallLog", False),
                "provisionNetworkNow": wish.get("provisionNetworkNow", True),
                "managedNetworkKind": wish.get("managedNetworkKind") or "V2",
                "provisioningState": "Succeeded",
                "changeableIsolationModes": [],
            },
        }
    }


def _find_key(account: Body) -> str:
    return f"{account['id']}/managedNetworks/{NAME}".lower()


def _require(call: ArmCall, state: State, account: Body, parts: Parts) -> Body:
    body = state.nested.get(_find_key(account))
    if body is None or parts["network"].lower() != NAME:
        raise not_found_error(call.path)
    return body
