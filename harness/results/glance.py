"""A line of ``results.jsonl`` read at a glance: its numbers, none of its checks or replies.

A page about 50,000 trials needs their numbers and copies their lines: decoding each of them whole
would take most of the time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

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
    """The names and the numbers of a trial."""

    conversation: str
    target: str
    outcome: Outcome
    case: str | None = None
    variant: str = "default"
    repeat: int = 1
    score: float | None = None
    turns: tuple[TurnGlance, ...] = ()
    tags: tuple[str, ...] = ()


_GLANCE = msgspec.json.Decoder(TrialGlance)


def read_glances(
    results: Sequence[Result], indices: Sequence[int]
) -> list[tuple[TrialGlance, bytes]]:
    """Read the numbers of some results, each with its line as any reader of JSON takes it.

    The line is the stored one where there is one (results that have ``read_line``), without its
    newline. Half characters are written as escapes and what is no number as null: Python reads
    both, browsers do not.
    """
    stored: Callable[[int], bytes] | None = getattr(results, "read_line", None)
    return [
        _glance_at(
            stored(index).rstrip(b"\n") if stored else encode_result(results[index]).encode()
        )
        for index in indices
    ]


def _glance_at(line: bytes) -> tuple[TrialGlance, bytes]:
    try:
        return _GLANCE.decode(line), line
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        plain = json.loads(line, parse_constant=lambda _: None)
        return msgspec.convert(plain, TrialGlance), json.dumps(
            plain, separators=(",", ":")
        ).encode()
