"""The lines of a Python program that choose what of the past is sent again.

The same choice as ``harness.conversation.history`` makes, which a test holds them to.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.codegen.call import ModelCall
from harness.codegen.lines import Line
from harness.conversation.history import PER_IMAGE, PER_MESSAGE


def write_limits(call: ModelCall) -> Iterator[Line]:
    """Yield the constants of the history, and the functions that need them."""
    if not call.remembers:
        return
    if call.max_turns is not None:
        yield f"MAX_TURNS = {call.max_turns}  # past turns that are sent again; the oldest are forgotten"
    if call.max_tokens is not None:
        yield f"MAX_TOKENS = {call.max_tokens}  # that a request may have, by the estimate below"
        yield from _count_tokens(call)
    if not call.is_trimmed:
        return
    if call.max_tokens is None:
        yield "def recall(past):"
        yield '    """Return the messages of the newest turns. Every request pays for its past again."""'
        yield "    return [message for turn in past[-MAX_TURNS:] for message in turn]"
    else:
        yield "def recall(past, beside):"
        yield '    """Return the messages of the newest turns that fit, whole turns only."""'
        yield "    room = MAX_TOKENS - sum(map(count_tokens, beside))"
        yield "    kept = []"
        newest = "reversed(past)" if call.max_turns is None else "reversed(past[-MAX_TURNS:])"
        yield f"    for turn in {newest}:"
        yield "        room -= sum(map(count_tokens, turn))"
        yield "        if room < 0:"
        yield "            break"
        yield "        kept = [*turn, *kept]"
        yield "    return kept"


def _count_tokens(call: ModelCall) -> Iterator[Line]:
    shows = any(
        not isinstance(message.get("content", ""), str | None)
        for turn in call.turns
        for message in turn.said
    )
    yield "def estimate(text):"
    yield '    """About four English characters are a token, two of other alphabets, one ideograph."""'
    yield '    quarters = sum(1 if c < "\\x80" else 2 if c < "\\u2e80" else 4 for c in text)'
    yield "    return (quarters + 3) // 4"
    yield ""
    yield "def count_tokens(message):"
    yield '    """Estimate the tokens of a message; the service counts them exactly, and bills those."""'
    if shows:
        yield '    content, pictures = message.get("content") or "", 0'
        yield "    if isinstance(content, list):"
        yield '        pictures = sum("image" in part["type"] for part in content)'
        yield '        content = "\\n".join(part["text"] for part in content if "text" in part)'
        yield f"    tokens = {PER_MESSAGE} + {PER_IMAGE} * pictures + estimate(content)"
    else:
        counted = f'{PER_MESSAGE} + estimate(message.get("content") or "")'
        if not call.tools:
            yield f"    return {counted}"
            return
        yield f"    tokens = {counted}"
    if call.tools and call.api == "chat":
        yield '    for call in message.get("tool_calls", []):'
        yield '        tokens += estimate(call["function"]["name"] + call["function"]["arguments"])'
    elif call.tools:
        yield '    tokens += estimate(message.get("name", "") + message.get("arguments", ""))'
        yield '    tokens += estimate(message.get("output", ""))'
    yield "    return tokens"


def write_messages(call: ModelCall) -> str:
    """Return the expression of what is sent: the system message, the past, what is said now."""
    sent = []
    if call.system is not None and call.api == "chat":
        sent.append("SYSTEM")
    if call.remembers:
        beside = "SYSTEM, *said" if call.system is not None else "*said"
        if call.system is not None and call.api == "responses":
            beside = '{"content": SYSTEM}, *said'
        if call.max_tokens is not None:
            sent.append(f"*recall(past, [{beside}])")
        elif call.max_turns is not None:
            sent.append("*recall(past)")
        else:
            sent.append("*(message for turn in past for message in turn)")
    sent.append("*said")
    return f"[{', '.join(sent)}]"
