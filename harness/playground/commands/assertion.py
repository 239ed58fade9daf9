"""``/assert``: hold the last reply against an assertion, and keep it on that turn."""

from __future__ import annotations

import re
from typing import Any

from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.report.terminal.telling import write_verdict

_SHORT = re.compile(r"([A-Za-z][\w-]*):\s*(.*)", re.DOTALL)


async def _assert(session: ChatSession, argument: str) -> CommandOutcome:
    if not argument:
        hint = "for example: /assert icontains: Bill Gates"
        raise make_usage_error("/assert wants an assertion as a spec has it", hint)
    if session.chat.last is None:
        raise make_usage_error("there is no reply to hold an assertion against", "ask first")
    _refuse_forgotten_colon(argument)
    demand = session.ports.read_demand(read_written(argument))
    verdict = await session.judge(demand)
    if verdict is None:
        raise make_usage_error(
            "the reply was cut off, so that only its ending can be checked",
            "/retry asks again; /assert not-is-refusal is about the ending",
        )
    shown = write_verdict(verdict, demand.assertion, session.chat.last.reply, 1)
    return CommandOutcome(tuple(shown))


def _refuse_forgotten_colon(text: str) -> None:
    """Refuse ``contains x``, which would be a sentence for the judge.

    Raises:
        RequestError: says how to write it.
    """
    from harness.checks.definitions import FORMS

    name, _, value = text.partition(" ")
    if name.removeprefix("not-") in FORMS and value.strip():
        raise make_usage_error(
            f"{name} wants a colon before its value",
            f"/assert {name}: {value.strip()}; for the judge: /assert llm-rubric: {text}",
        )


def read_written(text: str) -> Any:
    """Return an assertion as a spec's YAML has it: ``icontains:x`` and ``icontains: x`` are one.

    Raises:
        RequestError: what follows the name is no YAML.
    """
    from harness.spec.document.located import to_plain
    from harness.spec.formats.yaml import parse

    short = _SHORT.fullmatch(text)
    whole = text if short is None else f"{short[1]}: {short[2]}"
    parsed = parse(whole.encode(), "/assert")
    if parsed.root is not None and not parsed.problems:
        return to_plain(parsed.root)
    if short is not None:  # a text that YAML does not take without quotes
        return {short[1]: short[2]}
    why = parsed.problems[0] if parsed.problems else None
    raise make_usage_error(
        "this is no assertion",
        "for example: /assert icontains: Bill Gates",
        why.summary if why else "",
    )


ASSERT = SlashCommand(
    "assert", "NAME[: VALUE]", "Check the last reply, and keep the check for /save.", _assert
)
