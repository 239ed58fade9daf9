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
from typing import Any, Final

from harness.simulator.inference.likelihood import make_likelihoods
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import Dialect
from harness.simulator.inference.replies.behaviour import Call, SimulatedReply
from harness.simulator.inference.requests.chat import ModelRequest

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
HIT: Final = {**_HARMS, "violence": {"filtered": True, "severity": "medium"}}
_WORDS = re.compile(r"\s*\S+|\s+")
MOST_EVENTS: Final = 40
"""Azure holds a stream back to filter it; its events are long. Source: content-streaming-2.md."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The id and the time of an answer; both are given from outside."""

    id: str
    created: int


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
    return {
        "choices": [choice],
        "created": stamp.created,
        "id": stamp.id,
        "model": profile.reported,
        "object": "chat.completion",
        "prompt_filter_results": PROMPT_FILTER,
        "system_fingerprint": _make_fingerprint(profile),
        "usage": _make_usage(reply, question),
    }


def serialize_events(
    dialect: Dialect,
    reply: SimulatedReply,
    profile: ModelProfile,
    question: ModelRequest,
    stamp: Stamp,
) -> Iterator[bytes]:
    """Yield the events of a streamed answer, ``[DONE]`` included."""
    azure = dialect == "azure"
    if azure:
        yield _serialize_event(
            {
                "choices": [],
                "created": 0,
                "id": "",
                "model": "",
                "object": "",
                "prompt_filter_results": PROMPT_FILTER,
            }
        )
    usage: dict[str, Any] = {"usage": None} if question.include_usage else {}
    for delta, filtered, finish in _split_deltas(reply):
        likely = _make_logprobs(question, delta.get("content"))
        choice = {"delta": delta, "finish_reason": finish, "index": 0, "logprobs": likely}
        if azure:
            choice = {"content_filter_results": filtered, **choice}
        yield _serialize_event(_make_chunk(azure, [choice], profile, stamp) | usage)
    if question.include_usage:
        yield _serialize_event(
            _make_chunk(azure, [], profile, stamp) | {"usage": _make_usage(reply, question)}
        )
    yield b"data: [DONE]\n\n"


def _make_logprobs(question: ModelRequest, text: str | None) -> dict[str, Any] | None:
    if not text or question.body.get("logprobs") is not True:
        return None
    return {"content": make_likelihoods(text), "refusal": None}


def _split_deltas(
    reply: SimulatedReply,
) -> Iterator[tuple[dict[str, Any], dict[str, Any], str | None]]:
    """Yield each event's delta, its filter annotations, and the reason where it is the last."""
    if reply.calls:
        yield from _split_call_deltas(reply.calls)
    else:
        yield {"content": "", "refusal": None, "role": "assistant"}, {}, None
    for piece in split_text(reply.text or ""):
        yield {"content": piece}, _HARMS, None
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
    sent = question.prompt_tokens if reply.prompt_tokens is None else reply.prompt_tokens
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


def _make_fingerprint(profile: ModelProfile) -> str:
    return "fp_" + hashlib.sha256(profile.reported.encode()).hexdigest()[:10]


def _serialize_event(value: object) -> bytes:
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
