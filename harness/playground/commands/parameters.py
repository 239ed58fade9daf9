"""``/param``: list, set and unset what is sent beside the messages."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.text.safe import printable

UNSET = "unset"


async def _change_parameters(session: ChatSession, argument: str) -> CommandOutcome:
    if not argument:
        return CommandOutcome(tuple(_list_parameters(session)))
    words = argument.replace("=", " ", 1).split(None, 1)
    if words[0] == UNSET and len(words) == 2:
        words = [words[1].strip(), UNSET]
    name = words[0]
    require_parameter(name)
    if len(words) == 1:
        return CommandOutcome((f"{name}: {_show(_list_sent(session).get(name))}",))
    set_parameter(session, name, words[1])
    return CommandOutcome((f"{name}: {_show(_list_sent(session).get(name))}",))


def set_parameter(session: ChatSession, name: str, text: str) -> None:
    """Set a parameter of the chat to what a text says; ``unset`` sends it no more.

    Raises:
        RequestError: there is no such parameter, or it takes no such value.
    """
    from pydantic import ValidationError

    from harness.spec.formats.scalars import read_scalar
    from harness.spec.model.spec import Parameters

    require_parameter(name)
    chat = session.chat
    if text == UNSET:
        chat.parameters.pop(name, None)
        if _list_sent(session).get(name) is not None:
            chat.parameters[name] = None  # the spec sets it
        return
    value: Any
    try:
        value = json.loads(text)
    except ValueError:
        value = read_scalar(text)
    try:
        known = Parameters.model_validate({name: value})
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]["msg"]
        summary = f"{name} does not take {printable(text)}"
        raise make_usage_error(summary, f"/param {name} alone shows it", said) from None
    chat.parameters[name] = known.to_dict()[name]


def require_parameter(name: str) -> None:
    """Refuse a name that is no parameter.

    Raises:
        RequestError: with the nearest one.
    """
    from harness.spec.model.spec import Parameters

    names = list(Parameters.model_fields)
    if name in names:
        return
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"parameters: {', '.join(names)}"
    raise make_usage_error(f"there is no parameter {printable(name)}", hint)


def _list_sent(session: ChatSession) -> dict[str, Any]:
    spec = session.spec_file.spec
    return session.chat.list_layers(spec.evaluation.parameters.to_dict(), session.target.parameters)


def _list_parameters(session: ChatSession) -> list[str]:
    sent = _list_sent(session)
    if not sent:
        return ["no parameter is set; /param temperature 0.2 sets one"]
    return [
        f"{name}: {_show(value)}{'' if name in session.chat.parameters else '  (from the spec)'}"
        for name, value in sent.items()
    ]


def _show(value: Any) -> str:
    if value is None:
        return "not sent"
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


PARAM = SlashCommand(
    "param", "[NAME [VALUE|unset]]", "List, set or unset a parameter.", _change_parameters
)
