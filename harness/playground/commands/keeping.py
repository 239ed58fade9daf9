"""``/save``, ``/load`` and ``/next``: from a chat to a conversation of the spec, and back."""

from __future__ import annotations

import re
import shlex

from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.loading import load_conversation
from harness.playground.saving import write_conversation
from harness.playground.session import ChatSession
from harness.playground.state import ChatTurn
from harness.report.terminal.telling import write_verdict
from harness.run.keyword import OPERATORS
from harness.text.numbers import format_plural
from harness.text.safe import clip_line, printable

_ID = re.compile(r"\w[\w.-]*")
"""Ids that ``eval -k`` takes without quotes."""


async def _save(session: ChatSession, argument: str) -> CommandOutcome:
    name, _, file = argument.partition(" ")
    if not name:
        raise make_usage_error("/save wants an id for the conversation", "for example: /save bread")
    if not _ID.fullmatch(name) or name.lower() in OPERATORS:
        hint = "letters, digits, - and _: /save two-loaves"
        raise make_usage_error(f"{printable(name)} is no id that `eval -k` could take", hint)
    if not session.chat.turns:
        raise make_usage_error("there is nothing to save yet", "ask something first")
    if session.ports.save is None:
        raise make_usage_error("nothing can be saved in this chat")
    conversation = write_conversation(name, session)
    session.spec_file = session.ports.save(conversation, file.strip())
    session.has_spec = True
    asserted = sum(len(turn.get("assert", ())) for turn in conversation["turns"])
    turns = format_plural(len(conversation["turns"]), "turn")
    path = session.spec_file.path
    lines = [f"{printable(path)} has {name}: {turns}, {format_plural(asserted, 'assertion')}"]
    if not asserted:
        lines.append("it asserts nothing yet; /assert NAME: VALUE before /save adds a check")
    flags = "".join(f" {printable(flag)}" for flag in session.flags)
    lines.append(f"run it: harness eval {shlex.quote(path)} -k {name}{flags}")
    others = [
        one.id
        for one in session.spec_file.spec.conversations
        if one.id != name
        and any(name.casefold() in word.casefold() for word in (one.id, *one.tags))
    ]
    if others:
        some = ", ".join(map(printable, others[:5])) + (", …" if len(others) > 5 else "")
        lines.append(f"-k {name} runs these as well: {some}")
    return CommandOutcome(tuple(lines))


async def _load(session: ChatSession, argument: str) -> CommandOutcome:
    name, _, case = argument.partition(" ")
    if not name:
        ids = ", ".join(printable(one.id) for one in session.spec_file.spec.conversations[:20])
        raise make_usage_error("/load wants the id of a conversation", f"the spec has: {ids}")
    found = load_conversation(session, name, case.strip())
    chat = session.chat
    chat.clear()
    chat.system, chat.parameters = found.system, found.parameters
    chat.turns.extend(found.past)
    chat.waiting.extend(found.waiting)
    lines = [f"{printable(name)}{_describe_case(found.case, found.cases)}: a new chat with it"]
    if found.past:
        lines.append(f"said before, by the spec: {format_plural(len(found.past), 'turn')}")
    if found.left_out:
        lines.append(f"left out: {', '.join(found.left_out)}")
    lines += describe_waiting(session)
    return CommandOutcome(tuple(lines))


def _describe_case(case: str | None, cases: int) -> str:
    if case is None:
        return ""
    return f", case {printable(case)}{f' of {cases}' if cases > 1 else ''}"


async def _ask_next(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    if not session.chat.waiting:
        raise make_usage_error("no message waits to be asked", "/load ID takes those of the spec")
    text = session.chat.waiting[0].user
    return CommandOutcome((f"> {clip_line(text, 200)}",), ask=text)


def describe_waiting(session: ChatSession) -> list[str]:
    """Return the line about messages of a loaded conversation that wait; none without any."""
    waiting = session.chat.waiting
    if not waiting:
        return []
    return [f"/next asks: {clip_line(waiting[0].user, 80)}  ({len(waiting)} to ask)"]


def describe_verdicts(turn: ChatTurn) -> list[str]:
    """Return lines about the assertions that came with a message: how the reply held up."""
    pairs = zip(turn.judged.verdicts, turn.demands, strict=False)
    return [
        line
        for verdict, demand in pairs
        for line in write_verdict(verdict, demand.assertion, turn.reply, 1)
    ]


SAVE = SlashCommand("save", "ID", "Write this chat into the spec, for `eval -k ID`.", _save)
LOAD = SlashCommand(
    "load", "ID [CASE]", "Begin a new chat with a conversation of the spec; /next asks it.", _load
)
NEXT = SlashCommand("next", "", "Ask the next message of what was loaded, and check it.", _ask_next)
