"""Resource groups, and the list of what is in them.

Source: recorded PUT 201, GET 200, DELETE 202 with Location and Retry-After 15, two further 202 and
a 200 (Azure Service Operator, 2026-06).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from harness.azure.regions import fold, is_known
from harness.simulator.management.accounts import deleted
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.management.protocol.lookup import make_group_id, require_group
from harness.simulator.management.protocol.stamps import make_guid
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
RECORDED_DELETE_S = 60.0
RETRY_AFTER_S = "15"
_CONDITION = re.compile(r"(\w+) eq '((?:[^']|'')*)'")


def put(call: ArmCall, parts: Parts) -> Answer:
    """Create (201) or replace the tags of a group (200)."""
    wish = call.body()
    location = fold(str(wish.get("location") or ""))
    with call.world.writing() as state:
        there = state.groups.get(make_group_id(parts).lower())
        if there is None:
            _check_location(call, location)
        elif there["location"] != location:
            raise ArmError(
                409,
                "InvalidResourceGroupLocation",
                f"Invalid resource group location '{location}'. The Resource group already exists "
                f"in location '{there['location']}'.",
                cause="gateway",
            )
        body: Body = {
            "id": there["id"] if there else make_group_id(parts),
            "name": there["name"] if there else parts["group"],
            "type": "Microsoft.Resources/resourceGroups",
            "location": location,
            **({"tags": wish["tags"]} if "tags" in wish else {}),
            "properties": {"provisioningState": "Succeeded"},
        }
        state.groups[make_group_id(parts).lower()] = body
    return Answer(200 if there else 201, body)


def patch(call: ArmCall, parts: Parts) -> Answer:
    """Replace the tags of a group."""
    wish = call.body()
    with call.world.writing() as state:
        group = require_group(state, parts)
        if "tags" in wish:
            # Rebuilt, so that tags stand where ARM puts them.
            properties = group.pop("properties")
            group |= {"tags": wish["tags"], "properties": properties}
        return Answer(200, dict(group))


def get(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the group."""
    with call.world.reading() as state:
        return Answer(200, dict(require_group(state, parts)))


def head(call: ArmCall, parts: Parts) -> Answer:
    """Answer whether a group exists: 204 or 404, both without a body."""
    with call.world.reading() as state:
        return Answer(204 if make_group_id(parts).lower() in state.groups else 404)


def list_(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the groups of a subscription."""
    prefix = f"/subscriptions/{parts['subscription']}/".lower()
    with call.world.reading() as state:
        rows = [dict(body) for key, body in state.groups.items() if key.startswith(prefix)]
    return Answer(200, {"value": rows})


def delete(call: ArmCall, parts: Parts) -> Answer:
    """Delete a group and all in it; accounts in it are soft-deleted like any other."""
    recorded = call.session.simulator.management == "recorded"
    with call.world.writing() as state:
        require_group(state, parts)
        prefix = f"{make_group_id(parts)}/".lower()
        for key in [key for key in state.accounts if key.startswith(prefix)]:
            deleted.soft_delete(call, state, key)
        for key in [key for key in state.assignments if key.startswith(prefix)]:
            del state.assignments[key]
        del state.groups[make_group_id(parts).lower()]
        name = make_guid()
        state.operations[name] = {
            "id": f"/subscriptions/{parts['subscription']}/operationresults/{name}",
            "resource": make_group_id(parts).lower(),
            "ends": time.time() + (RECORDED_DELETE_S if recorded else 0.0),
        }
        return Answer(202, None, _make_poll_headers(call, state, name))


def show_deleting(call: ArmCall, parts: Parts) -> Answer:
    """Show the deletion of a group as if it had not ended."""
    with call.world.reading() as state:
        _require_job(state, parts)
        return Answer(202, None, _make_poll_headers(call, state, parts["job"]))


def show_operation(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the state of a group's deletion: 202 with where to ask again, then 200."""
    with call.world.reading() as state:
        job = _require_job(state, parts)
        if job["ends"] > time.time():
            return Answer(202, None, _make_poll_headers(call, state, parts["job"]))
    return Answer(200)


def list_resources(call: ArmCall, parts: Parts) -> Answer:
    """Answer with accounts by ``$filter``: tagName, tagValue, resourceType, resourceGroup, name."""
    wanted = dict(_CONDITION.findall(call.query.get("$filter", "")))
    prefix = f"/subscriptions/{parts['subscription']}/".lower()
    with call.world.reading() as state:
        if "group" in parts:
            require_group(state, parts)
            prefix = f"{make_group_id(parts)}/".lower()
        rows = [
            _make_row(body)
            for key, body in state.accounts.items()
            if key.startswith(prefix) and _matches(body, wanted)
        ]
    return Answer(200, {"value": rows})


def _require_job(state: State, parts: Parts) -> Body:
    job = state.operations.get(parts["job"])
    if job is None:
        raise ArmError(404, "NotFound", f"Operation '{parts['job']}' was not found.")
    return job


def _matches(body: Body, wanted: Mapping[str, str]) -> bool:
    tags = {str(key).lower(): value for key, value in (body.get("tags") or {}).items()}
    tag = wanted.get("tagName")
    return (
        (tag is None or tag.lower() in tags)
        and ("tagValue" not in wanted or tags.get((tag or "").lower()) == wanted["tagValue"])
        and wanted.get("resourceType", body["type"]).lower() == body["type"].lower()
        and wanted.get("name", body["name"]).lower() == body["name"].lower()
        and wanted.get("resourceGroup", body["id"].split("/")[4]).lower()
        == body["id"].split("/")[4].lower()
    )


def _make_row(body: Body) -> Body:
    keys = ("id", "name", "type", "sku", "kind", "location", "tags", "identity")
    return {key: body[key] for key in keys if key in body}


def _make_poll_headers(call: ArmCall, state: State, name: str) -> dict[str, str]:
    version = call.api_version or "2025-04-01"
    return {
        "Location": f"{call.base_url}{state.operations[name]['id']}?api-version={version}",
        "Retry-After": RETRY_AFTER_S,
    }


def _check_location(call: ArmCall, location: str) -> None:
    if not location:
        raise ArmError(
            400, "LocationRequired", "The location property is required for this definition."
        )
    if is_known(location) or call.session.simulator.catalogue == "open":
        return
    regions = ",".join(call.session.catalogue.list_account_regions("AIServices"))
    raise arm_error("LocationNotAvailableForResourceGroup", location=location, regions=regions)
