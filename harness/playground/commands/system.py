"""``/system``: show, set or remove the system message."""

from __future__ import annotations

from harness.playground.commands.command import CommandOutcome, SlashCommand
from harness.playground.session import ChatSession
from harness.text.safe import visible

NONE = "none"


async def _change_system(session: ChatSession, argument: str) -> CommandOutcome:
    chat = session.chat
    if not argument:
        if chat.system is None:
            return CommandOutcome(("there is no system message; /system TEXT sets one",))
        return CommandOutcome((*visible(chat.system).split("\n"),))
    if argument == NONE:
        chat.system = None
        return CommandOutcome(("the system message is gone",))
    chat.system = argument
    return CommandOutcome(
        ("the system message is set; it goes along with every message from now on",)
    )


SYSTEM = SlashCommand(
    "system", "[TEXT|none]", "Show, set or remove the system message.", _change_system
)
