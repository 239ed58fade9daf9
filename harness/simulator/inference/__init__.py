"""The data plane of the simulated Azure."""

from __future__ import annotations

from aiohttp import web

from harness.simulator.dataplane import DataPlaneCall


async def answer(request: web.Request, call: DataPlaneCall) -> web.StreamResponse:
    """Answer a data-plane request."""
    return web.json_response(
        {"error": {"code": "NotImplemented", "message": f"{request.method} {call.path}"}},
        status=501,
    )
