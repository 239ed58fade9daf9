from __future__ import annotations

import asyncio
from collections.abc import Sequence

from harness.conversation.play import MAX_ROUNDS, Ask, FinalAnswer, Line, Script, ToolAnswer, play
from harness.conversation.ports import Place, Request
from harness.conversation.transcript import (
    Answer,
    Exchange,
    Failure,
    Message,
    Reply,
    ToolCall,
    Transcript,
    Usage,
)

PLACE = Place("sweden/mini", "founders", None, "default", 1, 0)


class Listener:
    """Answers in the order given, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> FinalAnswer[Reply]:
        self.requests.append(request)
        return FinalAnswer(self.answers[len(self.requests) - 1], attempts=2, queued_s=0.5)


def reply(text: str, *calls: ToolCall, usage: Usage | None = None) -> Reply:
    reason = "tool_calls" if calls else "stop"
    return Reply(text, reason, calls, usage=usage or Usage(10, 5), latency_s=1.0)


def played(script: Script, ask: Ask) -> Transcript:
    return asyncio.run(play(script, ask))


def script(*lines: Line, system: str | None = "Be brief.", max_turns: int | None = None) -> Script:
    return Script(PLACE, lines, system=system, max_turns=max_turns)


def sent(request: Request) -> Sequence[tuple[str, str | None]]:
    return [(message.role, message.content) for message in request.messages]


def test_every_turn_sends_the_whole_history_again() -> None:
    model = Listener(reply("Gates and Allen"), reply("1975"))
    transcript = played(script(Line("Who?"), Line("When?")), model)
    assert sent(model.requests[1]) == [
        ("system", "Be brief."),
        ("user", "Who?"),
        ("assistant", "Gates and Allen"),
        ("user", "When?"),
    ]
    assert [request.place.turn for request in model.requests] == [1, 2]
    assert transcript.replies_text == "Gates and Allen\n\n1975"
    assert transcript.complete


def test_a_forgotten_turn_is_counted_and_the_system_message_stays() -> None:
    model = Listener(reply("a"), reply("b"), reply("c"))
    transcript = played(script(Line("1"), Line("2"), Line("3"), max_turns=1), model)
    assert sent(model.requests[2]) == [
        ("system", "Be brief."),
        ("user", "2"),
        ("assistant", "b"),
        ("user", "3"),
    ]
    assert [exchange.dropped for exchange in transcript.exchanges] == [0, 0, 2]


def test_a_scripted_turn_is_history_and_nobody_is_asked() -> None:
    model = Listener(reply("Ada"))
    transcript = played(script(Line("I am Ada.", "Hello Ada."), Line("Who am I?")), model)
    assert len(model.requests) == 1
    assert ("assistant", "Hello Ada.") in sent(model.requests[0])
    assert transcript.exchanges[0].scripted
    assert transcript.exchanges[0].effort.requests == 0
    assert transcript.replies_text == "Ada"


def test_tool_results_are_fed_back_until_the_model_is_done() -> None:
    call = ToolCall("c1", "get_weather", '{"city": "Malmö", "unit": "c"}')
    model = Listener(reply("", call), reply("4 degrees"))
    line = Line(
        "Weather?",
        tool_answers=(
            ToolAnswer("get_weather", '{"celsius": 30}', {"city": "Rome"}),
            ToolAnswer("get_weather", '{"celsius": 4}', {"city": "Malmö"}),
        ),
    )
    transcript = played(script(line), model)
    last = model.requests[1].messages
    assert [message.role for message in last] == ["system", "user", "assistant", "tool"]
    assert last[-1].content == '{"celsius": 4}'
    assert last[-1].tool_call_id == "c1"
    (exchange,) = transcript.exchanges
    assert exchange.reply is not None
    assert exchange.reply.text == "4 degrees"
    assert exchange.reply.usage == Usage(20, 10)
    assert exchange.reply.latency_s == 2.0
    assert exchange.tool_calls == (call,)
    assert (exchange.effort.requests, exchange.effort.attempts) == (2, 4)
    assert exchange.effort.queued_s == 1.0


def test_a_tool_call_that_nobody_answers_ends_the_turn_and_not_the_conversation() -> None:
    call = ToolCall("c1", "launch", "{}")
    model = Listener(reply("", call), reply("fine"))
    transcript = played(script(Line("Go"), Line("And now?")), model)
    first, second = transcript.exchanges
    assert first.tool_calls == (call,)
    assert first.reply is not None
    assert first.reply.finish_reason == "tool_calls"
    roles = [message.role for message in model.requests[1].messages]
    assert roles == ["system", "user", "assistant", "tool", "user"], "every call has a result"
    assert second.reply is not None


def test_one_unanswered_call_among_several_ends_the_turn() -> None:
    calls = (ToolCall("a", "known", "{}"), ToolCall("b", "unknown", "{}"))
    model = Listener(reply("", *calls))
    played(script(Line("Go", tool_answers=(ToolAnswer("known", "yes"),))), model)
    assert len(model.requests) == 1


def test_arguments_that_are_no_json_match_no_declared_arguments() -> None:
    assert not ToolAnswer("f", "", {"a": 1}).answers(ToolCall("1", "f", "{not json"))
    assert ToolAnswer("f", "").answers(ToolCall("1", "f", "{not json"))


def test_a_call_without_a_result_leaves_the_results_of_its_siblings() -> None:
    calls = (
        ToolCall("c1", "get_weather", '{"city": "Malmo"}'),
        ToolCall("c2", "other", "{}"),
        ToolCall("c3", "get_weather", '{"city": "Lund"}'),
    )
    model = Listener(reply("", *calls), reply("fine"))
    answers = (
        ToolAnswer("get_weather", "4", {"city": "Malmo"}),
        ToolAnswer("get_weather", "5", {"city": "Lund"}),
    )
    played(script(Line("Weather?", tool_answers=answers), Line("And then?")), model)
    second = model.requests[1]
    told = [(m.tool_call_id, m.content) for m in second.messages if m.role == "tool"]
    assert told == [("c1", "4"), ("c2", ""), ("c3", "5")]


def test_with_no_history_every_turn_stands_alone() -> None:
    model = Listener(reply("1"), reply("2"))
    lines = (Line("one"), Line("scripted", assistant="said"), Line("two"))
    transcript = played(script(*lines, max_turns=0), model)
    assert sent(model.requests[-1]) == [("system", "Be brief."), ("user", "two")]
    assert transcript.exchanges[-1].dropped == 4


def test_a_model_that_calls_tools_for_ever_is_stopped() -> None:
    call = ToolCall("c", "again", "{}")
    model = Listener(*[reply("", call)] * 20)
    played(script(Line("Go", tool_answers=(ToolAnswer("again", "once more"),))), model)
    assert len(model.requests) == MAX_ROUNDS == 8
    assert [request.place.round for request in model.requests] == list(range(1, 9))


def test_a_failure_ends_the_transcript() -> None:
    failure = Failure("server", "down", status=500)
    model = Listener(reply("a"), failure)
    transcript = played(script(Line("1"), Line("2"), Line("3")), model)
    assert transcript.failure is failure
    assert not transcript.complete
    assert len(transcript.exchanges) == 2
    assert transcript.exchanges[1].reply is None


def test_whoever_watches_may_end_the_conversation() -> None:
    seen: list[Exchange] = []

    async def keep_going(exchange: Exchange) -> bool:
        seen.append(exchange)
        return False

    model = Listener(reply("a"), reply("b"))
    transcript = asyncio.run(play(script(Line("1"), Line("2")), model, keep_going=keep_going))
    assert len(model.requests) == len(seen) == 1
    assert transcript.failure is None
    assert not transcript.complete


def test_tokens_of_a_turn_are_unknown_when_those_of_a_round_are() -> None:
    call = ToolCall("c", "f", "{}")
    silent = Reply("", "tool_calls", (call,), usage=None)
    model = Listener(silent, reply("done"))
    transcript = played(script(Line("Go", tool_answers=(ToolAnswer("f", "x"),))), model)
    assert transcript.exchanges[0].reply is not None
    assert transcript.exchanges[0].reply.usage is None


def test_a_request_that_was_never_sent_is_not_counted() -> None:
    async def stopped(request: Request) -> FinalAnswer[Reply]:
        if request.place.turn == 1:
            return FinalAnswer(reply("a"))
        return FinalAnswer(Failure("auth", "who are you", 401), attempts=0)

    transcript = played(script(Line("1"), Line("2")), stopped)
    efforts = [exchange.effort for exchange in transcript.exchanges]
    assert [(effort.requests, effort.attempts) for effort in efforts] == [(1, 1), (0, 0)]


def test_a_stored_reply_is_known_to_later_turns_and_so_is_a_session() -> None:
    seen: list[Request] = []

    async def ask(request: Request) -> FinalAnswer[Reply]:
        seen.append(request)
        return FinalAnswer(Reply(f"Reply {len(seen)}", "stop", session=f"s-{len(seen)}"))

    lines = (
        Line("Choose a city.", store_as="city"),
        Line("", fill=lambda told: Line(f"Weather in {told[0].reply and told[0].reply.text}?")),
    )
    told = Script(PLACE, lines, variables={"country": "Sweden"})
    transcript = asyncio.run(play(told, ask))
    assert [exchange.user for exchange in transcript.exchanges] == [
        "Choose a city.",
        "Weather in Reply 1?",
    ]
    assert seen[0].variables == {"country": "Sweden"}
    assert seen[1].variables == {"country": "Sweden", "city": "Reply 1", "session": "s-1"}


def test_rounds_before_a_failure_were_paid_for() -> None:
    call = ToolCall("c", "f", "{}")
    down = Failure("server", "down", 503)
    line = Line("Go", tool_answers=(ToolAnswer("f", "x"),))
    transcript = played(script(line), Listener(reply("", call), reply("", call), down))
    (exchange,) = transcript.exchanges
    assert (exchange.reply, exchange.failure) == (None, down)
    assert exchange.unfinished is not None
    assert exchange.unfinished.usage == Usage(20, 10)
    assert exchange.paid is exchange.unfinished
    assert exchange.effort.requests == 3
    assert len(exchange.tool_calls) == 2


def test_of_a_turn_that_failed_at_once_nothing_was_paid() -> None:
    transcript = played(script(Line("Go")), Listener(Failure("server", "down", 503)))
    assert transcript.exchanges[0].paid is None


def test_an_application_knows_the_part_of_a_reply_that_is_taken() -> None:
    lines = (Line("a", store_as="size", take=len), Line("b"))
    ask = Listener(reply("five!"), reply("no"))
    played(Script(PLACE, lines), ask)
    assert ask.requests[1].variables == {"size": 5}


def test_a_turn_may_begin_with_several_messages_which_later_turns_remember() -> None:
    given = (Message("assistant", "I am the clerk."), Message("user", "Is milk there?"))
    lines = (
        Line("Is milk there?", messages=given),
        Line("gone", assistant="history", messages=(Message("system", "Be brief."),)),
        Line("And gold?"),
    )
    ask = Listener(reply("yes"), reply("no"))
    transcript = played(Script(PLACE, lines), ask)
    assert ask.requests[0].messages == given
    assert [message.content for message in ask.requests[1].messages] == [
        *("I am the clerk.", "Is milk there?", "yes"),
        *("Be brief.", "history"),
        "And gold?",
    ]
    assert [exchange.messages for exchange in transcript.exchanges] == [
        given,
        (Message("system", "Be brief."),),
        (),
    ]
