"""A line of ``results.jsonl`` read at a glance: its numbers, none of its checks or replies.

A page about 50,000 trials needs their numbers and copies their lines: decoding each of them whole
would take most of the time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import msgspec

from harness.conversation.transcript import Usage
from harness.results.codec import encode_result
from harness.results.model import Outcome, Result


class TurnGlance(msgspec.Struct):
    """The numbers of a turn; ``finish_reason`` is None where there is no reply."""

    user: str
    finish_reason: str | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    ttft_s: float | None = None
    scripted: bool = False
    unfinished: bool = False


class TrialGlance(msgspec.Struct):
    """The numbers of a trial."""

    outcome: Outcome
    repeat: int = 1
    score: float | None = None
    turns: tuple[TurnGlance, ...] = ()
    tags: tuple[str, ...] = ()


_GLANCE = msgspec.json.Decoder(TrialGlance)


@runtime_checkable
class Lined(Protocol):
    """Results that lie somewhere as lines of ``results.jsonl``."""

    def read_line(self, index: int) -> bytes:
        """Return the line of the result at ``index``, with or without its newline."""
        ...


def glance_at(results: Sequence[Result], index: int) -> tuple[TrialGlance, bytes]:
    """Read the numbers of a result, and its line as any reader of JSON takes it.

    The line is the stored one where there is one, without its newline. Half characters are
    written as escapes and what is no number as null: Python reads both, browsers do not.
    """
    if isinstance(results, Lined):
        line = results.read_line(index).rstrip(b"\n")
    else:
        line = encode_result(results[index]).encode()
    try:
        return _GLANCE.decode(line), line
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        plain = json.loads(line, parse_constant=lambda _: None)
        return msgspec.convert(plain, TrialGlance), json.dumps(
            plain, separators=(",", ":")
        ).encode()
