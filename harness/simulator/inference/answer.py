"""From a data-plane request to its answer: operation, deployment, fault, reply, bytes."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

from aiohttp import web

from harness.simulator.dataplane import DataPlaneCall, ServedModel
from harness.simulator.inference import faults
from harness.simulator.inference.access import check_access
from harness.simulator.inference.batches.operations import answer_batches
from harness.simulator.inference.headers import make_answer_headers, make_error_headers
from harness.simulator.inference.limits import Allowance, count_request, find_allowance
from harness.simulator.inference.model_profile import ModelProfile, find_profile
from harness.simulator.inference.refusals import (
    DataPlaneError,
    Dialect,
    deployment_not_found_error,
    model_not_found_error,
    wrong_operation_error,
)
from harness.simulator.inference.replies.behaviour import (
    Behaviour,
    SimulatedReply,
    find_behaviour,
    find_reply,
    make_reply,
)
from harness.simulator.inference.replies.upstream import ask_upstream
from harness.simulator.inference.requests.chat import ModelRequest, decode, read_model_request
from harness.simulator.inference.requests.responses import (
    check_responses,
    read_responses_request,
)
from harness.simulator.inference.routes import (
    BULK,
    RESPONSES,
    ModelOperation,
    find_operation,
)
from harness.simulator.inference.serializing.chat import (
    Stamp,
    serialize_completion,
    serialize_events,
)
from harness.simulator.inference.serializing.embeddings import (
    count_embedded_tokens,
    serialize_embeddings,
)
from harness.simulator.inference.serializing.partners import (
    serialize_partner_completion,
    serialize_partner_events,
)
from harness.simulator.inference.serializing.response_events import serialize_response_events
from harness.simulator.inference.serializing.responses import ResponseContext, serialize_response
from harness.simulator.inference.stored import (
    delete_response,
    find_response,
    include_previous,
    keep_response,
)
from harness.simulator.malformed import is_of_body, spoil
from harness.simulator.outgoing import DataPlaneAnswer, send
from harness.simulator.session import Session
from harness.spec.model.spec import Fault


def prepare(session: Session) -> None:
    """Read the session's answers file and compile its reply rules, now instead of at first use.

    Blocks for as long as the file is long: call it in a thread.

    Raises:
        SpecError: naming each bad line of the file, or the rule that is no regular expression.
    """
    find_behaviour(session)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One request with everything that was found out about it before its body was looked at."""

    request: web.Request
    call: DataPlaneCall
    asked: ModelOperation
    dialect: Dialect
    served: ServedModel
    profile: ModelProfile
    limit: float = 1.0


async def answer(request: web.Request, call: DataPlaneCall) -> web.StreamResponse:
    """Answer a data-plane request, and count it."""
    dialect = _find_dialect(request, call)
    operation, fault = "unknown", None
    try:
        wanted = find_operation(request.method, call.service, call.path, request.query)
        operation = wanted.operation
        check_access(call, operation)
        if operation == "models":
            outgoing = _list_models(request, call, dialect)
        elif wanted.operation in BULK.values():
            fault = call.session.faults.select(operation, call.list_names())
            outgoing = await _answer_bulk(request, call, dialect, wanted, fault)
        elif wanted.item:
            outgoing = _answer_stored(request, call, dialect, wanted)
        else:
            raw = await request.read()
            body = decode(raw)
            scene = _make_scene(request, call, wanted, dialect, body)
            _refuse_single_requests(scene)
            streamed = body.get("stream") is True
            fault = faults.select_fault(operation, call, scene.served, raw, streamed=streamed)
            outgoing = await _answer_chat(scene, body, fault)
    except DataPlaneError as refused:
        headers = make_error_headers(request, dialect, refused.headers)
        outgoing = DataPlaneAnswer(refused.status, (refused.render(dialect),), headers)
    await asyncio.sleep(call.session.simulator.latency_s)
    broken = faults.find_break(fault)
    call.count(operation, "reset" if fault is not None and fault.reset else outgoing.status)
    outgoing = spoil(outgoing, fault, datetime.now(UTC))
    drip_s = (fault.drip_s if fault is not None else None) or 0.0
    return await send(request, outgoing, broken, drip_s=drip_s)


