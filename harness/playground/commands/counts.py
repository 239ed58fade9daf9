"""``/tokens`` and ``/history``: what a chat holds and what of it is sent again."""

from __future__ import annotations

from harness.conversation.history import PER_MESSAGE, estimate_text
from harness.playground.commands.command import CommandOutcome, SlashCommand
from harness.playground.session import ChatSession
from harness.playground.status import count_kept, format_dollars, format_tokens
from harness.text.numbers import format_plural
from harness.text.safe import clip_line


async def _show_tokens(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    chat, window = session.chat, session.context_window
    system = 0 if chat.system is None else PER_MESSAGE + estimate_text(chat.system)
    said = sum(2 * PER_MESSAGE + estimate_text(t.user) + estimate_text(t.reply) for t in chat.turns)
    turns = f"{format_plural(len(chat.turns), 'turn')}:"
    last = chat.last
    paid = None if last is None else last.exchange.paid
    usage = None if paid is None else paid.usage
    lines = [
        f"context window:     {format_tokens(window)}",
        f"system message:     about {system:,}",
        f"{turns.ljust(19)} about {said:,}",
    ]
    if usage is not None:
        lines.append(f"last request:       {usage.input_tokens:,} in, {usage.output_tokens:,} out")
        if usage.cached_tokens:
            lines.append(f"  of these cached:  {usage.cached_tokens:,}")
        if usage.reasoning_tokens:
            lines.append(f"  of these thought: {usage.reasoning_tokens:,}")
    elif last is not None:
        lines.append("last request:       unknown: the service did not count")
    spent = chat.spent
    if spent.usage is None:
        lines.append("whole chat:         unknown: some reply came without a count")
    else:
        lines.append(
            f"whole chat:         {spent.usage.input_tokens:,} in, "
            f"{spent.usage.output_tokens:,} out"
        )
    lines.append(f"cost so far:        {format_dollars(spent.usd)}")
    return CommandOutcome(tuple(lines))


async def _show_history(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    chat = session.chat
    if not chat.turns:
        return CommandOutcome(("nothing was said yet",))
    kept = count_kept(session)
    first = len(chat.turns) - kept
    lines = []
    for number, turn in enumerate(chat.turns, start=1):
        forgotten = "" if number > first else "  (not sent any more)"
        stopped = "  (stopped)" if turn.stopped else ""
        lines.append(f"{number}. you: {clip_line(turn.user, 70)}{forgotten}")
        lines.append(f"   reply: {clip_line(turn.reply, 70)}{stopped}")
        lines += [
            f"   {verdict.outcome}: {clip_line(verdict.type, 40)}"
            for verdict in turn.judged.verdicts
        ]
    lines.append(f"the next message is sent with {kept} of {len(chat.turns)} turns")
    return CommandOutcome(tuple(lines))


TOKENS = SlashCommand("tokens", "", "Count the tokens of this chat, and its cost.", _show_tokens)
HISTORY = SlashCommand("history", "", "List what was said, and what is sent again.", _show_history)
