"""Play a script against whoever answers: the conversation itself, without a clock or a network."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic

from harness.conversation.history import remember
from harness.conversation.ports import Place, Request
from harness.conversation.transcript import (
    AnswerT,
    Effort,
    Exchange,
    Failure,
    Message,
    Reply,
    ToolCall,
    Transcript,
)

MAX_ROUNDS = 8
"""Requests that one turn may make when tool results are fed back. Source: the contract, 1."""


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """The answer of a tool to a call of the model; ``arguments`` narrows which call is meant."""

    name: str
    content: str
    arguments: Mapping[str, Any] | None = None

    def answers(self, call: ToolCall) -> bool:
        """Tell whether this call is meant: by its name and every argument that is declared."""
        if call.name != self.name:
            return False
        if self.arguments is None:
            return True
        try:
            given = json.loads(call.arguments or "{}")
        except ValueError:
            return False
        return isinstance(given, dict) and all(
            name in given and given[name] == value for name, value in self.arguments.items()
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of a script as it is sent; with ``assistant`` it is history and nothing is asked.

    Attributes:
        store_as: the name under which the reply is known to later turns.
        take: the part of the reply's text that is known so.
        fill: the line once what was said before is known; None where it needs none of it.
        images: what the user shows, as data URLs.
        messages: what is said in the place of ``user``, in order; ``user`` is the text of the
            user's last one.
    """

    user: str
    assistant: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tool_answers: tuple[ToolAnswer, ...] = ()
    store_as: str | None = None
    take: Callable[[str], Any] = str
    fill: Callable[[Sequence[Exchange]], Line] | None = None
    images: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def said(self) -> tuple[Message, ...]:
        """The messages that the turn begins with."""
        return self.messages or (Message("user", self.user, images=self.images),)

    def resolve(self, before: Sequence[Exchange]) -> Line:
        """Return the line as it is said after these exchanges."""
        return self if self.fill is None else self.fill(before)


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation with everything filled in: what one trial says to one target.

    Attributes:
        place: whose trial this is; ``turn`` and ``round`` are set request by request.
        max_turns: past turns that are sent again, None for all.
        max_tokens: estimated tokens a request may have, None for no limit.
        deadline_s: wall-clock seconds for one request.
        variables: the case's variables, for targets that fill a body of their own.
    """

    place: Place
    lines: tuple[Line, ...]
    system: str | None = None
    tools: tuple[Any, ...] = ()
    max_turns: int | None = None
    max_tokens: int | None = None
    stream: bool = False
    deadline_s: float = 120.0
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FinalAnswer(Generic[AnswerT]):
    """The final answer to a request, and what it took to get it."""

    answer: AnswerT | Failure
    attempts: int = 1
    queued_s: float = 0.0


Ask = Callable[[Request], Awaitable[FinalAnswer[Reply]]]
"""Asks until there is a final answer: a model behind whatever patience the caller has."""


KeepGoing = Callable[[Exchange], Awaitable[bool]]
"""Sees each exchange as it happens, and says whether the conversation goes on."""


async def play(script: Script, ask: Ask, *, keep_going: KeepGoing | None = None) -> Transcript:
    """Say every line in order, sending the whole history each time.

    A failure ends the transcript. ``keep_going`` sees each exchange as it happens and may end the
    conversation there (``on_turn_failure: stop``); it is not called for scripted turns or failures.
    """
    past: list[tuple[Message, ...]] = []
    exchanges: list[Exchange] = []
    for number, written in enumerate(script.lines, start=1):
        line = written.resolve(exchanges)
        if line.assistant is not None:
            exchanges.append(make_scripted_exchange(number, line))
            past.append((*line.said, Message("assistant", line.assistant)))
            script = _remember(script, line, exchanges[-1].reply)
            continue
        exchange, said = await _play_turn(script, number, line, past, ask)
        exchanges.append(exchange)
        if exchange.failure is not None:
            return Transcript(script.system, tuple(exchanges), exchange.failure, complete=False)
        past.append(said)
        script = _remember(script, line, exchange.reply)
        if keep_going is not None and not await keep_going(exchange):
            last = number == len(script.lines)
            return Transcript(script.system, tuple(exchanges), complete=last)
    return Transcript(script.system, tuple(exchanges))


def _remember(script: Script, line: Line, reply: Reply | None) -> Script:
    """Return the script with what later turns may name: a stored reply, an application's id."""
    if reply is None or (line.store_as is None and reply.session is None):
        return script
    known = dict(script.variables)
    if line.store_as is not None:
        known[line.store_as] = line.take(reply.text)
    if reply.session is not None:
        known["session"] = reply.session
    return replace(script, variables=known)


