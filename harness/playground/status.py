"""The status of a chat in a line or two; what is unknown says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.conversation.history import remember
from harness.conversation.transcript import Message
from harness.playground.session import ChatSession

UNKNOWN = "unknown"


def describe_status(session: ChatSession) -> tuple[str, ...]:
    """Return parts: tokens used, context window, turns kept, cost so far, time to first token."""
    chat = session.chat
    usage = chat.spent.usage
    used = UNKNOWN if usage is None else f"{usage.input_tokens:,} in {usage.output_tokens:,} out"
    parts = [
        f"tokens {used}",
        f"context {_describe_window(session)}",
        f"turns kept {count_kept(session)}/{len(chat.turns)}",
        f"cost {format_dollars(chat.spent.usd)}",
    ]
    if chat.last is not None:
        reply = chat.last.exchange.reply
        seconds = None if reply is None else reply.ttft_s
        parts.append(f"first token {UNKNOWN if seconds is None else f'{seconds:.2f} s'}")
    parts.append(session.target.name + (" (simulated)" if session.simulated else ""))
    return tuple(parts)


def lay_out(parts: Sequence[str], width: int) -> Iterator[str]:
    """Yield parts in as many lines as they need, none broken in two."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        if line and len(longer) > width:
            yield line
            longer = part
        line = longer
    yield line


def _describe_window(session: ChatSession) -> str:
    window, last = session.context_window, session.chat.last
    paid = None if last is None else last.exchange.paid
    usage = None if paid is None else paid.usage
    if last is None:
        held = "0"
    else:
        held = UNKNOWN if usage is None else f"{usage.input_tokens + usage.output_tokens:,}"
    return f"{held}/{format_tokens(window)}"


def count_kept(session: ChatSession) -> int:
    """Count the turns that go along with the next message, as the spec's ``history`` says."""
    chat, history = session.chat, session.spec_file.spec.evaluation.history
    past = [(Message("user", turn.user), Message("assistant", turn.reply)) for turn in chat.turns]
    system = () if chat.system is None else (Message("system", chat.system),)
    memory = remember(
        past, max_turns=history.max_turns, max_tokens=history.max_tokens, beside=system
    )
    return len(memory.messages) // 2


def format_dollars(dollars: float | None) -> str:
    """Return US dollars with as many digits as they need; ``unknown`` where nobody knows."""
    if dollars is None:
        return UNKNOWN
    return f"${dollars:.2f}" if dollars >= 1 or dollars == 0 else f"${dollars:.6f}"


def format_tokens(number: int | None) -> str:
    """Return a number of tokens, ``unknown`` where nobody knows."""
    return UNKNOWN if number is None else f"{number:,}"
