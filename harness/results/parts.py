"""Turns, checks, replies and failures of runs and journals, as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from msgspec import UNSET, UnsetType

from harness.checks.verdict import Verdict
from harness.conversation.chat_form import read_message, write_message
from harness.conversation.transcript import (
    Effort,
    ErrorKind,
    Exchange,
    Failure,
    Reply,
    Served,
    ToolCall,
    Usage,
)
from harness.results.lines import TurnLine
from harness.results.model import JudgedExchange

Json = dict[str, Any]

_ALSO = ("model", "ttft_s", "request_id", "content_filter", "system_fingerprint", "session")
"""Fields of a reply that the journal keeps where they have a value."""


def turn_as_json(turn: JudgedExchange) -> Json:
    """Return a turn as ``results.jsonl`` has it."""
    exchange, reply = turn.exchange, turn.exchange.reply
    effort = exchange.effort
    written: Json = {
        "user": exchange.user,
        "assistant": reply.text if reply is not None else None,
        "tool_calls": [_call_as_json(call) for call in exchange.tool_calls],
        "finish_reason": reply.finish_reason if reply is not None else None,
        "model": reply.model if reply is not None else None,
        "usage": _usage_as_json(exchange.paid.usage) if exchange.paid is not None else None,
        "cost_usd": turn.cost_usd,
        "latency_s": round_seconds(reply.took_s) if reply is not None else None,
        "queued_s": round_seconds(effort.queued_s),
        "ttft_s": round_seconds(reply.ttft_s) if reply is not None else None,
        "attempts": effort.attempts,
        "requests": effort.requests,
        "request_id": _find_request_id(exchange),
        "content_filter": _find_content_filter(exchange),
        "checks": [check_as_json(verdict) for verdict in turn.verdicts],
    }
    if exchange.messages:
        written["messages"] = [write_message(message) for message in exchange.messages]
    if exchange.scripted:
        written["scripted"] = True
    if exchange.unfinished is not None:
        written["unfinished"] = True
    if exchange.dropped:
        written["dropped"] = exchange.dropped
    if reply is not None:
        if reply.refusal:
            written["refusal"] = True
        if reply.notes:
            written["notes"] = list(reply.notes)
        if reply.system_fingerprint is not None:
            written["system_fingerprint"] = reply.system_fingerprint
        if reply.context is not None:
            written["context"] = list(reply.context)
        if reply.served is not None:
            written |= _served_as_json(reply.served, reply.model)
    return written


def turn_from_line(turn: TurnLine, number: int, failure: Failure | None) -> JudgedExchange:
    """Make a turn of its line; ``failure`` is the trial's, when this was its last turn."""
    calls, reply = turn.tool_calls, None
    if turn.assistant is not None:
        reply, failure = _reply_from_line(turn, turn.assistant), None
    exchange = Exchange(
        number=number,
        user=turn.user,
        messages=tuple(map(read_message, turn.messages)) if turn.messages else (),
        reply=reply,
        effort=Effort(turn.requests, turn.attempts, turn.queued_s or 0.0),
        failure=failure,
        tool_calls=calls,
        scripted=turn.scripted,
        dropped=turn.dropped,
        # Of the rounds before a failure is kept what they called for and what they took.
        unfinished=Reply("", "tool_calls", calls, usage=turn.usage) if turn.unfinished else None,
    )
    return JudgedExchange(exchange, turn.checks, turn.cost_usd)


def _reply_from_line(turn: TurnLine, text: str) -> Reply:
    served, known = None, turn.served_model
    if known is not UNSET or turn.served_deployment or turn.spilled_over_from:
        model = turn.model if isinstance(known, UnsetType) else known
        served = Served(model, turn.served_deployment, turn.spilled_over_from, turn.service_tier)
    elif turn.service_tier is not None:
        served = Served(tier=turn.service_tier)
    return Reply(
        text=text,
        finish_reason=turn.finish_reason or "stop",
        tool_calls=turn.tool_calls,
        model=turn.model,
        usage=turn.usage,
        latency_s=turn.latency_s or 0.0,
        ttft_s=turn.ttft_s,
        request_id=turn.request_id,
        content_filter=turn.content_filter,
        system_fingerprint=turn.system_fingerprint,
        refusal=turn.refusal,
        notes=turn.notes,
        served=served,
        context=turn.context,
    )


def check_as_json(verdict: Verdict) -> Json:
    """Return a verdict as ``results.jsonl`` has it."""
    written: Json = {
        "type": verdict.type,
        "value": verdict.value,
        "outcome": verdict.outcome,
        "score": round_score(verdict.score),
        "weight": _write_weight(verdict.weight),
        "metric": verdict.metric,
        "reason": verdict.reason,
    }
    if verdict.parts:
        written["parts"] = [check_as_json(part) for part in verdict.parts]
    return written


