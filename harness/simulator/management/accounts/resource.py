"""Accounts: create, update, restore, list, delete.

Source: recorded answers, facts on management, section 2: PUT 201 ``Creating`` with an operation;
PUT on an existing one 200 ``Accepted`` with an operation; restore 201 ``Succeeded`` without; PATCH
of tags 200, of anything else 202; DELETE 200 without a body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.azure.arm_types import ACCOUNT, check_properties, spell
from harness.azure.kinds import find_account_kind
from harness.azure.regions import fold
from harness.simulator.management.accounts import deleted
from harness.simulator.management.accounts.availability import is_subdomain_taken
from harness.simulator.management.accounts.body import READ_ONLY, make_identity, render
from harness.simulator.management.protocol import operations
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.management.protocol.lookup import (
    list_private_endpoints,
    list_soft_deleted,
    make_account_id,
    make_group_id,
    require_account,
    require_group,
)
from harness.simulator.management.protocol.stamps import (
    format_precise_time,
    make_account_etag,
    make_account_key,
    make_guid,
    make_system_data,
)
from harness.simulator.world import Body, State

Parts = Mapping[str, str]
TYPE = "Microsoft.CognitiveServices/accounts"
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}")
USAGES_SINCE = "2022-10-01"
"""Recorded: an empty list with 2021-10-01."""
MODEL_KINDS = frozenset({"OpenAI", "AIServices"})


def show(call: ArmCall, state: State, body: Body) -> Body:
    """Return an account with the provisioning state that its last operation left."""
    operation = operations.find_running(state, body["id"])
    if operation is not None:
        word = "Creating" if operation["word"] == "Creating" else "Accepted"
    else:
        word = "Failed" if operations.has_failed(state, body["id"]) else "Succeeded"
    return render(call, body, word, list_private_endpoints(state, body))


def refuse_concurrent_write(state: State, body: Body) -> None:
    """Refuse a write beside another: Azure serialises writes per account.

    Raises:
        ArmError: 409 RequestConflict while an operation on the account runs.
    """
    if operations.find_running(state, body["id"]) is not None:
        raise arm_error("RequestConflict", account_id=body["id"])


def put(call: ArmCall, parts: Parts) -> Answer:
    """Create, restore or replace."""
    wish = call.body()
    with call.world.writing() as state:
        require_group(state, parts)
        there = state.accounts.get(make_account_id(parts).lower())
        if there is not None:
            return _replace(call, state, there, wish)
        gone = list_soft_deleted(state, call.session.now).get(make_account_id(parts).lower())
        if (wish.get("properties") or {}).get("restore"):
            return _restore(call, state, parts, gone)
        if gone is not None:
            raise arm_error("FlagMustBeSetForRestore", account_id=gone["id"])
        return _create(call, state, parts, wish)


def patch(call: ArmCall, parts: Parts) -> Answer:
    """Change tags and SKU (200), or properties and identity (202 with an operation)."""
    wish = call.body()
    with call.world.writing() as state:
        body = require_account(state, parts)
        refuse_concurrent_write(state, body)
        properties = _writable(wish)
        _check_subdomain(call, state, properties, body)
        if "tags" in wish:
            body["tags"] = wish["tags"]
        if wish.get("sku"):
            body["sku"] = wish["sku"]
        body["properties"] |= properties
        if "identity" in wish:
            body["identity"] = make_identity(wish["identity"], body.get("identity"))
        body["patched"] = True
        _touch(call, body)
        if _needs_no_operation(body, properties) and "identity" not in wish:
            return Answer(200, show(call, state, body), {"ETag": body["etag"]})
        name = operations.begin(call, state, body["location"], "Updating", body["id"], body["kind"])
        links = operations.make_links(call, state, name, location=True)
        return Answer(202, render(call, body, "Accepted"), {"ETag": body["etag"], **links})


def _needs_no_operation(body: Body, properties: Body) -> bool:
    """Tell whether a PATCH is done at once, as recorded of a speech account's own storage."""
    storage = body["kind"] == "SpeechServices" and properties.keys() == {"userOwnedStorage"}
    return not properties or storage


