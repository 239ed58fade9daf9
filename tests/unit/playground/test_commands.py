"""Slash commands that need nobody to answer, and the texts that the screen shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.conversation.transcript import Exchange, Failure, Reply, Usage
from harness.errors import RequestError
from harness.exchange import PlainRequest, PlainResponse
from harness.playground.commands import COMMANDS, is_command
from harness.playground.commands.assertion import read_written
from harness.playground.failing import describe_failure
from harness.playground.ports import WireExchange
from harness.playground.session import ChatSession
from harness.playground.state import ChatSpending, ChatTurn
from harness.playground.status import describe_status, format_dollars, lay_out
from harness.results.model import JudgedExchange, Judging
from tests.unit.playground.conftest import give, refusal


def say(session: ChatSession, user: str, reply: str, usage: Usage | None = None) -> None:
    """Let the chat have a turn."""
    exchange = Exchange(1, user, Reply(reply, "stop", usage=usage, ttft_s=0.25))
    session.keep(ChatTurn(JudgedExchange(exchange, (), 0.5)))


def test_every_command_is_named_once_and_helped_with(session: ChatSession) -> None:
    names = [one.name for one in COMMANDS]
    assert len(names) == len(set(names))
    shown = give(session, "/help")
    assert [name for name in names if f"  /{name} " not in shown] == []


@pytest.mark.parametrize(
    ("text", "is_one"), [("/undo", True), ("//undo", False), ("undo", False), ("", False)]
)
def test_a_slash_begins_a_command_and_two_a_message(text: str, is_one: bool) -> None:
    assert is_command(text) is is_one


def test_a_command_that_is_misspelt_has_the_nearest_named(session: ChatSession) -> None:
    assert "did you mean /retry?" in refusal(session, "/rety")
    assert "/help lists them" in refusal(session, "/xyzzy")


def test_the_system_message_is_shown_set_and_removed(session: ChatSession) -> None:
    assert give(session, "/system") == "You sell bread."
    give(session, "/system Be kind.\nAlways.")
    assert give(session, "/system") == "Be kind.\nAlways."
    give(session, "/system none")
    assert "there is no system message" in give(session, "/system")


def test_a_turn_is_forgotten_asked_again_or_all_of_them_are(session: ChatSession) -> None:
    assert "there is no turn to undo" in refusal(session, "/undo")
    assert "there is nothing to ask again" in refusal(session, "/retry")
    say(session, "Rye?", "Yes.")
    say(session, "Oat?", "No.")
    assert "forgotten: Oat?  (1 left)" in give(session, "/undo")
    assert give(session, "/retry") == "ASK Rye?"
    assert session.chat.turns == []
    session.chat.unsent = "Nobody answered"
    assert give(session, "/retry") == "ASK Nobody answered"
    say(session, "Rye?", "Yes.")
    give(session, "/clear")
    assert session.chat.turns == []
    assert session.chat.system == "You sell bread.", "it stays"


def test_the_history_says_what_is_sent_again(session: ChatSession) -> None:
    spec_file = session.spec_file
    evaluation = spec_file.spec.evaluation
    history = evaluation.history.model_copy(update={"max_turns": 1})
    spec = spec_file.spec.model_copy(
        update={"evaluation": evaluation.model_copy(update={"history": history})}
    )
    session.spec_file = replace(spec_file, spec=spec)
    say(session, "Rye?", "Yes.")
    say(session, "Oat?", "No.")
    shown = give(session, "/history")
    assert "1. you: Rye?  (not sent any more)" in shown
    assert "2. you: Oat?\n" in shown
    assert "the next message is sent with 1 of 2 turns" in shown
    assert "turns kept 1/2" in describe_status(session)


def test_a_file_goes_before_the_next_message_and_no_other(session: ChatSession) -> None:
    ports = replace(session.ports, read_file=lambda path: f"text of {path}")
    session.ports = ports
    assert "notes.md: about" in give(session, "/file notes.md")
    assert session.chat.take_message("What is this?") == "text of notes.md\n\nWhat is this?"
    assert session.chat.take_message("And?") == "And?"
    session.chat.attached.append("a\nb\n")
    assert session.chat.take_message("Why?") == "a\nb\n\nWhy?"
    assert "/file wants the path" in refusal(session, "/file")


def test_the_wire_is_shown_without_secrets_and_with_nothing_that_moves(
    session: ChatSession,
) -> None:
    request = PlainRequest("POST", "https://h/v1", {}, b'{"messages": ["my secret \\u001b[2J"]}')
    wire = WireExchange(request, PlainResponse(200, {}, b"data: \x1b[2J\n\ndata: [DONE]\n"))
    session.ports = replace(
        session.ports,
        hide_secrets=lambda text: text.replace("secret", "HIDDEN"),
    )
    assert "nothing was sent over HTTP yet" in refusal(session, "/json")
    session.wire = wire
    shown = give(session, "/json")
    assert "POST https://h/v1" in shown
    assert "my HIDDEN" in shown
    assert "HTTP 200\ndata: ␛[2J\ndata: [DONE]" in shown
    assert "\x1b" not in shown
    session.wire = WireExchange(request, PlainResponse(200, {}, b"[" * 100_000))
    assert "HTTP 200\n[[[" in give(session, "/json")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("icontains: Bill Gates", {"icontains": "Bill Gates"}),
        ("icontains:Bill Gates", {"icontains": "Bill Gates"}),
        ("is-json", "is-json"),
        ("It is polite", "It is polite"),
        ("contains-all: [a, b]", {"contains-all": ["a", "b"]}),
        ("{type: regex, value: x}", {"type": "regex", "value": "x"}),
        ("contains: a: b", {"contains": "a: b"}),
        ("latency: 2", {"latency": 2}),
    ],
)
def test_an_assertion_is_typed_as_a_spec_has_it(typed: str, written: object) -> None:
    assert read_written(typed) == written


def test_an_assertion_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(RequestError, match="this is no assertion"):
        read_written("{type: regex")


@pytest.mark.parametrize("name", ["contains", "not-contains"])
def test_an_assertion_without_its_colon_is_no_sentence_for_the_judge(
    session: ChatSession, name: str
) -> None:
    say(session, "Rye?", "Yes.")
    shown = refusal(session, f"/assert {name} yes")
    assert f"{name} wants a colon before its value" in shown
    assert f"/assert {name}: yes" in shown


def test_what_is_unknown_is_never_zero(session: ChatSession) -> None:
    say(session, "Rye?", "Yes.")
    session.chat.spent = session.chat.spent.add(None, None)
    parts = describe_status(session)
    assert "tokens unknown" in parts
    assert "cost unknown" in parts
    assert any(part.startswith("context unknown/") for part in parts)
    assert "last request:       unknown" in give(session, "/tokens")
    assert "cost so far:        unknown" in give(session, "/tokens")


def test_what_was_undone_was_paid_for(session: ChatSession) -> None:
    spent = ChatSpending().add(Usage(10, 5), 0.5).add(Usage(1, 1), 0.25)
    assert (spent.usage, spent.usd) == (Usage(11, 6), 0.75)
    judged = spent.add_judging(Judging(1, 3, 4, 0.25))
    assert judged.usd == 1.0
    assert judged.usage == Usage(11, 6), "what a judge read is no part of the chat"
    assert spent.add_judging(Judging(1, None, None, None)).usd is None


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [(None, "unknown"), (0.0, "$0.00"), (0.000085, "$0.000085"), (2.5, "$2.50")],
)
def test_dollars_have_as_many_digits_as_they_need(dollars: float | None, shown: str) -> None:
    assert format_dollars(dollars) == shown


def test_the_status_is_broken_between_its_parts() -> None:
    assert list(lay_out(["one two", "three", "four"], 15)) == ["one two · three", "four"]
    assert list(lay_out(["much too long for it", "x"], 5)) == ["much too long for it", "x"]


def test_a_failure_is_told_with_what_was_said_and_what_to_do(session: ChatSession) -> None:
    failure = Failure("context_length", "too\x1b[2J long", 400, request_id="r-1")
    lines = list(describe_failure(failure, session))
    assert (
        lines[0]
        == "no reply: the conversation is longer than the model's context window (HTTP 400)"
    )
    assert lines[1] == "  it said: too␛[2J long"
    assert "  request id: r-1" in lines
    assert any("/undo or /clear makes room" in line for line in lines)
    assert lines[-1] == "  your message is kept: /retry sends it again"
