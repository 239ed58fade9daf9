"""The tokens that conversations send and get back: the history is sent again each turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.conversation.history import PER_MESSAGE
from harness.conversation.play import Line, Script
from harness.run.forecast.interval import NOTHING, Interval, make_exact
from harness.run.forecast.past import PastTurn
from harness.run.forecast.replies import ReplyLength, ReplyLengths
from harness.run.forecast.tokens import (
    PER_REQUEST,
    estimate_messages,
    estimate_schemas,
    estimate_tokens,
)
from harness.run.requests.token_estimate import find_most_output
from harness.run.targets import Target

CACHED_FROM: Final = 1024
"""Tokens from which on a prompt's beginning may be cached.

Source: Azure OpenAI documentation, prompt caching (2026).
"""
_TOOL_ROUNDS: Final = Interval(0, 1, 2)
"""Requests that follow the first of a turn whose tools' results are given back."""
_CALL: Final = Interval(15, 30, 60)
"""Tokens of a reply that calls a tool. Source: recorded calls, 15 to 53."""
_INPUT_SEEN: Final = (0.95, 1.08)
"""Factors of the interval where the same question was asked with the same system text before."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The requests and tokens of one or many conversations.

    Attributes:
        cached: input tokens that the service may have seen before: likely none are counted.
        reasoning: tokens of thought, part of ``output``.
        reserved: tokens that Azure sets aside before it admits a request: what is sent, and all
            that may come back.
        longest_requests: requests of the longest conversation, which follow one another.
        longest_output: tokens that come back in it.
    """

    requests: Interval = NOTHING
    input: Interval = NOTHING
    cached: Interval = NOTHING
    output: Interval = NOTHING
    reasoning: Interval = NOTHING
    reserved: Interval = NOTHING
    longest_requests: Interval = NOTHING
    longest_output: Interval = NOTHING

    def __add__(self, other: Volume) -> Volume:
        return Volume(
            self.requests + other.requests,
            self.input + other.input,
            self.cached + other.cached,
            self.output + other.output,
            self.reasoning + other.reasoning,
            self.reserved + other.reserved,
            self.longest_requests.cover(other.longest_requests),
            self.longest_output.cover(other.longest_output),
        )

    def __mul__(self, times: float) -> Volume:
        return Volume(
            self.requests * times,
            self.input * times,
            self.cached * times,
            self.output * times,
            self.reasoning * times,
            self.reserved * times,
            self.longest_requests,
            self.longest_output,
        )


EMPTY: Final = Volume()
"""No request at all."""


@dataclass(slots=True)
class _Talk:
    """A conversation so far: the tokens of each past turn, and the sums over its requests."""

    past: list[Interval] = field(default_factory=list)
    volume: Volume = EMPTY
    last: Interval = NOTHING

    def remember(self, script: Script, beside: Interval) -> Interval:
        """Return the tokens of the past that is sent again, as the limits of the history allow."""
        kept = len(self.past) if script.max_turns is None else script.max_turns
        turns = self.past[len(self.past) - min(kept, len(self.past)) :]
        total = NOTHING
        for turn in reversed(turns):
            longer = total + turn
            if script.max_tokens is not None and (
                longer.typical + beside.typical > script.max_tokens
            ):
                break
            total = longer
        return total

    def ask(self, sent: Interval, reply: ReplyLength, held: Interval) -> None:
        """Count one request and its reply, for which Azure sets so many tokens aside."""
        shared = min(self.last.low, sent.low) if sent.low >= CACHED_FROM else 0.0
        self.volume += Volume(
            requests=make_exact(1),
            input=sent,
            cached=Interval(0, 0, shared),
            output=reply.output,
            reasoning=reply.thought,
            reserved=sent + held,
        )
        self.last = sent + reply.text


def foretell_held(output: Interval, most: int | None, target: Target) -> Interval:
    """Return the tokens that Azure sets aside for a reply before it is there.

    Args:
        output: what the reply takes.
        most: the limit that its request has; None where it has none. Then it is up to the model's
            own maximum, as documented; recorded headers show less, which a run learns from them.
        target: who replies.
    """
    if most is not None:
        return Interval(min(output.typical, most), float(most), float(most))
    return Interval(output.low, output.typical, max(output.high, find_most_output(target)))


