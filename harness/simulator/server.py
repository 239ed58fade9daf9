"""The HTTP server: recognises the caller, finds where it leads, lets the right half answer."""

from __future__ import annotations

import asyncio
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence

from aiohttp import web
from pydantic import ValidationError

from harness.errors import OutsideError, SpecError
from harness.simulator import guard, inference, management
from harness.simulator.client import encode_session_error
from harness.simulator.dataplane import DataPlaneCall
from harness.simulator.inference.refusals import DENIED_MESSAGE
from harness.simulator.management.protocol.call import ArmCall
from harness.simulator.routes import (
    AccountPlane,
    Control,
    Destination,
    Management,
    Nowhere,
    ProviderPlane,
    locate,
)
from harness.simulator.session import Providers, Session, Sessions, open_session
from harness.simulator.world import Body, SimulatedWorld, tabulate
from harness.spec.model.spec import Simulator

WORLD = web.AppKey("world", SimulatedWorld)
SESSIONS = web.AppKey("sessions", Sessions)
MAX_BODY_BYTES = 64 * 1024 * 1024


def build_app(
    world: SimulatedWorld,
    root_token: str,
    defaults: Simulator,
    providers: Providers | None = None,
    names: Mapping[str, str] | None = None,
) -> web.Application:
    """Return the simulator as an aiohttp application; it must only be bound to the loopback.

    Args:
        world: what the simulated Azure holds.
        root_token: names the root session, whose behaviour is ``defaults``.
        defaults: what sessions fall back to.
        providers: the root session's providers.
        names: the root session's names (see ``Session.names``).

    Raises:
        SpecError: the answers file or a reply rule of the defaults is bad.
    """
    root = open_session(root_token, defaults, providers, names)
    inference.prepare(root)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[WORLD] = world
    app[SESSIONS] = Sessions(root)
    app.router.add_route("*", "/{path:.*}", _answer)
    app.on_response_prepare.append(_drop_server_name)
    app.on_cleanup.append(_leave_batches)
    return app


async def _leave_batches(app: web.Application) -> None:
    """Let go of batches that are not over; whoever asks for one next carries it on."""
    for task in tuple(app[WORLD].running.values()):
        task.cancel()


async def _answer(request: web.Request) -> web.StreamResponse:
    refused = guard.find_refusal(request.host, request.headers)
    if refused is not None:
        return _make_error(403, "Forbidden", refused)
    try:
        return await _dispatch(request, locate(request.host, request.rel_url.raw_path))
    except web.HTTPException:
        raise
    except ConnectionError:
        # Broken off by a fault, or the client has gone: raised on, it would be logged as a defect.
        return web.Response()
    except OutsideError as error:
        # No status that a client asks again for: a full disk does not empty itself.
        (said,) = error.diagnostics
        return _make_error(507, "WorldNotKept", f"{said.summary}: {said.detail}")
    except Exception as error:  # noqa: BLE001 - a defect of the simulator must say so to its client
        return _make_error(500, "SimulatorDefect", f"{type(error).__name__}: {error}")


async def _drop_server_name(request: web.Request, response: web.StreamResponse) -> None:
    """Drop the HTTP library's name: Azure does not say what serves it."""
    del request
    if "aiohttp" in response.headers.get("Server", ""):
        del response.headers["Server"]


async def _dispatch(request: web.Request, destination: Destination) -> web.StreamResponse:
    match destination:
        case Nowhere():
            return _make_error(404, "NotFound", f"nothing is served at {request.path}")
        case Control(path):
            return await _answer_control(request, path)
        case Management(path):
            return await _answer_management(request, path)
        case AccountPlane():
            return await _answer_account(request, destination)
        case ProviderPlane():
            return await _answer_provider(request, destination)


async def _answer_provider(request: web.Request, plane: ProviderPlane) -> web.StreamResponse:
    session = _find_session(request)
    if session is None:
        return _refuse_openai_key() if plane.path.startswith("v1/") else _refuse_credential()
    if plane.handle not in session.providers:
        return _make_error(404, "NotFound", plane.handle)
    call = DataPlaneCall(
        request.app[WORLD],
        session,
        "provider",
        plane.handle,
        None,
        plane.path,
        service=plane.service,
    )
    return await inference.answer(request, call)


