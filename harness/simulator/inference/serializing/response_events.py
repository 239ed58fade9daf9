"""A reply as the events of the Responses API.

An event repeats the response as far as it is known by then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.simulator.inference.likelihood import make_likelihoods
from harness.simulator.inference.replies.behaviour import SimulatedReply
from harness.simulator.inference.serializing.chat import encode, split_text
from harness.simulator.inference.serializing.history import SORTED_EVENTS_SINCE
from harness.simulator.inference.serializing.responses import (
    ResponseContext,
    make_document,
    make_items,
)


def serialize_response_events(context: ResponseContext, reply: SimulatedReply) -> Iterator[bytes]:
    """Yield the events of a streamed answer; the last one repeats it whole."""
    for number, (kind, fields) in enumerate(_make_events(context, reply)):
        event = {"type": kind, **_number_event(context, fields, number)}
        data = encode(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
        yield f"event: {kind}\ndata: ".encode() + data + b"\n\n"


def _make_events(
    context: ResponseContext, reply: SimulatedReply
) -> Iterator[tuple[str, dict[str, Any]]]:
    begun = make_document(context, None, []) | {"service_tier": "auto"}
    yield "response.created", {"response": begun}
    yield "response.in_progress", {"response": begun}
    items = make_items(context, reply)
    for index, item in enumerate(items):
        place = {"output_index": index}
        begun_item = {**item, **_announce_item(item)}
        yield "response.output_item.added", {**place, "item": begun_item}
        if item["type"] == "message":
            yield from _make_message_events(item, place)
        elif item["type"] == "reasoning":
            yield from _make_summary_events(item, place)
        elif item["type"] == "function_call":
            named = {"item_id": item["id"], **place}
            for piece in split_text(item["arguments"]):
                delta = {**named, "delta": piece, "obfuscation": ""}
                yield "response.function_call_arguments.delta", delta
            done = {**named, "arguments": item["arguments"]}
            yield "response.function_call_arguments.done", done
        yield "response.output_item.done", {**place, "item": item}
    last = make_document(context, reply, items)
    yield f"response.{last['status']}", {"response": last}


def _announce_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item as its first event announces it, without the parts that come later."""
    if item["type"] == "message":
        return {"status": "in_progress", "content": []}
    if item["type"] == "function_call":
        return {"status": "in_progress", "arguments": ""}
    return {"summary": []}


def _make_summary_events(
    item: Mapping[str, Any], place: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a reasoning's summary. Source: OpenAI's API description (v1, 2026)."""
    for number, part in enumerate(item["summary"]):
        named = {"item_id": item["id"], **place, "summary_index": number}
        kind = "response.reasoning_summary_part"
        yield f"{kind}.added", {**named, "part": {**part, "text": ""}}
        for piece in split_text(part["text"]):
            delta = {**named, "delta": piece, "obfuscation": ""}
            yield "response.reasoning_summary_text.delta", delta
        yield "response.reasoning_summary_text.done", {**named, "text": part["text"]}
        yield f"{kind}.done", {**named, "part": part}


def _number_event(
    context: ResponseContext, fields: Mapping[str, Any], number: int
) -> dict[str, Any]:
    counted = {"sequence_number": number}
    if not context.azure:
        return {**fields, **counted}
    if context.day < SORTED_EVENTS_SINCE:
        return {**counted, **fields}
    return dict(sorted({**fields, **counted}.items()))


def _make_message_events(
    item: Mapping[str, Any], place: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    (part,) = item["content"]
    named = {"item_id": item["id"], **place, "content_index": 0}
    yield "response.content_part.added", {**named, "part": {**part, "text": "", "logprobs": []}}
    for piece in split_text(part["text"]):
        likely = make_likelihoods(piece) if part["logprobs"] else []
        delta = {**named, "delta": piece, "logprobs": likely, "obfuscation": ""}
        yield "response.output_text.delta", delta
    done = {**named, "text": part["text"], "logprobs": part["logprobs"]}
    yield "response.output_text.done", done
    yield "response.content_part.done", {**named, "part": part}
