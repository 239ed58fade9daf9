"""``/code``: the chat as a program, which asks its last message again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.text.safe import printable, visible


async def _write_code(session: ChatSession, argument: str) -> CommandOutcome:
    write, chat, last = session.ports.write_code, session.chat, session.chat.last
    if write is None or last is None:
        raise make_usage_error("nothing was said yet", "say something: a program asks it again")
    words, into, file = argument.partition(">")
    before = replace(chat, turns=chat.turns[:-1])
    script = session.asker.write_script(session.target, before, last.user)
    text = write(session.target, script, tuple(words.split()))
    if not into:
        return CommandOutcome(tuple(visible(text).rstrip("\n").split("\n")))
    if not file.strip():
        raise make_usage_error("/code > wants the name of a file", "for example: /code > chat.py")
    path = Path(file.strip())
    session.ports.write_file(path, text)
    return CommandOutcome((f"wrote {printable(str(path))}",))


CODE = SlashCommand(
    "code",
    "[WORD…] [> FILE]",
    "Show the chat as a program; words: curl, legacy, async, keyless, responses.",
    _write_code,
)
