"""The messages of a turn, with data in them and worded as a variant words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.conversation.chat_form import read_message
from harness.conversation.transcript import Message
from harness.errors import Diagnostic, SpecError
from harness.source import Span
from harness.spec.check.messages import check_messages
from harness.spec.document.located import locate
from harness.spec.document.problems import Problems
from harness.spec.document.template import fill, find_whole, substitute
from harness.spec.model.spec import Conversation, Turn, Variant


def fill_messages(
    conversation: Conversation, turn: Turn, variables: Mapping[str, Any]
) -> tuple[Message, ...]:
    """Put the values of variables into a turn's messages; a list of them may be such a value.

    Raises:
        SpecError: what a variable holds is no list of chat messages.
    """
    if turn.messages is None:
        found, value = find_whole(turn.user or "", variables)
        is_chat = found and isinstance(value, list) and bool(value)
        if not is_chat or not all(isinstance(one, Mapping) and "role" in one for one in value):
            return ()
        filled = value
    else:
        filled = _splice(turn.messages, variables)
    if not _comes_as_data(turn.messages):
        return tuple(map(read_message, filled))
    problems = Problems()
    span = Span("", 0, 0)
    check_messages(locate(filled, span), problems)
    if problems.any_error:
        why = problems.list_errors("")[0]
        where = f"conversation {conversation.id}: {why.summary}"
        raise SpecError([Diagnostic(why.code, where, why.detail, hint=why.hint)])
    return tuple(map(read_message, filled))


def _comes_as_data(written: Any) -> bool:
    return not isinstance(written, (list, tuple)) or any(isinstance(one, str) for one in written)


def _splice(written: Any, variables: Mapping[str, Any]) -> Any:
    """Fill in messages; a variable in the place of some stands for all that it holds."""
    if isinstance(written, str):
        return fill(written, variables)
    filled: list[Any] = []
    for one in written:
        value = fill(one, variables)
        several = isinstance(one, str) and isinstance(value, (list, tuple))
        filled += value if several else [value]
    return filled


def word_messages(
    messages: tuple[Message, ...], variant: Variant, variables: Mapping[str, Any]
) -> tuple[Message, ...]:
    """Word the user's last message as the variant does; of several parts the last text."""
    users = [number for number, one in enumerate(messages) if one.role == "user"]
    if variant.user is None or not users:
        return messages
    at = users[-1]
    last = messages[at]
    parts = list(last.parts)
    texts = [number for number, part in enumerate(parts) if part.get("type") == "text"]
    if texts:
        part = parts[texts[-1]]
        worded = word_user(str(part.get("text") or ""), variant, variables)
        parts[texts[-1]] = {**part, "text": worded}
    content = word_user(last.content or "", variant, variables)
    worded_last = replace(last, content=content, parts=tuple(parts))
    return (*messages[:at], worded_last, *messages[at + 1 :])


def word_user(user: str, variant: Variant, variables: Mapping[str, Any]) -> str:
    """Word what the user says as the variant does."""
    if variant.user is None:
        return user
    return substitute(variant.user, {**variables, "user": user})
