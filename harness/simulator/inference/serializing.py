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
from harness.simulator.inference.model_request import ModelRequest
from harness.simulator.inference.refusals import Dialect
from harness.simulator.inference.replies import Call, SimulatedReply

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
    said: SimulatedReply,
    nature: ModelProfile,
    question: ModelRequest,
    stamp: Stamp,
) -> bytes:
    """The body of a plain answer, its keys in the order in which the service writes them."""
    if dialect == "azure":
        return _compact(_azure_completion(said, nature, question, stamp))
    whole = _openai_completion(said, nature, question, stamp)
    return json.dumps(whole, ensure_ascii=False, indent=2).encode() + b"\n"


def _openai_completion(
    said: SimulatedReply, nature: ModelProfile, question: ModelRequest, stamp: Stamp
) -> dict[str, Any]:
    choice = {
        "index": 0,
        "message": _openai_message(said),
        "logprobs": _likely(question, said.text),
        "finish_reason": said.finish_reason,
    }
    return {
        "id": stamp.id,
        "object": "chat.completion",
        "created": stamp.created,
        "model": nature.reported,
        "choices": [choice],
        "usage": _usage(said, question),
        "service_tier": "default",
        "system_fingerprint": _fingerprint(nature),
    }


def _azure_completion(
    said: SimulatedReply, nature: ModelProfile, question: ModelRequest, stamp: Stamp
) -> dict[str, Any]:
    choice = {
        "content_filter_results": _completion_filter(said),
        "finish_reason": said.finish_reason,
        "index": 0,
        "logprobs": _likely(question, said.text),
        "message": _azure_message(said),
    }
    return {
        "choices": [choice],
        "created": stamp.created,
        "id": stamp.id,
        "model": nature.reported,
        "object": "chat.completion",
        "prompt_filter_results": PROMPT_FILTER,
        "system_fingerprint": _fingerprint(nature),
        "usage": _usage(said, question),
    }


def serialize_events(
    dialect: Dialect,
    said: SimulatedReply,
    nature: ModelProfile,
    question: ModelRequest,
    stamp: Stamp,
) -> Iterator[bytes]:
    """The events of a streamed answer, ``[DONE]`` included."""
    azure = dialect == "azure"
    if azure:
        yield _event(
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
    for delta, filtered, finish in _deltas(said):
        likely = _likely(question, delta.get("content"))
        choice = {"delta": delta, "finish_reason": finish, "index": 0, "logprobs": likely}
        if azure:
            choice = {"content_filter_results": filtered, **choice}
        yield _event(_chunk(azure, [choice], nature, stamp) | usage)
    if question.include_usage:
        yield _event(_chunk(azure, [], nature, stamp) | {"usage": _usage(said, question)})
    yield b"data: [DONE]\n\n"


def _likely(question: ModelRequest, text: str | None) -> dict[str, Any] | None:
    if not text or question.body.get("logprobs") is not True:
        return None
    return {"content": make_likelihoods(text), "refusal": None}


def _deltas(said: SimulatedReply) -> Iterator[tuple[dict[str, Any], dict[str, Any], str | None]]:
    """Each event's delta, its filter annotations, and the finish reason where it is the last."""
    if said.calls:
        yield from _call_deltas(said.calls)
    else:
        yield {"content": "", "refusal": None, "role": "assistant"}, {}, None
    for piece in split_text(said.text or ""):
        yield {"content": piece}, _HARMS, None
    last = HIT if said.finish_reason == "content_filter" else {}
    yield {}, last, said.finish_reason


def _call_deltas(
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
    """The text in at most ``MOST_EVENTS`` pieces, cut between words; joined, they are the text."""
    words = _WORDS.findall(text)
    size = -(-len(words) // MOST_EVENTS) or 1
    return ["".join(words[start : start + size]) for start in range(0, len(words), size)]


def _chunk(
    azure: bool, choices: list[dict[str, Any]], nature: ModelProfile, stamp: Stamp
) -> dict[str, Any]:
    if azure:
        return {
            "choices": choices,
            "created": stamp.created,
            "id": stamp.id,
            "model": nature.reported,
            "obfuscation": "",
            "object": "chat.completion.chunk",
            "system_fingerprint": _fingerprint(nature),
        }
    return {
        "id": stamp.id,
        "object": "chat.completion.chunk",
        "created": stamp.created,
        "model": nature.reported,
        "service_tier": "default",
        "system_fingerprint": _fingerprint(nature),
        "choices": choices,
        "obfuscation": "",
    }


def _azure_message(said: SimulatedReply) -> dict[str, Any]:
    if said.finish_reason == "content_filter" and not said.text:
        return {"refusal": None, "role": "assistant"}  # recorded: no `content` key at all
    message: dict[str, Any] = {
        "annotations": [],
        "content": said.text,
        "refusal": None,
        "role": "assistant",
    }
    if said.calls:
        message["tool_calls"] = [
            {
                "function": {"arguments": call.arguments, "name": call.name},
                "id": call.id,
                "type": "function",
            }
            for call in said.calls
        ]
    return message


def _openai_message(said: SimulatedReply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    if said.calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in said.calls
        ]
    return {**message, "refusal": None, "annotations": []}


def _completion_filter(said: SimulatedReply) -> dict[str, Any]:
    if said.finish_reason == "content_filter":
        return HIT
    return {} if said.calls else COMPLETION_FILTER


def _usage(said: SimulatedReply, question: ModelRequest) -> dict[str, Any]:
    sent = question.prompt_tokens if said.prompt_tokens is None else said.prompt_tokens
    written = said.output_tokens()
    return {
        "completion_tokens": written,
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": said.reasoning_tokens,
            "rejected_prediction_tokens": 0,
        },
        "prompt_tokens": sent,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "total_tokens": sent + written,
    }


def _fingerprint(nature: ModelProfile) -> str:
    return "fp_" + hashlib.sha256(nature.reported.encode()).hexdigest()[:10]


def _event(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + encode(text) + b"\n\n"


def _compact(value: object) -> bytes:
    return encode(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) + b"\n"


def encode(text: str) -> bytes:
    """JSON text as UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, from an upstream: only escaped can it leave
        return json.dumps(json.loads(text), separators=(",", ":")).encode()
