"""A trial without its transcript: the few fields of a result that comparisons are made of.

Reading these alone from a line of ``results.jsonl`` takes a fifth of the time of the whole result.
"""

from __future__ import annotations

from typing import Any

import msgspec

from harness.results.lines import RunFormatError, convert, parse_object
from harness.results.model import JudgedExchange, Outcome, Result

_NULL = msgspec.Raw(b"null")
_THERE = msgspec.Raw(b'""')


class ScoredTurn(msgspec.Struct, frozen=True):
    """A turn's figures: seconds, US dollars, and what the service said of itself.

    Fields are those of a line of ``results.jsonl``; ``assistant`` and ``content_filter`` are JSON
    as it was written, not decoded.
    """

    assistant: msgspec.Raw = _NULL
    model: str | None = None
    served_model: str | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    content_filter: msgspec.Raw = _NULL
    scripted: bool = False
    unfinished: bool = False

    @property
    def answered(self) -> bool:
        """True where the model was asked and a reply is there."""
        return self.assistant != _NULL and not self.scripted

    @property
    def paid(self) -> bool:
        """True where tokens were spent on it."""
        return (self.assistant != _NULL or self.unfinished) and not self.scripted


class ScoredError(msgspec.Struct, frozen=True):
    """The kind of what went wrong, in the contract's words."""

    kind: str


class ScoredTrial(msgspec.Struct, frozen=True):
    """A trial's outcome and its turns' figures, named as in a line of ``results.jsonl``."""

    conversation: str
    target: str
    outcome: Outcome
    case: str | None = None
    variant: str = "default"
    question_sha256: str = ""
    score: float | None = None
    turns: tuple[ScoredTurn, ...] = ()
    system: str | None = None
    error: ScoredError | None = None

    @property
    def judged(self) -> bool:
        """True where it counts in a paired comparison: it was answered, and something checked.

        Blocked and truncated trials count as not passed. Source: the contract, section 2.
        """
        if self.outcome == "passed":
            return self.score is not None
        return self.outcome in ("failed", "blocked", "truncated")


_LINE = msgspec.json.Decoder(ScoredTrial)


def decode_scored(text: str | bytes) -> ScoredTrial:
    """Read the figures of a result from its line.

    Raises:
        RunFormatError: the line is not JSON, or no result.
    """
    try:
        return _LINE.decode(text)
    except msgspec.ValidationError as error:
        raise RunFormatError(f"not a result: {error}") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _read_freely(parse_object(text, "a result"))


def _read_freely(document: dict[str, Any]) -> ScoredTrial:
    """Read what Python's reader knows and msgspec does not: lone surrogates, NaN."""
    turns = document.get("turns")
    for turn in turns if isinstance(turns, list) else ():
        if isinstance(turn, dict):
            turn["assistant"] = _NULL if turn.get("assistant") is None else _THERE
            turn["content_filter"] = _write_raw(turn.get("content_filter"))
    return convert(document, ScoredTrial, "a result")


def score_result(result: Result) -> ScoredTrial:
    """Return the figures of a result that is in memory."""
    return ScoredTrial(
        conversation=result.trial.conversation,
        target=result.trial.target,
        outcome=result.outcome,
        case=result.trial.case,
        variant=result.trial.variant,
        question_sha256=result.question_sha256,
        score=result.score,
        turns=tuple(map(_score_turn, result.turns)),
        system=result.system,
        error=None if result.failure is None else ScoredError(result.failure.kind),
    )


def _score_turn(turn: JudgedExchange) -> ScoredTurn:
    exchange, reply = turn.exchange, turn.exchange.reply
    unfinished = exchange.unfinished is not None
    if reply is None:
        return ScoredTurn(cost_usd=turn.cost_usd, unfinished=unfinished)
    served = reply.served
    return ScoredTurn(
        assistant=_THERE,
        model=reply.model,
        served_model=served.model if served else None,
        cost_usd=turn.cost_usd,
        latency_s=reply.took_s,
        system_fingerprint=reply.system_fingerprint,
        service_tier=served.tier if served else None,
        content_filter=_write_raw(reply.content_filter),
        scripted=exchange.scripted,
        unfinished=unfinished,
    )


def _write_raw(value: object) -> msgspec.Raw:
    return _NULL if value is None else msgspec.Raw(msgspec.json.encode(value))
