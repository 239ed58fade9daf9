"""From an ARM call to an HTTP response."""

from __future__ import annotations

from aiohttp import web

from harness.simulator.management.call import ArmCall


async def answer(request: web.Request, call: ArmCall) -> web.StreamResponse:
    """Answer a management request."""
    del request
    return web.json_response(
        {"error": {"code": "NotImplemented", "message": f"{call.method} {call.path}"}}, status=501
    )
