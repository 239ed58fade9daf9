"""The bodies of model requests as what they ask: messages, tools and the rest, by either API.

Two bodies that a model would read alike come out equal: text or a list of text parts, one message
or several of one role in a row, a system message or instructions, tool calls inside a message or
beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

Api = Literal["chat", "responses", "embeddings"]

_PATHS: Final[Mapping[str, Api]] = {
    "/chat/completions": "chat",
    "/responses": "responses",
    "/embeddings": "embeddings",
}
_APART: Final = frozenset({"messages", "input", "instructions", "tools", "functions", "model"})
"""Parts of a body that are no parameters."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message; ``calls`` are names with their arguments, ``images`` their addresses."""

    role: str
    text: str
    calls: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestView:
    """The question in a request.

    Attributes:
        api: how it is asked.
        model: the model or deployment that the body names, "" where it names none.
        messages: who says what; the texts themselves where embeddings are asked for.
        tools: each tool's declaration by its name, flat.
        parameters: everything else of the body, as it stands there.
    """

    api: Api
    model: str
    messages: tuple[Said, ...]
    tools: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


def find_api(url: str) -> Api | None:
    """Return the API that a URL's path ends with, if it is one that answers conversations."""
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:  # brackets that are no IPv6 address
        return None
    return next((api for end, api in _PATHS.items() if path.endswith(end)), None)


def read_request(body: Mapping[str, Any], api: Api | None = None) -> RequestView | None:
    """Read what a body asks for; None when it is no conversation and no list of texts.

    Args:
        body: decoded JSON.
        api: how it was asked, where that is known; else the body tells.
    """
    api = api or _find_shape(body)
    messages = _read_messages(body, api)
    if messages is None or api is None:
        return None
    model = body.get("model")
    return RequestView(
        api=api,
        model=model if isinstance(model, str) else "",
        messages=tuple(messages if api == "embeddings" else _join_rows(messages)),
        tools=_read_tools(body),
        parameters={name: value for name, value in body.items() if name not in _APART},
    )


def _find_shape(body: Mapping[str, Any]) -> Api | None:
    if "messages" in body:
        return "chat"
    given = body.get("input")
    if isinstance(given, list) and given and all(isinstance(text, str) for text in given):
        return "embeddings"
    return "responses" if isinstance(given, str | list) or "instructions" in body else None


def _read_messages(body: Mapping[str, Any], api: Api | None) -> list[Said] | None:
    """Read messages; None where something stands in the place of a message that is none."""
    given = body.get("messages" if api == "chat" else "input")
    items = [given] if isinstance(given, str) else given
    if not isinstance(items, list):
        return None
    said = [_read_text(item) if api == "embeddings" else _read_item(item) for item in items]
    system = body.get("instructions") if api == "responses" else None
    if isinstance(system, str) and system:
        said.insert(0, (Said("system", system),))
    return None if None in said else [one for ones in said for one in ones or ()]


def _read_text(item: object) -> tuple[Said, ...] | None:
    return (Said("text", item if isinstance(item, str) else json.dumps(item)),)


def _read_item(item: object) -> tuple[Said, ...] | None:
    """Return a message, or an item of a Responses history, as one message or none."""
    if not isinstance(item, Mapping):
        return (Said("user", item),) if isinstance(item, str) else None
    role = item.get("role")
    if isinstance(role, str):
        return (_read_message(item, role),)
    match item.get("type"):
        case "function_call":
            return (Said("assistant", "", (_read_call(item),)),)
        case "function_call_output":
            return (Said("tool", _spell_json(_read_words(item.get("output")))),)
        case "reasoning":  # the model's own, handed back by some clients: nobody says it
            return ()
        case _:
            return None


def _read_message(item: Mapping[str, Any], role: str) -> Said:
    content = item.get("content")
    text = _read_words(content)
    if role in ("tool", "function"):
        return Said("tool", _spell_json(text))
    if role == "assistant":
        text = text.strip()  # as its client kept it, which many trim
    images = tuple(_read_images(content))
    return Said("system" if role == "developer" else role, text, tuple(_read_calls(item)), images)


def _read_words(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return "" if content is None else json.dumps(content, ensure_ascii=False)
    parts = [part.get("text") for part in content if isinstance(part, Mapping)]
    return "".join(part for part in parts if isinstance(part, str))


def _read_images(content: object) -> Iterator[str]:
    for part in content if isinstance(content, list) else ():
        if isinstance(part, Mapping) and part.get("type") not in ("text", "input_text"):
            shown = part.get("image_url")
            url = shown.get("url") if isinstance(shown, Mapping) else shown
            if isinstance(url, str):
                yield url
            elif "text" not in part and "refusal" not in part:
                yield json.dumps(part, sort_keys=True)


def _read_calls(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    calls = message.get("tool_calls")
    if isinstance(message.get("function_call"), Mapping):
        calls = [{"function": message["function_call"]}]
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, Mapping):
            function = call.get("function")
            yield _read_call(function if isinstance(function, Mapping) else call)


def _read_call(function: Mapping[str, Any]) -> tuple[str, str]:
    return str(function.get("name") or ""), _spell_json(_read_words(function.get("arguments")))


def _spell_json(text: str) -> str:
    """Return JSON in one spelling; any other text as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True)
    except (ValueError, RecursionError):
        return text


def _read_tools(body: Mapping[str, Any]) -> dict[str, Any]:
    declared = body.get("tools")
    if not isinstance(declared, list):
        declared = body.get("functions")
    tools: dict[str, Any] = {}
    for tool in declared if isinstance(declared, list) else ():
        flat = tool
        if isinstance(tool, Mapping) and isinstance(tool.get("function"), Mapping):
            flat = {"type": "function", **tool["function"]}
        named = isinstance(flat, Mapping) and (flat.get("name") or flat.get("type"))
        name = str(named or f"number {len(tools) + 1}")
        tools[name if name not in tools else f"{name} (number {len(tools) + 1})"] = flat
    return tools


def _join_rows(messages: Iterable[Said]) -> Iterator[Said]:
    """Return messages of the model, and of the system, that stand in a row, each as one."""
    before: Said | None = None
    for said in messages:
        joins = before is not None and said.role == before.role
        if before is not None and joins and said.role in ("assistant", "system"):
            between = "\n\n" if before.text and said.text else ""
            before = replace(
                before,
                text=before.text + between + said.text,
                calls=before.calls + said.calls,
                images=before.images + said.images,
            )
            continue
        if before is not None:
            yield before
        before = said
    if before is not None:
        yield before
