"""From an ARM request to its response: drills, the operation, errors, headers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from aiohttp import web

from harness.simulator.management import headers as usual
from harness.simulator.management import operations, routing
from harness.simulator.management.call import Answer, ArmCall, ArmError
from harness.simulator.management.catalogue import Prepared
from harness.simulator.world import Body
from harness.spec.model import Fault

DRILL_MESSAGE = "A declared drill of the simulator."


async def answer(request: web.Request, call: ArmCall) -> web.StreamResponse:
    """Answer a management request; one that is not known answers 501 and names itself."""
    operation = routing.find(call.method, call.path)
    if operation is None:
        call.world.count("unknown", "501")
        return _respond(request, call, _not_implemented(call), gateway=False)
    names = call.session.called(operation.target) if operation.target else ()
    fault = call.session.drill.decide(operation.name, names)
    if fault is not None and fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault is not None and fault.reset is not None:
        _count(call, operation.name, "reset")
        return await _reset(request, fault)
    result, gateway = _result(call, operation, fault)
    _count(call, operation.name, str(result.status))
    return _respond(request, call, result, gateway=gateway, truncate=bool(fault and fault.truncate))


def _result(
    call: ArmCall, operation: routing.Operation, fault: Fault | None
) -> tuple[Answer, bool]:
    try:
        _require_api_version(call)
        if fault is not None and _says_something(fault):
            if operation.name == "operation.get" and (fault.status or 200) == 200:
                _fail_operation(call, operation.parts, fault)
            else:
                return _drilled(fault), False
        return operation.handler(call, operation.parts), False
    except ArmError as error:
        body = {"error": {"code": error.code, "message": str(error)}}
        return Answer(error.status, body), error.gateway


def _require_api_version(call: ArmCall) -> None:
    if not call.api_version:
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
            gateway=True,
        )


def _says_something(fault: Fault) -> bool:
    return bool(fault.status or fault.code or fault.body is not None or fault.message) or not (
        fault.delay_s or fault.truncate
    )


def _drilled(fault: Fault) -> Answer:
    status = fault.status or (500 if fault.code is None else 409)
    body = fault.body
    if body is None:
        code = fault.code or ("TooManyRequests" if status == 429 else "InternalServerError")
        body = {"error": {"code": code, "message": fault.message or DRILL_MESSAGE}}
    retry = fault.retry_after_s
    return Answer(status, body, {} if retry is None else {"Retry-After": f"{retry:g}"})


def _fail_operation(call: ArmCall, parts: Mapping[str, str], fault: Fault) -> None:
    with call.world.writing() as state:
        if parts["operation"] in state.operations:
            operations.fail(
                state,
                parts["operation"],
                fault.code or "InternalServerError",
                fault.message or DRILL_MESSAGE,
            )


def _not_implemented(call: ArmCall) -> Answer:
    message = (
        f"The simulator does not know {call.method} {call.path}. What it knows is listed in "
        "docs/simulator.md."
    )
    return Answer(501, {"error": {"code": "NotImplemented", "message": message}})


def _respond(
    request: web.Request, call: ArmCall, result: Answer, *, gateway: bool, truncate: bool = False
) -> web.Response:
    usual_ones = usual.common(
        call.session, call.method, call.api_version, request.headers, gateway=gateway
    )
    headers = {**usual_ones, **result.headers}
    text = _text(result.body)
    if truncate:
        text = text[: len(text) // 2]
    if not text:
        return web.Response(status=result.status, headers=headers)
    return web.Response(
        status=result.status,
        headers=headers,
        body=text.encode(),
        content_type="application/json",
        charset="utf-8",
    )


def _text(body: Body | Prepared | None) -> str:
    if body is None or isinstance(body, Prepared):
        return body or ""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


async def _reset(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Break the connection: before anything, or after the headers and half a body."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
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
