"""Messages as logs hold them, in the form that a spec takes: chat completions."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

PARTS = {
    "text": "text",
    "image_url": "image_url",
    "input_audio": "input_audio",
    "file": "file",
    "refusal": "refusal",
}
"""Kinds of content parts that a spec takes, and the key that holds each."""

RENAMED = {"input_text": "text", "output_text": "text"}
"""Names of the same in the Responses API."""

ROLES = ("system", "developer", "user", "assistant", "tool")
"""Roles of messages. A tuple, for a role in a file may be of any type, and a set would hash it."""


class UnreadableMessageError(ValueError):
    """These are no messages that a model could be given; the message says why."""


def read_messages(written: object) -> tuple[list[Json], list[str]]:
    """Return messages as a spec takes them, and a sentence for each kind of thing left out.

    Raises:
        UnreadableMessageError: they are no list of messages, or one of them says nothing.
    """
    if not isinstance(written, list) or not written:
        raise UnreadableMessageError("`messages` is no list of messages")
    notes: dict[str, None] = {}
    messages = [_read(one, number, notes) for number, one in enumerate(written, start=1)]
    return messages, list(notes)


def _read(written: object, number: int, notes: dict[str, None]) -> Json:
    if not isinstance(written, dict):
        raise UnreadableMessageError(f"message {number} is no object")
    role = written.get("role")
    if role == "function":
        role = "tool"
    if role not in ROLES:
        said = repr(role)[:40] if role is not None else "none"
        raise UnreadableMessageError(f"message {number} has a role that is none: {said}")
    message: Json = {"role": role}
    content = _read_content(written.get("content"), number, notes)
    calls = _read_calls(written, number)
    if content is None and isinstance(written.get("refusal"), str):
        content = written["refusal"]
    if content is None and not calls:
        if role not in {"assistant", "tool"}:
            raise UnreadableMessageError(f"message {number} says nothing")
        content = ""
    message["content"] = content
    if calls:
        message["tool_calls"] = calls
    if role == "tool":
        known = written.get("tool_call_id") or f"call_{written.get('name')}"
        message["tool_call_id"] = str(known)
    if written.get("name") and role in {"user", "system", "assistant"}:
        notes["the name of a speaker"] = None
    if written.get("audio"):
        notes["audio of an answer"] = None
    return message


def _read_content(content: object, number: int, notes: dict[str, None]) -> str | list[Json] | None:
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, list):
        return json.dumps(content, ensure_ascii=False)
    parts: list[Json] = []
    for part in content:
        if isinstance(part, str):
            parts.append({"type": "text", "text": part})
            continue
        if not isinstance(part, dict):
            raise UnreadableMessageError(f"a part of message {number} is no object")
        read = _read_part(part)
        if read is None:
            notes[f"a part of the type {str(part.get('type'))[:40]!r}"] = None
        else:
            parts.append(read)
    if not parts:
        return None
    if all(part["type"] == "text" for part in parts):
        return "\n".join(part["text"] for part in parts)
    return parts


def _read_part(part: Json) -> Json | None:
    kind = RENAMED.get(str(part.get("type")), part.get("type"))
    if kind == "input_image" and isinstance(part.get("image_url"), str):
        return {"type": "image_url", "image_url": {"url": part["image_url"]}}
    key = PARTS.get(str(kind))
    if key is None or not isinstance(part.get(key), str | dict):
        return None
    wanted: type = str if kind in {"text", "refusal"} else dict
    return {"type": kind, key: part[key]} if isinstance(part[key], wanted) else None


def _read_calls(message: Json, number: int) -> list[Json]:
    called = message.get("tool_calls") or []
    if not isinstance(called, list):
        raise UnreadableMessageError(f"`tool_calls` of message {number} is no list")
    calls = [_read_call(call, number) for call in called]
    legacy = message.get("function_call")
    if isinstance(legacy, dict):
        calls.append(_read_call({"function": legacy, "id": f"call_{legacy.get('name')}"}, number))
    return calls


def _read_call(call: object, number: int) -> Json:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(call, dict) or not isinstance(function, dict) or not function.get("name"):
        raise UnreadableMessageError(f"message {number} calls a tool that has no name")
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments if arguments is not None else {}, ensure_ascii=False)
    name = str(function["name"])
    return {
        "id": str(call.get("id") or f"call_{name}"),
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }
