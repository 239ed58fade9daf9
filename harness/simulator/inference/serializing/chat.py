"""A reply as the JSON and the events that each service makes of it.

Key order, spacing and null fields are those of the recordings of 2026: Azure writes compact JSON
and an end of line, api.openai.com indents by two.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from harness.simulator.inference.likelihood import make_likelihoods
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import Dialect
from harness.simulator.inference.replies.behaviour import Call, SimulatedReply
from harness.simulator.inference.requests.chat import ModelRequest
from harness.simulator.inference.serializing.history import (
    CHAT,
    CHAT_EVENTS,
    SHORT_STREAMS_SINCE,
    UNFILTERED_TOOLS_SINCE,
    drop_younger,
)

_SAFE: Final = {"filtered": False, "severity": "safe"}
_CLEAR: Final = {"filtered": False, "detected": False}
_HARMS: Final = {"hate": _SAFE, "self_harm": _SAFE, "sexual": _SAFE, "violence": _SAFE}
PROMPT_FILTER: Final[list[dict[str, Any]]] = [
    {
        "prompt_index": 0,
        "content_filter_results": {
            "hate": _SAFE,
            "jailbreak": _CLEAR,
            "self_harm": _SAFE,
            "sexual": _SAFE,
            "violence": _SAFE,
        },
    }
]
COMPLETION_FILTER: Final = {
    "hate": _SAFE,
    "protected_material_code": _CLEAR,
    "protected_material_text": _CLEAR,
    "self_harm": _SAFE,
    "sexual": _SAFE,
    "violence": _SAFE,
}
PROTECTED: Final = {"protected_material_text": _CLEAR}
IMAGE_FILTER: Final[list[dict[str, Any]]] = [
    {
        "prompt_index": 1,
        "content_filter_result": {
            "sexual": _SAFE,
            "violence": _SAFE,
            "hate": _SAFE,
            "self_harm": _SAFE,
            "custom_blocklists": {"filtered": False, "details": []},
        },
    },
    {"prompt_index": 0, "content_filter_result": {}},
]
"""Annotations of a prompt with an image, which have another name. Source: recorded, 2026-01."""
HIT: Final = {**_HARMS, "violence": {"filtered": True, "severity": "medium"}}
LATENCY: Final = {
    "engine_tbt_ms": 12,
    "engine_ttft_ms": 42,
    "engine_ttlt_ms": 1604,
    "pre_inference_ms": 221,
    "service_tbt_ms": 12,
    "service_ttft_ms": 341,
    "service_ttlt_ms": 1872,
    "total_duration_ms": 1661,
    "user_visible_ttft_ms": 120,
}
"""Milliseconds as recorded; they measure nothing here."""
_WORDS = re.compile(r"\s*\S+|\s+")
MOST_EVENTS: Final = 40
"""Azure holds a stream back to filter it; its events are long. Source: content-streaming-2.md."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The id and the time of an answer; both are given from outside."""

    id: str
    created: int

    @property
    def day(self) -> date:
        """Return the day it is for the caller."""
        return datetime.fromtimestamp(self.created, UTC).date()


def serialize_completion(
    dialect: Dialect,
    reply: SimulatedReply,
    profile: ModelProfile,
    question: ModelRequest,
    stamp: Stamp,
) -> bytes:
    """Write the body of a plain answer, its keys in the order in which the service writes them."""
    if dialect == "azure":
        return _serialize_compactly(_make_azure_completion(reply, profile, question, stamp))
    whole = _make_openai_completion(reply, profile, question, stamp)
    return json.dumps(whole, ensure_ascii=False, indent=2).encode() + b"\n"


def _make_openai_completion(
    reply: SimulatedReply, profile: ModelProfile, question: ModelRequest, stamp: Stamp
) -> dict[str, Any]:
    choice = {
        "index": 0,
        "message": _make_openai_message(reply),
        "logprobs": _make_logprobs(question, reply.text),
        "finish_reason": reply.finish_reason,
    }
    return {
        "id": stamp.id,
        "object": "chat.completion",
        "created": stamp.created,
        "model": profile.reported,
        "choices": [choice],
        "usage": _make_usage(reply, question),
        "service_tier": "default",
        "system_fingerprint": _make_fingerprint(profile),
    }


