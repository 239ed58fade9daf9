"""From an ARM request to its response: faults, the operation, errors, headers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from aiohttp import web

from harness.simulator.malformed import spoil
from harness.simulator.management import faults, routing
from harness.simulator.management import headers as usual
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.management.protocol.lookup import make_account_id
from harness.simulator.management.subscription.catalogue import RawJson
from harness.simulator.outgoing import DataPlaneAnswer, break_in_headers, send
from harness.simulator.world import Body
from harness.spec.model.spec import Fault

HOLDS_S = 0.03
"""The time for which a write to a deployment holds its account; Azure holds it for longer."""
_HOLDING = ("deployment.",)


async def answer(request: web.Request, call: ArmCall) -> web.StreamResponse:
    """Answer a management request; one that is not known answers 501 and names itself."""
    operation = routing.find(call.method, call.path)
    if operation is None:
        call.world.count("unknown", "501")
        return await _respond(request, call, _refuse_unknown(call), cause="")
    names = call.session.list_names(operation.target) if operation.target else ()
    fault = call.session.faults.select(operation.name, names, fits=faults.is_of_management)
    if fault is not None and fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault is not None and fault.reset is not None:
        if fault.reset != "connect":
            _answer_or_refuse(call, operation, fault)
        _count(call, operation.name, "reset")
        return await _reset(request, fault)
    result, cause = await _answer_alone(call, operation, fault)
    _count(call, operation.name, str(result.status))
    return await _respond(request, call, result, cause=cause, fault=fault)


async def _answer_alone(
    call: ArmCall, operation: routing.Operation, fault: Fault | None
) -> tuple[Answer, str]:
    """Answer a request; a write to an account holds it for a moment, and no other may begin."""
    if not operation.name.startswith(_HOLDING) or call.method in ("GET", "HEAD"):
        return _answer_or_refuse(call, operation, fault)
    account = make_account_id(operation.parts).lower()
    if account in call.world.busy:
        error = arm_error("RequestConflict", account_id=make_account_id(operation.parts))
        return Answer(error.status, error.body, error.headers), error.cause
    call.world.busy.add(account)
    try:
        result = _answer_or_refuse(call, operation, fault)
        await asyncio.sleep(HOLDS_S)
        return result
    finally:
        call.world.busy.discard(account)


def _answer_or_refuse(
    call: ArmCall, operation: routing.Operation, fault: Fault | None
) -> tuple[Answer, str]:
    """Return the answer and who failed, if anyone did (``ArmError.cause``)."""
    try:
        _require_api_version(call)
        if fault is not None and faults.changes_answer(fault):
            return faults.answer_with_fault(
                call, operation.name, operation.parts, operation.handler, fault
            ), ""
        return operation.handler(call, operation.parts), ""
    except ArmError as error:
        return Answer(error.status, error.body, error.headers), error.cause


def _require_api_version(call: ArmCall) -> None:
    if not call.api_version:
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
            cause="gateway",
        )


def _refuse_unknown(call: ArmCall) -> Answer:
    message = (
        f"The simulator does not know {call.method} {call.path}. What it knows is listed in "
        "docs/simulator.md."
    )
    return Answer(501, {"error": {"code": "NotImplemented", "message": message}})


async def _respond(
    request: web.Request, call: ArmCall, result: Answer, *, cause: str, fault: Fault | None = None
) -> web.StreamResponse:
    old = usual.is_old_gateway(call.session, call.api_version, call.path)
    of_all = usual.make_usual_headers(
        call.session, call.method, request.headers, cause=cause, old=old
    )
    headers = {**of_all, **result.headers}
    text = _encode(result.body)
    if fault is not None and fault.truncate:
        text = text[: len(text) // 2]
    if text:
        headers["Content-Type"] = "application/json; charset=utf-8"
    outgoing = DataPlaneAnswer(result.status, (text.encode(),), headers)
    drip_s = (fault.drip_s if fault is not None else None) or 0.0
    return await send(request, spoil(outgoing, fault, datetime.now(UTC)), drip_s=drip_s)


def _encode(body: Body | RawJson | None) -> str:
    if body is None or isinstance(body, RawJson):
        return body or ""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


async def _reset(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Break the connection: before anything, or after the headers or half a body."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    if fault.reset == "in-headers":
        await break_in_headers(request, 200)
    if fault.reset == "body":
        response.content_length = 1000
        await response.prepare(request)
        await response.write(b'{"value":[')
    if request.transport is not None:
        request.transport.abort()
    return response


def _count(call: ArmCall, operation: str, status: str) -> None:
    call.world.count(operation, status)
    call.session.counters[operation, status] += 1