async def _answer_account(request: web.Request, plane: AccountPlane) -> web.StreamResponse:
    world = request.app[WORLD]
    account = world.find_account(plane.subdomain)
    shown = _read_credential(request)
    session = request.app[SESSIONS].by_token(shown) if shown else None
    by_key = account is not None and session is None and _is_one_of(shown, world.list_keys(account))
    if by_key:
        session = request.app[SESSIONS].newest
    if session is None:
        return _refuse_credential()
    if account is None:
        return _make_error(404, "404", "Resource not found")
    if by_key and account["properties"].get("disableLocalAuth"):
        return _make_error(
            403,
            "AuthenticationTypeDisabled",
            "Key based authentication is disabled for this resource.",
        )
    call = DataPlaneCall(
        world,
        session,
        "account",
        account["name"],
        account,
        plane.path,
        service=plane.service,
        by_key=by_key,
    )
    return await inference.answer(request, call)


async def _answer_management(request: web.Request, path: str) -> web.StreamResponse:
    session = _find_session(request)
    if session is None:
        missing = _read_credential(request) is None
        return _make_error(
            401,
            "AuthenticationFailed" if missing else "InvalidAuthenticationToken",
            "Authentication failed. The 'Authorization' header is missing."
            if missing
            else "The access token is invalid.",
        )
    raw = await request.read()
    call = ArmCall(
        world=request.app[WORLD],
        session=session,
        base_url=f"{request.scheme}://{request.host}",
        method=request.method,
        path=path,
        query=dict(request.query),
        raw=raw,
    )
    return await management.answer(request, call)


async def _answer_control(request: web.Request, path: str) -> web.Response:
    session = _find_session(request)
    if session is None:
        return _refuse_credential()
    match request.method, path:
        case "GET", "health":
            return web.json_response({"simulator": "harness"})
        case "GET", "counters":
            return web.json_response(_show_counters(request.app[WORLD], session))
        case "POST", "sessions":
            return await _open(request)
        case method, _:
            return _make_error(404, "NotFound", f"the simulator has no {method} {path}")


async def _open(request: web.Request) -> web.Response:
    try:
        opened = request.app[SESSIONS].make(json.loads(await request.read()))
        await asyncio.to_thread(inference.prepare, opened)
    except (ValidationError, ValueError) as error:
        return _make_error(400, "BadRequest", str(error))
    except SpecError as error:
        return web.json_response({"error": encode_session_error(error)}, status=400)
    # Only now: of one whose rules are bad nothing must be left.
    request.app[SESSIONS].keep(opened)
    told = {
        "token": opened.token,
        "today": opened.today.isoformat(),
        "limits": opened.simulator.limits,
    }
    return web.json_response(told, status=201)


def _show_counters(world: SimulatedWorld, session: Session) -> Body:
    return {
        "operations": world.count_requests(),
        "session": tabulate(session.counters),
        "faults": session.faults.count_strikes(),
    }


def _read_credential(request: web.Request) -> str | None:
    authorization = request.headers.get("Authorization", "")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.headers.get("api-key")


def _is_one_of(shown: str | None, keys: Sequence[str]) -> bool:
    """Tell whether a key is one of the account's, in a time that tells nothing about them.

    Tokens of sessions are found by their hash, which depends on chance anew in every process.
    """
    known = (shown or "").encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(known, key.encode()) for key in keys)


def _find_session(request: web.Request) -> Session | None:
    token = _read_credential(request)
    return None if token is None else request.app[SESSIONS].by_token(token)


def _refuse_openai_key() -> web.Response:
    # Source: recorded 401 of api.openai.com, 2024 and 2026.
    error = {
        "message": "Incorrect API key provided: ***. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
    text = json.dumps({"error": error}, indent=4)
    headers = {"x-request-id": f"req_{uuid.uuid4().hex}"}
    return web.Response(status=401, text=text, content_type="application/json", headers=headers)


def _refuse_credential() -> web.Response:
    # Source: recorded 401 of the data plane (facts/azure-inference, 7).
    refused = _make_error(401, "401", DENIED_MESSAGE)
    refused.headers["apim-request-id"] = str(uuid.uuid4())
    return refused


def _make_error(status: int, code: str, message: str) -> web.Response:
    # Recorded: compact, and no charset beside the type.
    text = json.dumps({"error": {"code": code, "message": message}}, separators=(",", ":"))
    return web.Response(status=status, body=text.encode(), content_type="application/json")
