"""A reply as the JSON and the events of models that Azure serves for others.

Source: recorded answers of grok-4-1-fast (``/models/chat/completions``, 2026-08, plain, streamed,
with tools and images), of deepseek-v4-pro (``/openai/v1``, 2026-06). Other publishers' are taken to
look like DeepSeek's, which is the form of Azure's own gateway for them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.replies.behaviour import Call, SimulatedReply
from harness.simulator.inference.requests.chat import ModelRequest
from harness.simulator.inference.serializing.chat import (
    Stamp,
    encode,
    serialize_event,
    split_text,
)


def serialize_partner_completion(
    reply: SimulatedReply, profile: ModelProfile, question: ModelRequest, stamp: Stamp
) -> bytes:
    """Write the body of a plain answer."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or ""}
    if reply.calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "index": index,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for index, call in enumerate(reply.calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    if not _is_xai(profile):
        choice["content_filter_results"] = {}
    usage = _make_usage(reply, profile, question)
    document = {
        "id": _make_id(stamp),
        "model": _report_name(profile),
        "choices": [choice],
        "usage": {**usage, "num_sources_used": 0} if _is_xai(profile) else usage,
        "created": stamp.created,
        "object": "chat.completion",
        "prompt_filter_results": None,
    }
    return encode(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def serialize_partner_events(
    reply: SimulatedReply, profile: ModelProfile, question: ModelRequest, stamp: Stamp
) -> Iterator[bytes]:
    """Yield the events of a streamed answer, ``[DONE]`` included."""
    for choice in _make_choices(reply):
        yield serialize_event(_make_chunk([choice], profile, stamp))
    if question.include_usage:
        usage = {
            name: value
            for name, value in _make_usage(reply, profile, question).items()
            if name != "audio_prompt_tokens"
        }
        spent = {"num_sources_used": 0, "cost_in_usd_ticks": 0} if _is_xai(profile) else {}
        yield serialize_event(_make_chunk([], profile, stamp, usage={**usage, **spent}))
    yield b"data: [DONE]\n\n"


def _make_choices(reply: SimulatedReply) -> Iterator[dict[str, Any]]:
    head: dict[str, Any] = {"role": "assistant"}
    for piece in split_text(reply.text or ""):
        yield {"index": 0, "delta": {"content": piece, **head}}
        head = {}
    if reply.calls:
        calls = [_make_call(index, call) for index, call in enumerate(reply.calls)]
        yield {"index": 0, "delta": {**head, "tool_calls": calls}}
    yield {"index": 0, "delta": {}, "finish_reason": reply.finish_reason}


def _make_call(index: int, call: Call) -> dict[str, Any]:
    return {
        "id": call.id,
        "function": {"name": call.name, "arguments": call.arguments},
        "index": index,
        "type": "function",
    }


def _make_chunk(
    choices: list[dict[str, Any]],
    profile: ModelProfile,
    stamp: Stamp,
    usage: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "id": _make_id(stamp),
        "object": "chat.completion.chunk",
        "created": stamp.created,
        "model": _report_name(profile),
        "choices": choices,
        **({} if usage is None else {"usage": usage}),
        "system_fingerprint": "fp_simulated0",
        "service_tier": "default",
    }


def _make_usage(
    reply: SimulatedReply, profile: ModelProfile, question: ModelRequest
) -> dict[str, Any]:
    sent = reply.count_input_tokens(question)
    written = reply.count_output_tokens()
    usage: dict[str, Any] = {
        "prompt_tokens": sent,
        "completion_tokens": written,
        "total_tokens": sent + written,
        "audio_prompt_tokens": 0,
    }
    if _is_xai(profile):
        usage["prompt_tokens_details"] = {
            "cached_tokens": 0,
            "audio_tokens": 0,
            "text_tokens": sent,
            "image_tokens": 0,
        }
        usage["completion_tokens_details"] = {
            "reasoning_tokens": reply.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        }
    return usage


def _is_xai(profile: ModelProfile) -> bool:
    return profile.publisher == "xAI"


def _make_id(stamp: Stamp) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, stamp.id))


def _report_name(profile: ModelProfile) -> str:
    return profile.model.lower()