def _make_scene(
    request: web.Request,
    call: DataPlaneCall,
    wanted: ModelOperation,
    dialect: Dialect,
    body: Mapping[str, Any],
) -> _Scene:
    name = wanted.deployment or str(body.get("model") or "")
    if not name:
        # Source: recorded for the Responses API, 2025: no Content-Type, this very text.
        raise DataPlaneError(
            400, None, "", shape="raw", body='{"error":{"message":"Missed model deployment"}}'
        )
    served = call.find(name)
    if served is None:
        unnamed = dialect == "openai" and wanted.operation == RESPONSES
        raise model_not_found_error(name) if unnamed else deployment_not_found_error(dialect, name)
    return _Scene(request, call, wanted, dialect, served, find_profile(call, served))


def _refuse_single_requests(scene: _Scene) -> None:
    """Refuse a request to a batch deployment.

    Source: quoted of a deployment for batches, 2025-03 (BerriAI/litellm, issue 9122).
    """
    sku = str(((scene.served.body or {}).get("sku") or {}).get("name", ""))
    if sku.lower().endswith("batch"):
        raise wrong_operation_error("chatCompletion", scene.served.model)


async def _answer_bulk(
    request: web.Request,
    call: DataPlaneCall,
    dialect: Dialect,
    wanted: ModelOperation,
    fault: Fault | None,
) -> DataPlaneAnswer:
    """Answer an operation on files or batches; a fault refuses it, or breaks off its answer."""
    if fault is not None:
        await asyncio.sleep(fault.delay_s or 0.0)
        if (refused := faults.make_fault_error(fault, dialect)) is not None:
            raise refused

    async def answer_line(served: ServedModel, body: dict[str, Any]) -> tuple[int, bytes]:
        operation = RESPONSES if "input" in body else "chat"
        asked = ModelOperation(operation, "", wanted.api)
        scene = _Scene(request, call, asked, dialect, served, find_profile(call, served))
        plain = {name: body[name] for name in body if name not in ("stream", "stream_options")}
        struck = faults.select_fault(
            operation, call, served, json.dumps(body).encode(), streamed=False
        )
        try:
            made = await _answer_chat(scene, plain, struck)
        except DataPlaneError as error:
            return error.status, error.render(dialect)
        return made.status, b"".join(made.parts)

    return await answer_batches(request, call, dialect, wanted, answer_line)


async def _answer_chat(
    scene: _Scene, body: Mapping[str, Any], fault: Fault | None
) -> DataPlaneAnswer:
    if fault is not None:
        await asyncio.sleep(fault.delay_s or 0.0)
        refused = faults.make_fault_error(fault, scene.dialect)
        if refused is not None:
            raise refused
        if fault.limit is not None:
            scene = replace(scene, limit=fault.limit)
        if fault.model is not None:
            scene = replace(scene, profile=replace(scene.profile, reported=fault.model))
        if is_of_body(fault):
            body = {key: body[key] for key in body if key not in ("stream", "stream_options")}
    scene.profile.check_served(scene.asked.operation, scene.dialect)
    if scene.asked.operation == "embeddings":
        allowance = _admit(scene, count_embedded_tokens(body), 0)
        found = serialize_embeddings(body, scene.profile)
        return DataPlaneAnswer(200, (found,), _make_headers(scene, allowance))
    if scene.asked.operation == RESPONSES:
        whole = include_previous(scene.call, body)
        question = read_responses_request(whole)
        allowance = _admit(scene, question.prompt_tokens, _find_most(scene, question))
        check_responses(whole, scene.profile, question)
        reply = await _ask_model(scene, question, allowance)
        return _serialize_response(scene, body, question, reply, allowance, whole.get("input"))
    question = read_model_request(body)
    allowance = _admit(scene, question.prompt_tokens, _find_most(scene, question))
    scene.profile.check_question(question)
    reply = await _ask_model(scene, question, allowance)
    return _serialize(scene, question, reply, allowance)


def _admit(scene: _Scene, prompt: int, answer: int) -> Allowance | None:
    """Count a request of so many tokens, and raise the 429 that it gets where limits hold."""
    allowance = find_allowance(scene.call, scene.served, scene.limit)
    if allowance is not None:
        names = (scene.profile, scene.served, scene.asked.api)
        refused = count_request(allowance, prompt, answer, monotonic(), asked=names)
        if refused is not None and scene.call.session.simulator.limits == "enforced":
            raise refused
    return allowance


def _find_most(scene: _Scene, question: ModelRequest) -> int:
    """Return the tokens set aside for an answer: the most that the model has unless it is told."""
    window = scene.profile.window
    return question.limit or (window.output if window is not None else 0)


async def _ask_model(
    scene: _Scene, question: ModelRequest, allowance: Allowance | None
) -> SimulatedReply:
    reply = await _find_reply(scene, question)
    if allowance is not None and allowance.utilisation is not None:
        answered = reply.count_output_tokens()
        allowance.utilisation.correct(_find_most(scene, question), answered)
    return reply


