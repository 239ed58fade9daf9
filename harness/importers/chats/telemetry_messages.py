"""Messages as OpenTelemetry keeps them, in the form of chat completions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from harness.importers.chats.messages import ROLES, Json, UnreadableMessageError

INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
SYSTEM, TOOLS = "gen_ai.system_instructions", "gen_ai.tool.definitions"
_FLAT = re.compile(
    r"(?:gen_ai\.(?P<side>prompt|completion)|llm\.(?P<other>input|output)_messages)"
    r"\.(?P<number>\d{1,6})\.(?:message\.)?(?P<key>.+)"
)
_CALL = re.compile(
    r"tool_calls\.(?P<number>\d{1,6})\.(?:tool_call\.)?(?:function\.)?(?P<key>id|name|arguments)"
)


def has_messages(attributes: Mapping[str, Any]) -> bool:
    """Tell whether attributes hold messages as the conventions of today have them."""
    return INPUT in attributes


def read_structured(attributes: Mapping[str, Any]) -> tuple[list[Json], list[Json] | None]:
    """Return the messages of a request and of its answer; None where the answer is not told.

    Raises:
        UnreadableMessageError: they are no messages.
    """
    messages: list[Json] = []
    if SYSTEM in attributes:
        parts = _parse(attributes[SYSTEM])
        text = parts if isinstance(parts, str) else _join(parts if isinstance(parts, list) else [])
        messages.append({"role": "system", "content": text})
    messages += read_parts(attributes[INPUT])
    answers = read_parts(attributes[OUTPUT]) if OUTPUT in attributes else None
    return messages, answers


def read_parts(written: object) -> list[Json]:
    """Return messages of ``{"role", "parts"}``, or ``{"role", "content"}``; JSON or structured.

    Raises:
        UnreadableMessageError: they are no messages.
    """
    found = _parse(written)
    if isinstance(found, str):
        return [{"role": "user", "content": found}]
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise UnreadableMessageError("its messages are no list of messages")
    messages: list[Json] = []
    for one in found:
        if isinstance(one.get("parts"), list):
            _add_parts(one, messages)
        else:
            messages.append(dict(one))
    return messages


def _add_parts(one: Mapping[str, Any], messages: list[Json]) -> None:
    """Add a message of parts: each result of a tool is a message of its own."""
    said: Json = {"role": one.get("role", "user"), "content": None}
    content: list[Json] = []
    for part in one["parts"]:
        if not isinstance(part, Mapping):
            raise UnreadableMessageError("a part of a message is no object")
        kind = part.get("type")
        if kind == "tool_call":
            function = {"name": part.get("name"), "arguments": part.get("arguments")}
            said.setdefault("tool_calls", []).append({"id": part.get("id"), "function": function})
        elif kind == "tool_call_response":
            response = part.get("response", part.get("result"))
            text = response if isinstance(response, str) else json.dumps(response)
            answer = {"role": "tool", "tool_call_id": part.get("id"), "content": text}
            messages.append(answer)
        elif kind == "text":
            content.append({"type": "text", "text": str(part.get("content") or "")})
        elif kind == "uri" and part.get("modality") == "image":
            content.append({"type": "image_url", "image_url": {"url": str(part.get("uri"))}})
        elif kind == "blob" and part.get("modality") == "image":
            url = f"data:{part.get('mime_type')};base64,{part.get('content')}"
            content.append({"type": "image_url", "image_url": {"url": url}})
        elif kind not in ("reasoning", "thinking"):
            content.append({"type": str(kind)})  # told as left out, where messages are read
    if (
        content
        or said.get("tool_calls")
        or not any(part.get("type") == "tool_call_response" for part in one["parts"])
    ):
        said["content"] = content or None
        messages.append(said)


def write_event_message(role: str, body: Mapping[str, Any]) -> Json:
    """Return the message of an event: its body, or its attributes."""
    held = _parse(body.get("message"))
    source = held if isinstance(held, Mapping) else body
    content = source.get("content")
    calls = _parse(source.get("tool_calls"))
    message: Json = {"role": source.get("role") or role, "content": content}
    if message["role"] not in ROLES:
        message["role"] = role
    if isinstance(calls, list):
        message["tool_calls"] = calls
    if message["role"] == "tool":
        message["tool_call_id"] = source.get("id") or source.get("tool_call_id")
    return message


def read_flat(attributes: Mapping[str, Any]) -> tuple[list[Json], list[Json] | None] | None:
    """Return messages whose every field is an attribute; None where there are none."""
    sides: dict[str, dict[int, Json]] = {"prompt": {}, "completion": {}}
    names = {"input": "prompt", "output": "completion"}
    for name, value in attributes.items():
        match = _FLAT.fullmatch(name)
        if match is None:
            continue
        side = match["side"] or names[match["other"]]
        message = sides[side].setdefault(int(match["number"]), {})
        call = _CALL.fullmatch(match["key"])
        if call is not None:
            calls = message.setdefault("calls", {})
            calls.setdefault(int(call["number"]), {})[call["key"]] = value
        elif match["key"] in {"role", "content", "tool_call_id"}:
            message[match["key"]] = value
    if not sides["prompt"]:
        return None
    messages = [_make_flat(sides["prompt"][n], "user") for n in sorted(sides["prompt"])]
    answers = [_make_flat(sides["completion"][n], "assistant") for n in sorted(sides["completion"])]
    return messages, answers or None


def _make_flat(fields: Json, role: str) -> Json:
    content = fields.get("content")
    parsed = _parse(content)
    parts = isinstance(parsed, list) and all(isinstance(part, dict) for part in parsed)
    message: Json = {"role": fields.get("role") or role, "content": parsed if parts else content}
    if "tool_call_id" in fields:
        message["tool_call_id"] = fields["tool_call_id"]
    if "calls" in fields:
        message["tool_calls"] = [
            {"id": call.get("id"), "function": {k: v for k, v in call.items() if k != "id"}}
            for _, call in sorted(fields["calls"].items())
        ]
    return message


def read_tools(attributes: Mapping[str, Any]) -> tuple[Json, ...]:
    """Return the tools that a request offered, as chat completions have them."""
    found = _parse(attributes.get(TOOLS))
    tools = []
    for tool in found if isinstance(found, list) else ():
        if isinstance(tool, Mapping) and isinstance(tool.get("function"), Mapping):
            tools.append({"type": "function", "function": dict(tool["function"])})
        elif isinstance(tool, Mapping) and tool.get("name"):
            kept = ("name", "description", "parameters")
            function = {key: tool[key] for key in kept if tool.get(key) is not None}
            tools.append({"type": "function", "function": function})
    return tuple(tools)


def _parse(value: object) -> Any:
    """Return a value that may be JSON in a text; the text itself where it is none."""
    if not isinstance(value, str) or value.lstrip()[:1] not in {"[", "{"}:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _join(parts: list[Any]) -> str:
    texts = [part.get("content") for part in parts if isinstance(part, Mapping)]
    return "\n".join(text for text in texts if isinstance(text, str))