def make_scripted_exchange(number: int, line: Line) -> Exchange:
    """Return a turn that is history: nobody was asked."""
    reply = Reply(text=line.assistant or "", finish_reason="stop")
    effort = Effort(0, 0, 0.0)
    return Exchange(number, line.user, reply, effort, scripted=True, messages=line.messages)


@dataclass(slots=True)
class _Rounds:
    """The messages, replies and effort of one turn's requests so far."""

    said: list[Message]
    replies: list[Reply] = field(default_factory=list)
    failure: Failure | None = None
    effort: Effort = field(default_factory=lambda: Effort(0, 0, 0.0))

    def count(self, asked: FinalAnswer[Reply]) -> None:
        """Count one more request; one that was stopped before it was sent is none."""
        self.effort = Effort(
            self.effort.requests + (asked.attempts > 0),
            self.effort.attempts + asked.attempts,
            self.effort.queued_s + asked.queued_s,
        )

    def exchange(self, number: int, line: Line, dropped: int) -> Exchange:
        """Return the turn, as it ended."""
        joined = _join(self.replies)
        return Exchange(
            number=number,
            user=line.user,
            reply=joined if self.failure is None else None,
            effort=self.effort,
            failure=self.failure,
            tool_calls=tuple(
                call for reply in self.replies for call in (*reply.tool_calls, *reply.made_calls)
            ),
            dropped=dropped,
            unfinished=None if self.failure is None else joined,
            rounds=tuple(self.replies) if len(self.replies) > 1 else (),
            messages=line.messages,
        )


async def _play_turn(
    script: Script,
    number: int,
    line: Line,
    past: Sequence[tuple[Message, ...]],
    ask: Ask,
) -> tuple[Exchange, tuple[Message, ...]]:
    """Play one turn over as many rounds as its tool results take, and return what was said."""
    opening = (Message("system", script.system),) if script.system is not None else ()
    rounds = _Rounds(list(line.said))
    memory = remember(
        past,
        max_turns=script.max_turns,
        max_tokens=script.max_tokens,
        beside=(*opening, *rounds.said),
    )
    head = (*opening, *memory.messages)
    for round_ in range(1, MAX_ROUNDS + 1):
        place = replace(script.place, turn=number, round=round_)
        asked = await ask(_make_request(script, line, place, (*head, *rounds.said)))
        rounds.count(asked)
        if isinstance(asked.answer, Failure):
            rounds.failure = asked.answer
            break
        rounds.replies.append(asked.answer)
        calls = asked.answer.tool_calls
        results = [_find_result(call, line.tool_answers) for call in calls]
        rounds.said.append(Message("assistant", asked.answer.text, calls))
        # The API wants a result for every call, though it be empty, before anything else is said.
        rounds.said += [
            Message("tool", result or "", tool_call_id=call.id)
            for call, result in zip(calls, results, strict=True)
        ]
        if not calls or None in results:
            break
    return rounds.exchange(number, line, memory.dropped), tuple(rounds.said)


def make_first_request(script: Script) -> Request | None:
    """Make the first request of a script, with all that is scripted before it; None without one."""
    opening = (Message("system", script.system),) if script.system is not None else ()
    said = list[Message]()
    for number, line in enumerate(script.lines, start=1):
        said += line.said
        if line.assistant is None:
            place = replace(script.place, turn=number)
            return _make_request(script, line, place, (*opening, *said))
        said.append(Message("assistant", line.assistant))
    return None


def _make_request(
    script: Script, line: Line, place: Place, messages: tuple[Message, ...]
) -> Request:
    return Request(
        place=place,
        messages=messages,
        parameters=line.parameters,
        tools=script.tools,
        stream=script.stream,
        deadline_s=script.deadline_s,
        user=line.user,
        variables=script.variables,
    )


def _find_result(call: ToolCall, answers: Sequence[ToolAnswer]) -> str | None:
    """Return the declared result of a call, None where there is none."""
    return next((one.content for one in answers if one.answers(call)), None)


def _join(replies: Sequence[Reply]) -> Reply | None:
    """Return the last round's reply with usage and latency of all rounds; unknown stays unknown."""
    if len(replies) <= 1:
        return replies[0] if replies else None
    usage = replies[0].usage
    for reply in replies[1:]:
        usage = usage + reply.usage if usage is not None and reply.usage is not None else None
    notes = dict.fromkeys(note for reply in replies for note in reply.notes)
    return replace(
        replies[-1],
        usage=usage,
        latency_s=sum(reply.latency_s for reply in replies),
        ttft_s=replies[0].ttft_s,
        notes=tuple(notes),
    )
