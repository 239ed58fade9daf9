"""``/undo``, ``/retry`` and ``/clear``: forget turns, or ask one again."""

from __future__ import annotations

from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.playground.state import WaitingTurn
from harness.text.safe import clip_line


async def _undo(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    turn = session.chat.undo()
    if turn is None:
        raise make_usage_error("there is no turn to undo", "say something first")
    left = len(session.chat.turns)
    return CommandOutcome((f"forgotten: {clip_line(turn.user, 60)}  ({left} left)",))


async def _retry(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    chat = session.chat
    if chat.unsent:
        return CommandOutcome(ask=chat.unsent)
    turn = chat.undo()
    if turn is None:
        raise make_usage_error("there is nothing to ask again", "say something first")
    if turn.demands:
        chat.waiting.insert(0, WaitingTurn(turn.user, turn.demands))
    return CommandOutcome(ask=turn.user)


async def _clear(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    session.chat.clear()
    return CommandOutcome(("a new chat; the system message and the parameters stay",))


UNDO = SlashCommand("undo", "", "Forget the last message and its reply.", _undo)
RETRY = SlashCommand("retry", "", "Ask the last message again.", _retry)
CLEAR = SlashCommand("clear", "", "Forget all messages.", _clear)
