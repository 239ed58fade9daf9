"""Soft-deleted accounts: listed, restored by a PUT on the account, purged.

Source: recorded GET, LIST and purge (202 with both links, ``Deleting``), azure-cli 2022-10; the
scheduled purge is 48 hours after the deletion.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from harness.azure.regions import fold
from harness.simulator.management.accounts.body import render
from harness.simulator.management.protocol import operations
from harness.simulator.management.protocol.call import Answer, ArmCall
from harness.simulator.management.protocol.lookup import (
    list_soft_deleted,
    make_account_id,
    not_found_error,
)
from harness.simulator.management.protocol.stamps import format_precise_time, make_account_etag
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
KEPT = timedelta(hours=48)


def soft_delete(call: ArmCall, state: State, key: str) -> None:
    """Move an account from the living to the deleted; its deployments and keys are gone.

    What the deployments held of the quota stays held until the account is purged, by somebody or
    by time. Source: public reports of quota that came back with a purge only.
    """
    body = state.accounts.pop(key)
    state.keys.pop(key, None)
    body["held"] = [
        {"sku": one["sku"], "properties": {"model": one["properties"]["model"]}}
        for name, one in state.deployments.items()
        if name.startswith(f"{key}/")
    ]
    for table in (state.deployments, state.nested, state.assignments):
        for nested in [one for one in table if one.startswith(f"{key}/")]:
            del table[nested]
    now = call.session.now
    body["etag"] = make_account_etag(now)
    body["properties"] |= {
        "deletionDate": format_precise_time(now),
        "scheduledPurgeDate": format_precise_time(now + KEPT),
    }
    state.deleted[key] = body


def list_(call: ArmCall, parts: Parts) -> Answer:
    """Answer with every soft-deleted account of the subscription."""
    prefix = f"/subscriptions/{parts['subscription']}/".lower()
    with call.world.reading() as state:
        rows = [
            _show(call, body)
            for key, body in list_soft_deleted(state, call.session.now).items()
            if key.startswith(prefix)
        ]
    return Answer(200, {"value": rows})


def get(call: ArmCall, parts: Parts) -> Answer:
    """Answer with one soft-deleted account."""
    with call.world.reading() as state:
        return Answer(200, _show(call, _require(call, state, parts)))


def purge(call: ArmCall, parts: Parts) -> Answer:
    """Delete for good: 202 and an operation."""
    with call.world.writing() as state:
        body = _require(call, state, parts)
        key = make_account_id(parts).lower()
        del state.deleted[key]
        name = operations.begin(call, state, body["location"], "Deleting", body["id"], body["kind"])
        return Answer(202, None, operations.make_links(call, state, name, location=True))


def _require(call: ArmCall, state: State, parts: Parts) -> Body:
    body = list_soft_deleted(state, call.session.now).get(make_account_id(parts).lower())
    if body is None or fold(body["location"]) != fold(parts["location"]):
        raise not_found_error(call.path)
    return body


def _show(call: ArmCall, body: Body) -> Body:
    shown = render(call, body, "Succeeded")
    subscription, group = body["id"].split("/")[2], body["id"].split("/")[4]
    shown |= {
        "id": f"/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations/"
        f"{body['location']}/resourceGroups/{group}/deletedAccounts/{body['name']}",
        "type": "Microsoft.CognitiveServices/deletedAccounts",
    }
    return shown
