"""A chat as a conversation of a spec: its system text, parameters, messages and assertions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.playground.commands.command import make_usage_error
from harness.playground.session import ChatSession
from harness.playground.state import ChatTurn
from harness.spec.parse.texts import SCHEME


def write_conversation(name: str, session: ChatSession) -> dict[str, Any]:
    """Return the conversation that asks again what the person asked in this chat.

    What the spec says anyway is left out: the system text and the parameters that are the same for
    all its conversations. Replies are not part of it, but for those that a conversation gave.

    Raises:
        RequestError: a text would be read as the name of a file.
    """
    chat, spec = session.chat, session.spec_file.spec
    made: dict[str, Any] = {"id": name}
    if chat.system != spec.evaluation.system:
        made["system"] = _write_text("the system message", chat.system or "")
    beneath = {**spec.evaluation.parameters.to_dict(), **session.target.parameters}
    parameters = {
        key: _write_value(value)
        for key, value in chat.parameters.items()
        if beneath.get(key) != value
    }
    if parameters:
        made["parameters"] = parameters
    made["turns"] = [_write_turn(number, turn) for number, turn in enumerate(chat.turns, start=1)]
    return made


def _write_turn(number: int, turn: ChatTurn) -> dict[str, Any]:
    made: dict[str, Any] = {"user": _write_text(f"message {number}", turn.user)}
    if turn.exchange.scripted:
        made["assistant"] = _write_text(f"reply {number}", turn.reply)
    elif turn.demands:
        made["assert"] = [_write_value(demand.written) for demand in turn.demands]
    return made


def _write_text(what: str, text: str) -> str:
    """Return a text as a spec has it: what was typed names no file and no variable."""
    if text.startswith(SCHEME):
        raise make_usage_error(
            f"{what} begins with {SCHEME}, which a spec would read as a file",
            "/undo it, or say it in other words, then save",
        )
    return text.replace("{{", "\\{{")


def _write_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _write_value(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_write_value(one) for one in value]
    return value
