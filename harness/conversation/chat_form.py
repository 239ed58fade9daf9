"""Messages in the form of chat completions, and back: how authors write them and runs keep them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.conversation.transcript import Message, ToolCall

Json = dict[str, Any]


def write_message(message: Message) -> Json:
    """Write a message as the Chat Completions API has it; its role as it stands."""
    said: Json = {"role": message.role, "content": message.content}
    if message.parts:
        said["content"] = list(message.parts)
    elif message.images:
        said["content"] = [
            {"type": "text", "text": message.content or ""},
            *({"type": "image_url", "image_url": {"url": url}} for url in message.images),
        ]
    if message.tool_calls:
        said["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        said["tool_call_id"] = message.tool_call_id
    return said


def read_message(written: Mapping[str, Any]) -> Message:
    """Read a message that is well formed, as ``harness.spec.check.messages`` demands it."""
    content = written.get("content")
    parts: tuple[Any, ...] = ()
    if isinstance(content, Sequence) and not isinstance(content, str):
        parts = tuple(content)
        texts = (part.get("text") or part.get("refusal") for part in parts)
        content = "\n".join(text for text in texts if isinstance(text, str))
    elif content is not None and not isinstance(content, str):
        content = _write_json(content)
    return Message(
        role=written["role"],
        content=content,
        tool_calls=tuple(_read_call(call) for call in written.get("tool_calls") or ()),
        tool_call_id=written.get("tool_call_id"),
        parts=parts,
    )


def _read_call(written: Mapping[str, Any]) -> ToolCall:
    function = written["function"]
    arguments = function.get("arguments")
    text = arguments if isinstance(arguments, str) else _write_json(arguments or {})
    return ToolCall(written["id"], function["name"], text)


def _write_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
