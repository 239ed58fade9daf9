"""The content of a message and its tool calls, in every shape that services send them in.

Whole and streamed answers of both APIs are read here, so that what one way knows the other knows.
A shape that nobody knows is an error, never a shorter reply.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.conversation.transcript import ToolCall

_WORDS: Final = frozenset({None, "text", "output_text", "input_text"})
_UNSPOKEN: Final = frozenset(
    {"thinking", "redacted_thinking", "reasoning", "reasoning_text", "summary_text", "reference"}
)
"""Types of parts that are no words of the answer.

Source: Mistral's API (``thinking`` and ``reference`` chunks), OpenAI's and Anthropic's (2026).
"""


class UnknownShapeError(ValueError):
    """Something in an answer that has no meaning here; its text says what."""


@dataclass(frozen=True, slots=True)
class Content:
    """The words of a message: those of the answer, and those of a refusal."""

    text: str = ""
    refusal: str = ""


def read_content(content: object) -> Content:
    """Read a message's content: a text, a part, or a list of texts and parts.

    Raises:
        UnknownShapeError: it is something else, or a part is.
    """
    if content is None:
        return Content()
    if isinstance(content, str):
        return Content(mend_characters(content))
    text: list[str] = []
    refusal: list[str] = []
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            text.append(part)
        elif not isinstance(part, Mapping) or (part.get("type") is None and "text" not in part):
            raise UnknownShapeError(f"content holds {_quote(part)}, which is no text")
        elif _find_type(part) in _WORDS:
            text.append(_read_words(part, "text"))
        elif _find_type(part) == "refusal":
            refusal.append(_read_words(part, "refusal"))
        elif _find_type(part) not in _UNSPOKEN:
            raise UnknownShapeError(f"content has a part of type {_quote(part.get('type'))}")
    return Content(mend_characters("".join(text)), mend_characters("".join(refusal)))


def _find_type(part: Mapping[str, Any]) -> str | None:
    kind = part.get("type")
    return kind if isinstance(kind, str) else None if kind is None else "no word at all"


def _read_words(part: Mapping[str, Any], name: str) -> str:
    words = part.get(name)
    if isinstance(words, Mapping):  # as assistants and threads have it: {"value": …}
        words = words.get("value")
    if isinstance(words, str):
        return words
    if words is None and name in part:
        return ""
    raise UnknownShapeError(f"content has a part whose {name} is {_quote(words)}")


def read_tool_calls(message: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    """Read the calls of a message, the one of the older ``function_call`` too.

    Raises:
        UnknownShapeError: something among them is no call.
    """
    calls = message.get("tool_calls") or None
    if calls is not None and not isinstance(calls, list):
        raise UnknownShapeError(f"tool_calls are {_quote(calls)}, which is no list")
    found = [_read_tool_call(call) for call in calls or ()]
    older = message.get("function_call")
    if not found and older:
        found = [_read_tool_call({"function": older})]
    return tuple(found)


def _read_tool_call(call: object) -> ToolCall:
    inner = _find_function(call)
    name = inner.get("name") if inner is not None else None
    if not isinstance(call, Mapping) or inner is None or not isinstance(name, str) or not name:
        raise UnknownShapeError(f"tool_calls hold {_quote(call)}, which is no call")
    given = inner.get("arguments", inner.get("input"))
    return ToolCall(str(call.get("id") or ""), name, write_arguments(given))


def _find_function(call: object) -> Mapping[str, Any] | None:
    """Find what is called: a function, or a custom tool, whose input is any text."""
    if not isinstance(call, Mapping):
        return None
    for name in ("function", "custom"):
        inner = call.get(name)
        if isinstance(inner, Mapping):
            return inner
    return None


def write_arguments(arguments: object) -> str:
    """Return a call's arguments as text; some servers send the object itself."""
    if not isinstance(arguments, str):
        arguments = "" if arguments is None else json.dumps(arguments, ensure_ascii=False)
    return mend_characters(arguments)


@dataclass(slots=True)
class _CallInParts:
    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


class CallsInParts:
    """Tool calls of a stream, put together from their parts.

    Servers disagree about which call a part belongs to: OpenAI numbers them (``index``), some give
    every call the same number and another id, some give no number at all, and some repeat the name
    with every part.
    """

    def __init__(self) -> None:
        self._calls: list[_CallInParts] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, part: object) -> None:
        """Add one part of a call.

        Raises:
            UnknownShapeError: it is none.
        """
        if not isinstance(part, Mapping):
            raise UnknownShapeError(f"tool_calls hold {_quote(part)}, which is no call")
        inner = _find_function(part) or {}
        id_, name = _as_text(part.get("id")), _as_text(inner.get("name"))
        given = inner.get("arguments", inner.get("input"))
        arguments = given if isinstance(given, str) else write_arguments(given)
        call = self._find(part.get("index"), _CallInParts(0, id_, name, arguments))
        call.id = call.id or id_
        if name != call.name:
            call.name += name
        call.arguments += arguments

    def _find(self, index: object, part: _CallInParts) -> _CallInParts:
        number = index if isinstance(index, int) else None
        known = [one for one in self._calls if number in (None, one.index)]
        if known and not _begins_another(known[-1], part):
            return known[-1]
        self._calls.append(_CallInParts(len(self._calls) if number is None else number))
        return self._calls[-1]

    def whole(self) -> Iterator[dict[str, Any]]:
        """Yield the calls as an answer that is no stream has them."""
        for call in sorted(self._calls, key=lambda one: one.index):
            function = {"name": call.name, "arguments": call.arguments}
            yield {"id": call.id, "function": function}


def _begins_another(latest: _CallInParts, part: _CallInParts) -> bool:
    """Tell whether a part is of a call of its own, though it has the number of the latest one."""
    if part.id and latest.id:
        return part.id != latest.id
    if not part.name or not latest.name or not latest.arguments:
        return False
    return part.name != latest.name or (bool(part.arguments) and _is_json(latest.arguments))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def mend_characters(text: str) -> str:
    """Return text in which halves of surrogate pairs are joined, and lone ones are U+FFFD.

    A model that is cut inside an emoji sends half of one, which no file can hold.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _quote(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return mend_characters(text if len(text) <= 60 else f"{text[:59]}…")
