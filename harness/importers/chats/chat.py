"""A chat as a log holds it: what a model was given, and what it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.importers.chats.messages import Json, read_messages
from harness.source import Span


class NotAChatError(ValueError):
    """This is no chat that can be asked again; the message says why, without its content."""


@dataclass(frozen=True, slots=True)
class LoggedChat:
    """A request of the past and its answer.

    Attributes:
        place: where it stands, columns from 1.
        messages: what the model had to answer, in the form of chat completions; the system text
            at the beginning is apart.
        system: the system text, None where there was none.
        answer: the text of the answer; None where it is not known, or was only a call of tools.
        model: the model that answered, else the one that was asked; None where nobody says.
        tools: what the model could call, in the form of chat completions.
        parameters: parameters of the request that a spec can have.
        notes: what of it could not be carried over, a sentence each.
        demands: assertions about its answer, as a case has them; a log has none.
    """

    place: Span
    messages: tuple[Json, ...]
    system: str | None = None
    answer: str | None = None
    model: str | None = None
    tools: tuple[Json, ...] = ()
    parameters: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    demands: tuple[Json, ...] = ()

    @property
    def question(self) -> str:
        """The question as one text; equal questions are the same chat."""
        return json.dumps([self.system, self.messages, self.tools], sort_keys=True, default=str)

    def list_turns(self) -> list[tuple[str, str]]:
        """Return what the user said, each with the last that the assistant said before the next."""
        turns: list[tuple[str, str]] = []
        for message in self.messages:
            text = join_text(message.get("content"))
            if message["role"] == "user":
                turns.append((text, ""))
            elif message["role"] == "assistant" and turns and text:
                turns[-1] = (turns[-1][0], text)
        if turns and self.answer is not None:
            turns[-1] = (turns[-1][0], self.answer)
        return turns


def make_chat(
    place: Span,
    written: object,
    *,
    answer: str | None = None,
    answered: bool = False,
    about: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> LoggedChat:
    """Make a chat of messages as they were written.

    Args:
        place: where it stands.
        written: the messages, as chat completions have them.
        answer: the answer, where it stands beside the messages.
        answered: whether it does; else a last message of the assistant is the answer.
        about: ``model``, ``tools`` and ``parameters``, as far as they are known.
        notes: what could not be carried over so far.

    Raises:
        NotAChatError: nobody could be asked this.
    """
    messages, more = read_messages(written)
    told = [*notes, *more]
    if not answered and messages and messages[-1]["role"] == "assistant":
        last = messages.pop()
        answer = join_text(last.get("content")) or None
        if answer is None:
            told.append("the answer was a call of tools, which no answers file holds")
    system = None
    if messages and messages[0]["role"] in {"system", "developer"}:
        content = messages[0].get("content")
        if isinstance(content, str):
            system = content
            del messages[0]
    if not any(message["role"] == "user" for message in messages):
        raise NotAChatError("no user says anything in it")
    _require_results(messages)
    about = about or {}
    return LoggedChat(
        place=place,
        messages=tuple(messages),
        system=system,
        answer=answer,
        model=about.get("model"),
        tools=tuple(about.get("tools") or ()),
        parameters=about.get("parameters"),
        notes=tuple(told),
    )


def _require_results(messages: Sequence[Json]) -> None:
    """Refuse a history that the API would: a call without its result, a result without its call."""
    open_calls: set[str] = set()
    for message in messages:
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                raise NotAChatError("a result of a tool answers no call before it")
            open_calls.remove(message["tool_call_id"])
        open_calls |= {call["id"] for call in message.get("tool_calls", ())}
    if open_calls:
        raise NotAChatError("a call of a tool in its history has no result")


def join_text(content: object) -> str:
    """Return the text of a message's content, of several parts one below the other."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))
