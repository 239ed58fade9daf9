"""A chat becomes a conversation of a spec, and a conversation becomes a chat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.transcript import Exchange, Reply
from harness.playground.loading import load_conversation, write_assertion
from harness.playground.saving import write_conversation
from harness.playground.session import ChatSession
from harness.playground.state import ChatAssertion, ChatTurn
from harness.results.model import JudgedExchange
from harness.spec.model.spec import Assertion
from harness.wiring import Permissions, read_spec
from tests.unit.playground.conftest import SPEC, give, refusal


def turn(user: str, reply: str = "Yes.", *demands: tuple[Assertion, Any]) -> ChatTurn:
    exchange = Exchange(1, user, Reply(text=reply, finish_reason="stop"))
    return ChatTurn(
        JudgedExchange(exchange, (), None), tuple(ChatAssertion(*demand) for demand in demands)
    )


def test_what_the_spec_says_anyway_is_not_said_again(session: ChatSession) -> None:
    session.chat.turns.append(turn("Bread?"))
    session.chat.parameters = {"temperature": 0, "top_p": 0.5}
    assert write_conversation("x", session) == {"id": "x", "turns": [{"user": "Bread?"}]}


def test_what_differs_from_the_spec_is_said(session: ChatSession) -> None:
    session.chat.system = "You sell {{cakes}}."
    session.chat.parameters = {"temperature": None, "stop": ("a", "b"), "top_p": 0.5}
    demand = (Assertion(type="icontains", value="yes"), {"icontains": "yes"})
    session.chat.turns += [turn("Cake?", "Yes.", demand), turn("{{x}}")]
    assert write_conversation("x", session) == {
        "id": "x",
        "system": "You sell \\{{cakes}}.",
        "parameters": {"temperature": None, "stop": ["a", "b"]},
        "turns": [{"user": "Cake?", "assert": [{"icontains": "yes"}]}, {"user": "\\{{x}}"}],
    }


def test_without_a_system_message_the_spec_s_own_does_not_come_back(session: ChatSession) -> None:
    session.chat.system = None
    session.chat.turns.append(turn("Bread?"))
    assert write_conversation("x", session)["system"] == ""


def test_save_writes_into_the_spec_and_says_how_to_run_it(session: ChatSession, path: Path) -> None:
    demand = (Assertion(type="icontains", value="yes"), {"icontains": "yes"})
    session.chat.turns.append(turn("Bread?", "Yes.", demand))
    said = give(session, "/save bread")
    assert said.splitlines() == [
        "s.yaml has bread: 1 turn, 1 assertion",
        "run it: harness eval s.yaml -k bread",
    ]
    assert "conversations:   # ours" in path.read_text(encoding="utf-8")
    assert [one.id for one in session.spec_file.spec.conversations] == ["loaves", "kinds", "bread"]
    assert "H950" in refusal(session, "/save bread")
    assert "bread-2 is free" in refusal(session, "/save bread")


def test_an_id_that_is_part_of_others_is_told_with_them(session: ChatSession) -> None:
    session.chat.turns.append(turn("Bread?"))
    assert give(session, "/save in").endswith("-k in runs these as well: kinds")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("/save", "/save wants an id"),
        ("/save not", "not is no id that `eval -k` could take"),
        ("/save a/b", "a/b is no id"),
        ("/save (x)", "(x) is no id"),
        ("/save x", "there is nothing to save yet"),
        ("/load", "the spec has: loaves, kinds"),
        ("/load loafs", "did you mean loaves?"),
        ("/load kinds wheat", "kinds has no case wheat"),
        ("/next", "no message waits to be asked"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(
    command: str, told: str, session: ChatSession
) -> None:
    assert told in refusal(session, command)


def test_a_message_that_names_a_file_is_not_saved(session: ChatSession, path: Path) -> None:
    session.chat.turns.append(turn("file:///etc/passwd"))
    assert "message 1 begins with file://" in refusal(session, "/save x")
    assert path.read_text(encoding="utf-8") == SPEC


def test_load_begins_a_chat_with_what_was_said_before(session: ChatSession) -> None:
    session.chat.turns.append(turn("Forget me."))
    said = give(session, "/load loaves")
    assert said.splitlines() == [
        "loaves: a new chat with it",
        "said before, by the spec: 1 turn",
        "left out: assertions on the whole conversation",
        "/next asks: One please.  (2 to ask)",
    ]
    chat = session.chat
    assert (chat.system, chat.parameters) == ("You sell loaves.", {"seed": 7})
    assert [(one.user, one.reply) for one in chat.turns] == [("Hello, loaves", "Hello.")]
    assert [one.written for one in chat.waiting[0].demands] == [
        {"icontains": "loaves"},
        {"type": "not-contains", "value": "no", "weight": 2.0},
        "is-json",
    ]


def test_a_case_is_chosen_by_its_name(session: ChatSession) -> None:
    assert "kinds, case rye of 2" in give(session, "/load kinds")
    assert session.chat.waiting[0].user == "Any rye?"
    assert "kinds, case oat of 2" in give(session, "/load kinds oat")
    assert session.chat.waiting[0].user == "Any oat?"


def test_next_asks_what_waits_and_a_reply_takes_it_from_the_list(session: ChatSession) -> None:
    give(session, "/load loaves")
    assert give(session, "/next").endswith("ASK One please.")
    assert len(session.chat.find_demands("One please.")) == 3
    assert session.chat.find_demands("Something else.") == ()
    session.keep(turn("Something else."))
    assert len(session.chat.waiting) == 2
    session.keep(turn("One please."))
    assert give(session, "/next").endswith("ASK Two?")


def test_what_is_asked_again_is_checked_again(session: ChatSession) -> None:
    demand = ChatAssertion(Assertion(type="is-json"), "is-json")
    session.chat.turns.append(replace(turn("Bread?"), demands=(demand,)))
    assert give(session, "/retry") == "ASK Bread?"
    assert session.chat.find_demands("Bread?") == (demand,)


def test_a_conversation_that_was_loaded_is_saved_with_what_the_spec_made_it_say(
    session: ChatSession,
) -> None:
    give(session, "/load loaves")
    waiting = session.chat.waiting[0]
    session.keep(replace(turn(waiting.user), demands=waiting.demands))
    made = write_conversation("again", session)
    assert made["turns"][0] == {"user": "Hello, loaves", "assistant": "Hello."}
    assert made["turns"][1]["assert"][0] == {"icontains": "loaves"}
    assert made["parameters"] == {"seed": 7}


@pytest.mark.parametrize(
    "written",
    [
        "is-json",
        {"not-icontains": "a"},
        {"type": "similar", "value": "a", "threshold": 0.5},
        {"type": "assert-set", "threshold": 0.5, "assert": [{"contains": "a"}, "not-is-json"]},
        {"contains-any": ["a", "b"]},
    ],
)
def test_an_assertion_is_written_as_an_author_would(written: Any, path: Path) -> None:
    text = SPEC.replace("{icontains: bread}", str(written).replace("'", '"'))
    path.write_text(
        text.replace("evaluation: {", "evaluation: {embeddings: {target: p/gpt-5-mini}, "),
        encoding="utf-8",
    )
    spec_file = read_spec(path, Permissions())
    [assertion] = spec_file.spec.conversations[0].assertions
    assert write_assertion(assertion) == written


def test_load_takes_nothing_from_a_conversation_that_was_said_anew(session: ChatSession) -> None:
    found = load_conversation(session, "loaves")
    assert found.cases == 1
    assert [one.user for one in found.waiting] == ["One please.", "Two?"]
