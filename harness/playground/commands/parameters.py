"""``/param``: explain, set and unset what is sent beside the messages."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from harness.azure.catalogue import needs_responses
from harness.azure.parameters import ParameterSupport, find_problem, find_support
from harness.azure.tables.explained_parameters import BY_NAME, PARAMETERS, ExplainedParameter
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
        return CommandOutcome(tuple(_explain(session, BY_NAME[name])))
    set_parameter(session, name, words[1])
    lines = [f"{name}: {_show(_list_sent(session).get(name))}"]
    if words[1] != UNSET:
        lines += _warn(session, name)
    return CommandOutcome(tuple(lines))


def set_parameter(session: ChatSession, name: str, text: str) -> None:
    """Set a parameter of the chat to what a text says; ``unset`` sends it no more.

    Raises:
        RequestError: there is no such parameter, or it takes no such value.
    """
    from pydantic import ValidationError

    from harness.spec.model.spec import Parameters

    require_parameter(name)
    chat = session.chat
    if text == UNSET:
        chat.parameters.pop(name, None)
        if _list_sent(session).get(name) is not None:
            chat.parameters[name] = None  # the spec sets it
        return
    value = _read_value(BY_NAME[name], text)
    problem = find_problem(name, value)
    if problem:
        summary = f"{name} does not take {printable(text)}: {problem}"
        raise make_usage_error(summary, f"/param {name} explains it")
    try:
        known = Parameters.model_validate({name: value})
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]["msg"]
        summary = f"{name} does not take {printable(text)}"
        raise make_usage_error(summary, f"/param {name} explains it", said) from None
    chat.parameters[name] = known.to_dict()[name]


def _read_value(explained: ExplainedParameter, text: str) -> Any:
    """Read a value as a spec has it; where a text is wanted, quotes may be left out."""
    from harness.spec.document.located import to_plain
    from harness.spec.formats.json_text import parse_json
    from harness.spec.formats.yaml import parse

    try:
        value = parse_json(text)  # no NaN, which no request can hold
    except ValueError:
        parsed = parse(text.encode(), "/param")
        if parsed.root is None or parsed.problems:
            return text
        value = to_plain(parsed.root)
    wants_text = explained.kind in ("text", "texts")
    return text if wants_text and not isinstance(value, (str, list)) else value


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


def _list_parameters(session: ChatSession) -> Iterator[str]:
    """Yield all parameters: what each takes, whether the model does, and what it does."""
    width = max(len(one.name) for one in PARAMETERS) + 2
    columns = max(session.ports.find_width(), 60)
    for one in PARAMETERS:
        about = f"{one.range}; default: {one.default}; {_tell(_find_support(session, one.name))}"
        head = f"{one.name.ljust(width)}{about}{_tell_current(session, one.name)}"
        yield from textwrap.wrap(head, columns, subsequent_indent=" " * width)
        indent = " " * width
        yield from textwrap.wrap(
            one.summary, columns, initial_indent=indent, subsequent_indent=indent
        )
    yield "/param NAME VALUE sets one, /param NAME unset sends it no more"


def _explain(session: ChatSession, one: ExplainedParameter) -> Iterator[str]:
    """Yield everything about one parameter."""
    support = _find_support(session, one.name)
    current = _list_sent(session).get(one.name)
    columns = max(session.ports.find_width(), 60)
    yield f"{one.name}: {_show(current)}{_tell_origin(session, one.name)}"
    rows = [
        ("takes", one.range),
        ("default", one.default),
        ("this target", _tell(support)),
        ("example", f"/param {one.name} {one.example}"),
        ("", one.summary),
    ]
    for label, text in rows:
        lead = f"  {label}".ljust(16) if label else "  "
        yield from textwrap.wrap(
            text, columns, initial_indent=lead, subsequent_indent=" " * len(lead)
        )


def _find_support(session: ChatSession, name: str) -> ParameterSupport:
    target, api = session.target, session.spec_file.spec.evaluation.api
    by_responses = api == "responses" or (
        api == "auto" and target.model is not None and needs_responses(target.model, target.version)
    )
    return find_support(name, target.model, target.version, responses=by_responses)


def _tell(support: ParameterSupport) -> str:
    word = {"partly": "taken in part", "unknown": "taken or not: unknown"}.get(
        support.verdict, support.verdict
    )
    more = ", ".join(support.values) if support.values else support.why
    return f"{word} ({more})" if more else word


def _tell_current(session: ChatSession, name: str) -> str:
    sent = _list_sent(session)
    return f"; now {_show(sent[name])}{_tell_origin(session, name)}" if name in sent else ""


def _tell_origin(session: ChatSession, name: str) -> str:
    from_spec = name in _list_sent(session) and name not in session.chat.parameters
    return " (from the spec)" if from_spec else ""


def _warn(session: ChatSession, name: str) -> Iterator[str]:
    """Yield what a person should know of a parameter that was just set."""
    support, value = _find_support(session, name), _list_sent(session).get(name)
    if support.verdict == "refused":
        yield f"this target refuses it ({support.why}): it is tried, and left out when refused"
    elif support.values and value not in support.values:
        yield f"this target takes {', '.join(support.values)}"
    elif support.verdict == "partly":
        yield f"this target takes it {support.why}"


def _show(value: Any) -> str:
    if value is None:
        return "not sent"
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


PARAM = SlashCommand(
    "param", "[NAME [VALUE|unset]]", "Explain, set or unset parameters.", _change_parameters
)