def get(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the account."""
    with call.world.reading() as state:
        body = require_account(state, parts)
        return Answer(200, show(call, state, body), {"ETag": body["etag"]})


def list_(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the accounts of a group or of the subscription."""
    with call.world.reading() as state:
        prefix = f"/subscriptions/{parts['subscription']}/".lower()
        if "group" in parts:
            require_group(state, parts)
            prefix = f"{make_group_id(parts)}/".lower()
        rows = [
            show(call, state, body)
            for key, body in state.accounts.items()
            if key.startswith(prefix)
        ]
    return Answer(200, {"value": rows})


def delete(call: ArmCall, parts: Parts) -> Answer:
    """Soft-delete: 200; 204 when it is not there."""
    with call.world.writing() as state:
        require_group(state, parts)
        key = make_account_id(parts).lower()
        body = state.accounts.get(key)
        if body is None:
            return Answer(204)
        refuse_concurrent_write(state, body)
        _refuse_while_it_holds_projects(state, body)
        deleted.soft_delete(call, state, key)
    return Answer(200)


def list_skus(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the SKUs that the account may change to: S0."""
    with call.world.reading() as state:
        require_account(state, parts)
    return Answer(
        200, {"value": [{"resourceType": TYPE, "sku": {"name": "S0", "tier": "Standard"}}]}
    )


def list_usages(call: ArmCall, parts: Parts) -> Answer:
    """Answer with the account's monthly usages; recorded accounts for models have none."""
    with call.world.reading() as state:
        kind = find_account_kind(require_account(state, parts)["kind"])
    rows = [
        {
            "name": {"value": name, "localizedValue": name},
            "status": "Included",
            "currentValue": 0.0,
            "limit": float(limit),
            "nextResetTime": "0001-01-01T00:00:00Z",
            "quotaPeriod": "30.00:00:00",
            "unit": "Count",
        }
        for name, limit in kind.included
        if call.api_version >= USAGES_SINCE
    ]
    return Answer(200, {"value": rows})


def _create(call: ArmCall, state: State, parts: Parts, wish: Body) -> Answer:
    _check_new(call, state, parts, wish)
    properties = _writable(wish)
    _check_subdomain(call, state, properties, None)
    now = call.session.now
    body: Body = {
        "id": make_account_id(parts),
        "name": parts["account"],
        "type": TYPE,
        "etag": make_account_etag(now),
        "location": wish["location"],
        "sku": wish["sku"],
        "kind": wish["kind"],
        **({"tags": wish["tags"]} if wish.get("tags") is not None else {}),
        "properties": {
            "internalId": make_guid().replace("-", ""),
            "dateCreated": format_precise_time(now),
        }
        | properties,
        "systemData": make_system_data(now),
    }
    if wish.get("identity"):
        body["identity"] = make_identity(wish["identity"], None)
    state.accounts[body["id"].lower()] = body
    state.keys[body["id"].lower()] = [make_account_key(), make_account_key()]
    if _is_made_at_once(call, body):
        return Answer(201, render(call, body, "Succeeded"), {"ETag": body["etag"]})
    name = operations.begin(call, state, body["location"], "Creating", body["id"], body["kind"])
    headers = {"ETag": body["etag"], **operations.make_links(call, state, name)}
    return Answer(201, render(call, body, "Creating"), headers)


def _is_made_at_once(call: ArmCall, body: Body) -> bool:
    """Tell whether an account is there without an operation.

    Source: recorded of speech with a storage of its own (2022, 2023), of ComputerVision (2023), and
    of OpenAI in its first api-version (2021).
    """
    first = bool(call.api_version) and call.api_version <= "2021-10-01"
    match body["kind"]:
        case "SpeechServices":
            return "userOwnedStorage" in body["properties"]
        case "OpenAI":
            return first
        case kind:
            return bool(kind == "ComputerVision")


def _restore(call: ArmCall, state: State, parts: Parts, gone: Body | None) -> Answer:
    if gone is None:
        raise arm_error("CanNotRestoreANonExistingResource", account_id=make_account_id(parts))
    key = gone["id"].lower()
    body = state.deleted.pop(key)
    for stamp in ("deletionDate", "scheduledPurgeDate"):
        body["properties"].pop(stamp)
    body.pop("held", None)
    now = call.session.now
    # Recorded: a restored account was "created" at the moment of its restoration.
    body |= {"etag": make_account_etag(now), "systemData": make_system_data(now)}
    state.accounts[key] = body
    state.keys[key] = [make_account_key(), make_account_key()]
    return Answer(201, render(call, body, "Succeeded"), {"ETag": body["etag"]})


def _replace(call: ArmCall, state: State, there: Body, wish: Body) -> Answer:
    refuse_concurrent_write(state, there)
    location = str(wish.get("location") or there["location"])
    if fold(location) != fold(there["location"]):
        raise arm_error(
            "InvalidResourceLocation",
            name=there["name"],
            there=there["location"],
            group=there["id"].split("/")[4],
            location=location,
        )
    kind = str(wish.get("kind") or there["kind"])
    if kind != there["kind"] and not {kind, there["kind"]} <= MODEL_KINDS:
        raise ArmError(400, "BadRequest", "The kind of the account cannot be changed.")
    properties = _writable(wish)
    _check_subdomain(call, state, properties, there)
    old = there["properties"]
    kept = ("internalId", "dateCreated", "customSubDomainName")
    there["properties"] = {key: old[key] for key in kept if key in old} | properties
    there["kind"] = kind
    there["sku"] = wish.get("sku") or there["sku"]
    there.pop("tags", None)
    there.pop("patched", None)
    if wish.get("tags") is not None:
        there["tags"] = wish["tags"]
    if "identity" in wish:
        there["identity"] = make_identity(wish["identity"], there.get("identity"))
    _touch(call, there)
    name = operations.begin(call, state, there["location"], "Updating", there["id"], kind)
    headers = {"ETag": there["etag"], **operations.make_links(call, state, name)}
    return Answer(200, render(call, there, "Accepted"), headers)


def _check_new(call: ArmCall, state: State, parts: Parts, wish: Body) -> None:
    for key in ("location", "kind", "sku"):
        if not wish.get(key):
            raise ArmError(400, "InvalidRequestContent", f"The property '{key}' is required.")
    if not NAME.fullmatch(parts["account"]):
        raise ArmError(
            400,
            "AccountNameInvalid",
            f"The account name '{parts['account']}' is invalid: 2 to 64 letters, digits, '-', '.' "
            "and '_', beginning with a letter or digit.",
        )
    kind, location = str(wish["kind"]), str(wish["location"])
    if call.session.simulator.catalogue == "open":
        return
    regions = call.session.catalogue.list_account_regions(kind)
    if fold(location) not in regions:
        raise arm_error(
            "LocationNotAvailableForResourceType", location=location, regions=",".join(regions)
        )
    usage = f"{kind}.S0.AccountCount"
    limit = call.session.simulator.quota.get(
        usage, call.session.catalogue.find_quota_limit(location, usage).limit
    )
    same = [
        body
        for body in state.accounts.values()
        if body["kind"] == kind
        and fold(body["location"]) == fold(location)
        and body["id"].split("/")[2].lower() == parts["subscription"].lower()
    ]
    if len(same) >= limit:
        raise ArmError(
            400,
            "InsufficientQuota",
            f"Insufficient quota. Cannot create/update/move resource '{parts['account']}'.",
        )


def _check_subdomain(call: ArmCall, state: State, properties: Body, body: Body | None) -> None:
    wanted = properties.get("customSubDomainName")
    has = body["properties"].get("customSubDomainName") if body else None
    if has and wanted is not None and str(has).lower() != str(wanted).lower():
        raise arm_error("UpdatingCustomDomainNotAllowed")
    if not wanted:
        properties.pop("customSubDomainName", None)
        return
    if is_subdomain_taken(call, state, str(wanted), body["id"] if body else ""):
        raise arm_error("CustomDomainInUse", subdomain=wanted)


def _refuse_while_it_holds_projects(state: State, body: Body) -> None:
    # Source: Azure/terraform-provider-azapi#894. Deployments are no obstacle.
    prefix = f"{body['id']}/projects/".lower()
    held = [
        f"Microsoft.CognitiveServices/accounts/{nested['name'].replace('/', '/projects/', 1)}"
        for key, nested in state.nested.items()
        if key.startswith(prefix) and "/" not in key.removeprefix(prefix)
    ]
    if held:
        raise arm_error("CannotDeleteResource", nested=", ".join(held))


def _writable(wish: Body) -> Body:
    properties = wish.get("properties") or {}
    wrong = (each for each in check_properties(properties, ACCOUNT) if each.severity == "error")
    for finding in wrong:
        name = ".".join(map(str, finding.path))
        raise ArmError(400, "BadRequest", f"The value of '{name}' is invalid: {finding.said}.")
    properties = spell(properties, ACCOUNT)
    own = {key: value for key, value in properties.items() if key not in READ_ONLY}
    rules = own.get("networkAcls")
    if isinstance(rules, dict):
        # Recorded: all three are always there; more (``bypass``) as it was sent.
        own["networkAcls"] = {
            "defaultAction": "Allow", "virtualNetworkRules": [], "ipRules": []
        } | rules  # fmt: skip
    return own


def _touch(call: ArmCall, body: Body) -> None:
    body["etag"] = make_account_etag(call.session.now)
    body["systemData"] = make_system_data(call.session.now, body["systemData"])
