"""The tokens that a service counted, as far as its numbers can be true.

They contradict themselves in the field: xAI leaves reasoning out of ``completion_tokens``, Gemini's
compatible endpoint counts thoughts in the total alone, proxies of Anthropic count cached tokens
beside the input, and some servers send zeros. What the total decides is repaired, everything else
is unknown: an unknown cost is better than a negative one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.conversation.transcript import Usage
from harness.text.numbers import is_number


@dataclass(frozen=True, slots=True)
class CountedUsage:
    """The usage of an answer, None where nobody knows, and what is to be said of it."""

    usage: Usage | None = None
    notes: tuple[str, ...] = ()


UNCOUNTED = CountedUsage()


def read_usage(counted: object, *, spoke: bool) -> CountedUsage:
    """Read OpenAI's usage object.

    Args:
        counted: the object as it came.
        spoke: whether the answer says or calls anything, which takes tokens.
    """
    if not isinstance(counted, Mapping):
        return UNCOUNTED
    sent, back, total = (
        _read_count(counted.get(name))
        for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    )
    cached = _read_detail(counted, "prompt_tokens_details", "cached_tokens")
    reasoning = _read_detail(counted, "completion_tokens_details", "reasoning_tokens")
    if not sent and not back and not total:
        if spoke and 0 in (sent, back, total):
            return _refuse("0 tokens for an answer that has some")
        return UNCOUNTED if sent is None or back is None else CountedUsage(Usage(0, 0))
    if sent is None or back is None:
        return _find_missing(sent, back, total, cached, reasoning, spoke=spoke)
    return _check(sent, back, total or None, cached, reasoning, spoke=spoke)


def _find_missing(
    sent: int | None,
    back: int | None,
    total: int | None,
    cached: int,
    reasoning: int,
    *,
    spoke: bool,
) -> CountedUsage:
    """Compute the one direction that was not counted from the total and the other one."""
    known = back if sent is None else sent
    if known is None or not total or total < known:
        return UNCOUNTED
    other = total - known
    usage = Usage(
        input_tokens=other if sent is None else sent,
        output_tokens=other if back is None else back,
        cached_tokens=cached,
        reasoning_tokens=reasoning,
    )
    if not is_consistent(usage) or (spoke and other == 0):
        return _refuse(_describe(usage, total))
    name = "input" if sent is None else "output"
    return CountedUsage(usage, (f"usage repaired: {name} tokens are {other}, by the total",))


def _check(
    sent: int, back: int, total: int | None, cached: int, reasoning: int, *, spoke: bool
) -> CountedUsage:
    counted = Usage(sent, back, cached, reasoning)
    whole = sent + back if total is None else total
    more = whole - sent - back
    fits = is_consistent(counted) and not (spoke and (sent == 0 or back == 0))
    if more == 0:
        return CountedUsage(counted) if fits else _refuse(_describe(counted, total))
    if more < 0:
        return _refuse(_describe(counted, total))
    if more == cached and more != reasoning:
        repaired = Usage(sent + more, back, cached, reasoning)
        note = f"usage repaired: input tokens are {sent + more}, not {sent}, by the total"
    else:
        repaired = Usage(sent, back + more, cached, reasoning)
        note = f"usage repaired: output tokens are {back + more}, not {back}, by the total"
    if not is_consistent(repaired) or (spoke and repaired.input_tokens == 0):
        return _refuse(_describe(counted, total))
    return CountedUsage(repaired, (note,))


def is_consistent(usage: Usage) -> bool:
    """Return whether the parts are no more than what they are parts of."""
    return (
        0 <= usage.cached_tokens <= usage.input_tokens
        and 0 <= usage.reasoning_tokens <= usage.output_tokens
    )


def _refuse(why: str) -> CountedUsage:
    return CountedUsage(None, (f"usage unknown: the service counted {why}",))


def _describe(usage: Usage, total: int | None) -> str:
    parts = [f"{usage.input_tokens} input", f"{usage.output_tokens} output"]
    if usage.cached_tokens:
        parts.append(f"{usage.cached_tokens} cached")
    if usage.reasoning_tokens:
        parts.append(f"{usage.reasoning_tokens} reasoning")
    if total is not None:
        parts.append(f"{total} total")
    return f"{', '.join(parts)} tokens, which contradict each other"


def _read_detail(counted: Mapping[str, Any], group: str, name: str) -> int:
    details = counted.get(group)
    return (_read_count(details.get(name)) or 0) if isinstance(details, Mapping) else 0


def _read_count(value: object) -> int | None:
    """Read a whole number that is not negative; some servers write it with a decimal point."""
    if type(value) is int:  # nearly always, and once a number and answer
        return value if value >= 0 else None
    if not is_number(value) or not 0 <= value < float("inf") or value != int(value):
        return None
    return int(value)