def _make_azure_completion(
    reply: SimulatedReply, profile: ModelProfile, question: ModelRequest, stamp: Stamp
) -> dict[str, Any]:
    choice = {
        "content_filter_results": _make_filter(reply),
        "finish_reason": reply.finish_reason,
        "index": 0,
        "logprobs": _make_logprobs(question, reply.text),
        "message": _make_azure_message(reply),
    }
    usage = _make_usage(reply, question)
    if profile.reasons:
        usage = dict(sorted({**usage, "latency_checkpoint": LATENCY}.items()))
    document = {
        "choices": [choice],
        "created": stamp.created,
        "id": stamp.id,
        "model": profile.reported,
        "object": "chat.completion",
        "prompt_filter_results": _make_prompt_filter(question, stamp.day),
        **_name_tier(profile),
        "system_fingerprint": _make_fingerprint(profile),
        "usage": usage,
    }
    return drop_younger(document, CHAT, stamp.day)


def serialize_events(
    dialect: Dialect,
    reply: SimulatedReply,
    profile: ModelProfile,
    question: ModelRequest,
    stamp: Stamp,
) -> Iterator[bytes]:
    """Yield the events of a streamed answer, ``[DONE]`` included."""
    azure = dialect == "azure"
    day = stamp.day
    for event in _make_events(azure, reply, profile, question, stamp):
        yield serialize_event(drop_younger(event, CHAT_EVENTS, day) if azure else event)
    yield b"data: [DONE]\n\n"


def _make_events(
    azure: bool,
    reply: SimulatedReply,
    profile: ModelProfile,
    question: ModelRequest,
    stamp: Stamp,
) -> Iterator[dict[str, Any]]:
    if azure:
        nameless = {"choices": [], "created": 0, "id": "", "model": "", "object": ""}
        yield {
            **nameless,
            "prompt_filter_results": _make_prompt_filter(question, stamp.day),
        }
    usage: dict[str, Any] = {"usage": None} if question.include_usage else {}
    short = profile.effort is not None and stamp.day >= SHORT_STREAMS_SINCE
    annotations = PROTECTED if short else COMPLETION_FILTER
    for delta, filtered, finish in _split_deltas(reply, annotations):
        likely = _make_logprobs(question, delta.get("content"))
        choice = {"delta": delta, "finish_reason": finish, "index": 0, "logprobs": likely}
        if azure:
            choice = {"content_filter_results": filtered, **choice}
        yield _make_chunk(azure, [choice], profile, stamp) | usage
    if question.include_usage:
        last = _make_chunk(azure, [], profile, stamp) | {"usage": _make_usage(reply, question)}
        timed = {"latency_checkpoint": LATENCY} if azure and profile.reasons else {}
        yield dict(sorted({**last, **timed}.items())) if timed else last


def _make_logprobs(question: ModelRequest, text: str | None) -> dict[str, Any] | None:
    if not text or question.body.get("logprobs") is not True:
        return None
    return {"content": make_likelihoods(text), "refusal": None}


def _split_deltas(
    reply: SimulatedReply, annotations: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any], str | None]]:
    """Yield each event's delta, its filter annotations, and the reason where it is the last."""
    if reply.calls:
        yield from _split_call_deltas(reply.calls)
    else:
        yield {"content": "", "refusal": None, "role": "assistant"}, {}, None
    for piece in split_text(reply.text or ""):
        yield {"content": piece}, annotations, None
    last = HIT if reply.finish_reason == "content_filter" else {}
    yield {}, last, reply.finish_reason


