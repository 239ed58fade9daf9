"""Replies that later turns name: filled in when they are known, once, and nowhere twice."""

from __future__ import annotations

from typing import Any

from harness.conversation.transcript import Exchange, Reply
from harness.run.asking.question import Case, Question, ask, list_cases
from harness.spec.model.spec import Conversation


def question(*turns: dict[str, Any], whole: list[dict[str, Any]] | None = None) -> Question:
    declared = {"id": "x", "turns": list(turns), "assert": whole or [], "vars": {"country": "SE"}}
    conversation = Conversation.model_validate(declared)
    return ask(conversation, Case(None, conversation.vars), ())


def said(*texts: str) -> tuple[Exchange, ...]:
    return tuple(
        Exchange(number, "?", Reply(text, "stop")) for number, text in enumerate(texts, start=1)
    )


CITY = {"user": "A city of {{country}}?", "store_as": "city"}
CONTAINS = {"type": "contains", "value": "{{city}} in {{country}}"}


def test_later_assertions_and_tool_results_know_what_was_stored() -> None:
    tool = {"name": "weather", "arguments": {"of": "{{city}}"}, "result": {"in": "{{city}}"}}
    asked = question(CITY, {"user": "Weather?", "tool_results": [tool], "assert": [CONTAINS]})
    turn = asked.turn(2, said("Malmö"))
    assert turn.assertions[0].value == "Malmö in SE"
    assert turn.tool_answers[0].content == '{"in": "Malmö"}'
    assert turn.tool_answers[0].arguments == {"of": "Malmö"}


def test_what_a_reply_holds_is_never_expanded() -> None:
    asked = question(CITY, {"user": "So {{city}}", "assert": [CONTAINS]})
    turn = asked.turn(2, said("{{country}} and {{city}}"))
    assert turn.user == "So {{country}} and {{city}}"
    assert turn.assertions[0].value == "{{country}} and {{city}} in SE"


def test_the_conversations_own_assertions_know_every_stored_reply() -> None:
    inside = {"type": "assert-set", "assert": [CONTAINS]}
    asked = question(CITY, {"user": "And?", "store_as": "more"}, whole=[CONTAINS, inside])
    settled = asked.settle(said("Malmö", "Lund"))
    assert settled.assertions[0].value == "Malmö in SE"
    assert settled.assertions[1].assertions[0].value == "Malmö in SE"
    assert settled.sha256 == asked.sha256


def test_a_turn_that_was_not_reached_leaves_its_name_as_it_stands() -> None:
    asked = question(CITY, {"user": "{{city}}?", "assert": [CONTAINS]})
    assert asked.settle(()).turns[1].assertions[0].value == "{{city}} in SE"


def test_the_assertions_of_a_case_join_the_last_turn_that_is_asked() -> None:
    declared = {
        "id": "x",
        "turns": [{"user": "a"}, {"user": "b"}, {"user": "c", "assistant": "d"}],
        "cases": [{"id": "n", "item": "milk", "assert": [CONTAINS]}],
    }
    conversation = Conversation.model_validate(declared)
    assert not isinstance(conversation.cases, str)
    rows = conversation.cases or ()
    (case,) = list_cases(conversation, lambda _: rows)
    asked = ask(conversation, case, ())
    assert [len(turn.assertions) for turn in asked.turns] == [0, 1, 0]
    assert case.variables == {"id": "n", "item": "milk"}


def test_when_is_filled_in_and_is_part_of_the_question() -> None:
    def asked(stock: object) -> Question:
        when = {"type": "contains", "value": "x", "when": "{{stock}}"}
        conversation = Conversation.model_validate(
            {"id": "x", "turns": [{"user": "a", "assert": [when]}], "vars": {"stock": stock}}
        )
        return ask(conversation, Case(None, conversation.vars), ())

    assert asked(False).turns[0].assertions[0].when == "false"
    assert asked(None).turns[0].assertions[0].when == "null"
    assert asked(True).sha256 != asked(False).sha256


def test_tools_are_declared_with_the_data_of_the_case() -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "of {{country}}"}}
    declared = {"id": "x", "turns": [{"user": "a"}], "tools": [tool], "vars": {"country": "SE"}}
    conversation = Conversation.model_validate(declared)
    (turn,) = ask(conversation, Case(None, conversation.vars), ()).turns
    assert turn.tools[0]["function"]["description"] == "of SE"


def test_a_question_that_stores_nothing_is_settled_as_it_is() -> None:
    asked = question(CITY, {"user": "And?"})
    assert asked.settle(said("Malmö", "x")) is asked
    assert not asked.stores
