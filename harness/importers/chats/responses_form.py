"""Requests and answers of the Responses API, in the form of chat completions.

Source: OpenAI's API reference, responses: input items, output items, tools (read 2026).
"""

from __future__ import annotations

import json
from typing import Any

from harness.importers.chats.messages import Json, UnreadableMessageError


def read_input(written: object, instructions: object, notes: list[str]) -> list[Json]:
    """Return the messages of a request's ``input``, its ``instructions`` as the system text.

    Raises:
        UnreadableMessageError: it is neither a text nor a list of items.
    """
    messages: list[Json] = []
    if isinstance(instructions, str):
        messages.append({"role": "system", "content": instructions})
    if isinstance(written, str):
        return [*messages, {"role": "user", "content": written}]
    if not isinstance(written, list):
        raise UnreadableMessageError("`input` is neither a text nor a list")
    for item in written:
        if isinstance(item, str):
            messages.append({"role": "user", "content": item})
        elif isinstance(item, dict):
            _add_item(item, messages, notes)
        else:
            raise UnreadableMessageError("an item of `input` is no object")
    return messages


def _add_item(item: Json, messages: list[Json], notes: list[str]) -> None:
    kind = item.get("type", "message")
    if kind == "message" or "role" in item:
        messages.append(item)
    elif kind == "function_call":
        call = {"id": item.get("call_id") or item.get("id"), "function": item}
        last = messages[-1] if messages else {}
        calls = last.setdefault("tool_calls", []) if last.get("role") == "assistant" else None
        if isinstance(calls, list):
            calls.append(call)
        else:
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
    elif kind == "function_call_output":
        output = item.get("output")
        text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
        known = item.get("call_id")
        messages.append({"role": "tool", "tool_call_id": known, "content": text})
    else:
        notes.append(f"an item of the type {str(kind)[:40]!r}")


def read_output(items: list[Any]) -> str | None:
    """Return the text of an answer's items, None where there is none."""
    texts: list[str] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        content = item.get("content")
        if isinstance(content, str):
            texts.append(content)
        for part in content if isinstance(content, list) else ():
            text = part.get("text") or part.get("refusal") if isinstance(part, dict) else None
            if isinstance(text, str):
                texts.append(text)
        if item.get("type") in ("output_text", "text") and isinstance(item.get("text"), str):
            texts.append(item["text"])
    return "\n".join(texts) if texts else None


def read_tools(tools: object, functions: object, notes: list[str]) -> tuple[Json, ...]:
    """Return tools as chat completions have them; tools that a service carries out are noted."""
    read: list[Json] = []
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        if isinstance(tool.get("function"), dict):
            read.append({"type": "function", "function": tool["function"]})
        elif tool.get("type") == "function" and tool.get("name"):
            kept = ("name", "description", "parameters", "strict")
            function = {key: tool[key] for key in kept if tool.get(key) is not None}
            read.append({"type": "function", "function": function})
        else:
            notes.append(f"the tool {str(tool.get('type'))[:40]!r}, which the service carries out")
    read += [
        {"type": "function", "function": function}
        for function in (functions if isinstance(functions, list) else ())
        if isinstance(function, dict) and function.get("name")
    ]
    return tuple(read)