async def _find_reply(scene: _Scene, question: ModelRequest) -> SimulatedReply:
    session = scene.call.session
    ready = await _load_behaviour_once(session)
    reply = find_reply(ready, scene.served, scene.profile, question)
    if reply is not None:
        return reply
    if session.simulator.upstream:
        return await ask_upstream(session.simulator.upstream, session, scene.profile, question)
    return make_reply(ready, scene.profile, question)


async def _load_behaviour_once(session: Session) -> Behaviour:
    """Return the session's behaviour; the first request reads it, off the event loop, for all."""
    if "behaviour" not in session.memory:
        lock: asyncio.Lock = session.memory.setdefault("behaviour lock", asyncio.Lock())
        async with lock:
            await asyncio.to_thread(find_behaviour, session)
    return find_behaviour(session)


def _serialize(
    scene: _Scene, question: ModelRequest, reply: SimulatedReply, allowance: Allowance | None
) -> DataPlaneAnswer:
    stamp = Stamp(
        id=f"chatcmpl-{secrets.token_hex(15)[:29]}",
        created=int(scene.call.session.now.timestamp()),
    )
    headers = _make_headers(scene, allowance, streamed=question.stream)
    told = (reply, scene.profile, question, stamp)
    if scene.dialect == "azure" and scene.profile.publisher != "OpenAI":
        stream, whole = serialize_partner_events, serialize_partner_completion
    else:
        stream = partial(serialize_events, scene.dialect)
        whole = partial(serialize_completion, scene.dialect)
    parts = tuple(stream(*told)) if question.stream else (whole(*told),)
    return DataPlaneAnswer(200, parts, headers, streamed=question.stream)


def _serialize_response(
    scene: _Scene,
    body: Mapping[str, Any],
    question: ModelRequest,
    reply: SimulatedReply,
    allowance: Allowance | None,
    asked: object,
) -> DataPlaneAnswer:
    stamp = Stamp(
        id=f"resp_{secrets.token_hex(25)}", created=int(scene.call.session.now.timestamp())
    )
    azure = scene.dialect == "azure"
    model = scene.served.name if azure else scene.profile.reported
    context = ResponseContext(scene.dialect, scene.profile, model, body, question, stamp)
    keep_response(scene.call, context, reply, asked)
    streamed = question.stream
    parts = (
        tuple(serialize_response_events(context, reply))
        if streamed
        else (serialize_response(context, reply),)
    )
    return DataPlaneAnswer(
        200, parts, _make_headers(scene, allowance, streamed=streamed), streamed=streamed
    )


def _make_headers(
    scene: _Scene, allowance: Allowance | None, *, streamed: bool = False
) -> dict[str, str]:
    return make_answer_headers(
        scene.request,
        scene.dialect,
        scene.profile,
        scene.served.name,
        allowance,
        streamed=streamed,
        responses=scene.asked.operation == RESPONSES,
    )


def _list_models(request: web.Request, call: DataPlaneCall, dialect: Dialect) -> DataPlaneAnswer:
    """List a provider's models, or an account's deployments."""
    if call.account is None:
        names = list(call.session.providers.get(call.name, {}))
    else:
        names = [body["name"] for body in call.world.list_deployments(call.account)]
    owner = "openai" if dialect == "openai" else "azure"
    data = [{"id": name, "object": "model", "created": 0, "owned_by": owner} for name in names]
    body = json.dumps({"object": "list", "data": data}, indent=2).encode()
    return DataPlaneAnswer(200, (body,), make_error_headers(request, dialect, {}))


def _answer_stored(
    request: web.Request, call: DataPlaneCall, dialect: Dialect, wanted: ModelOperation
) -> DataPlaneAnswer:
    """Answer with a response that was kept, or forget it."""
    if wanted.operation == "responses.delete":
        body = json.dumps(delete_response(call, wanted.item), indent=2).encode()
    else:
        body = find_response(call, wanted.item).serialize()
    return DataPlaneAnswer(200, (body,), make_error_headers(request, dialect, {}))


def _find_dialect(request: web.Request, call: DataPlaneCall) -> Dialect:
    """Return Azure for accounts, and for a provider whose URL begins with an Azure service."""
    if call.account is not None:
        return "azure"
    after = request.rel_url.raw_path.strip("/").split("/")[2:]
    return "azure" if after and after[0].lower() in ("openai", "models") else "openai"
