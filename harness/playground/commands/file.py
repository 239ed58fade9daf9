"""``/file``: put the text of a file into the next message."""

from __future__ import annotations

from harness.conversation.history import estimate_text
from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.text.safe import printable


async def _attach(session: ChatSession, argument: str) -> CommandOutcome:
    if not argument:
        raise make_usage_error("/file wants the path of a file", "for example: /file notes.md")
    text = session.ports.read_file(argument)
    session.chat.attached.append(text)
    tokens = estimate_text(text)
    said = f"{printable(argument)}: about {tokens:,} tokens, which go before your next message"
    return CommandOutcome((said,))


FILE = SlashCommand("file", "PATH", "Put a file's text before your next message.", _attach)
