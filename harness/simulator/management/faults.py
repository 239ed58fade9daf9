"""Declared faults of the management plane: what a fault answers, and what it does to the world.

A fault with a code is answered in Azure's words (``failures``). Some codes are no refusals but
states: ``NotRegistered`` of a provider, ``Accepted`` of an account, ``Running`` of an operation;
these are shown, with status 200. A success status with a code is a write that Azure accepts and
that fails afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from harness.simulator.malformed import is_of_stream
from harness.simulator.management.accounts import availability
from harness.simulator.management.protocol import operations
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.failures import fill_row, find_row
from harness.simulator.management.protocol.lookup import make_account_id, make_group_id
from harness.simulator.management.protocol.stamps import make_guid
from harness.simulator.management.subscription import groups
from harness.simulator.world import Body
from harness.spec.model.spec import Fault

Parts = Mapping[str, str]
Handler = Callable[[ArmCall, Parts], Answer]

MESSAGE = "A declared fault of the simulator."
RUNNING = frozenset({"Running", "InProgress", "Creating", "Updating", "Deleting"})
STATES = frozenset(
    {"Accepted", "Creating", "Deleting", "Moving", "Failed", "Succeeded", "Disabled", "Canceled",
     "ResolvingDNS"}
)  # fmt: skip
REGISTRATIONS = frozenset({"NotRegistered", "Registering", "Registered", "Unregistering"})
_UNAVAILABLE = frozenset({"SpecialFeatureOrQuotaIdRequired", "QuotaId",
                          "NotAvailableForSubscription"})  # fmt: skip
_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
_OPERATION = re.compile(r"/operation[rR]esults/([^/?]+)")


def is_of_management(fault: Fault) -> bool:
    """Return whether a fault may strike here: no models answer, no streams, no limits of tokens."""
    return not is_of_stream(fault) and fault.model is None and fault.limit is None


def changes_answer(fault: Fault) -> bool:
    """Tell whether a fault changes what is answered, not only when or how much of it."""
    return bool(fault.status or fault.code or fault.body is not None or fault.message) or not (
        fault.delay_s
        or fault.truncate
        or fault.reset
        or fault.malform
        or fault.drip_s
        or fault.headers
        or fault.clock_s is not None
    )


def answer_with_fault(
    call: ArmCall, name: str, parts: Parts, handler: Handler, fault: Fault
) -> Answer:
    """Answer a request as a fault demands.

    Args:
        call: the request.
        name: the operation's, ``deployment.put``.
        parts: what its path names.
        handler: answers it when nothing strikes.
        fault: what strikes.

    Raises:
        ArmError: the fault refuses the request, or the request would have been refused anyway.
    """
    if fault.body is not None:
        return Answer(fault.status or 200, fault.body, _make_headers(fault))
    if fault.code is not None and (fault.status is None or fault.status < 300):
        shown = _show_state(call, name, parts, handler, fault.code)
        if shown is not None:
            return shown
        if name == "operation.get":
            _fail(call, parts["operation"], *_describe_failure(call, parts, fault), at_once=True)
            return handler(call, parts)
        if fault.status is not None:
            return _accept_then_fail(call, parts, handler, fault)
    raise _make_refusal(call, parts, fault)


def _show_state(
    call: ArmCall, name: str, parts: Parts, handler: Handler, code: str
) -> Answer | None:
    """Return a state instead of a refusal, where the code is one."""
    if name == "operation.get" and code in RUNNING:
        return operations.show_running(call, parts["operation"], code)
    if name == "group.operation" and code in RUNNING:
        return groups.show_deleting(call, parts)
    states, show = _STATES_OF.get(name, (frozenset(), _with_state))
    return show(handler(call, parts), code, call, parts) if code in states else None


def _with_state(answer: Answer, code: str, call: ArmCall, parts: Parts) -> Answer:
    del call, parts
    properties = answer.body["properties"] | {"provisioningState": code}
    return Answer(answer.status, answer.body | {"properties": properties}, answer.headers)


def _with_registration(answer: Answer, code: str, call: ArmCall, parts: Parts) -> Answer:
    del call, parts
    return Answer(answer.status, answer.body | {"registrationState": code})


def _without_sku(answer: Answer, code: str, call: ArmCall, parts: Parts) -> Answer:
    row = find_row(code)
    filled = str(fill_row(row, _fill_words(call, parts))) if row else "The SKU cannot be had."
    refusal = {"skuAvailable": False, "reason": code, "message": filled}
    return Answer(answer.status, {"value": [row | refusal for row in answer.body["value"]]})


def _without_domain(answer: Answer, code: str, call: ArmCall, parts: Parts) -> Answer:
    del code, call, parts
    return Answer(answer.status, availability.answer_taken(answer.body))


_STATES_OF = {
    "account.get": (STATES, _with_state),
    "deployment.get": (STATES, _with_state),
    "provider.get": (REGISTRATIONS, _with_registration),
    "sku.check": (_UNAVAILABLE, _without_sku),
    "domain.check": (frozenset({"CustomDomainInUse"}), _without_domain),
}


def _accept_then_fail(call: ArmCall, parts: Parts, handler: Handler, fault: Fault) -> Answer:
    """Carry the write out, and let what comes of it fail."""
    answer = handler(call, parts)
    error = _describe_failure(call, parts, fault)
    link = _OPERATION.search(answer.headers.get("Azure-AsyncOperation", ""))
    if link is not None:
        _fail(call, link[1], *error, at_once=False)
    elif "deployment" in parts and answer.body:
        with call.world.writing() as state:
            there = state.deployments[str(answer.body["id"]).lower()]
            there["properties"] = there["properties"] | {"provisioningState": "Failed"}
        properties = answer.body["properties"] | {"provisioningState": "Creating"}
        return Answer(answer.status, answer.body | {"properties": properties}, answer.headers)
    return answer


def _fail(call: ArmCall, name: str, code: str, message: str, *, at_once: bool) -> None:
    with call.world.writing() as state:
        if name in state.operations:
            operations.fail(state, name, code, message, at_once=at_once)


def _make_refusal(call: ArmCall, parts: Parts, fault: Fault) -> ArmError:
    row = find_row(fault.code, fault.status)
    code = fault.code or (row.code if row else "InternalServerError")
    status = fault.status or (row.status if row else (500 if fault.code is None else 409))
    headers = _make_headers(fault)
    if row is None:
        return ArmError(status, code, fault.message or MESSAGE, headers=headers)
    words = _fill_words(call, parts)
    if fault.retry_after_s is not None:
        words["seconds"] = f"{fault.retry_after_s:g}"
    filled = fill_row(row, words)
    # Who names the status describes the whole answer; by its code alone it comes as recorded.
    own = filled.headers if fault.status is None else {}
    return ArmError(
        status,
        code,
        fault.message or str(filled),
        cause=filled.cause,
        headers={**own, **headers},
        more=filled.more,
    )


def _describe_failure(call: ArmCall, parts: Parts, fault: Fault) -> tuple[str, str]:
    """Return code and message of an operation that fails."""
    code = fault.code or "InternalServerError"
    row = find_row(code)
    filled = str(fill_row(row, _fill_words(call, parts))) if row else MESSAGE
    return code, fault.message or filled


def _make_headers(fault: Fault) -> dict[str, str]:
    return {} if fault.retry_after_s is None else {"Retry-After": f"{fault.retry_after_s:g}"}


def _fill_words(call: ArmCall, parts: Parts) -> dict[str, object]:
    """Return the words for a message, from the request; figures only Azure knows are made up."""
    wish = _read_wish(call)
    properties = wish.get("properties") or {}
    model, sku = properties.get("model") or {}, wish.get("sku") or {}
    group = make_group_id(parts) if "group" in parts else ""
    account = make_account_id(parts) if "account" in parts else ""
    with call.world.reading() as state:
        there = state.accounts.get(account.lower(), {})
    location = str(wish.get("location") or there.get("location") or parts.get("location", ""))
    capacity = sku.get("capacity") or 1
    quota = call.session.catalogue.find_quota_limit(
        location, f"OpenAI.{sku.get('name')}.{model.get('name')}"
    )
    now = call.session.now
    return {
        "subscription": parts.get("subscription", ""),
        "group": parts.get("group", ""),
        "group_id": group,
        "account": parts.get("account", ""),
        "account_id": account,
        "id": call.path,
        "principal": str(properties.get("principalId") or make_guid()).replace("-", ""),
        "type": properties.get("principalType") or "User",
        "role": str(properties.get("roleDefinitionId") or make_guid()).rpartition("/")[2],
        "name": call.path.rstrip("/").rpartition("/")[2],
        "action": name_right(call.method, call.path),
        "location": location,
        "there": there.get("location", location),
        "kind": wish.get("kind") or there.get("kind") or "OpenAI",
        "sku": sku.get("name") or "S0",
        "capacity": capacity,
        "least": 1,
        "most": max(int(capacity) - 1, 1) if isinstance(capacity, int) else 1,
        "format": model.get("format") or "OpenAI",
        "model": model.get("name", ""),
        "version": model.get("version", ""),
        "since": f"{now - timedelta(days=30):%m/%d/%Y}",
        "needed": capacity,
        "quota": quota.label,
        "available": 0,
        "used": quota.limit,
        "limit": quota.limit,
        "subdomain": properties.get("customSubDomainName") or parts.get("account", ""),
        "nested": f"Microsoft.CognitiveServices/accounts/{parts.get('account', '')}/projects/first",
        "regions": ",".join(call.session.catalogue.list_account_regions("AIServices")),
        "guid": make_guid(),
        "stamp": f"{now:%Y%m%dT%H%M%SZ}",
    }


def _read_wish(call: ArmCall) -> Body:
    try:
        return call.body()
    except ArmError:
        return {}


def name_right(method: str, path: str) -> str:
    """Return Azure's name of the right to do this: ``Microsoft.X/accounts/deployments/write``."""
    before, _, after = path.strip("/").rpartition("/providers/")
    verb = _VERBS.get(method, "action")
    if not before:
        return "/".join(["Microsoft.Resources", *path.strip("/").split("/")[::2], verb])
    namespace, *rest = after.split("/")
    return "/".join([namespace, *rest[::2], verb])
