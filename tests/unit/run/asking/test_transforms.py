"""What a turn stores of its reply, and what becomes of a reply that does not hold it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.registry import check_all
from harness.checks.subject import Subject
from harness.conversation.transcript import Exchange, Reply
from harness.run.asking.question import Case, ask
from harness.run.asking.transforms import Transform, demand_part, take_part
from harness.spec.model.spec import Conversation, RegexTransform

STOCK = '{"item": "milk", "stock": 5, "sizes": [1, 2]}'


@pytest.mark.parametrize(
    ("reply", "transform", "stored"),
    [
        (STOCK, None, STOCK),
        ('"[1"', "$", "[1"),
        (STOCK, "$.stock", 5),
        (STOCK, "$.sizes", [1, 2]),
        (STOCK, "$.sizes[*]", [1, 2]),
        ("Order 17 is on its way", RegexTransform(regex=r"Order (\d+)", group=1), "17"),
        ("Order 17 is on its way", RegexTransform(regex=r"Order (?P<no>\d+)", group="no"), "17"),
        ("Order 17 is on its way", RegexTransform(regex=r"\d+"), "17"),
    ],
)
def test_a_part_of_the_reply_is_stored_with_its_type(
    reply: str, transform: Transform | None, stored: Any
) -> None:
    assert take_part(reply, transform) == stored
    verdicts = check_all(demand_part(transform), Subject(text=reply))
    assert [verdict.outcome for verdict in verdicts] == ["passed"] * len(verdicts)


@pytest.mark.parametrize(
    ("reply", "transform"),
    [
        ("no json", "$.stock"),
        (STOCK, "$.price"),
        ("none", RegexTransform(regex=r"\d+")),
    ],
)
def test_a_reply_without_the_part_has_failed(reply: str, transform: Transform) -> None:
    assert take_part(reply, transform) == ""
    (verdict,) = check_all(demand_part(transform), Subject(text=reply))
    assert verdict.outcome == "failed"


def test_later_turns_name_the_part_that_was_taken() -> None:
    turns = [
        {"user": "Stock?", "store_as": "stock", "transform": "$.stock"},
        {"user": "So {{stock}}?", "assert": [{"type": "equals", "value": "{{stock}}"}]},
    ]
    conversation = Conversation.model_validate({"id": "x", "turns": turns})
    asked = ask(conversation, Case(None, {}), ())
    turn = asked.turn(2, [Exchange(1, "Stock?", Reply(STOCK, "stop"))])
    assert (turn.user, turn.assertions[0].value) == ("So 5?", 5)
    assert [one.type for one in asked.turns[0].assertions] == ["json-path"]


def test_of_a_reply_that_is_history_nothing_is_demanded() -> None:
    turn = {"user": "a", "assistant": STOCK, "store_as": "n", "transform": "$.stock"}
    conversation = Conversation.model_validate({"id": "x", "turns": [turn, {"user": "{{n}}"}]})
    asked = ask(conversation, Case(None, {}), ())
    assert asked.turns[0].assertions == ()
