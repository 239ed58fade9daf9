"""Connections of accounts and projects, and those of private endpoints.

Source: a project's connection, recorded with azure-cli, 2025-10; private endpoints' with azure-cli,
2020-07 to 2022-11. ``group`` of other categories is assumed from the API description.
"""

from __future__ import annotations

from harness.simulator.management.nested.verbs import Writing
from harness.simulator.management.protocol.stamps import make_system_data
from harness.simulator.world import Body

CONNECTION_ORDER = ("tags", "location", "id", "name", "type", "properties", "systemData")
ENDPOINT_ORDER = ("id", "name", "type", "etag", "location", "properties")
_GROUPS = {
    **dict.fromkeys(
        (
            "AIServices",
            "AzureOpenAI",
            "CognitiveSearch",
            "CognitiveService",
            "OpenAI",
            "Serverless",
        ),
        "AzureAI",
    ),
    **dict.fromkeys(("ApiKey", "CustomKeys", "GenericHttp", "RemoteTool"), "GenericProtocol"),
}
_WHEN_FIRST = ("createdAt", "createdBy", "createdByType", "lastModifiedAt", "lastModifiedBy",
               "lastModifiedByType")  # fmt: skip


def make_connection(writing: Writing) -> Body:
    """Keep a connection without its credentials: they go in and never come out."""
    sent = {k: v for k, v in (writing.wish.get("properties") or {}).items() if v is not None}
    category = str(sent.get("category") or "")
    own = {
        "authType": sent.get("authType"),
        "credentials": None,
        "group": _GROUPS.get(category, "Azure"),
        "category": category,
        "expiryTime": sent.get("expiryTime"),
        "target": sent.get("target"),
        "useWorkspaceManagedIdentity": sent.get("useWorkspaceManagedIdentity", False),
        "isSharedToAll": sent.get("isSharedToAll", False),
        "sharedUserList": sent.get("sharedUserList") or [],
        "peRequirement": sent.get("peRequirement", "NotRequired"),
        "peStatus": sent.get("peStatus", "NotApplicable"),
        "error": sent.get("error"),
        "isDefault": sent.get("isDefault", True),
        "metadata": sent.get("metadata") or {},
    }
    there = writing.there
    stamp = make_system_data(writing.call.session.now, there["systemData"] if there else None)
    return {
        "tags": None,
        "location": None,
        "properties": own,
        "systemData": dict(sorted(stamp.items(), key=lambda one: _WHEN_FIRST.index(one[0]))),
    }


def make_private_endpoint(writing: Writing) -> Body:
    """Keep the connection of a private endpoint; what was approved says so."""
    account = writing.account
    properties = dict(writing.wish.get("properties") or {})
    state = dict(properties.get("privateLinkServiceConnectionState") or {})
    if state.get("description") is None:
        state.pop("description", None)
        if state.get("status") == "Approved":
            state = {"status": state.pop("status"), "description": "Approved", **state}
    own = {**properties, "privateLinkServiceConnectionState": state}
    own.pop("provisioningState", None)
    return {
        "name": f"{account['name']}/{writing.parts['connection']}",
        "location": writing.wish.get("location") or account["location"],
        "properties": {**own, "provisioningState": "Succeeded"},
    }
