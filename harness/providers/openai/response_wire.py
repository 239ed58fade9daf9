"""A request as the Responses API takes it: the same history, parameters and tools, other names.

Nothing is kept at the service (``store: false``) and no answer is referred to: the whole history
is sent each time, as with chat completions, so that a conversation is the same by either API.
Source: OpenAI's API description (v1, 2026) and requests of recorded traffic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.conversation.ports import Request
from harness.conversation.transcript import Message
from harness.providers.openai.parameters import (
    LOGPROBS,
    NEUTRAL,
    Adaptation,
    WireRequest,
    list_parameters,
)

_ABSENT: Final = frozenset({"seed", "stop", "frequency_penalty", "presence_penalty", "logit_bias"})
"""Parameters of chat completions that the Responses API has none for."""


def write_response(request: Request, model: str, adaptation: Adaptation) -> WireRequest:
    """Return the body for this request.

    System messages at its head become ``instructions``; later ones are a developer's.
    """
    notes: list[str] = []
    system, said = _split_system(request.messages)
    body: dict[str, Any] = {"model": model, "input": [i for m in said for i in _write_items(m)]}
    if system:
        body["instructions"] = "\n\n".join(system)
    for name, value in list_parameters(request):
        if name in adaptation.dropped or name in _ABSENT:
            if NEUTRAL.get(name) != value:
                notes.append(f"{name} dropped")
        elif name == "max_output_tokens":
            body[name] = adaptation.output_limit(value, notes)
        else:
            _lay_over(body, _write_parameter(name, value))
    if request.tools:
        body["tools"] = [_write_tool(tool) for tool in request.tools]
    if "store" not in adaptation.dropped:
        body.setdefault("store", False)
    if request.stream:
        body["stream"] = True
    adaptation.reported.update(dict.fromkeys(notes))
    return WireRequest(body, tuple(notes))


def _lay_over(body: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add parameters to the body; those that share an object are put into the same one."""
    for name, value in more.items():
        known = body.get(name)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            body[name] = {**known, **value}
        else:
            body[name] = value


def _split_system(messages: Sequence[Message]) -> tuple[list[str], Sequence[Message]]:
    """Return the texts of the system messages at the head, and everything after them."""
    count = next(
        (n for n, message in enumerate(messages) if message.role not in ("system", "developer")),
        len(messages),
    )
    return [message.content or "" for message in messages[:count]], messages[count:]


def _write_items(message: Message) -> Iterator[dict[str, Any]]:
    if message.role == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message.tool_call_id,
            "output": message.content or "",
        }
        return
    if message.content or not message.tool_calls:
        role = "developer" if message.role == "system" else message.role
        yield {"role": role, "content": _write_content(message)}
    for call in message.tool_calls:
        yield {
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        }


def _write_content(message: Message) -> str | list[dict[str, Any]]:
    text = message.content or ""
    if message.parts:
        return [_write_part(part, message.role) for part in message.parts]
    if not message.images:
        return text
    shown = [{"type": "input_image", "image_url": url} for url in message.images]
    return [{"type": "input_text", "text": text}, *shown]


def _write_part(part: Mapping[str, Any], role: str) -> dict[str, Any]:
    """Write a part of a chat message as the Responses API has it.

    Source: OpenAI API reference, responses, ``input`` (read 2026).
    """
    kind = part.get("type")
    if kind == "text":
        spoken = "output_text" if role == "assistant" else "input_text"
        return {"type": spoken, "text": part.get("text")}
    if kind == "image_url":
        shown = dict(part["image_url"])
        return {"type": "input_image", "image_url": shown.pop("url", None), **shown}
    if kind == "file":
        return {"type": "input_file", **part["file"]}
    return dict(part)


def _write_parameter(name: str, value: Any) -> dict[str, Any]:
    if name == "reasoning_effort":
        return {"reasoning": {"effort": value}}
    if name == LOGPROBS:
        return {"include": ["message.output_text.logprobs"]}
    inner = value if isinstance(value, Mapping) else {}
    if name == "response_format":
        declared = inner.get("json_schema") if inner.get("type") == "json_schema" else None
        nested = {"type": "json_schema", **declared} if isinstance(declared, Mapping) else value
        return {"text": {"format": nested}}
    if name == "verbosity":
        return {"text": {"verbosity": value}}
    if name == "tool_choice" and isinstance(inner.get("function"), Mapping):
        return {"tool_choice": {"type": "function", **inner["function"]}}
    return {name: list(value) if isinstance(value, tuple) else value}


def _write_tool(tool: Any) -> Any:
    """Return a function's declaration, flat; as loose as in chat, where strict is asked for."""
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(function, Mapping):
        return tool
    return {"type": "function", "strict": False, **function}