def reply_as_json(reply: Reply) -> Json:
    """Return a whole reply for the journal: what is at its default is left out."""
    written: Json = {"text": reply.text, "finish_reason": reply.finish_reason}
    if reply.tool_calls:
        written["tool_calls"] = [_call_as_json(call) for call in reply.tool_calls]
    if reply.usage is not None:
        written["usage"] = _usage_as_json(reply.usage)
    for name in _ALSO:
        value = getattr(reply, name)
        if value is not None:
            written[name] = value
    if reply.refusal:
        written["refusal"] = True
    if reply.notes:
        written["notes"] = list(reply.notes)
    if reply.logprobs is not None:
        written["logprobs"] = list(reply.logprobs)
    if reply.made_calls:
        written["made_calls"] = [_call_as_json(call) for call in reply.made_calls]
    if reply.context is not None:
        written["context"] = list(reply.context)
    if reply.served is not None:
        written |= _served_as_json(reply.served, reply.model)
    written["latency_s"] = reply.latency_s
    return written


def reply_from_json(written: Json) -> Reply:
    """Read the reply that the journal holds."""
    usage = written.get("usage")
    return Reply(
        text=written["text"],
        finish_reason=written["finish_reason"],
        tool_calls=tuple(_call_from_json(call) for call in written.get("tool_calls", [])),
        model=written.get("model"),
        usage=Usage(**take_known(usage, Usage)) if usage else None,
        latency_s=written.get("latency_s", 0.0),
        ttft_s=written.get("ttft_s"),
        request_id=written.get("request_id"),
        content_filter=written.get("content_filter"),
        system_fingerprint=written.get("system_fingerprint"),
        refusal=bool(written.get("refusal", False)),
        notes=tuple(written.get("notes", ())),
        served=_served_from_json(written, written.get("model")),
        session=written.get("session"),
        logprobs=tuple(written["logprobs"]) if written.get("logprobs") else None,
        made_calls=tuple(_call_from_json(call) for call in written.get("made_calls", [])),
        context=_read_context(written),
    )


def _read_context(written: Json) -> tuple[str, ...] | None:
    context = written.get("context")
    return None if context is None else tuple(context)


def failure_as_json(failure: Failure) -> Json:
    """Return the contract's ``error``, and what a support ticket wants beside it."""
    written: Json = {
        "kind": failure.kind,
        "status": failure.status,
        "code": failure.code,
        "message": failure.message,
    }
    if failure.retry_after_s is not None:
        written["retry_after_s"] = failure.retry_after_s
    if failure.request_id is not None:
        written["request_id"] = failure.request_id
    if failure.content_filter is not None:
        written["content_filter"] = failure.content_filter
    return written


def failure_from_json(written: Json) -> Failure:
    """Read the failure that an ``error`` describes."""
    return Failure(
        kind=cast("ErrorKind", written["kind"]),
        message=written.get("message", ""),
        status=written.get("status", 0),
        code=written.get("code", ""),
        retry_after_s=written.get("retry_after_s"),
        request_id=written.get("request_id"),
        content_filter=written.get("content_filter"),
    )


def _served_as_json(served: Served, model: str | None) -> Json:
    """Return what really answered; its model only where the answer itself names another one."""
    written = {
        "served_model": None if served.model == model else served.model,
        "served_deployment": served.deployment,
        "spilled_over_from": served.spilled_from,
        "service_tier": served.tier,
    }
    return {name: value for name, value in written.items() if value is not None}


def _served_from_json(written: Json, model: str | None) -> Served | None:
    deployment, spilled = written.get("served_deployment"), written.get("spilled_over_from")
    tier = written.get("service_tier")
    if "served_model" not in written and deployment is None and spilled is None:
        return None if tier is None else Served(tier=tier)
    return Served(written.get("served_model", model), deployment, spilled, tier)


def _call_as_json(call: ToolCall) -> Json:
    return {"id": call.id, "name": call.name, "arguments": call.arguments}


def _call_from_json(call: Json) -> ToolCall:
    return ToolCall(call.get("id", ""), call["name"], call.get("arguments", ""))


def _usage_as_json(usage: Usage | None) -> Json | None:
    if usage is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
    }


def _find_request_id(exchange: Exchange) -> str | None:
    if exchange.reply is not None:
        return exchange.reply.request_id
    return exchange.failure.request_id if exchange.failure is not None else None


def _find_content_filter(exchange: Exchange) -> Mapping[str, Any] | None:
    if exchange.reply is not None:
        return exchange.reply.content_filter
    return exchange.failure.content_filter if exchange.failure is not None else None


def take_known(document: Mapping[str, Any], shape: type) -> Json:
    """Return the part of a document that this version knows, without keys of later versions."""
    return {name: value for name, value in document.items() if name in shape.__slots__}  # type: ignore[attr-defined]


def round_seconds(value: float | None) -> float | None:
    """Round to the microsecond: more digits are noise that makes files longer."""
    return round(value, 6) if value is not None else None


def round_score(value: float | None) -> float | None:
    """Round to nine digits: the same score is the same text."""
    return round(value, 9) if value is not None else None


def _write_weight(value: float) -> float | int:
    return int(value) if value == int(value) else value
