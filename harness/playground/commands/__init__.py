"""The slash commands of a chat: a row each, in the order in which ``/help`` shows them."""

from __future__ import annotations

from difflib import get_close_matches

from harness.errors import Diagnostic, RequestError
from harness.playground.commands.assertion import ASSERT
from harness.playground.commands.code import CODE
from harness.playground.commands.command import CommandOutcome, SlashCommand
from harness.playground.commands.comparison import COMPARE
from harness.playground.commands.counts import HISTORY, TOKENS
from harness.playground.commands.file import FILE
from harness.playground.commands.keeping import LOAD, NEXT, SAVE
from harness.playground.commands.parameters import PARAM
from harness.playground.commands.system import SYSTEM
from harness.playground.commands.turns import CLEAR, RETRY, UNDO
from harness.playground.commands.wire import JSON
from harness.playground.session import ChatSession

UNKNOWN_COMMAND = "H940"


async def _show_help(session: ChatSession, argument: str) -> CommandOutcome:
    del session, argument
    heads = [f"/{one.name} {one.usage}".rstrip() for one in COMMANDS]
    width = max(map(len, heads))
    rows = (
        f"  {head.ljust(width)}  {one.summary}" for head, one in zip(heads, COMMANDS, strict=True)
    )
    return CommandOutcome((*rows, "", *KEYS))


HELP = SlashCommand("help", "", "Show this list.", _show_help)

KEYS = (
    "  Enter sends. Alt-Enter begins a new line; so does a backslash at the end of one.",
    '  """ alone on a line begins and ends a message of several lines.',
    "  Up and Ctrl-R find what you typed before. Ctrl-C stops a reply. Ctrl-D ends the chat.",
    "  // begins a message that starts with a slash.",
)

COMMANDS: tuple[SlashCommand, ...] = (
    SYSTEM,
    PARAM,
    TOKENS,
    HISTORY,
    JSON,
    CODE,
    UNDO,
    RETRY,
    CLEAR,
    COMPARE,
    ASSERT,
    FILE,
    SAVE,
    LOAD,
    NEXT,
    HELP,
)


def is_command(text: str) -> bool:
    """Return whether a text that was typed is a slash command; ``//`` begins a message."""
    return text.startswith("/") and not text.startswith("//")


async def run_command(session: ChatSession, text: str) -> CommandOutcome:
    """Carry out a slash command.

    Args:
        session: the chat.
        text: what was typed: ``/param temperature 0.2``.

    Raises:
        HarnessError: there is no such command, or it cannot do what it is told.
    """
    name, _, argument = text.removeprefix("/").partition(" ")
    name, newline, rest = name.partition("\n")
    argument = (rest + newline + argument if newline else argument).strip()
    for command in COMMANDS:
        if command.name == name.lower():
            return await command.run(session, argument)
    raise _make_unknown_error(name)


def _make_unknown_error(name: str) -> RequestError:
    near = get_close_matches(name.lower(), [one.name for one in COMMANDS], n=1, cutoff=0.5)
    hint = f"did you mean /{near[0]}?" if near else "/help lists them; // begins a message with a /"
    return RequestError(Diagnostic(UNKNOWN_COMMAND, f"there is no command /{name}", hint=hint))