def _split_call_deltas(
    calls: tuple[Call, ...],
) -> Iterator[tuple[dict[str, Any], dict[str, Any], str | None]]:
    head: dict[str, Any] = {"content": None, "refusal": None, "role": "assistant"}
    for index, call in enumerate(calls):
        opened = {
            "function": {"arguments": "", "name": call.name},
            "id": call.id,
            "index": index,
            "type": "function",
        }
        yield {**head, "tool_calls": [opened]}, {}, None
        head = {}
        for piece in split_text(call.arguments):
            yield {"tool_calls": [{"function": {"arguments": piece}, "index": index}]}, {}, None


def split_text(text: str) -> list[str]:
    """Cut the text between words into at most ``MOST_EVENTS`` pieces."""
    words = _WORDS.findall(text)
    size = -(-len(words) // MOST_EVENTS) or 1
    return ["".join(words[start : start + size]) for start in range(0, len(words), size)]


def _make_chunk(
    azure: bool, choices: list[dict[str, Any]], profile: ModelProfile, stamp: Stamp
) -> dict[str, Any]:
    if azure:
        return {
            "choices": choices,
            "created": stamp.created,
            "id": stamp.id,
            "model": profile.reported,
            "obfuscation": "",
            "object": "chat.completion.chunk",
            **_name_tier(profile),
            "system_fingerprint": _make_fingerprint(profile),
        }
    return {
        "id": stamp.id,
        "object": "chat.completion.chunk",
        "created": stamp.created,
        "model": profile.reported,
        "service_tier": "default",
        "system_fingerprint": _make_fingerprint(profile),
        "choices": choices,
        "obfuscation": "",
    }


def _make_azure_message(reply: SimulatedReply) -> dict[str, Any]:
    if reply.finish_reason == "content_filter" and not reply.text:
        return {"refusal": None, "role": "assistant"}  # recorded: no `content` key at all
    message: dict[str, Any] = {
        "annotations": [],
        "content": reply.text,
        "refusal": None,
        "role": "assistant",
    }
    if reply.calls:
        message["tool_calls"] = [
            {
                "function": {"arguments": call.arguments, "name": call.name},
                "id": call.id,
                "type": "function",
            }
            for call in reply.calls
        ]
    return message


def _make_openai_message(reply: SimulatedReply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in reply.calls
        ]
    return {**message, "refusal": None, "annotations": []}


def _make_filter(reply: SimulatedReply) -> dict[str, Any]:
    if reply.finish_reason == "content_filter":
        return HIT
    return {} if reply.calls else COMPLETION_FILTER


def _make_usage(reply: SimulatedReply, question: ModelRequest) -> dict[str, Any]:
    sent = reply.count_input_tokens(question)
    written = reply.count_output_tokens()
    return {
        "completion_tokens": written,
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": reply.reasoning_tokens,
            "rejected_prediction_tokens": 0,
        },
        "prompt_tokens": sent,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "total_tokens": sent + written,
    }


def _make_prompt_filter(question: ModelRequest, day: date) -> list[dict[str, Any]]:
    if question.after_tools and day >= UNFILTERED_TOOLS_SINCE:
        return [{"prompt_index": 0, "content_filter_results": {}}]
    return IMAGE_FILTER if question.shows_images else PROMPT_FILTER


def _name_tier(profile: ModelProfile) -> dict[str, str]:
    """Return the tier, which Azure names where a model reasons. Source: recorded, 2026."""
    return {"service_tier": "default"} if profile.effort is not None else {}


def _make_fingerprint(profile: ModelProfile) -> str | None:
    """Return what names the system; Azure has null for models that reason (recorded, 2025)."""
    if profile.effort is not None:
        return None
    return "fp_" + hashlib.sha256(profile.reported.encode()).hexdigest()[:10]


def serialize_event(value: object) -> bytes:
    """Write one event of a stream."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + encode(text) + b"\n\n"


def _serialize_compactly(value: object) -> bytes:
    return encode(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) + b"\n"


def encode(text: str) -> bytes:
    """Encode JSON text as UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, from an upstream: only escaped can it leave
        return json.dumps(json.loads(text), separators=(",", ":")).encode()
