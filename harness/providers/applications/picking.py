"""Pick the parts of a reply out of an application's answer, by JSONPaths."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonpath

from harness.conversation.transcript import Reply, ToolCall
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.content import UnknownShapeError, mend_characters, write_arguments
from harness.providers.openai.usage import UNCOUNTED, CountedUsage, read_usage

_ARGUMENTS: Final = ("arguments", "args", "input", "parameters")
"""Names of a call's arguments: OpenAI's, LangChain's, Anthropic's, Cohere's."""
_PASSAGE: Final = ("text", "content", "page_content", "passage")
"""Names of a passage's text, where it is no text itself."""


@dataclass(frozen=True, slots=True)
class ReplyPaths:
    """JSONPaths of what an application tells; None for what it does not.

    Attributes:
        reply: the reply's text.
        usage: ``{input_tokens, output_tokens}``, or OpenAI's names.
        session: what it knows the conversation by.
        tool_calls: the calls that it made.
        context: the passages that it answered from.
    """

    reply: str
    usage: str | None = None
    session: str | None = None
    tool_calls: str | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class PickedReply:
    """The parts that one answer, or one event of a stream, holds.

    Attributes:
        text: the first thing found, as JSON when it is no text; None for nothing or null.
        context: None where no path asks for it.
    """

    text: str | None
    counted: CountedUsage = UNCOUNTED
    session: Any = None
    calls: tuple[ToolCall, ...] = ()
    context: tuple[str, ...] | None = None


class Picker:
    """Reads the answers of one application."""

    def __init__(self, paths: ReplyPaths) -> None:
        self._reply = jsonpath.compile(paths.reply)
        self._usage = _compile(paths.usage)
        self._session = _compile(paths.session)
        self._calls = _compile(paths.tool_calls)
        self._context = _compile(paths.context)

    def pick(self, document: Any) -> PickedReply:
        """Return what the document holds.

        Raises:
            UnknownShapeError: what stands where calls or passages are wanted is neither.
        """
        return PickedReply(
            text=_pick_text(_find(self._reply, document)),
            counted=_pick_usage(_find(self._usage, document)),
            session=next(iter(_find(self._session, document)), None),
            calls=tuple(_read_call(one) for one in _list_all(_find(self._calls, document))),
            context=None
            if self._context is None
            else tuple(_read_passage(one) for one in _list_all(_find(self._context, document))),
        )


def make_reply(picked: PickedReply, received: ResponseHead) -> Reply:
    """Return an application's answer as a reply."""
    return Reply(
        text=picked.text or "",
        finish_reason="stop",
        usage=picked.counted.usage,
        request_id=received.request_id,
        session=picked.session,
        notes=picked.counted.notes,
        made_calls=picked.calls,
        context=picked.context,
    )


def _compile(path: str | None) -> Any:
    return jsonpath.compile(path) if path else None


def _find(path: Any, document: Any) -> list[Any]:
    """Return what a path finds; in a text only ``$``, for the library would read it as JSON."""
    if path is None:
        return []
    if isinstance(document, str):
        return [document] if str(path) == "$" else []
    found: list[Any] = path.findall(document)
    return found


def _list_all(found: list[Any]) -> Iterator[Any]:
    """Yield what a path found, and what is in the lists that it found; nulls are nothing."""
    for one in found:
        yield from (inner for inner in (one if isinstance(one, list) else [one]) if inner)


def _pick_text(found: list[Any]) -> str | None:
    if not found or found[0] is None:
        return None
    first = found[0]
    text = first if isinstance(first, str) else json.dumps(first, ensure_ascii=False)
    return mend_characters(text)


def _pick_usage(found: list[Any]) -> CountedUsage:
    """Read tokens; an application's reply is taken to have some, whatever it says."""
    if not found:
        return UNCOUNTED
    counted = found[0]
    if isinstance(counted, Mapping) and "input_tokens" in counted:
        counted = {
            "prompt_tokens": counted.get("input_tokens"),
            "completion_tokens": counted.get("output_tokens"),
            "total_tokens": counted.get("total_tokens"),
            "prompt_tokens_details": {"cached_tokens": counted.get("cached_tokens")},
            "completion_tokens_details": {"reasoning_tokens": counted.get("reasoning_tokens")},
        }
    return read_usage(counted, spoke=True)


def _read_call(call: Any) -> ToolCall:
    """Read a call: its name alone, ``{name, arguments}``, or OpenAI's form with ``function``."""
    if isinstance(call, str):
        return ToolCall("", call, "{}")
    inner = call.get("function", call) if isinstance(call, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        text = json.dumps(call, ensure_ascii=False, default=str)[:60]
        raise UnknownShapeError(f"tool_calls hold {text}, which has no name")
    given: Any = next((inner[name] for name in _ARGUMENTS if inner.get(name) is not None), {})
    return ToolCall(str(call.get("id") or ""), inner["name"], write_arguments(given))


def _read_passage(passage: Any) -> str:
    """Read a passage: a text, an object with one, or else its JSON."""
    if isinstance(passage, Mapping):
        named = (passage.get(name) for name in _PASSAGE)
        passage = next((one for one in named if isinstance(one, str)), passage)
    text = passage if isinstance(passage, str) else json.dumps(passage, ensure_ascii=False)
    return mend_characters(text)