def measure_script(script: Script, lengths: ReplyLengths, question_sha256: str) -> Volume:
    """Foretell the requests and tokens of one play of a script."""
    place = script.place
    name = (place.conversation, place.case, place.variant)
    asked = None if lengths.past is None else lengths.past.asked.get(name)
    same = asked == (script.system, question_sha256)
    system = NOTHING
    if script.system is not None:
        system = estimate_tokens(script.system) + make_exact(PER_MESSAGE)
    talk = _Talk()
    for number, line in enumerate(script.lines, start=1):
        said = estimate_messages(line.said)
        if line.assistant is not None:
            talk.past.append(said + estimate_tokens(line.assistant) + make_exact(PER_MESSAGE))
            continue
        key = (*name, number)
        reply = lengths.foretell(key, line.parameters)
        head = system + said + estimate_schemas(script.tools, line.parameters)
        sent = head + talk.remember(script, head) + make_exact(PER_REQUEST)
        most = line.parameters.get("max_output_tokens")
        most = most if isinstance(most, int) else None
        seen = None if lengths.past is None else lengths.past.turns.get(key)
        before = talk.volume
        talk.ask(sent, reply, foretell_held(reply.output, most, lengths.target))
        if seen is not None and same:
            talk.volume = _take_measured(before, talk.volume, seen)
        elif seen is not None:
            more = seen.requests / max(1, seen.plays) - 1
            _add_rounds(talk, line, sent, make_exact(more), NOTHING)  # its calls are in its output
        elif line.tool_answers:
            called = _CALL if most is None else _CALL.cap(most)
            _add_rounds(talk, line, sent, _TOOL_ROUNDS, called)
        talk.past.append(said + reply.text + make_exact(PER_MESSAGE))
    total = talk.volume
    return Volume(
        total.requests, total.input, total.cached, total.output, total.reasoning, total.reserved,
        total.requests, total.output,
    )  # fmt: skip


def _take_measured(before: Volume, after: Volume, seen: PastTurn) -> Volume:
    """Replace what was estimated of a turn's input by what the service counted of it before."""
    plays = max(1, seen.plays)
    sent = make_exact(seen.input_tokens / plays).widen(*_INPUT_SEEN)
    requests = make_exact(seen.requests / plays)
    reserved = Interval(*(
        one - two + three
        for one, two, three in (
            (after.reserved.low, after.input.low - before.input.low, sent.low),
            (after.reserved.typical, after.input.typical - before.input.typical, sent.typical),
            (after.reserved.high, after.input.high - before.input.high, sent.high),
        )
    ))  # fmt: skip
    return Volume(
        before.requests + requests, before.input + sent, after.cached, after.output,
        after.reasoning, reserved,
    )  # fmt: skip


def _add_rounds(talk: _Talk, line: Line, sent: Interval, more: Interval, called: Interval) -> None:
    """Add the requests that follow when the model calls tools whose results are declared.

    Args:
        talk: the conversation so far.
        line: the turn.
        sent: tokens of its first request; each that follows has the call and its results as well.
        more: how many follow.
        called: tokens of a reply that calls, where they are not counted yet.
    """
    results = sum((estimate_tokens(one.content) for one in line.tool_answers), NOTHING)
    again = sent + results + _CALL + make_exact(2 * PER_MESSAGE)
    input_, output = again.multiply(more), called.multiply(more)
    talk.volume += Volume(more, input_, NOTHING, output, NOTHING, input_ + output)


def average_reply(volumes: Sequence[Volume]) -> Interval:
    """Return the tokens of a request's reply on the average, thought among them at the high end."""
    total = sum(volumes, EMPTY)
    requests = max(1.0, total.requests.typical)
    said = Interval(
        max(0.0, total.output.low - total.reasoning.low),
        max(0.0, total.output.typical - total.reasoning.typical),
        total.output.high,
    )
    return said * (1 / requests)
